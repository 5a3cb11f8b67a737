"""What could stand as the value of an option, looked up where it stands, for completion."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from bot.options import Option
from tools.errors import MintmarkError
from tools.generation.candidates import not_removed
from tools.generation.models import models_of
from tools.generation.tables import Brief, Candidate, Job
from tools.metadata.collection import collection_files, collection_of
from tools.minting.tables import MintRequest, Token
from tools.people import Actor
from tools.provenance.tables import Person
from tools.studio import Studio
from tools.voting.tables import Round

LIMIT = 25  # as many as a menu shows


@dataclass(frozen=True)
class Suggestion:
    """A value and what it means."""

    value: str
    meaning: str


Rows = Callable[[Actor], Select[Any, Any]]


def _candidates(actor: Actor) -> Select[Any, Any]:
    made = select(Candidate.id, Person.name).join(Person, Person.id == Candidate.person_id)
    return made.where(not_removed()).order_by(Candidate.created_at.desc())


def _briefs(actor: Actor) -> Select[Any, Any]:
    made = select(Brief.id, Person.name).join(Person, Person.id == Brief.person_id)
    return made.order_by(Brief.created_at.desc())


def _jobs(actor: Actor) -> Select[Any, Any]:
    here = select(Job.id, Job.state).where(Job.guild == actor.guild)
    return here.order_by(Job.created_at.desc())


def _rounds(actor: Actor) -> Select[Any, Any]:
    here = select(Round.id, Round.title).where(Round.guild == actor.guild)
    return here.order_by(Round.state.desc(), Round.closes_at.desc())


def _requests(actor: Actor) -> Select[Any, Any]:
    here = select(MintRequest.id, MintRequest.state).where(MintRequest.guild == actor.guild)
    return here.order_by(MintRequest.created_at.desc())


def _tokens(actor: Actor) -> Select[Any, Any]:
    return select(Token.id, Token.chain).order_by(Token.minted_at.desc())


_SOURCES: Mapping[str, tuple[Rows, ...]] = {
    "candidate_id": (_candidates,),
    "candidate_ids": (_candidates,),
    "brief_id": (_briefs,),
    "job_id": (_jobs,),
    "round_id": (_rounds,),
    "mint_request_id": (_requests,),
    "subject_id": (_tokens, _candidates),
}


def _styles(studio: Studio) -> Iterator[Suggestion]:
    """The styles of the collection that is used where none is named."""
    with suppress(MintmarkError):  # its file is wrong: whoever uses it is told
        for name, style in collection_of(studio).styles.items():
            yield Suggestion(name, style.description)


def _collections(studio: Studio) -> Iterator[Suggestion]:
    with suppress(MintmarkError):
        for slug in sorted(collection_files(studio.settings.collections_dir)):
            yield Suggestion(slug, "")


def _models(studio: Studio) -> Iterator[Suggestion]:
    for name in models_of(studio).names:
        yield Suggestion(name, "")


_NAMES: Mapping[str, Callable[[Studio], Iterator[Suggestion]]] = {
    "style": _styles,
    "collection": _collections,
    "model": _models,
}


def suggestions(studio: Studio, actor: Actor, option: Option, begun: str) -> list[Suggestion]:
    """Values for an option that begin with what is typed, the newest first."""
    if option.choices:
        return _beginning(begun, [Suggestion(choice, "") for choice in option.choices])
    found = [*_NAMES[option.name](studio)] if option.name in _NAMES else []
    with studio.db.read() as session:
        for rows in _SOURCES.get(option.name, ()):
            wanted = rows(actor).limit(LIMIT * 4)
            found += [
                Suggestion(value, meaning or "") for value, meaning in session.execute(wanted)
            ]
    return _beginning(begun, found)


def _beginning(begun: str, found: Iterable[Suggestion]) -> list[Suggestion]:
    folded = begun.casefold()
    fitting = [s for s in found if s.value.casefold().startswith(folded)]
    return fitting[:LIMIT]
