"""Tool results in plain words, as the interpreter says them.

Results are read back from what any model would see, so an answer can say no more than that. A
field that is missing is left out of the sentence.
"""

from collections.abc import Callable, Mapping
from typing import Any

Result = Mapping[str, Any]
_MOST_LINES = 12


def answer(tool: str, result: Any) -> str:
    """What a result of this tool says."""
    if not isinstance(result, dict):
        return "That is done, but the result was too long to read out."
    return _ANSWERS.get(tool, _plainly)(result)


def _created(result: Result) -> str:
    count, collection = result.get("count"), result.get("collection")
    seeds = _listed(result.get("seeds", ()))
    lines = [
        f"I am having {_pictures(count)} made for {collection}: job {result.get('job_id')}, "
        f"{'seed' if count == 1 else 'seeds'} {seeds}."
    ]
    if traits := result.get("traits"):
        lines.append("I read: " + _listed(f"{key} {value}" for key, value in traits.items()) + ".")
    if position := result.get("position"):
        lines.append(f"It is {_place(position)}.")
    lines += [str(note) for note in result.get("notes", ())]
    return " ".join(lines)


def _job(result: Result) -> str:
    job, state = result.get("job_id"), result.get("state")
    match state:
        case "queued":
            return f"Job {job} is waiting: it is {_place(result.get('position') or 1)}."
        case "running":
            percent = int(result.get("progress") or 0) // 10
            return f"Job {job} is running: {result.get('stage')}, {percent} %."
        case "failed":
            return f"Job {job} failed: {result.get('error') or 'no reason was recorded'}"
        case "cancelled":
            return f"Job {job} is cancelled."
    return f"Job {job} is {state}.{_lines(result.get('candidates', ()), _candidate_line)}"


def _place(position: int) -> str:
    """A place in the queue, in which 1 is next."""
    return "next" if position <= 1 else f"number {position} in the queue"


def _gallery(result: Result) -> str:
    found = result.get("candidates", ())
    if not found:
        return "There are no such pictures yet."
    return f"{_pictures(len(found)).capitalize()}:{_lines(found, _candidate_line)}"


def _candidate_line(candidate: Result) -> str:
    parts = [f"{candidate.get('candidate_id')} by {candidate.get('creator') or 'somebody'}"]
    if traits := candidate.get("traits"):
        parts.append(_listed(value for value in traits.values() if value != "none"))
    if verdict := candidate.get("verdict"):
        parts.append(str(verdict) + _scored(candidate.get("score")))
    return " · ".join(parts)


def _candidate(result: Result) -> str:
    """One candidate, whether its parts lie in one level or in two."""
    inner = result.get("candidate")
    whole = {**(inner if isinstance(inner, dict) else {}), **result}
    lines = [_candidate_line(whole) + "."]
    if seed := whole.get("seed"):
        lines.append(f"Seed {seed}.")
    if collection := whole.get("collection"):
        lines.append(f"Collection {collection}.")
    if reasons := whole.get("reasons"):
        lines.append("Why: " + "; ".join(str(reason).rstrip(".") for reason in reasons) + ".")
    return " ".join(lines)


def _scored(score: Any) -> str:
    return f" ({score / 10:g} of 100)" if isinstance(score, int | float) else ""


def _rounds(result: Result) -> str:
    found = result.get("rounds", ())
    return f"Rounds:{_lines(found, _round_line)}" if found else "There are no such rounds."


def _round_line(entry: Result) -> str:
    parts = [f"{entry.get('round_id')} “{entry.get('title')}” is {entry.get('state')}"]
    if entry.get("state") == "open":
        parts.append(f"until {_time(entry.get('closes_at'))}")
    if outcome := entry.get("outcome"):
        parts.append(str(outcome))
    elif winner := entry.get("winner_id"):
        parts.append(f"won by {winner}")
    return ", ".join(parts)


def _round(result: Result) -> str:
    entries = _lines(result.get("entries", ()), _entry_line)
    turnout = f"{_counted(result.get('voters', 0), 'voter')}, quorum {result.get('quorum')}"
    return f"{_round_line(result)}; {turnout}.{entries}"


