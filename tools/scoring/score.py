"""Scoring the pictures of a brief: a step of durable work, safe to run again at any point.

For every candidate in turn: is the file sound, has the picture been there before, how good is it,
does it show what it should? Then the verdict, with reasons and the thresholds of its collection.
Of the good ones as many as the collection allows are shortlisted for people; the rest passed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tools.definition import BY_WORKFLOW, Input, Output, tool
from tools.errors import MintmarkError, NotFound
from tools.generation import jobs
from tools.generation.candidates import not_removed
from tools.generation.models import models_of
from tools.generation.render import RENDERED
from tools.generation.tables import Brief, Candidate, Job
from tools.metadata.collection import Collection, collection_of
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.people import Role
from tools.phrases import phrase, template
from tools.provenance.canonical import digest, recordable
from tools.provenance.effects import OpenCall
from tools.provenance.identifiers import short_id
from tools.scoring import checks, duplicates, tables
from tools.scoring.checks import Check, check_file
from tools.scoring.duplicates import Neighbour, PerceptualIndex
from tools.scoring.fidelity import fidelity
from tools.scoring.quality import quality
from tools.scoring.scores import FULL, Score
from tools.scoring.trait_reader import TraitReader
from tools.scoring.verdict import Contender, Outcome, Thresholds, Verdict, judge, shortlist
from tools.studio import Studio

if TYPE_CHECKING:
    from PIL import Image

PASSED = "passed"
"""The verdict on a good picture for which the shortlist had no place."""

_LEFT_OUT = template("good, but others of its brief go to people first")
_FIRST = template("the first picture of all")


class ScoreIn(Input):
    """Which brief."""

    brief_id: str


class VerdictOut(Output):
    """What becomes of one candidate."""

    candidate_id: str
    verdict: str  # shortlisted, passed, rejected or broken
    score: int  # thousandths
    reasons: list[str]


class ScoreOut(Output):
    """The verdicts on a brief's pictures, in their order."""

    verdicts: list[VerdictOut]


@dataclass(frozen=True)
class Findings:
    """All that was found out about one candidate."""

    check: Check
    nearest: Neighbour | None
    quality: Score | None
    fidelity: Score | None
    verdict: Verdict


@tool(least_role=Role.CREATOR, ways=BY_WORKFLOW)
def score(call: OpenCall, which: ScoreIn) -> ScoreOut:
    """Score the pictures of a brief that have no verdict yet."""
    brief, waiting = _unjudged(call.studio, which.brief_id)
    jobs.report(call.studio, _job_id(call.studio, brief.id), "scoring", RENDERED)
    bench = _Bench(call.studio, brief, waiting)
    found = [(candidate, bench.findings(candidate)) for candidate in waiting]
    chosen = bench.shortlisted(found)
    written = [_write(call, candidate, seen, candidate.id in chosen) for candidate, seen in found]
    call.note(
        thresholds=asdict(bench.thresholds),
        reader=bench.reader_version,
        scores=[fixed_score(row) for rows in written for row in rows],
    )
    with call.studio.db.read() as session:
        return ScoreOut(verdicts=_verdicts(session, brief.id))


class _Bench:
    """What the pictures of one brief are measured with."""

    def __init__(self, studio: Studio, brief: Brief, waiting: Sequence[Candidate]) -> None:
        self._collection = collection_of(studio, brief.collection)
        self.thresholds = Thresholds(**self._collection.scoring.model_dump())
        self._store = store_of(studio)
        self._reader = _reader_for(studio, brief, self._collection)
        self._known = _pictures_before(studio, waiting)
        self._places = self._collection.shortlist - _places_taken(studio, brief)

    @property
    def reader_version(self) -> str:
        """The trait reader's version; empty where pictures cannot be read."""
        return self._reader.version if self._reader else ""

    def findings(self, candidate: Candidate) -> Findings:
        """Measure one candidate; the next ones are compared with it too."""
        data = self._store.get(Cid.parse(candidate.image_cid))
        checked = check_file(data, (candidate.width, candidate.height))
        check, image = checked.check, checked.image
        nearest = self._known.nearest(candidate.perceptual_hash)
        merit = quality(image) if image and check.sound else None
        shown = self._fidelity(image, candidate.traits) if image and check.sound else None
        if check.sound:
            self._known.add(candidate.id, candidate.perceptual_hash)
        verdict = judge(check, merit, shown, nearest, self.thresholds)
        return Findings(check, nearest, merit, shown, verdict)

    def shortlisted(self, found: Sequence[tuple[Candidate, Findings]]) -> set[str]:
        """Which of the good ones go to people: as many as there are places, good and unlike."""
        good = [
            Contender(candidate.id, findings.verdict.composite, candidate.perceptual_hash)
            for candidate, findings in found
            if findings.verdict.outcome is Outcome.SHORTLISTED
        ]
        if self._places < 1:
            return set()
        return {pick.id for pick in shortlist(good, self._places, self.thresholds)}

    def _fidelity(self, image: "Image.Image", traits: Mapping[str, str]) -> Score | None:
        if self._reader is None:
            return None
        return fidelity(traits, self._reader.read([image])[0], self._reader.version)


def _unjudged(studio: Studio, brief_id: str) -> tuple[Brief, list[Candidate]]:
    with studio.db.read() as session:
        brief = session.get(Brief, brief_id)
        if brief is None:
            raise NotFound("There is no brief {brief_id!r}.", brief_id=brief_id[:32])
        judged = select(tables.Verdict.candidate_id)
        query = select(Candidate).where(Candidate.brief_id == brief_id, Candidate.id.not_in(judged))
        return brief, list(session.scalars(query.order_by(Candidate.ordinal)))


