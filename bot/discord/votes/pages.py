"""The gallery messages of rounds, by message: what an emoji under one of them stands for.

A round has one message for every ten of its pictures. Entry 10k+i stands at place i of message
k+1, and people vote for it with the i-th emoji there. Every reaction anywhere in a guild is looked
up here, so the index is kept in memory and read afresh when this process takes over.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from bot.discord.posts import FRONT_END
from tools.community.tables import Post
from tools.studio import Studio
from tools.voting.tables import Round, RoundEntry

PER_PAGE = 10
EMOJIS = (*(f"{digit}\ufe0f\u20e3" for digit in range(1, 10)), "\N{KEYCAP TEN}")
PURPOSE = "round:"


@dataclass(frozen=True)
class Page:
    """One gallery message."""

    post_id: str
    round_id: str
    guild: str
    channel: int
    message: int
    number: int  # of the page, from 1
    entries: int  # on this page
    hidden: bool  # whether nobody may see how people vote

    @property
    def numbers(self) -> range:
        """The numbers that people vote for here."""
        first = (self.number - 1) * PER_PAGE + 1
        return range(first, first + self.entries)

    @property
    def emojis(self) -> tuple[str, ...]:
        """The emojis that people vote with here."""
        return EMOJIS[: self.entries]

    def voted_with(self, emoji: str) -> int | None:
        """The number that an emoji stands for; None for one that is no vote."""
        place = _PLACES.get(emoji.replace("\ufe0f", ""))
        return None if place is None or place >= self.entries else self.numbers[place]

    def emoji_for(self, number: int) -> str:
        """The emoji that stands for a number on this page."""
        return EMOJIS[(number - 1) % PER_PAGE]


_PLACES = {emoji.replace("\ufe0f", ""): place for place, emoji in enumerate(EMOJIS)}


def purpose_of(round_id: str, number: int) -> str:
    """The purpose of the post of a page."""
    return f"{PURPOSE}{round_id}:{number}"


class Pages:
    """The index of one process."""

    def __init__(self) -> None:
        self._by_message: dict[int, Page] = {}

    def read(self, studio: Studio) -> None:
        """Begin anew with what the database knows. Blocks."""
        self._by_message = {page.message: page for page in pages_in(studio)}

    def at(self, message: int) -> Page | None:
        """The page that stands in a message."""
        return self._by_message.get(message)

    def of(self, round_id: str) -> list[Page]:
        """The pages of a round that stand in Discord, by number."""
        found = (page for page in self._by_message.values() if page.round_id == round_id)
        return sorted(found, key=lambda page: page.number)

    def within(self, channel: int) -> list[Page]:
        """The pages that stand in a channel."""
        return [page for page in self._by_message.values() if page.channel == channel]

    def add(self, page: Page) -> None:
        """A page was sent."""
        self._by_message[page.message] = page

    def drop(self, message: int) -> None:
        """A page is gone."""
        self._by_message.pop(message, None)


def pages_in(studio: Studio, round_ids: Iterable[str] | None = None) -> list[Page]:
    """The pages that stand in Discord, of these rounds or of all. Blocks."""
    with studio.db.read() as session:
        counted = select(RoundEntry.round_id, func.count()).group_by(RoundEntry.round_id)
        found = (
            select(Post, Round.hidden)
            .join(Round, Round.id == Post.subject_id)
            .where(Post.front_end == FRONT_END, Post.purpose.startswith(PURPOSE))
            .where(Post.state.in_(("sent", "done")), Post.message.is_not(None))
        )
        if round_ids is not None:
            wanted = list(round_ids)
            counted = counted.where(RoundEntry.round_id.in_(wanted))
            found = found.where(Round.id.in_(wanted))
        entries = {row[0]: row[1] for row in session.execute(counted)}
        return list(_pages(session.execute(found), entries))


def _pages(rows: Iterable[Any], entries: dict[str, int]) -> Iterator[Page]:
    for post, hidden in rows:
        assert post.message is not None  # as asked for
        left = entries.get(post.subject_id, 0) - (post.page - 1) * PER_PAGE
        yield Page(
            post.id,
            post.subject_id,
            post.guild,
            int(post.channel),
            int(post.message),
            post.page,
            min(left, PER_PAGE),
            hidden,
        )
