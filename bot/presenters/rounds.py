"""Rounds and ballots as messages."""

from collections.abc import Iterator
from datetime import datetime

from bot.frontend import Button, Message, Picture
from bot.presenters.anything import present
from bot.scene import Scene
from tools.provenance.tables import now
from tools.voting.ballots import BallotOut
from tools.voting.board import EntryOut, RoundLine, RoundOut, RoundsOut
from tools.voting.tally import UNCOMPARED

FEW = 10  # entries at most for which each gets a button to vote
_TOLD = 10  # entries whose votes are told in the words of a closed round
_COUNTS_DOWN = "discord"  # the front end that shows a moment as how far away it is

_CAST = {
    "added": "Your vote for number {number} counts; {people} voted so far.",
    "changed": "Your vote went over to number {number}; {people} voted so far.",
    "unchanged": "Your vote stands on number {number} already; {people} voted so far.",
    "withdrawn": "Your vote for number {number} is taken back; {people} voted so far.",
}


@present.register
def _(output: RoundOut, scene: Scene) -> Message:
    """A round: its pictures with their numbers and votes, and what can be done with it."""
    return Message(
        " ".join(_standing(output, scene)),
        title=output.title,
        facts=tuple(_who_may_vote(output, scene)),
        details=((scene.say("round"), output.round_id),),
        pictures=tuple(
            _picture(output, entry, scene)
            for entry in output.entries
            if output.state == "open" or entry.candidate_id == output.winner_id
        ),
        buttons=_buttons(output, scene),
        tone="good" if output.winner_id else "plain",
    )


@present.register
def _(output: RoundsOut, scene: Scene) -> Message:
    """A list of rounds."""
    if not output.rounds:
        return Message(scene.say("There has been no round here yet."))
    lines = [line(found, scene) for found in output.rounds]
    looks = [look_at(found, scene) for found in output.rounds[:5]]
    return Message("\n".join(lines), buttons=scene.buttons(*looks))


@present.register
def _(output: BallotOut, scene: Scene) -> Message:
    """What became of a vote."""
    people = voters(output.voters, scene)
    cast = scene.say(_CAST[output.kind], number=output.number, people=people)
    closes = scene.say("Closes {moment}.", moment=when(output.closes_at, scene))
    here = {"round_id": output.round_id}
    back = Button(scene.say("Take it back"), "withdraw_vote", here)
    return Message(
        f"{cast} {closes}",
        buttons=scene.buttons(
            Button(scene.say("Show the round"), "show_round", here),
            *(() if output.kind == "withdrawn" else (back,)),
        ),
        tone="good",
    )


def when(moment: datetime, scene: Scene) -> str:
    """A moment as people plan by it: how far away it is, and its time.

    Discord counts down by itself, for as long as the message stands, so it gets the time only.
    """
    clock = scene.words.moment(moment)
    left = (moment - now()).total_seconds()
    if scene.actor.front_end == _COUNTS_DOWN:
        return clock
    if left <= 0:
        return scene.say("at {clock}", clock=clock)
    return scene.say("{left} ({clock})", left=_away(int(left), scene), clock=clock)


