"""A studio whose workshop is open, for one file of tests at a time."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from agents.workflows.workshop import Workshop
from tests.agents.workflows.craft import TOOLS
from tests.conftest import sign_in_to
from tools.people import Actor, Role
from tools.settings import load_settings
from tools.studio import Studio


@dataclass
class Working:
    """A studio at work, with two creators and an operator."""

    studio: Studio
    workshop: Workshop
    ada: Actor
    bob: Actor
    olga: Actor  # an operator


def people_of(studio: Studio) -> tuple[Actor, Actor, Actor]:
    """Two creators and an operator."""
    return (
        sign_in_to(studio, "ada", Role.CREATOR),
        sign_in_to(studio, "bob", Role.CREATOR),
        sign_in_to(studio, "olga", Role.OPERATOR),
    )


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Working]:
    """An open workshop that sweeps often."""
    settings = load_settings(data_dir=tmp_path_factory.mktemp("studio"))
    with Studio(settings, TOOLS) as studio, Workshop(studio, sweep_every_s=0.5) as workshop:
        yield Working(studio, workshop, *people_of(studio))


def until(holds: Callable[[], bool], within_s: float = 60.0) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)
