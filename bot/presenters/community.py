"""The rules of a guild, and its limits, as messages."""

from collections.abc import Iterator

from bot.frontend import Button, Mention, Message, Tone
from bot.presenters.anything import present
from bot.scene import Scene
from tools.community.rules import PAUSABLE
from tools.community.setting import LimitOut, LimitsOut, RuleOut, RulesOut


@present.register
def _(output: RulesOut, scene: Scene) -> Message:
    """Every rule as it holds and who set it; after a change, only what was changed."""
    lines = [_paused(what, reason, scene) for what, reason in output.paused.items()]
    lines += [_resumed(what, scene) for what in PAUSABLE if _is_resumed(what, output)]
    changed = [rule for rule in output.rules if rule.name in output.changed]
    if not output.changed:
        changed = output.rules
    lines += [_rule(rule, scene) for rule in changed]
    buttons = [
        Button(_resume(what, scene), "resume", {"what": what}, kind="good")
        for what in output.paused
    ]
    tone: Tone = "good" if output.changed else "plain"
    title, shown = _title(output, scene), scene.buttons(*buttons)
    mentions = tuple(_mentions(output))
    return Message("\n".join(lines), title=title, buttons=shown, tone=tone, mentions=mentions)


@present.register
def _(output: LimitsOut, scene: Scene) -> Message:
    """How much anyone may ask for."""
    lines = [_limit(limit, output.yours, scene) for limit in output.limits]
    lines.append(
        scene.say(
            "At most {pictures} pictures at a time, from prompts of up to {characters} characters.",
            pictures=output.pictures_per_brief,
            characters=output.prompt_characters,
        )
    )
    return Message("\n".join(lines), title=scene.say("Limits"))


def _title(output: RulesOut, scene: Scene) -> str:
    if output.channel:
        return scene.say("Rules of the channel {channel}", channel=output.channel)
    return scene.say("Rules of this community")


def _mentions(output: RulesOut) -> Iterator[Mention]:
    """The channels and roles that stand in rules by their ids."""
    if output.channel:
        yield Mention(output.channel, "channel")
    for rule in output.rules:
        if rule.name.endswith("_channel"):
            yield Mention(rule.value, "channel")
        elif rule.name.endswith("_roles"):
            yield from (Mention(id_, "role") for id_ in rule.value.split())


def _is_resumed(what: str, output: RulesOut) -> bool:
    return f"pause.{what}" in output.changed and what not in output.paused


def _resumed(what: str, scene: Scene) -> str:
    match what:
        case "create":
            return scene.say("Pictures are made again.")
        case "vote":
            return scene.say("Votes are taken again.")
        case _:
            return scene.say("Minting goes on.")


def _resume(what: str, scene: Scene) -> str:
    match what:
        case "create":
            return scene.say("Resume making pictures")
        case "vote":
            return scene.say("Resume voting")
        case _:
            return scene.say("Resume minting")


def _paused(what: str, reason: str, scene: Scene) -> str:
    match what:
        case "create":
            return scene.say("Making pictures is paused: {reason}", reason=reason)
        case "vote":
            return scene.say("Voting is paused: {reason}", reason=reason)
        case _:
            return scene.say("Minting is paused: {reason}", reason=reason)


def _rule(rule: RuleOut, scene: Scene) -> str:
    facts: dict[str, object] = {
        "says": scene.say(rule.says),
        "name": rule.name,
        "value": rule.value,
    }
    if rule.source == "settings" or rule.set_at is None:
        return scene.say("{says}: {value} ({name})", **facts)
    facts["who"] = rule.set_by or scene.say("someone")
    facts["moment"] = rule.set_at
    if rule.source == "channel":
        return scene.say("{says}: {value} ({name}; for this channel by {who}, {moment})", **facts)
    return scene.say("{says}: {value} ({name}; by {who}, {moment})", **facts)


def _limit(limit: LimitOut, yours: str | None, scene: Scene) -> str:
    facts = {
        "role": scene.words.word(limit.role),
        "pictures": limit.per_day,
        "jobs": limit.parallel,
    }
    if limit.role == yours:
        return scene.say(
            "{role} (you): {pictures} pictures a day, {jobs} requests at once", **facts
        )
    return scene.say("{role}: {pictures} pictures a day, {jobs} requests at once", **facts)
