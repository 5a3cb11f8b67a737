"""What waits for an operator's decision, as a compact list with a way to look closer."""

from collections.abc import Iterator

from bot.frontend import Button, Message, Section
from bot.presenters.anything import present
from bot.presenters.minting import costs_in_lines, short
from bot.presenters.verdicts import decimal, scorer
from bot.scene import Scene
from tools.minting.likeness import LikenessOut
from tools.minting.review import LackOut, ReviewItemOut, ReviewOut, ScoreOut, VoteOut
from tools.minting.rights import LicenceOut, RightsOut


@present.register
def _(output: ReviewOut, scene: Scene) -> Message:
    """Every picture with what speaks for it, what it costs and what it lacks."""
    if not output.items:
        return Message(scene.say("Nothing waits for a decision."))
    numbered = list(enumerate(output.items, 1))
    return Message(
        "",
        title=scene.count("{n} picture to decide on", "{n} pictures to decide on", len(numbered)),
        sections=tuple(_section(place, item, scene) for place, item in numbered),
        buttons=scene.buttons(*(_closer(place, item, scene) for place, item in numbered)),
    )


def _section(place: int, item: ReviewItemOut, scene: Scene) -> Section:
    named = scene.say(
        "{candidate} by {creator}",
        candidate=item.candidate_id,
        creator=item.rights.creator or scene.say("someone"),
    )
    heading = scene.say("{place}. {head}", place=place, head=named)
    alt = scene.say("The picture {candidate}", candidate=item.candidate_id)
    picture = scene.picture(item.image_cid, heading, alt)
    return Section(heading, "\n".join(_item(item, scene)), picture)


def _closer(place: int, item: ReviewItemOut, scene: Scene) -> Button:
    """Look at the request; or, where there is none yet, make it."""
    if item.mint_request_id is not None:
        label = scene.say("Look closer at {place}", place=place)
        return Button(label, "mint_status", {"mint_request_id": item.mint_request_id})
    label = scene.say("Propose {place} for minting", place=place)
    return Button(label, "propose_mint", {"candidate_id": item.candidate_id})


def _item(item: ReviewItemOut, scene: Scene) -> Iterator[str]:
    yield _head(item, scene)
    for lack in item.missing:
        yield scene.say("→ {lack}", lack=_lack(lack, item, scene))
    if item.vote is not None:
        yield _vote(item.vote, scene)
    if item.scores or item.score is not None:
        yield _scores(item, scene)
    if item.similar:
        yield scene.say("Most alike: {picture}", picture=_like(item.similar[0], scene))
    yield _rights(item.rights, scene)
    if not item.rights.discloses_ai:
        yield scene.say("The token's metadata would not name the model that made it.")
    yield from costs_in_lines(item.cost_estimate, scene)


def _head(item: ReviewItemOut, scene: Scene) -> str:
    if item.mint_request_id is None:
        return scene.say("It won its round.")
    if item.state == "failed":
        return scene.say("Request {request} could not be minted.", request=item.mint_request_id)
    return scene.say("Request {request} waits.", request=item.mint_request_id)


def _vote(vote: VoteOut, scene: Scene) -> str:
    """The tally in one line, with the hash that it is checked by."""
    return scene.say(
        "Votes: {votes} of {voters} in {title} ({round}), quorum {quorum}, tally {tally}",
        votes=vote.votes,
        voters=vote.voters,
        title=vote.title,
        round=vote.round_id,
        quorum=vote.quorum,
        tally=short(vote.tally_hash) if vote.tally_hash else scene.say("none"),
    )


def _scores(item: ReviewItemOut, scene: Scene) -> str:
    parts = [_of_scorer(found, scene) for found in item.scores if found.scorer != "check"]
    if item.score is None:
        return scene.say("Scores: {scores}", scores=parts)
    if not parts:
        return scene.say("Score: {total}", total=decimal(item.score))
    return scene.say("Score: {total} ({scores})", total=decimal(item.score), scores=parts)


def _of_scorer(found: ScoreOut, scene: Scene) -> str:
    facts = {"scorer": scorer(found.scorer, scene), "value": decimal(found.value)}
    if found.passed:
        return scene.say("{scorer} {value}", **facts)
    return scene.say("{scorer} {value}, too low", **facts)


def _like(other: LikenessOut, scene: Scene) -> str:
    facts = {
        "candidate": other.candidate_id,
        "distance": other.distance,
        "creator": other.creator or scene.say("someone"),
    }
    if other.minted:
        return scene.say("{candidate} by {creator}, {distance} of 256 bits apart, minted", **facts)
    return scene.say("{candidate} by {creator}, {distance} of 256 bits apart", **facts)


def _rights(rights: RightsOut, scene: Scene) -> str:
    made_with = [_licence(rights.model, scene), *(_licence(lora, scene) for lora in rights.loras)]
    return scene.say(
        "Rights: made with {models}; the collection's licence: {licence}",
        models=", ".join(made_with),
        licence=rights.collection.licence or scene.say("not known"),
    )


def _licence(made: LicenceOut, scene: Scene) -> str:
    if made.licence is None:
        return scene.say("{name} (licence not known)", name=made.name)
    return scene.say("{name} ({licence})", name=made.name, licence=made.licence)


def _lack(lack: LackOut, item: ReviewItemOut, scene: Scene) -> str:
    """What is missing, and what to do about it."""
    match lack.what:
        case "proposal":
            return scene.say("Nobody has proposed it for minting yet.")
        case "approvals":
            return scene.count(
                "It needs {n} approval by an operator who did not propose it.",
                "It needs {n} approvals by operators who did not propose it.",
                lack.count,
            )
        case "retry":
            why = scene.words.again(lack.reason)
            return scene.say("An operator has to try again: {reason}", reason=why)
        case "pause":
            return scene.say("Minting is paused here: {reason}", reason=lack.reason)
        case "chain":
            why = scene.words.again(lack.reason)
            return scene.say("{chain}: {reason}", chain=lack.chain, reason=why)
        case "cap":
            return scene.say(
                "On {chain} it could cost more than its cap: wait for lower fees, or propose it "
                "with a higher one.",
                chain=lack.chain,
            )
        case "licence":
            return scene.say("The licence of {name} is not known.", name=lack.reason)
        case "rejected":
            return scene.say("It was rejected before: {reason}", reason=lack.reason or "")
