"""The story of the demo, scene by scene."""

import os
import shutil
import sys

from rich.console import Console
from sqlalchemy import func, select

from bot.demo.proof import verify_tampered_copy, verify_token
from bot.demo.stage import Played, Stage, open_stage
from bot.following import voting
from bot.frontend import Message
from bot.terminal.screen import ProgressArea
from tools.errors import NotFound
from tools.generation.tables import Candidate
from tools.metadata.store import store_of
from tools.minting.tables import MintRequest, Token
from tools.provenance.tables import Person
from tools.settings import Settings
from tools.studio import Studio
from tools.voting.tables import Round, RoundEntry

_WINDOW_MIN = 0.2


async def play(studio: Studio, console: Console, area: ProgressArea) -> Played:
    """Play the story in a studio whose workshop is open.

    Raises:
        MintmarkError: if the story cannot go on, saying where it stopped.
    """
    async with open_stage(studio, console, area) as stage:
        with stage.scene("create", "Two creators ask: one in plain words, one by a command"):
            await _create(stage)
        with stage.scene("vote", "The shortlist goes to a vote"):
            await _vote(stage)
        with stage.scene("close", "The round closes on time"):
            await _close(stage)
        with stage.scene("propose", "The winner is proposed; words alone approve nothing"):
            await _propose(stage)
        with stage.scene("mint", "Somebody else approves, and two chains mint"):
            await _mint(stage)
        with stage.scene("verify", "Anyone can check all of it"):
            await verify_token(stage)
        with stage.scene("tamper", "One changed pixel, and the copy fails"):
            await verify_tampered_copy(stage)
        with stage.scene("end", "What is left"):
            await _end(stage)
        return stage.played


async def _create(stage: Stage) -> None:
    first = _fresh_seed(stage.studio)
    await stage.type("wren", f"make 4 foxes with a wizard hat in the forest, seed {first}")
    await stage.type(
        "sol", f"/create a crimson dragon with a crown and a sword --count 4 --seed {first + 40}"
    )


def _fresh_seed(studio: Studio) -> int:
    """A seed that no earlier picture was made from, so that none is made twice."""
    with studio.db.read() as session:
        return 1 + (session.scalar(select(func.count()).select_from(Candidate)) or 0)


async def _vote(stage: Stage) -> None:
    await stage.type("reed", f"/open_round First strike --minutes {_WINDOW_MIN} --quorum 2")
    stage.played.round_id = round_id = _newest(stage.studio, Round)
    number = _first_by_creator(stage.studio, round_id)
    await stage.type("moss", f"/vote {number['wren']} --round_id {round_id}")
    await stage.type("fern", f"/vote {number['sol']} --round_id {round_id}")
    stage.say("Nobody may vote for their own picture:")
    await stage.type("wren", f"/vote {number['wren']} --round_id {round_id}")
    await stage.type("wren", f"/vote {number['sol']} --round_id {round_id}")
    stage.say("A second vote moves the first:")
    await stage.type("moss", f"/vote {number['sol']} --round_id {round_id}")


async def _close(stage: Stage) -> None:
    sol = stage.seats["sol"]
    await sol.desk.watch(sol.actor, voting(stage.played.round_id, "First strike"))
    stage.screen.console.print()


async def _propose(stage: Stage) -> None:
    await stage.press("sol", "Propose the winner for minting")
    stage.played.mint_request_id = request = _newest(stage.studio, MintRequest)
    await stage.type("reed", f"approve {request}")


async def _mint(stage: Stage) -> None:
    request = stage.played.mint_request_id
    await stage.type("reed", f"/mint_status {request}")
    await stage.press("reed", "Approve exactly this")
    with stage.studio.db.read() as session:
        minted = select(Token.id).filter_by(mint_request_id=request).order_by(Token.chain)
        stage.played.token_ids = list(session.scalars(minted))
    if not stage.played.token_ids:
        raise NotFound(
            "The demo ended without a token: /mint_status {request} says why.", request=request
        )


async def _end(stage: Stage) -> None:
    token = stage.played.token_ids[0]
    await stage.type("sol", f"/certificate {token}")
    settings = stage.studio.settings
    mintmark = _command(settings)
    stage.screen.show(
        Message(
            "",
            title="Where everything lies, and how to carry on",
            facts=(
                ("data folder", str(settings.data_dir.resolve())),
                ("pictures, JSON", str(store_of(stage.studio).folder.resolve())),
                ("carry on", f"{mintmark} studio --as reed --role operator"),
                ("history", f"{mintmark} provenance {token}"),
                ("check", f"{mintmark} verify {token}"),
            ),
            tone="good",
        )
    )


def _command(settings: Settings) -> str:
    """How to call this program from the folder one is in, on this demo's data."""
    called = "mintmark" if shutil.which("mintmark") else os.path.relpath(sys.argv[0])
    if settings.data_dir == Settings.model_fields["data_dir"].default:
        return called
    return f"MINTMARK_DATA_DIR={settings.data_dir} {called}"


def _first_by_creator(studio: Studio, round_id: str) -> dict[str, int]:
    """For each creator, the number of their first picture in the round.

    Raises:
        NotFound: if one of them has none: the scorers let none of theirs through.
    """
    entered = (
        select(Person.name, func.min(RoundEntry.number))
        .join(Candidate, Candidate.person_id == Person.id)
        .join(RoundEntry, RoundEntry.candidate_id == Candidate.id)
        .where(RoundEntry.round_id == round_id)
        .group_by(Person.name)
    )
    with studio.db.read() as session:
        numbers = {str(name): number for name, number in session.execute(entered)}
    if missing := {"wren", "sol"} - numbers.keys():
        raise NotFound(
            "The scorers let no picture of {creator} into the round; play again.",
            creator=missing.pop(),
        )
    return numbers


def _newest(studio: Studio, kind: type[Round] | type[MintRequest]) -> str:
    moment = Round.opens_at if kind is Round else MintRequest.created_at
    with studio.db.read() as session:
        found = session.scalar(select(kind.id).order_by(moment.desc()).limit(1))
    if found is None:
        raise NotFound(
            "The demo found no {kind}: something before it went wrong.",
            kind=kind.__tablename__,
        )
    return str(found)
