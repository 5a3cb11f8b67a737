"""Showing and setting the rules of a guild.

What is set is a new row, never a changed one: who set what, and when, stays to be seen, both in the
rows and in the records of the calls that made them.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.community.rules import PEOPLE, Rules, newest, rules_of
from tools.community.tables import Rule
from tools.community.values import DEFAULT, KINDS, RuleName, external_id
from tools.definition import BY_HAND, PRIVATE, Input, Output, tool
from tools.errors import InvalidInput
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.tables import Person, ToolCall

_HERE = "here"


class RulesIn(Input):
    """Where."""

    channel: str | None = Field(None, description="one channel, or here; else the whole guild")


class SetRuleIn(Input):
    """What to set, and where."""

    name: RuleName = Field(description="which rule")
    value: str = Field(
        min_length=1, max_length=4_000, description="e.g. 30, yes, member=20 creator=200, default"
    )
    channel: str | None = Field(None, description="one channel, or here; else the whole guild")


class RuleOut(Output):
    """One rule, as it holds."""

    name: str
    says: str  # what it decides
    value: str  # as it would be typed
    source: Literal["settings", "guild", "channel"]
    set_by: Annotated[str | None, PRIVATE]
    set_at: datetime | None


class RulesOut(Output):
    """The rules of a guild, or of one of its channels."""

    guild: str
    channel: str  # "" for the whole guild
    rules: list[RuleOut]
    paused: Annotated[dict[str, str], PRIVATE]  # create, vote or mint → why
    changed: list[str] = []  # what was set just now: names of rules, or pause.… of a pause


class LimitsIn(Input):
    """Nothing to say."""


class LimitOut(Output):
    """What one person with a role may ask for."""

    role: str
    per_day: int
    parallel: int


class LimitsOut(Output):
    """How much anyone may ask for here."""

    limits: list[LimitOut]
    yours: str | None  # the role of the one who asks
    pictures_per_brief: int
    prompt_characters: int


class SetLimitIn(Input):
    """Whose limits, and what they are to be."""

    role: Literal["member", "creator", "operator"] = Field(description="whose limits")
    per_day: int | None = Field(None, ge=0, le=100_000, description="pictures a day")
    parallel: int | None = Field(None, ge=1, le=64, description="requests at the same time")


@tool(least_role=Role.MEMBER)
def rules(call: OpenCall, which: RulesIn) -> RulesOut:
    """Show the rules of this community, and who set them."""
    return shown(call, _channel(call, which.channel))


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def set_rule(call: OpenCall, wish: SetRuleIn) -> RulesOut:
    """Set a rule for this community or one channel; the value default takes it back."""
    channel = _channel(call, wish.channel)
    if channel and not KINDS[wish.name].per_channel:
        raise InvalidInput(
            "{name} holds for the whole community: leave the channel out.", name=wish.name
        )
    with call.studio.db.write() as session:
        before = _set_here(session, call.actor.guild, channel, wish.name)
        value = _read(wish, before)
        put(session, call, wish.name, value, channel)
    call.note(rule=wish.name, before=before, after=value)
    return shown(call, channel, [wish.name])


@tool(least_role=Role.MEMBER)
def limits(call: OpenCall, _: LimitsIn) -> LimitsOut:
    """Show how many pictures anyone may ask for here."""
    return _limits(call)


@tool(least_role=Role.OPERATOR, ways=BY_HAND)
def set_limit(call: OpenCall, wish: SetLimitIn) -> LimitsOut:
    """Set how many pictures people with a role may ask for, a day and at once."""
    wanted = {"per_day": wish.per_day, "parallel": wish.parallel}
    if not any(number is not None for number in wanted.values()):
        raise InvalidInput("Say what to set: per_day, parallel, or both.")
    with call.studio.db.write() as session:
        for name, number in wanted.items():
            if number is not None:
                before = _set_here(session, call.actor.guild, "", name) or {}
                put(session, call, name, {**before, wish.role: number})
    return _limits(call)


def put(session: Session, call: OpenCall, name: str, value: Any, channel: str = "") -> None:
    """Write down that from now on this holds; None takes back what was set."""
    session.add(
        Rule(tool_call_id=call.id, guild=call.actor.guild, channel=channel, name=name, value=value)
    )


def shown(call: OpenCall, channel: str, changed: Iterable[str] = ()) -> RulesOut:
    """The rules as they hold now, who set them, and which of them this call changed."""
    guild = call.actor.guild
    with call.studio.db.read() as session:
        held = rules_of(call.studio, guild, channel, session)
        values = _by_name(held)
        rows = {row.name: row for row in newest(session, guild, channel) if row.value is not None}
        setters = _setters(session, rows.values())
    return RulesOut(
        guild=guild,
        channel=channel,
        rules=[_rule(name, value, rows.get(name), setters) for name, value in values.items()],
        paused=dict(held.paused.items()),
        changed=list(changed),
    )


def _rule(name: RuleName, value: Any, row: Rule | None, setters: dict[str, str]) -> RuleOut:
    kind = KINDS[name]
    return RuleOut(
        name=name,
        says=kind.says,
        value=kind.form.written(value),
        source="settings" if row is None else "channel" if row.channel else "guild",
        set_by=setters.get(row.tool_call_id) if row else None,
        set_at=row.set_at if row else None,
    )


def _by_name(held: Rules) -> dict[RuleName, Any]:
    values: dict[str, Any] = {
        **held.model_dump(),
        **held.eligibility.model_dump(),
        "voter_roles": held.eligibility.groups,
        **{f"{role}_roles": held.roles[role] for role in PEOPLE},
    }
    return {name: values[name] for name in KINDS}


def _setters(session: Session, rows: Any) -> dict[str, str]:
    """The names of who made the calls that set these rows, by the calls' ids."""
    query = (
        select(ToolCall.id, Person.name)
        .join(Person, Person.id == ToolCall.person_id)
        .where(ToolCall.id.in_({row.tool_call_id for row in rows}))
    )
    return {call_id: name for call_id, name in session.execute(query) if name}


def _limits(call: OpenCall) -> LimitsOut:
    held = rules_of(call.studio, call.actor.guild)
    return LimitsOut(
        limits=[
            LimitOut(role=role, per_day=held.per_day[role], parallel=held.parallel[role])
            for role in PEOPLE
        ],
        yours=call.role.value,
        pictures_per_brief=held.pictures_per_brief,
        prompt_characters=call.studio.settings.limits.prompt_characters,
    )


def _set_here(session: Session, guild: str, channel: str, name: str) -> Any:
    """What this very place has set; None if nothing."""
    for row in newest(session, guild, channel):
        if row.name == name and row.channel == channel:
            return row.value
    return None


def _read(wish: SetRuleIn, before: Any) -> Any:
    if wish.value.casefold() == DEFAULT:
        return None
    return KINDS[wish.name].form.read(wish.name, wish.value, before)


def _channel(call: OpenCall, wanted: str | None) -> str:
    if not wanted:
        return ""
    if wanted.casefold() == _HERE:
        return call.actor.channel
    return external_id("channel", wanted)
