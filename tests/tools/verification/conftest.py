"""One story, played once: a vote, an approval, a token on two chains. Tests get copies of it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import sign_in_to
from tests.striking import striking_studio, struck
from tools.metadata.store import ContentStore
from tools.metadata.unixfs import Cid
from tools.minting.requests import MintRequestOut
from tools.people import Actor, Role
from tools.settings import Settings, load_settings
from tools.studio import Studio
from tools.verification.certify import certificate_of
from tools.voting.board import RoundOut


@dataclass(frozen=True)
class Play:
    """What the story left behind."""

    folder: Path
    candidate: str
    loser: str
    round: str
    request: str
    token: str  # on copper
    tokens: tuple[str, ...]
    image_cid: str
    metadata_cid: str
    certificate: bytes
    people: dict[str, Actor]

    def picture(self) -> bytes:
        """The PNG of the minted picture."""
        return ContentStore(self.folder / "store").get(Cid.parse(self.image_cid))


def settings_of(folder: Path) -> Settings:
    return load_settings(data_dir=folder)


@pytest.fixture(scope="session")
def play(tmp_path_factory: pytest.TempPathFactory) -> Play:
    """The story; its folder is closed and never changed."""
    folder = tmp_path_factory.mktemp("play") / "data"
    with striking_studio(settings_of(folder)) as studio:
        return _played(studio, folder)


def _played(studio: Studio, folder: Path) -> Play:
    people = {
        "ada": sign_in_to(studio, "ada", Role.CREATOR),
        "bo": sign_in_to(studio, "bo", Role.CREATOR),
        "mia": sign_in_to(studio, "mia"),
        "nil": sign_in_to(studio, "nil"),
        "otto": sign_in_to(studio, "otto", Role.OPERATOR),
    }
    fox = struck(studio, people["ada"], 7, "fox")
    owl = struck(studio, people["bo"], 8, "owl")
    before = _minted(studio, people, struck(studio, people["bo"], 9, "cat"))
    round_ = _round(studio, people, [fox, owl])
    request = _minted(studio, people, None, round_.round_id)
    tokens = {token.chain: token.token_id for token in request.tokens}
    assert before.state == request.state == "minted"
    return Play(
        folder=folder,
        candidate=fox,
        loser=owl,
        round=round_.round_id,
        request=request.mint_request_id,
        token=tokens["copper"],
        tokens=tuple(tokens.values()),
        image_cid=request.image_cid,
        metadata_cid=request.metadata_cid,
        certificate=certificate_of(studio, tokens["copper"]),
        people=people,
    )


def _round(studio: Studio, people: dict[str, Actor], candidates: list[str]) -> RoundOut:
    wish: dict[str, Any] = {"candidate_ids": candidates, "quorum": 2}
    opened = studio.door.call("open_round", wish, people["otto"])
    assert isinstance(opened, RoundOut)
    for name, choice in (("mia", "2"), ("nil", "1"), ("bo", "1"), ("mia", "1")):
        vote = {"choice": choice, "round_id": opened.round_id}
        studio.door.call("vote", vote, people[name].by("reaction"))
    closed = studio.door.call("close_round", {"round_id": opened.round_id}, people["otto"])
    assert isinstance(closed, RoundOut)
    return closed


def _minted(
    studio: Studio, people: dict[str, Actor], candidate: str | None, round_id: str | None = None
) -> MintRequestOut:
    """Proposed by one, approved by another, minted."""
    approver = sign_in_to(studio, "olga", Role.OPERATOR)
    wish = {"candidate_id": candidate, "round_id": round_id}
    request = studio.door.call("propose_mint", wish, people["otto"])
    assert isinstance(request, MintRequestOut)
    named = {"mint_request_id": request.mint_request_id}
    studio.door.call("approve", named, approver)
    minted = studio.door.call("mint", named, approver.by("workflow"))
    assert isinstance(minted, MintRequestOut)
    return minted


@pytest.fixture
def copied(play: Play, tmp_path: Path) -> Path:
    """A copy of the data folder, to tamper with."""
    return Path(shutil.copytree(play.folder, tmp_path / "data"))


@pytest.fixture
def studio(copied: Path) -> Iterator[Studio]:
    """A studio on an untouched copy."""
    with striking_studio(settings_of(copied)) as studio:
        yield studio
