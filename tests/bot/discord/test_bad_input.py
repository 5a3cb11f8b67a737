"""Bad input in every option of every command: an answer in words, and nothing is done.

A person's client checks what they type; somebody who plays Discord, or a client of another day,
sends anything at all. Each example sends a bad value in every option of every command at once.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.discord.client import MintmarkClient
from bot.discord.commands.tree import SLASHES
from bot.options import Option
from tests.bot.discord.conftest import People
from tests.peers.discord import Answer
from tools.community.tables import Rule
from tools.generation.tables import Brief, Job
from tools.minting.tables import MintRequest
from tools.studio import Studio
from tools.voting.tables import Ballot, Bracket, Nomination, Round

_AT_ONCE = 12
_DONE = (Brief, Job, Ballot, Bracket, MintRequest, Nomination, Round, Rule)
"""Tables in which commands leave what they did."""

_PLAUSIBLE: Mapping[str, object] = {
    "prompt": "a fox",
    "candidate_id": "c_0000000000",
    "round_id": "rnd_0000000000",
    "job_id": "j_0000000000",
    "mint_request_id": "m_0000000000",
    "subject_id": "c_0000000000",
    "token_id": "tok_0000000000",
    "choice": "1",
    "minutes": 5,
    "reason": "the hands look wrong",
    "what": "create",
    "name": "approvals_needed",
    "value": "2",
}
"""What stands in the other options that must be given, by field."""

_TRICKS = (
    "'; DROP TABLE person; --",
    "\u202eexe.gnp\u202c",
    "[click](https://example.com) @everyone <@1> `rm -rf /`",
    "{0.__class__.__mro__} {prompt} %s %n",
    "../../etc/passwd",
    "Z\u0351\u034a\u0352a\u0358\u0321" * 60,
    "-1",
    "1e309",
    "٣",
    "null",
    "",
    " ",
)
_tricky = st.sampled_from(_TRICKS) | st.text(max_size=40)
_never = st.one_of(
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=3),
    st.dictionaries(st.text(max_size=5), st.booleans(), max_size=3),
    _tricky.map(lambda text: f"{text}\x00"),
    st.just("x\x00" * 3000),
)
"""Values that nothing takes: of another shape, or with a character that no record can hold."""


@dataclass(frozen=True)
class Place:
    """One option of one command, and what is given in the others."""

    path: str
    label: str
    others: tuple[tuple[str, object], ...]
    kind: str


def places(studio: Studio) -> Iterable[Place]:
    """Every option of every command."""
    for slash in SLASHES:
        options = slash.options(studio.door.tools)
        needed = [(shown, option) for shown, option in options if option.required]
        for shown, option in options:
            others = tuple(
                (other.label, _PLAUSIBLE[other.field]) for other, _ in needed if other != shown
            )
            yield Place(slash.path, shown.label, others, _kind(shown.how, option))


def _kind(how: str, option: Option) -> str:
    return how if how in ("person", "channel") else option.kind


def bad(place: Place) -> st.SearchStrategy[Any]:
    """Values that the option can never take."""
    if place.kind in ("person", "channel"):
        return st.sampled_from(["abc", "0", "99999999999999999999999", "-1", "1.5", ""])
    if place.kind in ("integer", "number", "flag"):
        wrong = st.sampled_from(["many", "1,5", "½", "", "0x10", "NaN and more", "-"])
        return _never | wrong
    return _never


async def sent(people: People, path: str, values: Mapping[str, object]) -> Answer:
    """Send a command as no honest client would, and wait until something can be read."""
    answer = await people.reed.command(people.studio, path, unchecked=True, options=values)
    with suppress(TimeoutError):
        await answer.peer.until(lambda: bool(answer.text) or answer.failed is not None, 8)
    return answer


async def in_turns(
    people: People, wishes: Iterable[tuple[Place, object]]
) -> AsyncIterator[tuple[Place, object, Answer]]:
    """Send many commands, some at a time."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(place: Place, value: object) -> tuple[Place, object, Answer]:
        async with turns:
            values = {**dict(place.others), place.label: value}
            return place, value, await sent(people, place.path, values)

    for done in asyncio.as_completed([one(place, value) for place, value in wishes]):
        yield await done


def check(place: Place, value: object, answer: Answer) -> None:
    """It was acknowledged in time, and says something that people can read."""
    case = f"/{place.path} {place.label}={value!r:.80}: {answer.text[:300]!r}"
    assert answer.failed is None, case
    assert answer.acked_after is not None, case
    assert answer.text.strip(), case
    assert "Traceback" not in answer.text, case
    assert "Something went wrong inside" not in answer.text, case
    assert all("@everyone" not in one.content for one in answer.messages), case


@given(data=st.data())
@settings(
    max_examples=2,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
async def test_a_value_that_cannot_be_is_answered_in_words_and_nothing_is_done(
    bot: MintmarkClient, people: People, studio: Studio, data: st.DataObject
) -> None:
    wishes = [(place, data.draw(bad(place))) for place in places(studio)]
    async for place, value, answer in in_turns(people, wishes):
        check(place, value, answer)
    with studio.db.read() as session:
        left = {
            one.__name__: session.scalar(select(func.count()).select_from(one)) for one in _DONE
        }
    assert left == dict.fromkeys(left, 0)


async def test_a_strange_text_is_answered_in_words(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    texts = [place for place in places(studio) if place.kind in ("text", "list", "pairs")]
    wishes = list(zip(texts, cycle(_TRICKS), strict=False))
    async for place, value, answer in in_turns(people, wishes):
        check(place, value, answer)


async def test_options_of_the_bots_own_commands_take_anything(
    bot: MintmarkClient, people: People, studio: Studio
) -> None:
    own = [Place("help", "command", (), "text")]
    own += [
        Place("setup", label, (), "channel")
        for label in ("creator_role", "operator_role", "gallery", "review", "results")
    ]
    wishes = [(place, value) for place in own for value in (*_TRICKS, "9" * 30)]
    async for place, value, answer in in_turns(people, wishes):
        check(place, value, answer)
    with studio.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Rule)) == 0
