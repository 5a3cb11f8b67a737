"""Votes in stages, nominations and the leaderboard as messages."""

from bot.frontend import Button, Message, Picture
from bot.presenters.anything import present
from bot.presenters.rounds import line, look_at, voters, when
from bot.scene import Scene
from tools.voting.brackets import BracketOut, StageOut
from tools.voting.leaderboard import CreatorStanding, LeaderboardOut, PictureStanding
from tools.voting.nominating import NominatedOut

_SHOWN = 10  # rounds of a stage


@present.register
def _(output: BracketOut, scene: Scene) -> Message:
    """A vote in stages: where it stands, and the rounds that are held now."""
    return Message(
        "\n".join([_standing(output, scene), *_rounds(output.stages[-1], scene)]),
        title=output.title,
        details=((scene.say("vote in stages"), output.bracket_id),),
        facts=tuple(_stage(stage, scene) for stage in output.stages),
        pictures=_winner(output, scene),
        buttons=_buttons(output, scene),
        tone="good" if output.winner else "plain",
    )


@present.register
def _(output: NominatedOut, scene: Scene) -> Message:
    """A picture that was put to the vote."""
    told = scene.say(
        "{candidate} is put to the vote: it stands in the next round before others.",
        candidate=output.candidate_id,
    )
    waiting = scene.count(
        "{n} picture of {collection} waits for it.",
        "{n} pictures of {collection} wait for it.",
        output.waiting,
        collection=output.collection,
    )
    alt = scene.say("The picture {candidate}", candidate=output.candidate_id)
    return Message(
        f"{told} {waiting}",
        pictures=(scene.picture(output.image_cid, output.candidate_id, alt),),
        tone="good",
    )


@present.register
def _(output: LeaderboardOut, scene: Scene) -> Message:
    """The pictures with the most votes, and the creators who won most often."""
    if not output.pictures:
        return Message(scene.say("No votes have been counted here yet."))
    creators = [_creator(place, who, scene) for place, who in enumerate(output.creators, start=1)]
    ahead = [scene.say("Creators by wins:"), *creators] if creators else []
    title = scene.say("Leaderboard")
    return Message(
        "\n".join(ahead),
        title=f"{title}: {output.collection}" if output.collection else title,
        pictures=tuple(
            scene.picture(found.image_cid, *_picture(place, found, scene))
            for place, found in enumerate(output.pictures, start=1)
        ),
    )


def _standing(output: BracketOut, scene: Scene) -> str:
    if output.state == "closed":
        if output.winner is None:
            return scene.words.again(output.outcome)
        return scene.say(
            "{candidate} by {creator} wins over {others} others.",
            candidate=output.winner.candidate_id,
            creator=output.winner.creator,
            others=output.candidates - 1,
        )
    last = output.stages[-1]
    return scene.count(
        "Stage {stage}: {n} round, closes {moment}.",
        "Stage {stage}: {n} rounds, the last closes {moment}.",
        len(last.rounds),
        stage=last.stage,
        moment=when(output.closes_at, scene),
    )


def _rounds(stage: StageOut, scene: Scene) -> list[str]:
    told = [line(found, scene) for found in stage.rounds[:_SHOWN]]
    more = len(stage.rounds) - len(told)
    rest = [scene.count("and {n} more", "and {n} more", more)] if more else []
    return told + rest


def _stage(stage: StageOut, scene: Scene) -> tuple[str, str]:
    over = sum(found.state == "closed" for found in stage.rounds)
    return scene.say("stage {number}", number=stage.stage), scene.say(
        "{over} of {rounds} rounds closed, {people} voted in the fullest",
        over=over,
        rounds=len(stage.rounds),
        people=voters(max(found.voters for found in stage.rounds), scene),
    )


def _winner(output: BracketOut, scene: Scene) -> tuple[Picture, ...]:
    won = output.winner
    if won is None:
        return ()
    by = scene.say("{candidate} by {creator}", candidate=won.candidate_id, creator=won.creator)
    alt = scene.say("The winner, a picture by {creator}", creator=won.creator)
    return (scene.picture(won.image_cid, f"{by} ★", alt),)


def _buttons(output: BracketOut, scene: Scene) -> tuple[Button, ...]:
    if output.winner is not None:
        final = output.stages[-1].rounds
        wished = {"round_id": final[0].round_id}
        propose = Button(scene.say("Propose the winner for minting"), "propose_mint", wished)
        return scene.buttons(propose) if len(final) == 1 else ()
    running = [found for found in output.stages[-1].rounds if found.state == "open"]
    return scene.buttons(*(look_at(found, scene) for found in running[:5]))


def _picture(place: int, found: PictureStanding, scene: Scene) -> tuple[str, str]:
    """Its caption and its text for those who do not see it."""
    votes = scene.count("{n} vote", "{n} votes", found.votes)
    rounds = scene.count("in {n} round", "in {n} rounds", found.rounds)
    by = scene.say("{candidate} by {creator}", candidate=found.candidate_id, creator=found.creator)
    alt = scene.say(
        "Place {place}: a picture by {creator}, {votes}",
        place=place,
        creator=found.creator,
        votes=votes,
    )
    return f"{place}: {votes} {rounds}\n{by}", alt


def _creator(place: int, who: CreatorStanding, scene: Scene) -> str:
    wins = scene.count("{n} win", "{n} wins", who.wins)
    return f"{place}. {who.creator}: {wins}"
