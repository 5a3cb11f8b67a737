"""Making the certificate of a token, and the tool that puts it into the store."""

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from tools.definition import Input, Output, tool
from tools.errors import NotFound
from tools.metadata.store import store_of
from tools.minting.tables import MintRequest, Token
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.verification.certificate import SUFFIX, write_certificate
from tools.verification.gathering import gather

if TYPE_CHECKING:
    from tools.studio import Studio


class CertificateIn(Input):
    """Whose certificate."""

    token_id: str


class CertificateOut(Output):
    """Where the certificate lies."""

    token_id: str
    cid: str
    path: str  # of the file in the store
    file_name: str  # a good name to hand it out under
    size: int  # bytes


def certificate_of(studio: "Studio", token_id: str) -> bytes:
    """The certificate of a token, as of the head of the log now.

    Raises:
        NotFound: if there is no such token, or its JSON is gone from the store.
    """
    with studio.db.read() as session:
        evidence = gather(studio, session, _request(session, token_id))
    if evidence.document is None:
        raise NotFound(
            "The JSON of {token_id} is gone from the store: nothing can be certified.",
            token_id=token_id,
        )
    return write_certificate(evidence)


def _request(session: Session, token_id: str) -> MintRequest:
    token = session.get(Token, token_id)
    if token is None:
        raise NotFound(
            "There is no token {token_id!r}: /tokens lists them.", token_id=token_id[:32]
        )
    return session.get_one(MintRequest, token.mint_request_id)


@tool(least_role=Role.MEMBER)
def certificate(call: OpenCall, which: CertificateIn) -> CertificateOut:
    """Write a token's certificate: one file with which anyone can check it offline."""
    data = certificate_of(call.studio, which.token_id)
    store = store_of(call.studio)
    cid = store.put(data)
    return CertificateOut(
        token_id=which.token_id,
        cid=str(cid),
        path=str(store.path(cid)),
        file_name=f"{which.token_id}{SUFFIX}",
        size=len(data),
    )
