"""The demo: one story of the studio, from two prompts to tokens that anyone can verify.

Everybody in it sits at a terminal of their own and types what anybody could type; the desk, the
door and the workflows are those of every front end. What they leave behind is an ordinary data
folder, in which the story can be carried on, or played again.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial

from rich.console import Console
from rich.rule import Rule
from rich.text import Text
from sqlalchemy import func, select

from agents.chat import open_chat
from bot.desk import Desk
from bot.following import voting
from bot.notices import Watch
from bot.scene import scene_of
from bot.terminal.screen import ProgressArea, Screen
from bot.terminal.studio import Session, enter
from tools.errors import NotFound
from tools.generation.tables import Candidate
from tools.minting.tables import MintRequest, Token
from tools.people import Role
from tools.provenance.tables import Person
from tools.studio import Studio
from tools.voting.tables import Round, RoundEntry

GUILD, CHANNEL = "home", "studio"  # where `mintmark studio` is, unless told otherwise
PEOPLE = {
    "wren": Role.CREATOR,
    "sol": Role.CREATOR,
    "moss": Role.MEMBER,
    "fern": Role.MEMBER,
    "reed": Role.OPERATOR,
}
_WINDOW_MIN = 0.2


@dataclass
class Played:
    """What came of it."""

    seconds: dict[str, float] = field(default_factory=dict)  # scene → how long it took
    round_id: str = ""
    mint_request_id: str = ""
    token_ids: list[str] = field(default_factory=list)


@dataclass
class Stage:
    """Everybody's terminals, shown on one screen."""

    studio: Studio
    screen: Screen
    seats: dict[str, Session]
    played: Played

    async def type(self, who: str, line: str) -> None:
        """Someone types a line; the story goes on when everything it began has ended."""
        prompt = Text.assemble((f"{who}> ", "bold magenta"), line)
        self.screen.console.print(prompt, soft_wrap=True)
        await self.seats[who].hear(line)
        await self.seats[who].desk.settled()
        self.screen.console.print()

    async def press(self, who: str, label: str) -> None:
        """Someone presses the newest button with this label."""
        numbers = [n for n, button in self.screen.buttons.items() if button.label == label]
        if not numbers:
            raise NotFound(f"The demo found no button “{label}”: something before it went wrong.")
        await self.type(who, str(max(numbers)))

    def say(self, text: str) -> None:
        """Tell the spectators something."""
        self.screen.console.print(Text(text, style="italic dim"))

    @contextmanager
    def scene(self, name: str, title: str) -> Iterator[None]:
        """One scene, under its heading, timed."""
        self.screen.console.print(Rule(Text(title, style="bold")))
        before = time.monotonic()
        yield
        self.played.seconds[name] = round(time.monotonic() - before, 2)


Scene = Callable[[Stage], Awaitable[None]]


async def play(studio: Studio, console: Console, area: ProgressArea) -> Played:
    """Play the story in a studio whose workshop is open.

    Raises:
        MintmarkError: if the story cannot go on, saying where it stopped.
    """
    async with _stage(studio, console, area) as stage:
        with stage.scene("create", "Two creators ask: one in plain words, one by a command"):
            await _create(stage)
        with stage.scene("vote", "The shortlist goes to a vote"):
            await _vote(stage)
        with stage.scene("close", "The round closes on time"):
            await _close(stage)
        with stage.scene("approve", "The winner is proposed; somebody else decides"):
            await _approve(stage)
        return stage.played


@asynccontextmanager
async def _stage(studio: Studio, console: Console, area: ProgressArea) -> AsyncIterator[Stage]:
    screen = Screen(console, area)
    async with open_chat(studio) as chat:
        desk = Desk(studio, screen, chat)
        seats = {}
        for name, role in PEOPLE.items():
            actor = enter(studio, name, role, GUILD, CHANNEL)
            watch = Watch(partial(scene_of, studio, actor))
            seats[name] = Session(studio, actor, screen, desk, watch)
        yield Stage(studio, screen, seats, Played())


async def _create(stage: Stage) -> None:
    first = _fresh_seed(stage.studio)
    await stage.type("wren", f"make 4 foxes with a wizard hat in the forest, seed {first}")
    await stage.type(
        "sol", f"/create a crimson dragon with a crown and a sword --count 4 --seed {first}"
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


async def _approve(stage: Stage) -> None:
    await stage.press("sol", "Propose the winner for minting")
    stage.played.mint_request_id = request = _newest(stage.studio, MintRequest)
    stage.say("Plain words can propose, never approve:")
    await stage.type("reed", f"approve {request}")
    await stage.type("reed", f"/mint_status {request}")
    await stage.press("reed", "Approve exactly this")
    with stage.studio.db.read() as session:
        minted = select(Token.id).filter_by(mint_request_id=request).order_by(Token.chain)
        stage.played.token_ids = list(session.scalars(minted))
    if not stage.played.token_ids:
        raise NotFound(f"The demo ended without a token: /mint_status {request} says why.")


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
        raise NotFound(f"The scorers let no picture of {missing.pop()} into the round; play again.")
    return numbers


def _newest(studio: Studio, kind: type[Round] | type[MintRequest]) -> str:
    moment = Round.opens_at if kind is Round else MintRequest.created_at
    with studio.db.read() as session:
        found = session.scalar(select(kind.id).order_by(moment.desc()).limit(1))
    if found is None:
        raise NotFound(f"The demo found no {kind.__tablename__}: something before it went wrong.")
    return str(found)
