"""Work that goes on after the answer: how far it is, read from its row in the database.

Watching is not an action and leaves no record; it reads rows a few times a second.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from functools import singledispatch

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.frontend import Button, Message, Progress
from bot.texts import Words
from tools.definition import Output
from tools.errors import NotFound
from tools.generation.tables import Job, Preview
from tools.generation.waiting import jobs_before, time_left
from tools.minting.tables import MintRequest, Transaction
from tools.phrases import Phrase, phrase, template, word
from tools.provenance.tables import now
from tools.studio import Studio
from tools.voting.tables import Round, StandingBallot

_EVERY_S = 0.25
_AT_LEAST_EVERY_S = 1.0  # where nothing changes, as in a long queue


@dataclass(frozen=True)
class Work:
    """Something to be watched until it ends."""

    title: str | Phrase
    look: Callable[[Session], Progress | None]  # None when it has ended
    report: str  # the tool that tells what came of it
    arguments: Mapping[str, str]
    stop: Button | None = None  # what calls it off

    def message(self, words: Words, progress: Progress | None = None) -> Message:
        """How far it is, in someone's language, with what calls it off."""
        title = words.of_phrase(self.title) if isinstance(self.title, Phrase) else self.title
        if progress is None:
            return Message("", title=title)
        told = replace(progress, stage=stage_in_words(progress.stage, words))
        stop = replace(self.stop, label=words.say(self.stop.label)) if self.stop else None
        return Message("", title=title, progress=told, buttons=(stop,) if stop else ())

    async def progress(self, studio: Studio) -> AsyncIterator[Progress]:
        """Every change of how far it is, until it ends."""
        shown, pause = None, _EVERY_S
        while (found := await asyncio.to_thread(self._look, studio)) is not None:
            pause = _EVERY_S if found != shown else min(pause * 1.5, _AT_LEAST_EVERY_S)
            if found != shown:
                shown = found
                yield found
            await asyncio.sleep(pause)

    def _look(self, studio: Studio) -> Progress | None:
        with studio.db.read() as session:
            return self.look(session)


@singledispatch
def work_behind(output: Output) -> Work | None:
    """The work that an output only announces; None if everything is done already."""
    return None


def job(job_id: str, title: str | Phrase) -> Work:
    """The making of a brief's pictures."""
    which = {"job_id": job_id}
    stop = Button(template("Cancel"), "cancel_job", which, kind="danger")
    return Work(title, lambda session: _job(session, job_id), "job_status", which, stop)


_STAGES = {
    "waiting": word("waiting"),
    "waiting for the model": word("waiting for the model"),
    "drawing": word("drawing"),
    "drawn": word("drawn"),
    "scoring": word("scoring"),
    "cancelled": word("cancelled"),
}


def stage_in_words(stage: str, words: Words) -> str:
    """What is being done, in someone's language."""
    return words.of_phrase(_STAGES[stage]) if stage in _STAGES else words.again(stage)


def _job(session: Session, job_id: str) -> Progress | None:
    row = session.get(Job, job_id)
    if row is None:
        raise NotFound("There is no job {job_id}.", job_id=job_id)
    left = time_left(session, job_id)
    if row.state == "queued":
        return Progress(row.stage, 0, jobs_before(session, row), left)
    if row.state != "running":
        return None
    preview = session.get(Preview, job_id)
    return Progress(row.stage, row.progress, eta_s=left, preview=preview.image if preview else None)


def mint(mint_request_id: str, title: str | Phrase) -> Work:
    """The minting of an approved request."""
    arguments = {"mint_request_id": mint_request_id}
    return Work(title, lambda session: _mint(session, mint_request_id), "mint_status", arguments)


def _mint(session: Session, mint_request_id: str) -> Progress | None:
    row = session.get(MintRequest, mint_request_id)
    if row is None:
        raise NotFound(
            "There is no mint request {mint_request_id}.", mint_request_id=mint_request_id
        )
    if row.state == "approved":
        return Progress(str(phrase("waiting for its turn")), 0)
    if row.state != "minting":
        return None
    sent = session.scalars(
        select(Transaction.state).where(Transaction.purpose.contains(mint_request_id))
    ).all()
    confirmed = sum(state == "confirmed" for state in sent)
    done = 1000 * (len(sent) + confirmed) // (2 * len(row.chains) or 1)
    stage = phrase("on {confirmed} of {chains} chains", confirmed=confirmed, chains=len(row.chains))
    return Progress(str(stage), min(done, 990))


def voting(round_id: str, title: str) -> Work:
    """The time in which people vote."""
    return Work(
        title, lambda session: _voting(session, round_id), "show_round", {"round_id": round_id}
    )


def _voting(session: Session, round_id: str) -> Progress | None:
    row = session.get(Round, round_id)
    if row is None:
        raise NotFound("There is no round {round_id}.", round_id=round_id)
    if row.state != "open":
        return None
    window = (row.closes_at - row.opens_at).total_seconds()
    left = max(0.0, (row.closes_at - now()).total_seconds())
    voters = select(func.count()).select_from(StandingBallot).filter_by(round_id=round_id)
    stage = phrase("open, {voters} voted", voters=session.scalar(voters))
    return Progress(str(stage), round(1000 * (1 - left / window)), eta_s=round(left))