def _entry_line(entry: Result) -> str:
    number = entry.get("votes")
    votes = "its votes secret until it closes" if number is None else _counted(number, "vote")
    return f"{entry.get('number')}: {entry.get('candidate_id')} by {entry.get('creator')}, {votes}"


def _proposed(result: Result) -> str:
    request, candidate = result.get("mint_request_id"), result.get("candidate_id")
    return (
        f"{candidate} is proposed for minting under the id {request}. "
        "An operator who did not ask for it must approve it by hand before anything is minted."
    )


def _request(result: Result) -> str:
    words = _request_line(result) + "."
    if error := result.get("error"):
        words += f" {error}"
    return words + _lines(result.get("tokens", ()), _token_line)


def _request_line(request: Result) -> str:
    chains = _listed(request.get("chains", ()))
    on = f" on {chains}" if chains else ""
    identity = request.get("mint_request_id")
    return f"Request {identity} for {request.get('candidate_id')}{on} is {request.get('state')}"


def _requests(result: Result) -> str:
    found = next((value for value in result.values() if isinstance(value, list)), [])
    return f"Mint requests:{_lines(found, _request_line)}" if found else "No mint request waits."


def _tokens(result: Result) -> str:
    found = next((value for value in result.values() if isinstance(value, list)), [])
    return f"Tokens:{_lines(found, _token_line)}" if found else "Nothing has been minted yet."


def _token_line(token: Result) -> str:
    number = token.get("number") or token.get("token_number") or token.get("token_id")
    return f"{token.get('candidate_id')} is token {number} on {token.get('chain')}"


def _provenance(result: Result) -> str:
    found = next((value for value in result.values() if isinstance(value, list)), [])
    subject = result.get("subject_id") or "it"
    if not found:
        return f"There are no records behind {subject}."
    return f"{_counted(len(found), 'record')} behind {subject}:{_lines(found, _record_line)}"


def _record_line(record: Result) -> str:
    known = (record.get(key) for key in ("seq", "time", "tool", "phase"))
    return " · ".join(str(value) for value in known if value is not None)


def _names(title: str) -> Callable[[Result], str]:
    def names(result: Result) -> str:
        found = next((value for value in result.values() if isinstance(value, list)), [])
        return f"{title}:{_lines(found, _named_line)}" if found else f"{title}: none."

    return names


def _named_line(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    name = item.get("name") or item.get("model") or next(iter(item.values()), "")
    about = item.get("description") or item.get("title") or ""
    return f"{name}: {about}" if about and about != name else str(name)


def _plainly(result: Result) -> str:
    """Any other result: its plain fields, one after the other."""
    plain = {k: v for k, v in result.items() if isinstance(v, str | int | float) and v != ""}
    return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in plain.items()) + "."


def _lines(items: Any, line: Callable[[Any], str]) -> str:
    shown = [item if isinstance(item, str) else line(item) for item in items]
    more = [f"… and {len(shown) - _MOST_LINES} more"] if len(shown) > _MOST_LINES else []
    return "".join(f"\n· {words}" for words in shown[:_MOST_LINES] + more)


def _listed(words: Any) -> str:
    return ", ".join(str(word) for word in words)


def _counted(number: Any, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _pictures(count: Any) -> str:
    return "one picture" if count == 1 else f"{count} pictures"


def _time(moment: Any) -> str:
    return str(moment)[:16].replace("T", " ") + " UTC"


_ANSWERS: dict[str, Callable[[Result], str]] = {
    "create": _created,
    "job_status": _job,
    "cancel_job": _job,
    "gallery": _gallery,
    "show_candidate": _candidate,
    "rounds": _rounds,
    "show_round": _round,
    "propose_mint": _proposed,
    "mint_status": _request,
    "mint_requests": _requests,
    "tokens": _tokens,
    "provenance": _provenance,
    "models": _names("Models"),
    "collections": _names("Collections"),
}