def _away(left: int, scene: Scene) -> str:
    """How long from now, in the largest unit that fits."""
    if left >= 86_400:
        return scene.count("in {n} day", "in {n} days", left // 86_400)
    if left >= 3_600:
        return scene.count("in {n} hour", "in {n} hours", left // 3_600)
    if left >= 60:
        return scene.count("in {n} minute", "in {n} minutes", left // 60)
    return scene.count("in {n} second", "in {n} seconds", left)


def voters(number: int, scene: Scene) -> str:
    """How many people, as the subject of a sentence."""
    return scene.count("{n} person", "{n} people", number) if number else scene.say("nobody")


def outcome(told: str | None, scene: Scene) -> str:
    """What came of a vote, in the person's language."""
    bare = (told or "").removesuffix(UNCOMPARED).strip()
    said = scene.words.again(bare) or scene.say("Closed.")
    return said if bare == (told or "") else f"{said} {scene.say(UNCOMPARED)}"


def line(found: RoundLine, scene: Scene) -> str:
    """A round in a list."""
    facts = {"round": found.round_id, "title": found.title}
    if found.state == "closed":
        came = outcome(found.outcome, scene)
        return scene.say("{round}  {title}: {outcome}", outcome=came, **facts)
    return scene.say(
        "{round}  {title}: open, closes {moment}, {people} voted",
        moment=when(found.closes_at, scene),
        people=voters(found.voters, scene),
        **facts,
    )


def look_at(found: RoundLine, scene: Scene) -> Button:
    """A button that shows a round."""
    label = scene.say("Show {title}", title=found.title)
    return Button(label, "show_round", {"round_id": found.round_id})


def _standing(output: RoundOut, scene: Scene) -> Iterator[str]:
    """Where the round stands, sentence by sentence."""
    if output.state == "closed":
        yield outcome(output.outcome, scene)
        if votes := _votes_by_number(output):
            yield scene.say("Votes by number: {votes}.", votes=votes)
        return
    people = voters(output.voters, scene)
    if output.waits_for is not None:
        yield scene.say("The voting is over; {people} voted.", people=people)
        yield scene.say(
            "It is counted once {front_end} has told which reactions came and went last.",
            front_end=output.waits_for.capitalize(),
        )
    else:
        yield scene.say("Open; closes {moment}.", moment=when(output.closes_at, scene))
        yield _turnout(output, people, scene)
    if output.hidden:
        yield scene.say("How the votes stand is hidden until it closes.")
    yield from _yours(output, scene)


def _turnout(output: RoundOut, people: str, scene: Scene) -> str:
    if output.voters < output.quorum:
        told = scene.say("{people} voted; it takes {quorum}.", people=people, quorum=output.quorum)
    else:
        told = scene.say("{people} voted.", people=people)
    return told[:1].upper() + told[1:]


def _yours(output: RoundOut, scene: Scene) -> Iterator[str]:
    if output.your_vote:
        yield scene.say("Your vote: number {number}.", number=output.your_vote)
    elif output.waits_for is None:
        yield scene.say("Vote with /vote <number>.")


def _votes_by_number(output: RoundOut) -> str:
    """The votes of each that has any; of many, those that led."""
    chosen = [entry for entry in output.entries if entry.votes]
    if len(chosen) < 2:
        return ""  # the outcome says it already
    led = sorted(chosen, key=lambda entry: (-(entry.votes or 0), entry.number))[:_TOLD]
    shown = sorted(led, key=lambda entry: entry.number)
    told = ", ".join(f"{entry.number}: {entry.votes}" for entry in shown)
    return told if len(chosen) <= _TOLD else f"{told}, …"


def _who_may_vote(output: RoundOut, scene: Scene) -> Iterator[tuple[str, str]]:
    """The rules that the round was opened with, as far as they ask for anything."""
    asked = output.eligibility or {}
    if output.state == "open" and (days := asked.get("min_account_days")):
        age = scene.count("{n} day at least", "{n} days at least", days)
        yield scene.say("age of the account"), age
    if output.state == "open" and (days := asked.get("min_member_days")):
        age = scene.count("{n} day at least", "{n} days at least", days)
        yield scene.say("time spent here"), age
    if output.state == "open" and (groups := asked.get("groups")):
        yield scene.say("one of these roles"), ", ".join(groups)


def _picture(output: RoundOut, entry: EntryOut, scene: Scene) -> Picture:
    return scene.picture(entry.image_cid, _caption(output, entry, scene), _alt(entry, scene))


def _caption(output: RoundOut, entry: EntryOut, scene: Scene) -> str:
    yours = scene.say(" (yours)") if entry.number == output.your_vote else ""
    mark = " ★" if entry.candidate_id == output.winner_id else ""
    by = scene.say("{candidate} by {creator}", candidate=entry.candidate_id, creator=entry.creator)
    standing = f"{_votes(entry, scene)}{yours}{mark}".strip()
    return f"{entry.number}: {standing}".rstrip() + f"\n{by}"


def _votes(entry: EntryOut, scene: Scene) -> str:
    if entry.votes is None:
        return ""
    return scene.count("{n} vote", "{n} votes", entry.votes)


def _alt(entry: EntryOut, scene: Scene) -> str:
    """What is to be seen, for those who do not see it."""
    facts = {"number": entry.number, "creator": entry.creator}
    if not entry.traits:
        return scene.say("Number {number}: a picture by {creator}", **facts)
    shows = ", ".join(f"{category} {value}" for category, value in entry.traits.items())
    return scene.say("Number {number}: a picture by {creator} of {traits}", traits=shows, **facts)


def _buttons(output: RoundOut, scene: Scene) -> tuple[Button, ...]:
    here = {"round_id": output.round_id}
    if output.state == "closed":
        wished = [Button(scene.say("Propose the winner for minting"), "propose_mint", here)]
        return scene.buttons(*wished) if output.winner_id else ()
    if output.waits_for is not None:
        return ()
    close = Button(scene.say("Close it now"), "close_round", here)
    return scene.buttons(*_vote_buttons(output, scene), close)


def _vote_buttons(output: RoundOut, scene: Scene) -> Iterator[Button]:
    if len(output.entries) > FEW:
        return
    for entry in output.entries:
        if entry.creator_id != scene.actor.person_id and entry.number != output.your_vote:
            wish = {"round_id": output.round_id, "choice": str(entry.number)}
            yield Button(scene.say("Vote for {number}", number=entry.number), "vote", wish)
