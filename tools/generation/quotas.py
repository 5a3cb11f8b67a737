"""How much a person may ask for: pictures a day and jobs at once, by role, as their guild has it.

What was asked for is counted from the rows, so no restart forgets it; the person's own row is
locked while it is counted, so asking many times at once gets no more.
"""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tools.community.rules import Rules, rules_of
from tools.definition import Input, Output, tool
from tools.errors import InvalidInput, Refused
from tools.generation.tables import Brief, Job
from tools.generation.waiting import UNFINISHED
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import Person, now


class QuotaIn(Input):
    """No arguments."""


class QuotaOut(Output):
    """What one may still ask for."""

    role: str
    used_today: int  # pictures asked for since midnight UTC
    per_day: int
    left: int
    running: int  # jobs of yours that wait or are made
    parallel: int  # how many of them there may be
    resets_at: datetime


@tool(least_role=Role.MEMBER)
def quota(call: OpenCall, _: QuotaIn) -> QuotaOut:
    """Tell how many pictures you may still ask for today, and how many jobs at once."""
    with call.studio.db.read() as session:
        rules = rules_of(call.studio, call.actor.guild, call.actor.channel, session)
        used, running = _used_today(session, call), _running(session, call)
    most = _most_a_day(rules, call.role)
    return QuotaOut(
        role=call.role,
        used_today=used,
        per_day=most,
        left=max(0, most - used),
        running=running,
        parallel=_most_at_once(rules, call.role),
        resets_at=_midnight() + timedelta(days=1),
    )


def check(session: Session, call: OpenCall, count: int) -> None:
    """Whether the person may ask for so many pictures more, now.

    Raises:
        InvalidInput: if the day's pictures do not suffice, saying what is left.
        Refused: if too many jobs of theirs are unfinished, or making pictures is paused.
    """
    session.get(Person, call.actor.person_id, with_for_update=True)
    rules = rules_of(call.studio, call.actor.guild, call.actor.channel, session)
    rules.refuse_if_paused("create")
    _check_day(_most_a_day(rules, call.role), _used_today(session, call), count)
    _check_parallel(_most_at_once(rules, call.role), _running(session, call))


def _check_day(most: int, asked: int, count: int) -> None:
    left = most - asked
    if count <= left:
        return
    if left > 0:
        raise InvalidInput(
            "You may make {most} pictures a day and have asked for {asked}; ask for at most {left},"
            " or come back after midnight UTC.",
            most=most,
            asked=asked,
            left=left,
        )
    raise InvalidInput(
        "You may make {most} pictures a day and have asked for {asked}; come back after midnight"
        " UTC.",
        most=most,
        asked=asked,
    )


def _check_parallel(most: int, running: int) -> None:
    if running >= most:
        raise Refused(
            "You have {running} unfinished jobs, and may have {most} at once: wait until one is"
            " done, or call one off with /cancel_job. /queue shows them.",
            running=running,
            most=most,
        )


def _most_a_day(rules: Rules, role: Role) -> int:
    return rules.per_day.get(role, rules.per_day[Role.OPERATOR])


def _most_at_once(rules: Rules, role: Role) -> int:
    return rules.parallel.get(role, rules.parallel[Role.OPERATOR])


def _used_today(session: Session, call: OpenCall) -> int:
    """Pictures that the person has asked for in this guild since midnight UTC."""
    asked = (
        select(func.coalesce(func.sum(Brief.count), 0))
        .join(Job, Job.brief_id == Brief.id)
        .where(
            Brief.person_id == call.actor.person_id,
            Brief.created_at >= _midnight(),
            Job.guild == call.actor.guild,
        )
    )
    return int(session.scalar(asked) or 0)


def _running(session: Session, call: OpenCall) -> int:
    """Jobs of the person that wait or are made, in whatever guild: they share the machines."""
    unfinished = (
        select(func.count())
        .select_from(Job)
        .join(Brief, Brief.id == Job.brief_id)
        .where(Brief.person_id == call.actor.person_id, Job.state.in_(UNFINISHED))
    )
    return session.scalar(unfinished) or 0


def _midnight() -> datetime:
    return datetime.combine(now().date(), time(), UTC)
