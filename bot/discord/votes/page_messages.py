"""What a gallery message of a round says: how to vote, until when, who may, how it stands."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.frontend import Button, Message, Picture
from bot.scene import Scene
from tools.provenance.tables import now
from tools.voting.board import EntryOut, RoundOut


def page_message(out: RoundOut, entries: Sequence[EntryOut], scene: Scene) -> Message:
    """One page of a round: ten of its pictures at most; the words stand on the first."""
    first = not entries or entries[0].number == 1
    last = not entries or entries[-1].number == out.entries[-1].number
    return Message(
        "\n".join(_words(out, scene)) if first else "",
        title=_title(out, entries, scene),
        pictures=tuple(_picture(out, entry, scene) for entry in entries),
        buttons=_buttons(out, scene) if last else (),
        tone="good" if out.winner_id else "plain",
    )


def _title(out: RoundOut, entries: Sequence[EntryOut], scene: Scene) -> str:
    if len(entries) == len(out.entries):
        return out.title
    numbers = {"first": entries[0].number, "last": entries[-1].number}
    return scene.say("{title}: {first} to {last}", title=out.title, **numbers)


def _words(out: RoundOut, scene: Scene) -> Iterator[str]:
    if out.state == "closed":
        yield scene.words.again(out.outcome) or scene.say("The round is closed.")
        return
    if out.closes_at <= now():
        yield scene.say("Voting is over; the votes are being counted.")
        return
    yield scene.say(
        "Tap the number of the picture you like best. You have one vote, and another number moves "
        "it. Closes {closes}.",
        closes=out.closes_at,
    )
    if out.hidden:
        yield scene.say(
            "How the votes stand is a secret until then: your tap is counted and taken off at once."
        )
    yield _standing(out, scene)
    yield from _who_may(out.eligibility or {}, scene)


def _standing(out: RoundOut, scene: Scene) -> str:
    voted = scene.count("{n} person has voted.", "{n} people have voted.", out.voters)
    if out.voters >= out.quorum:
        return voted
    needed = scene.count("It takes {n} vote.", "It takes {n} votes.", out.quorum)
    return f"{voted} {needed}"


def _who_may(rules: dict[str, Any], scene: Scene) -> Iterator[str]:
    """The rules of eligibility that are set; votes that they forbid are taken off."""
    asked = []
    if days := rules.get("min_account_days"):
        asked.append(
            scene.count("an account that is {n} day old", "an account that is {n} days old", days)
        )
    if days := rules.get("min_member_days"):
        asked.append(scene.count("{n} day in this server", "{n} days in this server", days))
    if rules.get("groups"):
        asked.append(scene.say("one of the roles that may vote"))
    if asked:
        yield scene.say("To vote here it takes {what}.", what=", ".join(asked))


def _picture(out: RoundOut, entry: EntryOut, scene: Scene) -> Picture:
    mark = " ★" if entry.candidate_id == out.winner_id else ""
    votes = "" if entry.votes is None else scene.count("{n} vote", "{n} votes", entry.votes)
    made = scene.say(
        "{candidate} by {creator}", candidate=entry.candidate_id, creator=entry.creator
    )
    alt = scene.say(
        "Number {number}, a picture by {creator}", number=entry.number, creator=entry.creator
    )
    caption = "\n".join(filter(None, [f"{entry.number}: {votes}{mark}".strip(), made]))
    return scene.picture(entry.image_cid, caption, alt)


def _buttons(out: RoundOut, scene: Scene) -> tuple[Button, ...]:
    here = {"round_id": out.round_id}
    if out.state == "closed":
        return ()
    return (
        Button(scene.say("Where is my vote?"), "show_round", here),
        Button(scene.say("Take my vote back"), "withdraw_vote", here),
    )
