"""Steps about the database: every row of the story against the records that fix it.

A difference names the table, the row and the column, and the record that says otherwise.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.generation.tables import Brief, Candidate
from tools.metadata.token_json import TokenJson
from tools.provenance import log
from tools.provenance.canonical import digest
from tools.provenance.commitments import opens
from tools.provenance.tables import Person, Plaintext
from tools.scoring.score import fixed_score
from tools.scoring.tables import Score, Verdict
from tools.verification.evidence import Evidence
from tools.verification.gathering import links_of
from tools.verification.making_steps import Making, brief_of, making_of, verdict_of
from tools.verification.records import RecordedCall, Story, differences, item
from tools.verification.report import Step, failed, judged, not_checked, passed

_ROW = "The row says what its record says"
_WORDS = "The words of the prompt that are still kept open the commitments in the records"
_LOG = "The log holds from end to end: no record is changed or missing, no call was edited"
_SAME = "The data folder holds the log that the certificate tells of"


def making_rows(
    session: Session, story: Story, candidate: Candidate, document: TokenJson | None
) -> Iterator[Step]:
    """The rows of the picture, its brief and its verdict, and the words that are still kept."""
    making = making_of(story, candidate.id, candidate.tool_call_id)
    if making is None:
        why = f"no record says that {candidate.tool_call_id} made it."
        yield failed(f"row candidate {candidate.id}", _ROW, why)
    else:
        yield _candidate_row(candidate, making, document)
    yield _brief_row(session, story, candidate.brief_id)
    yield _verdict_row(session, story, candidate.id)
    yield from _score_rows(session, story, candidate.id)
    yield _words_step(session, story, candidate)


def _candidate_row(row: Candidate, making: Making, document: TokenJson | None) -> Step:
    names = ["brief_id", "collection", "ordinal", "seed", "traits", "image_cid", "width", "height"]
    meant = {name: making.shown.get(name) for name in names}
    meant["person_id"] = making.shown.get("creator_id")
    if making.noted is not None:
        meant["pixel_sha256"] = making.noted.get("pixels")
        meant["recipe"] = making.noted.get("recipe")
    extra = list(_against_document(row, document)) if document is not None else []
    return row_step("candidate", row.id, row, meant, making.call, extra)


def _against_document(row: Candidate, document: TokenJson) -> Iterator[str]:
    image, origin = document.provenance.image, document.provenance.origin
    meant = {
        "tool_call_id": origin.tool_call,
        "collection": origin.collection,
        "seed": document.provenance.recipe.seed,
        "traits": document.traits,
        "image_cid": str(document.image_cid),
        "image_sha256": image.sha256,
        "pixel_sha256": image.pixel_sha256,
        "perceptual_hash": image.perceptual_hash,
    }
    yield from differences({name: getattr(row, name) for name in meant}, meant, "the JSON")


def _brief_row(session: Session, story: Story, brief_id: str) -> Step:
    row, call = session.get(Brief, brief_id), brief_of(story, brief_id)
    if row is None or call is None:
        what = "the row" if row is None else "its record"
        return failed(f"row brief {brief_id}", _ROW, f"{what} is gone.")
    seeds = call.result.get("seeds")
    meant = {
        "tool_call_id": call.id,
        "collection": call.result.get("collection"),
        "traits": call.result.get("traits"),
        "count": call.result.get("count"),
        "seed": seeds[0] if isinstance(seeds, list) and seeds else None,
        "collection_digest": call.facts.get("collection"),
        "prompt": call.facts.get("prompt"),
        "negative_prompt": call.facts.get("negative_prompt"),
    }
    extra = [
        *differences(
            {"settings": digest(row.settings)},
            {"settings": call.facts.get("settings")},
            call.place,
        ),
        *actor_faults(session, row.person_id, call),
    ]
    return row_step("brief", row.id, row, meant, call, extra)


def _verdict_row(session: Session, story: Story, candidate_id: str) -> Step:
    row, found = session.get(Verdict, candidate_id), verdict_of(story, candidate_id)
    name = f"row verdict {candidate_id}"
    if row is None and found is None:
        return not_checked(name, _ROW, "the picture is not scored.")
    if row is None or found is None:
        what = "the row" if row is None else "its record"
        return failed(name, _ROW, f"{what} is gone.")
    call, said = found
    meant = {
        "verdict": said.get("verdict"),
        "value": said.get("score"),
        "reasons": said.get("reasons"),
        "thresholds": call.facts.get("thresholds"),
    }
    return row_step("verdict", candidate_id, row, meant, call)


def _score_rows(session: Session, story: Story, candidate_id: str) -> Iterator[Step]:
    """The scores behind the verdict, each against the digest in the record of the scoring."""
    query = select(Score).filter_by(candidate_id=candidate_id).order_by(Score.scorer)
    for row in session.scalars(query):
        call = story.call(row.tool_call_id)
        noted = item(call.facts.get("scores"), "score", row.id) if call else None
        name = f"row score {row.id}"
        if call is not None and call.was_cut_off:
            yield not_checked(name, _ROW, "its process died before it noted the scores.")
        elif call is None or noted is None:
            yield failed(name, _ROW, f"score {row.id} ({row.scorer}): no record notes it.")
        else:
            extra = differences(fixed_score(row), noted, call.place)
            yield row_step("score", row.id, row, {}, call, list(extra))


def _words_step(session: Session, story: Story, candidate: Candidate) -> Step:
    """Words may be erased, but not exchanged."""
    brief, call = session.get(Brief, candidate.brief_id), brief_of(story, candidate.brief_id)
    arguments = call.arguments if call else {}
    rows = [brief.prompt, brief.negative_prompt] if brief else []
    names = ("prompt", "negative_prompt")
    said = {*rows, *(candidate.recipe.get(n) for n in names), *(arguments.get(n) for n in names)}
    kept = [session.get(Plaintext, commitment) for commitment in said if commitment]
    there = [words for words in kept if words is not None]
    wrong = (
        f"plaintext {words.commitment}: its text is not what was committed to"
        for words in there
        if not opens(words.commitment, words.salt, words.text)
    )
    return judged("words", _WORDS, wrong, f"{len(there)} of {len(kept)} are still kept")


def row_step(
    table: str,
    row_id: str,
    row: object,
    meant: Mapping[str, object],
    call: RecordedCall,
    extra: list[str] | None = None,
) -> Step:
    """A row's columns against what a record says they are."""
    found = {name: getattr(row, name) for name in meant}
    wrong = [*differences(found, meant, call.place), *(extra or [])]
    detail = f"as in {call.place} of {call.id}"
    return judged(f"row {table} {row_id}", _ROW, (f"{table} {row_id}: {d}" for d in wrong), detail)


def actor_faults(session: Session, person_id: str, call: RecordedCall) -> Iterator[str]:
    """Whether a row's person is who the record says called."""
    person = session.get(Person, person_id)
    found = {"person": person.commitment if person else None}
    yield from differences(found, {"person": call.actor}, call.place)


def log_step(session: Session) -> Step:
    """The whole log of the data folder."""
    fault = log.find_fault(session)
    if fault is not None:
        return failed("log", _LOG, f"record {fault.seq}: {fault.reason}.")
    head = log.head(session)
    return passed("log", _LOG, f"{head.size} records, head {head.chain}")


def same_log_step(session: Session, evidence: Evidence) -> Step:
    """The digests of a certificate against the log they were taken from."""
    digests = evidence.links.digests
    here = links_of(session)
    other = [seq for seq, digest in enumerate(digests, 1) if here.digest_of(seq) != digest]
    if other:
        why = f"record {other[0]} is another one here, or is not here ({len(other)} in all)."
        return failed("data folder", _SAME, why)
    return passed("data folder", _SAME, f"its first {len(digests)} records are those")
