"""Mint requests, tokens, and what operators review, as messages."""

from collections.abc import Iterator

from sqlalchemy import select

from bot.following import Work, mint, work_behind
from bot.frontend import Button, Message, Picture, Tone
from bot.presenters.anything import present
from bot.presenters.rounds import outcome
from bot.scene import Scene
from tools.generation.tables import Candidate
from tools.minting.costs import CostOut
from tools.minting.requests import MintRequestsOut, TokensOut
from tools.minting.showing import ApprovalOut, MintRequestOut, TokenOut
from tools.phrases import phrase
from tools.provenance.tables import Person
from tools.voting.tables import Round

_TONES: dict[str, Tone] = {"minted": "good", "failed": "error"}
_SHOWN = ("pending", "approved", "minting", "minted")  # states in which the picture is shown


@work_behind.register
def _(output: MintRequestOut) -> Work | None:
    if output.state not in ("approved", "minting") or output.paused is not None:
        return None
    return mint(
        output.mint_request_id, phrase("Minting {candidate}", candidate=output.candidate_id)
    )


@present.register
def _(output: MintRequestOut, scene: Scene) -> Message:
    """A mint request: exactly what is frozen in it, where it stands, and what can be decided."""
    pending = output.state == "pending"
    return Message(
        meaning(output, scene),
        title=scene.say("Mint request {request}", request=output.mint_request_id),
        facts=(
            *(_to_decide(output, scene) if pending else ()),
            *(_approvals(output, scene)),
            *(((scene.say("digest"), short(output.frozen_digest)),) if pending else ()),
            *(_token(token, scene) for token in _by_chain(output)),
        ),
        details=(
            *(_frozen(output, scene) if pending else ()),
            *(_found(token, scene) for token in _by_chain(output)),
        ),
        pictures=(_picture(output, scene),) if output.state in _SHOWN else (),
        buttons=scene.buttons(*_buttons(output, scene)),
        tone=_TONES.get(output.state, "plain"),
    )


@present.register
def _(output: MintRequestsOut, scene: Scene) -> Message:
    """A list of mint requests."""
    if not output.requests:
        return Message(scene.say("There are no mint requests. /propose_mint makes one."))
    shows = [
        Button(
            scene.say("Show {request}", request=found.mint_request_id),
            "mint_status",
            _named(found),
        )
        for found in output.requests[:5]
    ]
    lines = [_line(found, scene) for found in output.requests]
    return Message("\n".join(lines), buttons=scene.buttons(*shows))


@present.register
def _(output: TokensOut, scene: Scene) -> Message:
    """A list of tokens."""
    if not output.tokens:
        return Message(scene.say("Nothing is minted yet."))
    lines = [
        scene.say(
            "{token}  {candidate} on {chain}: {where}",
            token=token.token_id,
            candidate=token.candidate_id,
            chain=token.chain,
            where=where(token, scene),
        )
        for token in output.tokens
    ]
    looks = [_provenance(token, scene) for token in output.tokens[:3]]
    return Message("\n".join(lines), buttons=scene.buttons(*looks))


def meaning(output: MintRequestOut, scene: Scene) -> str:
    """Where a request stands, in a sentence or two."""
    if output.paused is not None:
        return scene.say(
            "Approved; it waits, because minting is paused here: {reason}", reason=output.paused
        )
    told = _state(output, scene)
    why = scene.words.again(output.error)
    if output.state == "rejected":
        why = output.reason or why
    return scene.say("{told} {why}", told=told, why=why) if why else told


def _state(output: MintRequestOut, scene: Scene) -> str:
    match output.state:
        case "pending" if output.approvals_needed > 1:
            return scene.say(
                "Waits for {needed} operators other than the one who proposed it; {given} so far.",
                needed=output.approvals_needed,
                given=sum(approval.counts for approval in output.approvals),
            )
        case "pending":
            return scene.say("Waits for an operator other than the one who proposed it.")
        case "approved":
            return scene.say("Approved; it is minted now.")
        case "minting":
            return scene.say("Being minted.")
        case "minted":
            return scene.say("Minted, and read back from every chain.")
        case "rejected":
            return scene.say("Rejected by an operator.")
        case _:
            return scene.say("Could not be minted.")


def _to_decide(output: MintRequestOut, scene: Scene) -> Iterator[tuple[str, str]]:
    """What an operator decides by: to whom, where, at what price, and how people chose it."""
    yield scene.say("recipient"), output.recipient
    yield scene.say("chains"), ", ".join(output.chains)
    yield from costs(output.cost_estimate, scene)
    yield scene.say("may cost"), scene.say("{cap} on each chain at most", cap=output.cost_cap)
    yield scene.say("votes"), _votes(output, scene)


def _votes(output: MintRequestOut, scene: Scene) -> str:
    """How people chose it, in words."""
    if output.round_id is None:
        return scene.say("It did not win a round: it was proposed by hand.")
    with scene.studio.db.read() as session:
        chosen_in = session.get_one(Round, output.round_id)
    return scene.say(
        "{outcome} ({title}, {round})",
        outcome=outcome(chosen_in.outcome, scene),
        title=chosen_in.title,
        round=chosen_in.id,
    )


def _frozen(output: MintRequestOut, scene: Scene) -> Iterator[tuple[str, str]]:
    """What an approval holds on to, whole."""
    yield scene.say("frozen as"), output.frozen_digest
    yield scene.say("picture"), output.image_cid
    yield scene.say("metadata"), output.metadata_cid
    if output.tally_hash:
        yield scene.say("tally"), output.tally_hash