def _job_id(studio: Studio, brief_id: str) -> str:
    with studio.db.read() as session:
        return session.scalars(select(Job.id).filter_by(brief_id=brief_id)).one()


def _reader_for(studio: Studio, brief: Brief, collection: Collection) -> TraitReader | None:
    """The trait reader, where it can judge: pictures of a model that draws this vocabulary.

    It knows the house vocabulary and the house model's world; of other models' pictures its
    answers mean nothing, so they are not asked for.
    """
    try:
        model = models_of(studio).model(brief.settings["model"]["name"])
    except MintmarkError:
        return None  # the model is gone since; what it drew can still be judged by its pixels
    if not model.speaks_traits:
        return None
    reader = studio.part(TraitReader, lambda _: TraitReader.load())
    return reader if set(collection.traits) & set(reader.categories) else None


def _pictures_before(studio: Studio, waiting: Sequence[Candidate]) -> PerceptualIndex:
    """Every picture there is, except those to be judged now, broken ones and removed ones."""
    broken = select(tables.Verdict.candidate_id).where(tables.Verdict.verdict == "broken")
    query = (
        select(Candidate.id, Candidate.perceptual_hash)
        .where(
            Candidate.id.not_in([candidate.id for candidate in waiting]),
            Candidate.id.not_in(broken),
            not_removed(),
        )
        .order_by(Candidate.created_at, Candidate.ordinal)
    )
    with studio.db.read() as session:
        return PerceptualIndex((id, hash) for id, hash in session.execute(query))


def _places_taken(studio: Studio, brief: Brief) -> int:
    """How many of the brief's pictures an earlier run has shortlisted."""
    query = (
        select(func.count())
        .select_from(tables.Verdict)
        .join(Candidate, Candidate.id == tables.Verdict.candidate_id)
        .where(Candidate.brief_id == brief.id, tables.Verdict.verdict == "shortlisted")
    )
    with studio.db.read() as session:
        return session.scalar(query) or 0


def fixed_score(row: tables.Score) -> dict[str, object]:
    """A score as the record fixes it: by name, with the digest of everything it says."""
    names = ("candidate_id", "scorer", "version", "value", "passed", "reasons", "detail")
    content = recordable({name: getattr(row, name) for name in names})
    return {"score": row.id, "value": row.value, "digest": digest(content)}


def _write(
    call: OpenCall, candidate: Candidate, findings: Findings, is_chosen: bool
) -> list[tables.Score]:
    """The scores and the verdict of one candidate, together or not at all; returns the scores."""
    verdict = findings.verdict
    is_left_out = verdict.outcome is Outcome.SHORTLISTED and not is_chosen
    with call.studio.db.write() as session:
        if session.get(tables.Verdict, candidate.id) is not None:
            return []  # another run was quicker
        rows = _score_rows(call, candidate, findings)
        session.add_all(rows)
        session.add(
            tables.Verdict(
                candidate_id=candidate.id,
                tool_call_id=call.id,
                verdict=PASSED if is_left_out else verdict.outcome.value,
                value=verdict.composite,
                reasons=[_LEFT_OUT, *verdict.reasons] if is_left_out else list(verdict.reasons),
                thresholds=recordable(asdict(verdict.thresholds)),
            )
        )
    return rows


def _score_rows(call: OpenCall, candidate: Candidate, findings: Findings) -> list[tables.Score]:
    thresholds = findings.verdict.thresholds
    rows = [_check_score(findings.check)]
    passed = [findings.check.sound]
    if findings.check.sound:
        rows.append(_duplicate_score(findings.nearest))
        passed.append(_is_new(findings.nearest, thresholds))
    if findings.quality is not None:
        rows.append(findings.quality)
        passed.append(findings.quality.value >= thresholds.quality_at_least)
    if findings.fidelity is not None:
        rows.append(findings.fidelity)
        passed.append(findings.fidelity.value >= thresholds.fidelity_at_least)
    return [_row(call, candidate, found, well) for found, well in zip(rows, passed, strict=True)]


def _row(call: OpenCall, candidate: Candidate, found: Score, passed: bool) -> tables.Score:
    return tables.Score(
        id=short_id("s"),
        tool_call_id=call.id,
        candidate_id=candidate.id,
        scorer=found.scorer,
        version=found.version,
        value=found.value,
        passed=passed,
        reasons=list(found.reasons),
        detail=dict(found.measures),
    )


def _check_score(check: Check) -> Score:
    return Score(checks.SCORER, checks.VERSION, FULL if check.sound else 0, check.reasons)


def _duplicate_score(nearest: Neighbour | None) -> Score:
    """How unlike every picture before it: the share of the hash's bits that differ."""
    if nearest is None:
        return Score(duplicates.SCORER, duplicates.VERSION, FULL, (_FIRST,))
    return Score(
        duplicates.SCORER,
        duplicates.VERSION,
        FULL * nearest.distance // duplicates.BITS,
        (str(phrase("nearest known picture: {candidate}", candidate=nearest.id)),),
        (("distance", nearest.distance),),
    )


def _is_new(nearest: Neighbour | None, thresholds: Thresholds) -> bool:
    return nearest is None or nearest.distance > thresholds.duplicate_within


def _verdicts(session: Session, brief_id: str) -> list[VerdictOut]:
    query = (
        select(tables.Verdict)
        .join(Candidate, Candidate.id == tables.Verdict.candidate_id)
        .where(Candidate.brief_id == brief_id)
        .order_by(Candidate.ordinal)
    )
    return [
        VerdictOut(
            candidate_id=row.candidate_id,
            verdict=row.verdict,
            score=row.value,
            reasons=list(row.reasons),
        )
        for row in session.scalars(query)
    ]
