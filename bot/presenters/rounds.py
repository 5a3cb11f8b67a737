"""Rounds and ballots as messages."""

from datetime import datetime

from bot.frontend import Button, Message
from bot.presenters.anything import present
from bot.scene import Scene
from tools.provenance.tables import now
from tools.voting.ballots import BallotOut
from tools.voting.board import EntryOut, RoundLine, RoundOut, RoundsOut

_CAST = {
    "added": "Your vote for number {number} counts",
    "changed": "Your vote went over to number {number}",
    "unchanged": "Your vote stands on number {number} already",
    "withdrawn": "Your vote for number {number} is taken back",
}


@present.register
def _(output: RoundOut, scene: Scene) -> Message:
    """A round: its pictures with their numbers and votes, and what can be done with it."""
    return Message(
        _standing(output),
        title=f"{output.title} ({output.round_id})",
        pictures=tuple(
            scene.picture(entry.image_cid, _caption(output, entry), _alt(entry))
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
        return Message("There has been no round here yet.")
    looks = [
        Button(f"Show {found.title}", "show_round", {"round_id": found.round_id})
        for found in output.rounds[:5]
    ]
    return Message("\n".join(map(_line, output.rounds)), buttons=scene.buttons(*looks))


@present.register
def _(output: BallotOut, scene: Scene) -> Message:
    """What became of a vote."""
    cast = _CAST[output.kind].format(number=output.number)
    return Message(
        f"{cast}; {_people(output.voters)} voted so far. Closes {when(output.closes_at)}.",
        buttons=scene.buttons(
            Button("Show the round", "show_round", {"round_id": output.round_id}),
            *_take_back(output),
        ),
        tone="good",
    )


def _take_back(output: BallotOut) -> tuple[Button, ...]:
    if output.kind == "withdrawn":
        return ()
    return (Button("Take it back", "withdraw_vote", {"round_id": output.round_id}),)


def when(moment: datetime) -> str:
    """A moment as people plan by it: how far away it is, and its time."""
    left = (moment - now()).total_seconds()
    clock = f"{moment:%H:%M:%S} UTC" if abs(left) < 86_400 else f"{moment:%Y-%m-%d %H:%M} UTC"
    if left <= 0:
        return f"at {clock}"
    for seconds, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if left >= seconds:
            number = int(left // seconds)
            return f"in {number} {unit}{'s' if number > 1 else ''} ({clock})"
    return f"now ({clock})"


def _standing(output: RoundOut) -> str:
    if output.state == "closed":
        votes = ", ".join(f"{entry.number}: {entry.votes}" for entry in output.entries)
        return f"{output.outcome or 'Closed.'} Votes by number: {votes}."
    words = f"Open; closes {when(output.closes_at)}. {_people(output.voters)} voted"
    words += f"; it takes {output.quorum}." if output.voters < output.quorum else "."
    yours = output.your_vote
    return words + (f" Your vote: number {yours}." if yours else " Vote with /vote <number>.")


def _people(number: int) -> str:
    return {0: "nobody", 1: "1 person"}.get(number, f"{number} people")


def _caption(output: RoundOut, entry: EntryOut) -> str:
    mark = " ★" if entry.candidate_id == output.winner_id else ""
    yours = " (yours)" if entry.number == output.your_vote else ""
    votes = f"{entry.votes} vote{'' if entry.votes == 1 else 's'}"
    return f"{entry.number}: {votes}{yours}{mark}\n{entry.candidate_id} by {entry.creator}"


def _alt(entry: EntryOut) -> str:
    return f"Number {entry.number}, a picture by {entry.creator}, {entry.votes} votes"


def _buttons(output: RoundOut, scene: Scene) -> tuple[Button, ...]:
    here = {"round_id": output.round_id}
    if output.state == "closed":
        wished = [Button("Propose the winner for minting", "propose_mint", here)]
        return scene.buttons(*wished) if output.winner_id else ()
    votes = [
        Button(f"Vote for {entry.number}", "vote", {**here, "choice": str(entry.number)})
        for entry in output.entries
        if entry.creator_id != scene.actor.person_id and entry.number != output.your_vote
    ]
    return scene.buttons(*votes, Button("Close it now", "close_round", here))


def _line(found: RoundLine) -> str:
    head = f"{found.round_id}  {found.title}"
    if found.state == "closed":
        return f"{head}: {found.outcome or 'closed'}"
    return f"{head}: open, closes {when(found.closes_at)}, {_people(found.voters)} voted"
