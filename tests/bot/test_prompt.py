"""The prompt: lines, giving one up, leaving, history, and progress below."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.frontend import Progress
from bot.terminal.prompt import Prompt
from tests.conftest import sign_in_to
from tools.studio import Studio

CTRL_C, CTRL_D, ENTER, UP = "\x03", "\x04", "\r", "\x1b[A"


@contextmanager
def at_the_keys(studio: Studio) -> Iterator[tuple[Prompt, PipeInput]]:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        yield Prompt(studio, sign_in_to(studio, "ada")), keys


async def test_a_line_ends_with_enter(studio: Studio) -> None:
    with at_the_keys(studio) as (prompt, keys):
        keys.send_text("a fox" + ENTER)
        assert await prompt.line() == "a fox"


async def test_ctrl_c_gives_up_the_line_and_not_the_studio(studio: Studio) -> None:
    with at_the_keys(studio) as (prompt, keys):
        waiting = asyncio.create_task(prompt.line())
        keys.send_text("half a thou" + CTRL_C)
        await asyncio.sleep(0.2)
        keys.send_text("another" + ENTER)
        assert await waiting == "another"


async def test_ctrl_d_leaves(studio: Studio) -> None:
    with at_the_keys(studio) as (prompt, keys):
        keys.send_text(CTRL_D)
        with pytest.raises(EOFError):
            await prompt.line()


async def test_what_was_typed_comes_back_the_next_time(studio: Studio) -> None:
    with at_the_keys(studio) as (prompt, keys):
        keys.send_text("remember me" + ENTER)
        await prompt.line()
    with at_the_keys(studio) as (prompt, keys):
        waiting = asyncio.create_task(prompt.line())
        await asyncio.sleep(0.3)  # history is read in the background
        keys.send_text(UP + ENTER)
        assert await waiting == "remember me"


async def test_progress_stands_below_the_prompt_while_there_is_some(studio: Studio) -> None:
    with at_the_keys(studio) as (prompt, _):
        assert prompt.below() == ""
        prompt.progress.show("1", "4 pictures", Progress("drawing", 250))
        assert prompt.below() == "████░░░░░░░░░░░░ 4 pictures: drawing"
        prompt.progress.remove("1")
        assert prompt.below() == ""