def costs(estimates: list[CostOut], scene: Scene) -> Iterator[tuple[str, str]]:
    """What it is likely to cost, as facts; chains that cost the same are told together."""
    for chains, told in _alike(estimates, scene):
        yield scene.say("cost on {chain}", chain=chains), told


def costs_in_lines(estimates: list[CostOut], scene: Scene) -> Iterator[str]:
    """The same as sentences."""
    for chains, told in _alike(estimates, scene):
        yield scene.say("Cost on {chain}: {cost}", chain=chains, cost=told)


def _alike(estimates: list[CostOut], scene: Scene) -> Iterator[tuple[str, str]]:
    """The chains, in words, on which it costs the same; and what it costs."""
    same: dict[str, list[str]] = {}
    for estimate in estimates:
        same.setdefault(cost(estimate, scene), []).append(estimate.chain)
    for told, chains in same.items():
        yield scene.words.joined(chains), told


def cost(estimate: CostOut, scene: Scene) -> str:
    """What it is likely to cost on one chain, in words."""
    if estimate.problem is not None:
        return scene.say("not known: {problem}", problem=scene.words.again(estimate.problem))
    told = scene.say(
        "about {likely}, at worst {at_most}", likely=estimate.likely, at_most=estimate.at_most
    )
    if estimate.setup is not None:
        told = scene.say(
            "{told}; and once {setup} for the contract and the model",
            told=told,
            setup=estimate.setup,
        )
    if estimate.above_cap:
        told = scene.say("{told}; that is above the cap", told=told)
    return told


def _approvals(output: MintRequestOut, scene: Scene) -> tuple[tuple[str, str], ...]:
    """Who approved it, and how many still have to."""
    given = tuple(
        (scene.say("approved by"), _approval(approval, scene)) for approval in output.approvals
    )
    left = output.approvals_needed - sum(approval.counts for approval in output.approvals)
    if output.state != "pending" or output.approvals_needed == 1 or left < 1:
        return given
    needed = scene.count("{n} more approval", "{n} more approvals", left)
    return (*given, (scene.say("still needs"), needed))


def _approval(approval: ApprovalOut, scene: Scene) -> str:
    told = scene.say(
        "{name}, {moment}",
        name=approval.name or scene.say("someone"),
        moment=approval.at,
    )
    if approval.counts:
        return told
    return scene.say("{told} (an operator no more, so it does not count)", told=told)


def short(digest: str) -> str:
    """The first twelve digits of a digest, to compare at a glance."""
    return digest.removeprefix("sha256:")[:12]


def _picture(output: MintRequestOut, scene: Scene) -> Picture:
    creator = creator_of(output.candidate_id, scene)
    caption = scene.say("{candidate} by {creator}", candidate=output.candidate_id, creator=creator)
    alt = scene.say("The picture {candidate}", candidate=output.candidate_id)
    return scene.picture(output.image_cid, caption, alt)


def creator_of(candidate_id: str, scene: Scene) -> str:
    """The name of who made a picture."""
    with scene.studio.db.read() as session:
        maker = select(Person.name).join(Candidate, Candidate.person_id == Person.id)
        name = session.scalar(maker.where(Candidate.id == candidate_id))
    return name or scene.say("someone")


def _by_chain(output: MintRequestOut) -> list[TokenOut]:
    return sorted(output.tokens, key=lambda token: token.chain)


def _token(token: TokenOut, scene: Scene) -> tuple[str, str]:
    return scene.say("on {chain}", chain=token.chain), scene.say(
        "{token}, token number {number}", token=token.token_id, number=token.number
    )


def _found(token: TokenOut, scene: Scene) -> tuple[str, str]:
    """Where a token lies, and what it took to put it there."""
    name, place = scene.say("on {chain}", chain=token.chain), where(token, scene)
    if not token.gas_used:
        return name, place
    return name, scene.say("{where}, {gas} gas", where=place, gas=token.gas_used)


def where(token: TokenOut, scene: Scene) -> str:
    """Where a token lies, for anyone to find it without this studio."""
    return scene.say(
        "token {number} of {contract}, chain number {chain_id}",
        number=token.number,
        contract=token.contract,
        chain_id=token.chain_id,
    )


def _named(output: MintRequestOut) -> dict[str, str]:
    return {"mint_request_id": output.mint_request_id}


def _buttons(output: MintRequestOut, scene: Scene) -> list[Button]:
    named, me = _named(output), scene.actor.person_id
    if output.state == "pending" and output.requester_id != me:
        seen = {**named, "frozen_digest": output.frozen_digest}
        approve = Button(scene.say("Approve exactly this"), "approve", seen, kind="good")
        reject = Button(scene.say("Reject"), "reject", named, asks="reason", kind="danger")
        mine = output.approvals_needed > 1 and any(a.person_id == me for a in output.approvals)
        return [reject] if mine else [approve, reject]
    if output.state == "failed":
        return [Button(scene.say("Try again"), "retry_mint", named)]
    return [_provenance(token, scene) for token in _by_chain(output)[:1]]


def _provenance(token: TokenOut, scene: Scene) -> Button:
    label = scene.say("Provenance of {token}", token=token.token_id)
    return Button(label, "provenance", {"subject_id": token.token_id})


def _line(found: MintRequestOut, scene: Scene) -> str:
    return scene.say(
        "{request}  {candidate}: {state}",
        request=found.mint_request_id,
        candidate=found.candidate_id,
        state=scene.words.word(found.state),
    )
