"""The certificate: one `.mintmark` file with all that a stranger needs to check a token offline.

It is canonical JSON (RFC 8785) and nothing else. A zip archive was the other choice; but an archive
has names, dates, comments and a second table of contents that nobody hashes, so the same contents
have many files, and bytes can be changed that no check looks at. Here every byte counts: whatever
is not spelled in the one canonical way is refused.

    format     "mintmark/certificate/1"
    document   the token JSON, byte for byte
    mints      the token on each chain: chain id, contract, number, transaction
    records    the records of the token's story, each with its place in the log
    log        the digests of all records up to a stated head
    tally      the count of the round that chose the picture, or null
    supply     the traits of the tokens frozen before it, for its rarity

The certificate proves what it holds against itself, and against the chain: the digest of `document`
stands in the contract, and the document quotes the record and the head of the log.
"""

from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tools.errors import InvalidInput, in_words
from tools.provenance import log
from tools.provenance.canonical import canonical
from tools.verification.evidence import Evidence, LogLinks, Mint
from tools.verification.records import Entry, Story

FORMAT: Literal["mintmark/certificate/1"] = "mintmark/certificate/1"
SUFFIX = ".mintmark"
LARGEST_BYTES = 256 * 1024 * 1024

_Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
_Number = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,77})$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Mint(_Part):
    token_id: str
    chain: str
    chain_id: Annotated[int, Field(gt=0, lt=2**53)]
    contract: Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$")]
    number: _Number
    transaction: Annotated[str, Field(pattern=r"^0x[0-9a-f]{64}$")]


class _Record(_Part):
    seq: Annotated[int, Field(gt=0, lt=2**53)]
    body: str


class _Log(_Part):
    size: Annotated[int, Field(ge=0, lt=2**53)]
    chain: _Digest
    digests: list[_Digest]


class _Certificate(_Part):
    format: Literal["mintmark/certificate/1"]
    document: str
    mints: list[_Mint]
    records: list[_Record]
    log: _Log
    tally: dict[str, Any] | None
    supply: list[list[tuple[str, str]]]


def is_certificate(data: bytes) -> bool:
    """Whether a file means to be a certificate: it is text that names the format."""
    return data.lstrip()[:1] == b"{" and FORMAT.encode() in data


def write_certificate(evidence: Evidence) -> bytes:
    """The certificate of a token."""
    stated = evidence.links.stated
    return canonical(
        {
            "format": FORMAT,
            "document": (evidence.document or b"").decode(),
            "mints": [vars(mint) for mint in evidence.mints],
            "records": [{"seq": e.seq, "body": e.text} for e in evidence.story.entries],
            "log": {
                "size": stated.size,
                "chain": stated.chain,
                "digests": list(evidence.links.digests),
            },
            "tally": evidence.tally,
            "supply": [[list(trait) for trait in traits.items()] for traits in evidence.supply],
        }
    )


def read_certificate(data: bytes) -> Evidence:
    """The evidence that a certificate holds; nothing of it is judged yet.

    Raises:
        InvalidInput: saying what is wrong with the form of the file.
    """
    if len(data) > LARGEST_BYTES:
        raise InvalidInput("The certificate is larger than {most} bytes.", most=LARGEST_BYTES)
    content = _content(data)
    return Evidence(
        document=content.document.encode(),
        story=Story(Entry(record.seq, record.body) for record in content.records),
        links=LogLinks(tuple(content.log.digests), log.Head(content.log.size, content.log.chain)),
        mints=tuple(Mint(**mint.model_dump()) for mint in content.mints),
        tally=content.tally,
        supply=tuple(dict(traits) for traits in content.supply),
    )


def _content(data: bytes) -> _Certificate:
    try:
        parsed = orjson.loads(data)  # stops at deep nesting, where json may crash
        spelled = canonical(parsed)
        content = _Certificate.model_validate_json(data)
    except ValidationError as error:
        raise InvalidInput(
            "The certificate is wrong: {findings}", findings=in_words(error)
        ) from None
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidInput("The certificate cannot be read: {error}.", error=str(error)) from None
    if spelled != data:
        raise InvalidInput(
            "The certificate is not in canonical form: its fields are spelled, ordered or "
            "repeated in another way than the one they were written in."
        )
    return content
