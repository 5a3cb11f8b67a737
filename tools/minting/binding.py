"""Binding: from a candidate's rows to its token document, addressed before it is stored."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.errors import IntegrityError, NotFound
from tools.generation.tables import Brief, Candidate
from tools.metadata.collection import Collection, collection_of
from tools.metadata.facts import FineTune, ImageDigests, LogPosition, ModelPin, Origin, Recipe
from tools.metadata.rarity import rarity
from tools.metadata.store import store_of
from tools.metadata.token_json import TokenFacts, token_json
from tools.metadata.unixfs import Cid, cid_of
from tools.minting.tables import MintRequest
from tools.provenance import log
from tools.provenance.canonical import canonical
from tools.provenance.tables import Person, Record

if TYPE_CHECKING:
    from tools.studio import Studio


@dataclass(frozen=True)
class BoundDocument:
    """A token document and its addresses."""

    data: bytes  # canonical JSON

    @property
    def cid(self) -> Cid:
        """Its IPFS address: one raw block, so the CID holds the SHA-256 of the bytes."""
        return cid_of(self.data)

    @property
    def sha256(self) -> str:
        """`sha256:` and the digest that the contract keeps."""
        return log.sha256(self.data)


def bind(studio: "Studio", candidate_id: str, tally_hash: str | None) -> BoundDocument:
    """The token document of a candidate as things stand now; nothing is stored yet.

    Rarity is among the tokens frozen before it in the same collection, this one included.

    Raises:
        NotFound: if there is no such candidate.
        IntegrityError: if the stored picture is not the one that was recorded.
    """
    with studio.db.read() as session:
        candidate = session.get(Candidate, candidate_id)
        if candidate is None:
            raise NotFound(
                "There is no picture {candidate_id!r}: see /gallery.",
                candidate_id=candidate_id[:32],
            )
        _check_picture(studio, candidate)
        collection = collection_of(studio, candidate.collection)
        facts = _facts(session, candidate, collection, tally_hash)
    return BoundDocument(token_json(facts).to_bytes())


def model_digest(recipe: dict[str, Any]) -> bytes:
    """32 bytes that fix the model a picture was made with: base weights and fine-tunes together.

    Without fine-tunes it is the bundle digest of the base model; with them, the SHA-256 of the
    canonical JSON `{"base": …, "fine_tunes": [[digest, weight], …]}` in the order applied.
    """
    base: str = recipe["model"]["digest"]
    fine_tunes = [[lora["digest"], lora["weight"]] for lora in recipe["loras"]]
    if not fine_tunes:
        return bytes.fromhex(base.removeprefix("sha256:"))
    return hashlib.sha256(canonical({"base": base, "fine_tunes": fine_tunes})).digest()


def _check_picture(studio: "Studio", candidate: Candidate) -> None:
    data = store_of(studio).get(Cid.parse(candidate.image_cid))
    if log.sha256(data) != candidate.image_sha256:
        raise IntegrityError(
            "The picture of {candidate} is not the one that was recorded.", candidate=candidate.id
        )


def _facts(
    session: Session, candidate: Candidate, collection: Collection, tally_hash: str | None
) -> TokenFacts:
    others = _minted_traits(session, candidate)
    return TokenFacts(
        name=f"{collection.name} #{len(others) + 1}",
        description=collection.description,
        image=Cid.parse(candidate.image_cid),
        traits=candidate.traits,
        rarity=rarity(others, candidate.traits),
        origin=_origin(session, candidate, collection, tally_hash),
        recipe=_recipe(session.get_one(Brief, candidate.brief_id), candidate),
        digests=ImageDigests(
            sha256=candidate.image_sha256,
            pixel_sha256=candidate.pixel_sha256,
            perceptual_hash=candidate.perceptual_hash,
        ),
        log=_log_position(session, candidate),
        external_url=collection.address_of(candidate.id, candidate.image_cid),
    )


def _minted_traits(session: Session, candidate: Candidate) -> list[dict[str, str]]:
    """The traits of every token of the collection that is frozen already, in that order."""
    query = (
        select(Candidate.traits)
        .join(MintRequest, MintRequest.candidate_id == Candidate.id)
        .where(Candidate.collection == candidate.collection, MintRequest.state != "rejected")
        .where(Candidate.id != candidate.id)
        .order_by(MintRequest.created_at, MintRequest.id)
    )
    return list(session.scalars(query))


def _origin(
    session: Session, candidate: Candidate, collection: Collection, tally_hash: str | None
) -> Origin:
    brief = session.get_one(Brief, candidate.brief_id)
    return Origin(
        candidate=candidate.id,
        tool_call=candidate.tool_call_id,
        collection=collection.slug,
        collection_digest=brief.collection_digest,
        creator_commitment=session.get_one(Person, candidate.person_id).commitment,
        tally_hash=tally_hash,
    )


def _recipe(brief: Brief, candidate: Candidate) -> Recipe:
    recipe = candidate.recipe
    model = recipe["model"]
    return Recipe(
        prompt_commitment=brief.prompt,
        seed=candidate.seed,
        model=ModelPin(model["name"], model["revision"], model["digest"]),
        fine_tunes=tuple(
            FineTune(lora["name"], _short(lora["digest"]), lora["digest"], str(lora["weight"]))
            for lora in recipe["loras"]
        ),
        scheduler=recipe["scheduler"]["name"],
        steps=recipe["steps"],
        guidance=recipe["guidance"],
        width=recipe["width"],
        height=recipe["height"],
    )


def _log_position(session: Session, candidate: Candidate) -> LogPosition:
    """The record of the call that made the picture, and where the log stands now."""
    record = session.scalars(
        select(Record).filter_by(tool_call_id=candidate.tool_call_id).order_by(Record.seq.desc())
    ).first()
    if record is None:
        raise IntegrityError("No record says how {candidate} was made.", candidate=candidate.id)
    head = log.head(session)
    return LogPosition(
        record_seq=record.seq,
        record_digest=record.digest,
        head_size=head.size,
        head_chain=head.chain,
    )


def _short(digest: str) -> str:
    """A fine-tune's version: the first 12 hexadecimal digits of its file's digest."""
    return digest.removeprefix("sha256:")[:12]
