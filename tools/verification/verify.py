"""Verify: from a picture, a token, a candidate or a certificate to everything behind it.

    token → contract → token URI → JSON → picture → records → the whole log

`verify_target` finds out what it was given. With a data folder (a studio) it checks stored files,
rows, chains and the whole log; a certificate alone needs neither data folder nor network.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.errors import InvalidInput, NotFound
from tools.generation.tables import Candidate
from tools.metadata.token_json import TokenJson
from tools.minting.tables import MintRequest, Token
from tools.verification.certificate import SUFFIX, is_certificate, read_certificate
from tools.verification.chain_steps import (
    FindChain,
    chain_behind,
    chain_steps,
    chains_of_settings,
)
from tools.verification.document_steps import try_document
from tools.verification.evidence import Evidence
from tools.verification.evidence_steps import evidence_steps
from tools.verification.finding import Found, find_picture
from tools.verification.gathering import gather, request_of, stored, story_of
from tools.verification.minting_row_steps import minting_rows
from tools.verification.picture_steps import ExpectedPicture, picture_steps
from tools.verification.report import Report, Step, failed, not_checked, passed
from tools.verification.row_steps import log_step, making_rows, same_log_step

if TYPE_CHECKING:
    from tools.studio import Studio

_ON_CHAIN = re.compile(r"^([A-Za-z0-9_-]+):([0-9]+)$")


def verify_target(
    target: str, studio: "Studio | None", picture: Path | None = None, *, rpc: str | None = None
) -> Report:
    """Check whatever the target names.

    Args:
        target: the path of a picture or a certificate, a token (`t_…`, or `chain:number`), or a
            candidate (`c_…`).
        studio: the data folder to check against; a certificate needs none.
        picture: the path of a picture that should be the token's.
        rpc: the URL of the token's chain, for a certificate without a data folder.

    Raises:
        InvalidInput: the target is none of these, or needs a data folder.
        NotFound: the data folder knows no such token or candidate.
    """
    shown = _read(picture) if picture is not None else None
    path = Path(target)
    if path.is_file() or path.suffix in (SUFFIX, ".png"):
        return _verify_file(path, studio, shown, rpc)
    if studio is None:
        raise InvalidInput(
            "{target!r} is no file, and without a data folder nothing else is known.",
            target=target[:64],
        )
    with studio.db.read() as session:
        candidate, tokens = _named(session, target)
        return Report(target, tuple(_studio_steps(studio, session, candidate, tokens, shown)))


def verify_certificate(
    data: bytes,
    studio: "Studio | None" = None,
    picture: bytes | None = None,
    rpc: str | None = None,
    subject: str = "certificate",
) -> Report:
    """Check a certificate against itself, and against a picture, a data folder and chains."""
    what = "The certificate can be read and is in canonical form"
    try:
        evidence = read_certificate(data)
    except InvalidInput as error:
        return Report(subject, (failed("certificate", what, str(error)),))
    detail = f"{len(data)} bytes, {len(evidence.story.entries)} records"
    first = passed("certificate", what, detail)
    return Report(subject, (first, *_certificate_steps(evidence, studio, picture, rpc)))


def verify_picture(data: bytes, studio: "Studio", subject: str = "picture") -> Report:
    """Find the candidate that a picture is, or was made from, and check all of it."""
    what = "The picture is known here"
    with studio.db.read() as session:
        try:
            found = find_picture(session, data)
        except InvalidInput as error:
            return Report(subject, (failed("origin", what, str(error)),))
        if found is None:
            why = "no picture of this studio has this mark, these bytes, these pixels or this look."
            return Report(subject, (failed("origin", what, why),))
        steps = _studio_steps(studio, session, found.candidate, None, data)
        return Report(subject, (passed("origin", what, _origin(found)), *steps))


def _origin(found: Found) -> str:
    return f"{found.candidate.id}, known by its {found.by}"


def _verify_file(
    path: Path, studio: "Studio | None", picture: bytes | None, rpc: str | None
) -> Report:
    data = _read(path)
    if path.suffix == SUFFIX or is_certificate(data):
        return verify_certificate(data, studio, picture, rpc, subject=path.name)
    if studio is None:
        raise InvalidInput(
            "{path} alone tells nothing: give its certificate and this file as the "
            "picture, or the data folder it comes from.",
            path=path.name,
        )
    return verify_picture(data, studio, subject=path.name)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(
            "{path} cannot be read: {reason}.", path=path, reason=error.strerror
        ) from None


def _named(session: Session, target: str) -> tuple[Candidate, list[Token] | None]:
    """The candidate that a target names, and the tokens that are meant; None means all."""
    candidate = session.get(Candidate, target)
    if candidate is not None:
        return candidate, None
    tokens = _tokens(session, target)
    if not tokens:
        raise NotFound(
            "Nothing here is called {target!r}: name a token (t_… or copper:1), a "
            "candidate (c_…), a picture or a certificate.",
            target=target[:64],
        )
    if len(tokens) > 1:
        ids = ", ".join(token.id for token in tokens)
        raise InvalidInput(
            "{target} is a token of several contracts: name one of {ids}.", target=target, ids=ids
        )
    return session.get_one(Candidate, tokens[0].candidate_id), tokens


def _tokens(session: Session, target: str) -> list[Token]:
    query = select(Token).where(Token.id == target)
    if place := _ON_CHAIN.match(target):
        chain, number = place.groups()
        where = Token.chain_id == int(chain) if chain.isdecimal() else Token.chain == chain
        query = select(Token).where(where, Token.number == number)
    return list(session.scalars(query))


def _studio_steps(
    studio: "Studio",
    session: Session,
    candidate: Candidate,
    tokens: list[Token] | None,
    picture: bytes | None,
) -> Iterator[Step]:
    """Every step that a data folder allows."""
    request = request_of(session, candidate.id)
    if tokens:
        request = session.get(MintRequest, tokens[0].mint_request_id)
    if request is None:
        yield not_checked("token", "The picture became a token", "it was not proposed for minting.")
        yield from _picture_steps(studio, ExpectedPicture.by_row(candidate), picture)
    else:
        evidence = gather(studio, session, request)
        yield from _token_steps(studio, evidence, candidate, tokens, picture)
    yield from _row_steps(studio, session, candidate, request)


def _row_steps(
    studio: "Studio", session: Session, candidate: Candidate, request: MintRequest | None
) -> Iterator[Step]:
    story = story_of(session, candidate, request)
    data = stored(studio, request.metadata_cid) if request is not None else None
    yield from making_rows(session, story, candidate, try_document(data))
    if request is not None:
        yield from minting_rows(session, story, request)
    yield log_step(session)


def _token_steps(
    studio: "Studio",
    evidence: Evidence,
    candidate: Candidate,
    tokens: list[Token] | None,
    picture: bytes | None,
) -> Iterator[Step]:
    document, steps = evidence_steps(evidence)
    expected = ExpectedPicture.by_row(candidate)
    if document is not None:
        meant = _only(evidence, tokens) if tokens else evidence
        yield from chain_steps(chains_of_settings(studio), meant, document)
        expected = ExpectedPicture.by_document(document)
    yield from steps[:2]
    yield from _picture_steps(studio, expected, picture)
    yield from steps[2:]


def _only(evidence: Evidence, tokens: list[Token]) -> Evidence:
    """The evidence with the mints that are meant."""
    ids = {token.id for token in tokens}
    return replace(evidence, mints=tuple(m for m in evidence.mints if m.token_id in ids))


def _picture_steps(
    studio: "Studio", expected: ExpectedPicture, picture: bytes | None
) -> Iterator[Step]:
    original = stored(studio, expected.cid)
    if picture is not None:
        yield from picture_steps("picture", picture, expected, original)
    yield from picture_steps("stored picture", original, expected)


def _certificate_steps(
    evidence: Evidence, studio: "Studio | None", picture: bytes | None, rpc: str | None
) -> Iterator[Step]:
    document, steps = evidence_steps(evidence)
    if document is not None:
        yield from chain_steps(_chains(studio, rpc, document), evidence, document)
    yield from steps[:2]
    if document is not None:
        yield from _given_picture(studio, document, picture)
    yield from steps[2:]
    if studio is not None and document is not None:
        yield from _data_folder_steps(studio, evidence, document)


def _chains(studio: "Studio | None", rpc: str | None, document: TokenJson) -> FindChain | None:
    """Where to look for a certificate's chains; another studio's embedded chain is not here."""
    if rpc is not None:
        return chain_behind(rpc)
    if studio is None:
        return None
    with studio.db.read() as session:
        known = session.get(Candidate, document.provenance.origin.candidate)
    return chains_of_settings(studio, embedded=known is not None)


def _given_picture(
    studio: "Studio | None", document: TokenJson, picture: bytes | None
) -> Iterator[Step]:
    expected = ExpectedPicture.by_document(document)
    original = stored(studio, expected.cid) if studio is not None else None
    if picture is not None:
        yield from picture_steps("picture", picture, expected, original)
    elif original is not None:
        yield from picture_steps("stored picture", original, expected)
    else:
        why = f"no picture was given. It is ipfs://{expected.cid}"
        yield not_checked("picture", "The picture is the one that was minted", why)


def _data_folder_steps(studio: "Studio", evidence: Evidence, document: TokenJson) -> Iterator[Step]:
    """The certificate against the data folder it came from, if it is that one."""
    what = "The data folder holds the log that the certificate tells of"
    with studio.db.read() as session:
        candidate = session.get(Candidate, document.provenance.origin.candidate)
        if candidate is None:
            yield not_checked("data folder", what, "this data folder does not know the token.")
            return
        yield same_log_step(session, evidence)
        yield from _row_steps(studio, session, candidate, request_of(session, candidate.id))
