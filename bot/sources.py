"""Where suggestions come from: rows of the database, files, settings.

Only what the person may see anyway is suggested, the newest first; what is removed is not.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from tools.generation.tables import Brief, Candidate, Job, Removal
from tools.minting.tables import MintRequest, Token
from tools.people import Actor, Role
from tools.provenance.tables import Person
from tools.studio import Studio
from tools.voting.tables import Bracket, Round, RoundEntry

if TYPE_CHECKING:
    from tools.metadata.collection import Collection

UNFINISHED = ("queued", "running")


@dataclass(frozen=True)
class Suggestion:
    """A value and what it means."""

    value: str
    meaning: str


@dataclass(frozen=True)
class Asked:
    """What somebody is typing, and where."""

    studio: Studio
    actor: Actor
    begun: str
    given: Mapping[str, object]  # the options that are filled in already


Rows = Callable[[Asked], Select[Any, Any]]
Values = Callable[[Asked], Iterable[Suggestion]]


def _candidates(asked: Asked) -> Select[Any, Any]:
    shown = select(Candidate.id, Person.name, Candidate.traits)
    shown = shown.join(Person, Person.id == Candidate.person_id)
    shown = shown.outerjoin(Removal, Removal.candidate_id == Candidate.id)
    return _of_id(shown.where(Removal.candidate_id.is_(None)), Candidate.id, asked).order_by(
        Candidate.created_at.desc(), Candidate.ordinal.desc()
    )


def _briefs(asked: Asked) -> Select[Any, Any]:
    made = select(Brief.id, Person.name).join(Person, Person.id == Brief.person_id)
    return _of_id(made, Brief.id, asked).order_by(Brief.created_at.desc())


def _jobs(asked: Asked) -> Select[Any, Any]:
    here = select(Job.id, Job.state).where(Job.guild == asked.actor.guild)
    return _of_id(here, Job.id, asked).order_by(Job.created_at.desc())


def _unfinished_jobs(asked: Asked) -> Select[Any, Any]:
    """Those that this person may call off: their own, and for operators all."""
    jobs = _jobs(asked).where(Job.state.in_(UNFINISHED))
    if asked.studio.door.ledger.role_of(asked.actor) is Role.OPERATOR:
        return jobs
    own = Brief.person_id == asked.actor.person_id
    return jobs.join(Brief, Brief.id == Job.brief_id).where(own)


def _rounds(asked: Asked) -> Select[Any, Any]:
    here = select(Round.id, Round.title).where(Round.guild == asked.actor.guild)
    return _of_id(here, Round.id, asked).order_by(Round.state.desc(), Round.closes_at.desc())


def _open_rounds(asked: Asked) -> Select[Any, Any]:
    return _rounds(asked).where(Round.state == "open")


def _brackets(asked: Asked) -> Select[Any, Any]:
    here = select(Bracket.id, Bracket.title).where(Bracket.guild == asked.actor.guild)
    return _of_id(here, Bracket.id, asked).order_by(Bracket.state.desc(), Bracket.created_at.desc())


def _requests(asked: Asked) -> Select[Any, Any]:
    here = select(MintRequest.id, MintRequest.state).where(MintRequest.guild == asked.actor.guild)
    return _of_id(here, MintRequest.id, asked).order_by(MintRequest.created_at.desc())


def _requests_in(state: str) -> Rows:
    return lambda asked: _requests(asked).where(MintRequest.state == state)


def _tokens(asked: Asked) -> Select[Any, Any]:
    minted = select(Token.id, Token.chain)
    return _of_id(minted, Token.id, asked).order_by(Token.minted_at.desc())


def _of_id(
    rows: Select[Any, Any], id: InstrumentedAttribute[str], asked: Asked
) -> Select[Any, Any]:
    """An id that is being typed is looked for among all rows, words among the newest."""
    begun = asked.begun.strip()[:64]
    if "_" not in begun:
        return rows
    return rows.where(or_(id == begun, id.startswith(begun, autoescape=True)))


ROWS: Mapping[str, tuple[Rows, ...]] = {
    "candidate_id": (_candidates,),
    "candidate_ids": (_candidates,),
    "brief_id": (_briefs,),
    "job_id": (_jobs,),
    "unfinished_job_id": (_unfinished_jobs,),
    "round_id": (_rounds,),
    "open_round_id": (_open_rounds,),
    "bracket_id": (_brackets,),
    "mint_request_id": (_requests,),
    "pending_mint_request_id": (_requests_in("pending"),),
    "failed_mint_request_id": (_requests_in("failed"),),
    "token_id": (_tokens,),
    "subject_id": (_tokens, _candidates, _rounds, _requests),
}


def _collections(asked: Asked) -> Iterable[Suggestion]:
    from tools.metadata.collection import collection_files

    slugs = sorted(collection_files(asked.studio.settings.collections_dir))
    return [Suggestion(slug, "") for slug in slugs]


def _models(asked: Asked) -> Iterable[Suggestion]:
    from tools.generation.models import models_of

    return [Suggestion(name, "") for name in models_of(asked.studio).names]


def _chains(asked: Asked) -> Iterable[Suggestion]:
    return [Suggestion(name, "") for name in sorted(asked.studio.settings.chains)]


def _tools(asked: Asked) -> Iterable[Suggestion]:
    return [Suggestion(name, "") for name in sorted(asked.studio.door.tools)]


def _mint_states(asked: Asked) -> Iterable[Suggestion]:
    from tools.minting.states import STATES

    return [Suggestion(state, "") for state in STATES]


def _traits(asked: Asked) -> Iterable[Suggestion]:
    """Category by category: `spe` → `species=`, `species=f` → `species=fox`."""
    found = _collection(asked)
    kept, last = last_part(asked.begun)
    category, sign, _ = last.partition("=")
    if not sign:
        taken = {part.partition("=")[0].strip() for part in kept.split(",")}
        return [
            Suggestion(f"{kept}{name}=", ", ".join(values))
            for name, values in found.traits.items()
            if name not in taken
        ]
    values = found.traits.get(category.strip().casefold(), {})
    return [Suggestion(f"{kept}{category}={value}", "") for value in values]


def last_part(begun: str) -> tuple[str, str]:
    """What is written with commas, before its last part and this part."""
    last = begun.rpartition(",")[2].lstrip()
    return begun.removesuffix(last), last


def _rule_values(asked: Asked) -> Iterable[Suggestion]:
    """What could be written for the rule that is named already."""
    from tools.community import values

    rule = values.KINDS.get(cast("values.RuleName", asked.given.get("name")))
    if rule is None:
        return []
    usual: tuple[str, ...]
    match rule.form:
        case values.Flag():
            usual = ("yes", "no")
        case values.Whole(least, most):
            usual = (str(least), str(most))
        case values.ByRole():
            usual = ("member=20 creator=200 operator=500",)
        case values.Locale():
            usual = ("en-US", "de", "es-ES", "fr", "ja", values.NONE)
        case _:
            usual = (values.NONE,)
    return [Suggestion(value, "") for value in (*usual, values.DEFAULT)]


def _entries(asked: Asked) -> Iterable[Suggestion]:
    """What stands in the round that is named, else in the open one."""
    wanted = asked.given.get("round") or asked.given.get("round_id")
    here = select(Round.id).where(Round.guild == asked.actor.guild, Round.state == "open")
    if isinstance(wanted, str) and wanted:
        here = here.where(Round.id == wanted)
    newest = here.order_by(Round.opens_at.desc()).limit(1).scalar_subquery()
    standing = (
        select(RoundEntry.number, Person.name, Candidate.traits)
        .join(Candidate, Candidate.id == RoundEntry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .where(RoundEntry.round_id == newest)
        .order_by(RoundEntry.number)
    )
    with asked.studio.db.read() as session:
        for number, name, traits in session.execute(standing):
            yield Suggestion(str(number), ", ".join(filter(None, [name, meaning_in_words(traits)])))


def _styles(asked: Asked) -> Iterable[Suggestion]:
    found = _collection(asked)
    return [Suggestion(name, style.description) for name, style in found.styles.items()]


def _collection(asked: Asked) -> "Collection":
    """The collection that is named already, else the usual one."""
    from tools.metadata.collection import collection_of

    wanted = asked.given.get("collection")
    return collection_of(asked.studio, wanted if isinstance(wanted, str) and wanted else None)


VALUES: Mapping[str, Values] = {
    "collection": _collections,
    "model": _models,
    "chains": _chains,
    "tool": _tools,
    "mint_state": _mint_states,
    "traits": _traits,
    "style": _styles,
    "entry": _entries,
    "rule_value": _rule_values,
}


def meaning_in_words(meaning: object) -> str:
    """Something that a row says, as part of a suggestion's meaning."""
    if isinstance(meaning, dict):
        return " ".join(str(value) for value in meaning.values())
    return str(meaning or "")
