"""Posts: the messages that the bot owes or has sent, so that any process can carry on with them.

    wanted   it is owed; nobody may have sent it yet
    sent     it stands in Discord, and what it shows may still change
    done     nothing about it changes any more
    gone     somebody deleted the message or its channel

There is one post for each purpose, for ever, whatever crashes or runs twice meanwhile. All methods
block on the database; from async code, call them in a thread.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tools.community.tables import Claim, Post, PostedPicture
from tools.provenance.identifiers import short_id
from tools.provenance.tables import now
from tools.studio import Studio

FRONT_END = "discord"
State = Literal["wanted", "sent", "done", "gone"]
UNFINISHED = ("wanted", "sent")


@dataclass(frozen=True)
class Owed:
    """What a post is to be: everything about it that is known before it is sent."""

    purpose: str  # one post for each, such as "job:j_x" or "round:rnd_x:1"
    subject_id: str  # the job, round, mint request or token that it is about
    guild: str
    channel: str = ""  # "" for a person's direct messages
    person_id: str | None = None  # for whom, where it is for someone
    page: int = 1


class Posts:
    """The posts of one studio in Discord."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    def owe(
        self, owed: Owed, state: State = "wanted", message: str | None = None
    ) -> tuple[Post, bool]:
        """Write down that a post is owed, or in which state and message it is already.

        Returns:
            The post of this purpose, and whether it is a new one.
        """
        post = Post(
            id=short_id("post"), front_end=FRONT_END, message=message, state=state, **vars(owed)
        )
        try:
            with self._studio.db.write() as session:
                session.add(post)
            return post, True
        except IntegrityError:
            known = self.of_purpose(owed.purpose)
            assert known is not None  # posts are never deleted
            return known, False

    def sent(self, post_id: str, channel: str, message: str, pictures: Sequence[str] = ()) -> Post:
        """Note where a post stands, and which candidates it shows, in their order."""
        with self._studio.db.write() as session:
            post = _set(session, post_id, "sent")
            post.channel, post.message = channel, message
            show(session, message, pictures)
        return post

    def done(self, post_id: str) -> None:
        """Nothing about it will change."""
        self._end(post_id, "done")

    def gone(self, post_id: str) -> None:
        """Somebody deleted it."""
        self._end(post_id, "gone")

    def _end(self, post_id: str, state: State) -> None:
        with self._studio.db.write() as session:
            _set(session, post_id, state)
            session.execute(delete(Claim).where(Claim.key == claim_of(post_id)))

    def of_purpose(self, purpose: str) -> Post | None:
        """The post for a purpose."""
        with self._studio.db.read() as session:
            return session.scalar(select(Post).filter_by(front_end=FRONT_END, purpose=purpose))

    def of_message(self, message: int | str) -> Post | None:
        """The post that stands in a message."""
        with self._studio.db.read() as session:
            found = select(Post).filter_by(front_end=FRONT_END, message=str(message))
            return session.scalar(found.limit(1))

    def unfinished(self, purposes: str = "", guilds: Iterable[str] | None = None) -> list[Post]:
        """Posts that somebody must still see to, oldest first.

        Args:
            purposes: what their purpose begins with, such as "job:".
            guilds: only those in these guilds.
        """
        found = select(Post).where(
            Post.front_end == FRONT_END,
            Post.state.in_(UNFINISHED),
            Post.purpose.startswith(purposes, autoescape=True),
        )
        if guilds is not None:
            found = found.where(Post.guild.in_(list(guilds)))
        with self._studio.db.read() as session:
            return list(session.scalars(found.order_by(Post.created_at)))

    def pictures_in(self, message: int | str) -> dict[int, str]:
        """The candidates in a message by their positions, from 1."""
        with self._studio.db.read() as session:
            found = select(PostedPicture).filter_by(front_end=FRONT_END, message=str(message))
            rows = session.scalars(found.order_by(PostedPicture.position))
            return {row.position: row.candidate_id for row in rows}

    def show(self, message: int | str, pictures: Sequence[str]) -> None:
        """Note which candidates a message shows now, in their order."""
        with self._studio.db.write() as session:
            show(session, str(message), pictures)


def show(session: Session, message: str, pictures: Sequence[str]) -> None:
    """Note in a session which candidates a message shows, in their order."""
    session.execute(delete(PostedPicture).filter_by(front_end=FRONT_END, message=message))
    session.add_all(
        PostedPicture(front_end=FRONT_END, message=message, position=place, candidate_id=candidate)
        for place, candidate in enumerate(pictures, 1)
    )


def claim_of(post_id: str) -> str:
    """The claim that a process takes before it sends or follows a post."""
    return f"post:{post_id}"


def _set(session: Session, post_id: str, state: State) -> Post:
    post = session.get_one(Post, post_id)
    post.state, post.updated_at = state, now()
    return post
