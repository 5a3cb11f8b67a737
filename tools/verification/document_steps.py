"""Steps about the token document: its form, its address, and the rarity it states."""

from collections.abc import Iterator, Mapping

from tools.errors import InvalidInput
from tools.metadata.rarity import rarity
from tools.metadata.token_json import TokenJson, parse_token_json
from tools.metadata.unixfs import cid_of
from tools.provenance import log
from tools.verification.evidence import Evidence
from tools.verification.records import Story, differences
from tools.verification.report import Step, failed, judged, not_checked, passed

_FORM = "The token JSON is complete and in canonical form"
_ADDRESS = "The address and digest of the JSON, computed again, are those that were frozen"
_RARITY = "The rarity in the JSON, computed again, is the one it states"


def read_document(evidence: Evidence) -> tuple[TokenJson | None, Step]:
    """The document, if it can be read, and the step that says so."""
    if evidence.document is None:
        return None, failed("document", _FORM, "the token JSON is gone: it is not stored here.")
    try:
        document = parse_token_json(evidence.document)
    except InvalidInput as error:
        return None, failed("document", _FORM, str(error))
    detail = f"{len(evidence.document)} bytes, {document.name}"
    return document, passed("document", _FORM, detail)


def try_document(data: bytes | None) -> TokenJson | None:
    """The document in some bytes, if they are one."""
    try:
        return parse_token_json(data) if data is not None else None
    except InvalidInput:
        return None


def address_step(evidence: Evidence) -> Step:
    """The document against what the records of its proposal froze."""
    if evidence.document is None:
        return not_checked("document address", _ADDRESS, "the token JSON is gone.")
    found = {
        "metadata_sha256": log.sha256(evidence.document),
        "metadata_cid": str(cid_of(evidence.document)),
    }
    frozen = list(_frozen(evidence.story))
    if not frozen:
        return failed("document address", _ADDRESS, "no record froze a token JSON.")
    wrong = (d for meant, by in frozen for d in differences(found, meant, by))
    return judged("document address", _ADDRESS, wrong, f"ipfs://{found['metadata_cid']}")


def _frozen(story: Story) -> Iterator[tuple[Mapping[str, object], str]]:
    """What every settled call on the mint request says of the document."""
    for call in story.settled():
        if "metadata_sha256" in call.result:
            names = ("metadata_sha256", "metadata_cid")
            yield {name: call.result.get(name) for name in names}, call.place


def rarity_step(evidence: Evidence, document: TokenJson) -> Step:
    """Rank, score and likelihood, counted again among the traits of the supply."""
    stated = document.provenance.rarity
    try:
        counted = rarity(evidence.supply, document.traits)
    except InvalidInput as error:
        return failed("rarity", _RARITY, str(error))
    names = ("rank", "supply", "unique_traits", "score", "likelihood")
    wrong = differences(
        {name: getattr(stated, name) for name in names},
        {name: getattr(counted, name) for name in names},
        "counting again",
    )
    return judged("rarity", _RARITY, wrong, f"{counted}, score {counted.score}")
