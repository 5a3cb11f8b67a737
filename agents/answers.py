"""Tool results in plain words, as the interpreter says them.

Results are read back from what any model would see, so an answer can say no more than that. A
field that is missing is left out of the sentence.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from agents.voice import Voice
from tools.phrases import phrase, template

Result = Mapping[str, Any]
Answer = Callable[[Result, Voice], str]
_MOST_LINES = 12


def answer(tool: str, result: Any, voice: Voice) -> str:
    """What a result of this tool says, to who is spoken to in this voice."""
    if not isinstance(result, dict):
        return voice.say("That is done, but the result was too long to read out.")
    return _ANSWERS.get(tool, _plainly)(result, voice)


def _created(result: Result, voice: Voice) -> str:
    seeds = result.get("seeds", ())
    lines = [
        voice.count(
            "I am having one picture made for {collection}: job {job}, seed {seeds}.",
            "I am having {n} pictures made for {collection}: job {job}, seeds {seeds}.",
            result.get("count", len(seeds)),
            collection=result.get("collection"),
            job=result.get("job_id"),
            seeds=voice.listed(seeds),
        )
    ]
    if traits := result.get("traits"):
        read = voice.listed(f"{key} {value}" for key, value in traits.items())
        lines.append(voice.say("I read: {traits}.", traits=read))
    if position := result.get("position"):
        lines.append(_place(position, voice))
    lines += [voice.again(str(note)) for note in result.get("notes", ())]
    return " ".join(lines)


def _place(position: int, voice: Voice) -> str:
    """A place in the queue, in which 1 is next."""
    if position <= 1:
        return voice.say("It is next.")
    return voice.say("It is number {position} in the queue.", position=position)


def _job(result: Result, voice: Voice) -> str:
    job, state = result.get("job_id"), result.get("state")
    match state:
        case "queued":
            return _waiting(job, result.get("position") or 1, voice)
        case "running":
            percent = int(result.get("progress") or 0) // 10
            stage = voice.word(str(result.get("stage")))
            return voice.say(
                "Job {job} is running: {stage}, {percent} %.", job=job, stage=stage, percent=percent
            )
        case "failed":
            error = voice.again(result.get("error")) or phrase("no reason was recorded")
            return voice.say("Job {job} failed: {error}", job=job, error=error)
        case "cancelled":
            return voice.say("Job {job} is cancelled.", job=job)
    told = voice.say("Job {job} is {state}.", job=job, state=voice.word(str(state)))
    return told + _lines(result.get("candidates", ()), _candidate_line, voice)


def _waiting(job: Any, position: int, voice: Voice) -> str:
    if position <= 1:
        return voice.say("Job {job} is waiting: it is next.", job=job)
    return voice.say(
        "Job {job} is waiting: it is number {position} in the queue.", job=job, position=position
    )


def _gallery(result: Result, voice: Voice) -> str:
    found = result.get("candidates", ())
    if not found:
        return voice.say("There are no such pictures yet.")
    title = voice.count("One picture:", "{n} pictures:", len(found))
    return title + _lines(found, _candidate_line, voice)


def _candidate_line(candidate: Result, voice: Voice) -> str:
    parts = [_credit(candidate, voice)]
    if traits := candidate.get("traits"):
        parts.append(voice.listed(value for value in traits.values() if value != "none"))
    if verdict := candidate.get("verdict"):
        parts.append(_judged(voice.word(str(verdict)), candidate.get("score"), voice))
    return " · ".join(parts)


def _credit(candidate: Result, voice: Voice) -> str:
    return voice.say(
        "{candidate} by {creator}",
        candidate=candidate.get("candidate_id"),
        creator=candidate.get("creator") or phrase("somebody"),
    )


def _judged(verdict: str, score: Any, voice: Voice) -> str:
    """A verdict, with its score if there is one: in thousandths, told of 100."""
    if not isinstance(score, int | float):
        return verdict
    points = score / 10 if score % 10 else int(score // 10)
    return voice.say("{verdict} ({points} of 100)", verdict=verdict, points=points)


def _candidate(result: Result, voice: Voice) -> str:
    """One candidate, whether its parts lie in one level or in two."""
    inner = result.get("candidate")
    whole = {**(inner if isinstance(inner, dict) else {}), **result}
    lines = [voice.say("{line}.", line=_candidate_line(whole, voice))]
    if seed := whole.get("seed"):
        lines.append(voice.say("Seed {seed}.", seed=seed))
    if collection := whole.get("collection"):
        lines.append(voice.say("Collection {collection}.", collection=collection))
    if reasons := whole.get("reasons"):
        why = "; ".join(voice.again(str(reason)).rstrip(".。") for reason in reasons)
        lines.append(voice.say("Why: {reasons}.", reasons=why))
    return " ".join(lines)


def _rounds(result: Result, voice: Voice) -> str:
    found = result.get("rounds", ())
    if not found:
        return voice.say("There are no such rounds.")
    return voice.say("Rounds:") + _lines(found, _round_line, voice)


def _round_line(entry: Result, voice: Voice) -> str:
    title, state = entry.get("title"), voice.word(str(entry.get("state")))
    which = entry.get("round_id")
    parts = [voice.say("{round} “{title}” is {state}", round=which, title=title, state=state)]
    if entry.get("state") == "open":
        parts.append(voice.say("until {time}", time=_time(entry.get("closes_at"))))
    if outcome := entry.get("outcome"):
        parts.append(voice.again(str(outcome)))
    elif winner := entry.get("winner_id"):
        parts.append(voice.say("won by {winner}", winner=winner))
    return voice.listed(parts)


def _round(result: Result, voice: Voice) -> str:
    told = voice.count(
        "{line}; {n} voter, quorum {quorum}.",
        "{line}; {n} voters, quorum {quorum}.",
        result.get("voters", 0),
        line=_round_line(result, voice),
        quorum=result.get("quorum"),
    )
    return told + _lines(result.get("entries", ()), _entry_line, voice)


def _entry_line(entry: Result, voice: Voice) -> str:
    facts = {
        "number": entry.get("number"),
        "candidate": entry.get("candidate_id"),
        "creator": entry.get("creator"),
    }
    if (votes := entry.get("votes")) is None:
        return voice.say(
            "{number}: {candidate} by {creator}, its votes secret until it closes", **facts
        )
    return voice.count(
        "{number}: {candidate} by {creator}, {n} vote",
        "{number}: {candidate} by {creator}, {n} votes",
        votes,
        **facts,
    )


def _proposed(result: Result, voice: Voice) -> str:
    return voice.say(
        "{candidate} is proposed for minting under the id {request}. "
        "An operator who did not ask for it must approve it by hand before anything is minted.",
        candidate=result.get("candidate_id"),
        request=result.get("mint_request_id"),
    )


def _request(result: Result, voice: Voice) -> str:
    told = voice.say("{line}.", line=_request_line(result, voice))
    if error := result.get("error"):
        told += f" {voice.again(str(error))}"
    return told + _lines(result.get("tokens", ()), _token_line, voice)


def _request_line(request: Result, voice: Voice) -> str:
    facts = {
        "request": request.get("mint_request_id"),
        "candidate": request.get("candidate_id"),
        "state": voice.word(str(request.get("state"))),
    }
    if chains := request.get("chains", ()):
        return voice.say(
            "Request {request} for {candidate} on {chains} is {state}",
            chains=voice.listed(chains),
            **facts,
        )
    return voice.say("Request {request} for {candidate} is {state}", **facts)


def _token_line(token: Result, voice: Voice) -> str:
    return voice.say(
        "{candidate} is token {number} on {chain}",
        candidate=token.get("candidate_id"),
        number=token.get("number") or token.get("token_number") or token.get("token_id"),
        chain=token.get("chain"),
    )


def _provenance(result: Result, voice: Voice) -> str:
    steps = _first_list(result)
    subject = result.get("subject_id")
    if not steps:
        return voice.say("There are no records behind {subject}.", subject=subject)
    title = voice.count(
        "{n} step behind {subject}:", "{n} steps behind {subject}:", len(steps), subject=subject
    )
    return title + _lines(steps, _step_line, voice)


def _step_line(step: Result, voice: Voice) -> str:
    """When, what, by whom, and how it ended if not well."""
    known = [f"{str(step.get('at'))[:19].replace('T', ' ')} UTC", step.get("tool")]
    known += [step.get("name")] if step.get("name") else []
    known += [voice.word(str(step["outcome"]))] if step.get("outcome") != "settled" else []
    return " · ".join(map(str, known))


def _named_line(item: Any, _: Voice) -> str:
    if not isinstance(item, dict):
        return str(item)
    name = item.get("name") or item.get("model") or next(iter(item.values()), "")
    about = item.get("description") or item.get("title") or ""
    return f"{name}: {about}" if about and about != name else str(name)


def _list(title: str, nothing: str, line: Callable[[Any, Voice], str]) -> Answer:
    """A title with what was found below it, or that there is nothing."""

    def told(result: Result, voice: Voice) -> str:
        found = _first_list(result)
        return voice.say(title) + _lines(found, line, voice) if found else voice.say(nothing)

    return told


def _plainly(result: Result, voice: Voice) -> str:
    """Any other result: its plain fields, one after the other."""
    plain = {k: v for k, v in result.items() if isinstance(v, str | int | float) and v != ""}
    fields = (f"{voice.word(key.replace('_', ' '))} {value}" for key, value in plain.items())
    return voice.say("{line}.", line=voice.listed(fields))


def _lines(items: Iterable[Any], line: Callable[[Any, Voice], str], voice: Voice) -> str:
    shown = [item if isinstance(item, str) else line(item, voice) for item in items]
    left = len(shown) - _MOST_LINES
    more = [f"… {voice.count('and {n} more', 'and {n} more', left)}"] if left > 0 else []
    return "".join(f"\n· {words}" for words in shown[:_MOST_LINES] + more)


def _first_list(result: Result) -> list[Any]:
    return next((value for value in result.values() if isinstance(value, list)), [])


def _time(moment: Any) -> str:
    return str(moment)[:16].replace("T", " ") + " UTC"


_ANSWERS: dict[str, Answer] = {
    "create": _created,
    "job_status": _job,
    "cancel_job": _job,
    "gallery": _gallery,
    "show_candidate": _candidate,
    "rounds": _rounds,
    "show_round": _round,
    "propose_mint": _proposed,
    "mint_status": _request,
    "mint_requests": _list(
        template("Mint requests:"), template("No mint request waits."), _request_line
    ),
    "tokens": _list(template("Tokens:"), template("Nothing has been minted yet."), _token_line),
    "provenance": _provenance,
    "models": _list(template("Models:"), template("Models: none."), _named_line),
    "collections": _list(template("Collections:"), template("Collections: none."), _named_line),
}
