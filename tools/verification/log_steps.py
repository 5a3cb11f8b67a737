"""Steps about the log: the chain of records from end to end, and the position in the JSON."""

from collections.abc import Iterator

from tools.metadata.token_json import TokenJson
from tools.verification.evidence import Evidence, LogLinks
from tools.verification.records import Entry, Story
from tools.verification.report import Step, judged

_CHAIN = "Every record of the story stands in the log, and the chain of digests leads to its head"
_POSITION = "The record and the head that the JSON quotes are those of the log"


def chain_step(evidence: Evidence) -> tuple[Story, Step]:
    """The records that hold, and the step that names those that do not."""
    faults = [*_link_faults(evidence.links)]
    sound: list[Entry] = []
    for entry in evidence.story.entries:
        if fault := _entry_fault(entry, evidence.links):
            faults.append(fault)
        else:
            sound.append(entry)
    stated = evidence.links.stated
    detail = f"{len(sound)} records of this story among {stated.size}; head {stated.chain}"
    return Story(sound), judged("chain of records", _CHAIN, faults, detail)


def _link_faults(links: LogLinks) -> Iterator[str]:
    if len(links.digests) != links.stated.size:
        yield f"there are {len(links.digests)} digests, the head says {links.stated.size} records"
    found = links.chain_at(len(links.digests))
    if found != links.stated.chain:
        yield f"the digests lead to the head {found}, it says {links.stated.chain}"


def _entry_fault(entry: Entry, links: LogLinks) -> str | None:
    if entry.digest != links.digest_of(entry.seq):
        return f"the body of record {entry.seq} was changed: its digest does not match"
    if entry.body.get("seq") != entry.seq:
        return f"the body of record {entry.seq} says that it is record {entry.body.get('seq')}"
    return None


def position_step(evidence: Evidence, document: TokenJson) -> Step:
    """What the JSON quotes of the log, against the log."""
    quoted, links = document.provenance.log, evidence.links
    wrong = []
    if links.digest_of(quoted.record_seq) != quoted.record_digest:
        wrong.append(
            f"record {quoted.record_seq} has the digest {links.digest_of(quoted.record_seq)}, "
            f"the JSON says {quoted.record_digest}"
        )
    chain = links.chain_at(quoted.head_size)
    if chain is None and quoted.head_size <= len(links.digests):
        wrong.append("a digest of the log is none")
    elif chain is None:
        wrong.append(
            f"the log ends at record {len(links.digests)}, the JSON was written when it had "
            f"{quoted.head_size}: its tail was cut off"
        )
    elif chain != quoted.head_chain:
        wrong.append(
            f"after record {quoted.head_size} the chain is {chain}, the JSON says "
            f"{quoted.head_chain}: the log was written anew"
        )
    wrong += _other_call(evidence, document)
    detail = f"record {quoted.record_seq}; head at {quoted.head_size} records"
    return judged("log position", _POSITION, wrong, detail)


def _other_call(evidence: Evidence, document: TokenJson) -> Iterator[str]:
    """The quoted record must belong to the call that made the picture."""
    seq, made_by = document.provenance.log.record_seq, document.provenance.origin.tool_call
    entries = {entry.seq: entry for entry in evidence.story.entries}
    if seq not in entries:
        yield f"record {seq}, which the JSON quotes, is not among the records of this story"
    elif entries[seq].call != made_by:
        yield f"record {seq} belongs to {entries[seq].call}, the JSON says {made_by}"
