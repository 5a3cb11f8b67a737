"""Mint requests and tokens as messages."""

from bot.following import Work, mint, work_behind
from bot.frontend import Button, Message, Tone
from bot.presenters.anything import present
from bot.scene import Scene
from tools.minting.requests import MintRequestOut, MintRequestsOut, TokenOut, TokensOut

_TONES: dict[str, Tone] = {"minted": "good", "failed": "error"}
_MEANINGS = {
    "pending": "Waits for an operator other than the one who proposed it.",
    "approved": "Approved; it is minted now.",
    "minting": "Being minted.",
    "minted": "Minted, and read back from every chain.",
    "rejected": "Rejected by an operator.",
    "failed": "Could not be minted.",
}


@work_behind.register
def _(output: MintRequestOut) -> Work | None:
    if output.state not in ("approved", "minting"):
        return None
    return mint(output.mint_request_id, f"Minting {output.candidate_id}")


@present.register
def _(output: MintRequestOut, scene: Scene) -> Message:
    """A mint request: exactly what is frozen in it, where it stands, and what can be decided."""
    shown = output.state in ("pending", "minted")
    caption, alt = f"{output.candidate_id}\n{output.state}", f"The picture {output.candidate_id}"
    return Message(
        f"{_MEANINGS.get(output.state, output.state)} {output.error or ''}".strip(),
        title=f"Mint request {output.mint_request_id}",
        facts=(
            *(_frozen(output) if output.state == "pending" else ()),
            *(_token(token) for token in _by_chain(output)),
        ),
        pictures=(scene.picture(output.image_cid, caption, alt),) if shown else (),
        buttons=scene.buttons(*_buttons(output, scene)),
        tone=_TONES.get(output.state, "plain"),
    )


@present.register
def _(output: MintRequestsOut, scene: Scene) -> Message:
    """A list of mint requests."""
    if not output.requests:
        return Message("There are no mint requests. /propose_mint makes one.")
    shows = [
        Button(f"Show {found.mint_request_id}", "mint_status", _named(found))
        for found in output.requests[:5]
    ]
    return Message("\n".join(map(_line, output.requests)), buttons=scene.buttons(*shows))


@present.register
def _(output: TokensOut, scene: Scene) -> Message:
    """A list of tokens."""
    if not output.tokens:
        return Message("Nothing is minted yet.")
    lines = [
        f"{token.token_id}  {token.candidate_id} on {token.chain}: {_where(token)}"
        for token in output.tokens
    ]
    looks = [
        Button(f"Provenance of {token.token_id}", "provenance", {"subject_id": token.token_id})
        for token in output.tokens[:3]
    ]
    return Message("\n".join(lines), buttons=scene.buttons(*looks))


def _frozen(output: MintRequestOut) -> tuple[tuple[str, str], ...]:
    return (
        ("picture", output.image_cid),
        ("metadata", output.metadata_cid),
        ("recipient", output.recipient),
        ("chains", ", ".join(output.chains)),
        ("may cost", f"{output.cost_cap} on each chain at most"),
        *((("tally", output.tally_hash),) if output.tally_hash else ()),
        ("frozen as", output.frozen_digest),
    )


def _by_chain(output: MintRequestOut) -> list[TokenOut]:
    return sorted(output.tokens, key=lambda token: token.chain)


def _token(token: TokenOut) -> tuple[str, str]:
    gas = f", {token.gas_used} gas" if token.gas_used else ""
    return (f"on {token.chain}", f"{token.token_id}, {_where(token)}{gas}")


def _where(token: TokenOut) -> str:
    return f"token {token.number} of {token.contract}, chain number {token.chain_id}"


def _named(output: MintRequestOut) -> dict[str, str]:
    return {"mint_request_id": output.mint_request_id}


def _buttons(output: MintRequestOut, scene: Scene) -> list[Button]:
    named = _named(output)
    if output.state == "pending" and output.requester_id != scene.actor.person_id:
        seen = {**named, "frozen_digest": output.frozen_digest}
        return [
            Button("Approve exactly this", "approve", seen),
            Button("Reject", "reject", named, asks="reason"),
        ]
    if output.state == "failed":
        return [Button("Try again", "retry_mint", named)]
    return [
        Button(f"Provenance of {token.token_id}", "provenance", {"subject_id": token.token_id})
        for token in _by_chain(output)[:1]
    ]


def _line(found: MintRequestOut) -> str:
    return f"{found.mint_request_id}  {found.candidate_id}: {found.state}"
