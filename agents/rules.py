"""The interpreter's rules: each reads one kind of clause, and only if it fits as a whole.

A rule gives a wish or a remark, or None if the clause is not of its kind. The first that fits is
taken, so those for what is done by hand and those that need an id stand before the looser ones.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agents.by_hand import by_hand
from agents.readings import Memory, Reading, Remark, Wish
from tools.phrases import phrase

Rule = Callable[[str, Memory], Reading | None]

HELP = phrase(
    """You can tell me, in plain words:
· make 4 foxes with a crown, seed 7 — and I have them drawn
· show me my pictures · show the shortlist · tell me about c_…
· how is my job · cancel my job
· what rounds are open · what won
· propose the winner for minting — an operator then decides
· what tokens are there · where does c_… come from
· what models are there · what collections are there
Voting, approving and opening rounds are done by hand, with /vote, /approve and /open_round."""
)

_CANDIDATE = r"(?P<candidate>(?:c|cand)_\w+)"
_JOB = r"(?P<job>(?:j|job)_\w+)"
_ROUND = r"(?P<round>(?:r|rnd|round)_\w+)"
_REQUEST = r"(?P<request>(?:m|mr|req|mint)_\w+)"
_ANY_ID = r"(?P<subject>[a-z]{1,5}_\w+)"
_SHOW = r"(?:show(?: me)?|list|see|view|display|look at|browse|give me|get(?: me)?)"
_PICTURES = r"(?:pictures?|images?|candidates?|gallery|drawings?|creations?|works?|shortlist)"
_VERDICTS = {"shortlist": "shortlisted", "reject": "rejected", "broken": "broken"}


def _whole(pattern: str, clause: str) -> re.Match[str] | None:
    return re.fullmatch(pattern, clause.strip(), re.I)


def small_talk(clause: str, _: Memory) -> Reading | None:
    """Greetings and thanks."""
    if _whole(r"(?:hi|hello|hey|good (?:morning|evening|afternoon|day))(?: there| all)?", clause):
        hello = phrase("Hello. Tell me what to draw, or say “help” to see what I can do.")
        return Remark(hello, invites=True)
    if _whole(
        r"(?:many )?(?:thanks?|thank you|cheers)(?: you)?(?: so much| a lot| very much)?", clause
    ):
        return Remark(phrase("You are welcome."))
    if _whole(r"(?:bye|goodbye|see you|good night|ok|okay|great|nice|cool|perfect|lovely)", clause):
        return Remark(phrase("I am here when you need me."))
    return None


def help_wanted(clause: str, _: Memory) -> Reading | None:
    """What can be said; whoever looks for help may do so in their own language."""
    asked = (
        r"/?help(?: me)?|\?|commands"
        r"|/?(?:hilfe|hilf mir|ayuda|ayúdame|aide|aidez?[- ]moi|ヘルプ|助けて|使い方)？?|？"
        r"|what (?:can|could|do) (?:you|i|we) do(?: here)?|how (?:does|do) (?:this|it|you) work"
        r"|what (?:is|are) (?:this|mintmark|you)|who are you"
    )
    return Remark(HELP, invites=True) if _whole(asked, clause.strip("¡¿！。")) else None


def cancelling(clause: str, memory: Memory) -> Reading | None:
    """Stop a job."""
    what = rf"(?:{_JOB}|(?:my|the|that|this|our)\s+(?:job|brief|order|pictures?)(?:\s+{_JOB}2)?|it)"
    what = what.replace(f"{_JOB}2", r"(?P<later>(?:j|job)_\w+)")
    match = _whole(rf"(?:cancel|stop|abort|forget)\s+(?:job\s+)?{what}", clause)
    if match is None:
        return None
    return _about_job("cancel_job", match["job"] or match["later"] or memory.job)


def job_asked(clause: str, memory: Memory) -> Reading | None:
    """How a job goes."""
    if match := _whole(rf"[\w\s']*?\b{_JOB}(?:\s+(?:doing|going|ready|done|finished))?", clause):
        return Wish("job_status", {"job_id": match["job"]})
    ask = r"(?:how(?:'s| is| are| goes| do)|what about|check(?: on)?|where(?:'s| is| are)|are|is"
    ask += r"|(?:what(?:'s| is) )?(?:the )?(?:status|state|progress) of|any news (?:on|of|about))"
    mine = r"(?:my|the|that|our)\s+(?:(?:last|latest|new)\s+)?"
    what = rf"(?:{mine}(?:job|brief|order|drawing)|{mine}pictures?|it|they)"
    end = r"(?:\s+(?:doing|going|coming along|coming on|getting on|ready|done|finished|yet|now))*"
    words = rf"{ask}\s+{what}{end}|(?:job )?(?:status|progress)|(?:show )?(?:me )?my job"
    return _about_job("job_status", memory.job) if _whole(words, clause) else None


def _about_job(tool: str, job: str | None) -> Reading:
    if job is None:
        return Remark(phrase("Which job? Name it by its id, such as j_0123456789."))
    return Wish(tool, {"job_id": job})


def provenance_asked(clause: str, _: Memory) -> Reading | None:
    """The records behind a picture or token."""
    before = r"(?:show(?: me)?|what is|what's|give me)?\s*(?:the\s+)?"
    words = (
        rf"{before}(?:provenance|history|origins?|records?|proof)\s+(?:of|for|behind)\s+{_ANY_ID}"
        rf"|(?:where|who) (?:does|did|is|was|made) {_ANY_ID.replace('subject', 'second')}"
        r"(?: come| made)?(?: from| by)?"
    )
    match = _whole(words, clause)
    return (
        Wish("provenance", {"subject_id": match["subject"] or match["second"]}) if match else None
    )


def mint_asked(clause: str, memory: Memory) -> Reading | None:
    """How a mint request stands, which ones there are, and what was minted."""
    if match := _whole(
        rf"(?:{_SHOW}|[\w\s']*\b(?:of|is|are|about|on))?\s*{_REQUEST}(?: minted)?(?: yet)?", clause
    ):
        return Wish("mint_status", {"mint_request_id": match["request"]})
    if _whole(
        r"(?:is|was) (?:it|my \w+|the winner) minted(?: yet)?|(?:the )?mint(?:ing)? status", clause
    ):
        if memory.mint_request is None:
            return Wish("tokens")
        return Wish("mint_status", {"mint_request_id": memory.mint_request})
    requests = r"(?:the |all |open |pending )*(?:mint )?(?:requests|approvals|proposals)"
    waits = r"what(?:'s| is)? (?:is )?(?:waiting|pending)(?: for (?:approval|me))?"
    if _whole(
        rf"(?:{_SHOW}\s+|what )?{requests}(?: are (?:there|open|pending|waiting))?|{waits}", clause
    ):
        pending = re.search(r"pending|open|waiting", clause, re.I)
        return Wish("mint_requests", {"state": "pending"} if pending else {})
    tokens = r"(?:the |our |my |all )*(?:tokens?|nfts|mints)"
    if _whole(
        rf"(?:{_SHOW}\s+|what |which )?{tokens}(?: are there| do we have| exist)?", clause
    ) or _whole(r"what (?:was|has been|have we|did we) (?:mint(?:ed)?)(?: so far)?", clause):
        return Wish("tokens")
    return None


def proposing(clause: str, _: Memory) -> Reading | None:
    """Propose a candidate, or the winner of the latest round, for minting."""
    verb = r"(?:propose|nominate|submit|suggest|put forward|mint|request minting (?:of|for))"
    tail = r"(?:\s+(?:for|to)\s+(?:be\s+)?mint(?:ing|ed)?|\s+as an? nft)?"
    if match := _whole(
        rf"{verb}\s+(?:the\s+)?(?:picture\s+|candidate\s+)?{_CANDIDATE}{tail}", clause
    ):
        return Wish("propose_mint", {"candidate_id": match["candidate"]})
    if match := _whole(
        rf"{verb}\s+(?:the\s+)?winner(?:\s+of\s+(?:round\s+)?{_ROUND})?{tail}", clause
    ):
        if match["round"]:
            return Wish("propose_mint", {"round_id": match["round"]})
        return Wish("rounds", {"state": "closed"}, then=_propose_latest_winner)
    if _whole(rf"{verb}(?:\s+(?:it|this|that|one|something|a picture))?{tail}", clause):
        return Remark(
            phrase("Which picture? Say: propose c_… for minting, or: propose the winner.")
        )
    return None


def _propose_latest_winner(found: Any) -> Wish | Remark:
    won = next((line for line in _rounds(found) if line.get("winner_id")), None)
    if won is None:
        return Remark(phrase("No round has a winner yet, so there is nothing to propose."))
    return Wish("propose_mint", {"candidate_id": won["winner_id"], "round_id": won["round_id"]})


def rounds_asked(clause: str, _: Memory) -> Reading | None:
    """What is being voted on, and what won."""
    if match := _whole(rf"(?:[\w\s']+\s)?(?:round\s+)?{_ROUND}(?: going)?", clause):
        return Wish("show_round", {"round_id": match["round"]})
    won = (
        r"(?:what|who|which(?: one| picture| candidate)?) (?:has )?won"
        r"(?: the (?:last )?(?:round|vote))?"
        r"|(?:who|what)(?: is|'s) the winner|(?:show (?:me )?)?the (?:winner|results?)"
        r"(?: of the (?:last |latest )?(?:round|vote))?"
    )
    if _whole(won, clause):
        return Wish("rounds", {"state": "closed"}, then=_show_latest)
    one = (
        r"(?:how(?:'s| is) the (?:vote|voting|round)(?: going| doing)?"
        r"|(?:who|what)(?:'s| is) (?:winning|leading|ahead)"
        rf"|(?:{_SHOW}\s+)?(?:the\s+|this\s+)?(?:(?:open|current)\s+)?(?:round|vote|ballot|tally)"
        r"|what can (?:i|we) vote (?:on|for)"
        r"|what (?:is|are we) (?:being )?vot(?:ed|ing) (?:on|for))(?: now)?"
    )
    if _whole(one, clause):
        return Wish("show_round")
    many = (
        rf"(?:{_SHOW}\s+|what |which |are there (?:any )?)?(?:the |all |any )?(?:open |closed )?"
        r"(?:rounds|votes)(?: (?:are|is) (?:there|open|closed|running)(?: now)?)?"
    )
    if _whole(many, clause):
        state = re.search(r"open|closed", clause, re.I)
        return Wish("rounds", {"state": state[0].lower()} if state else {})
    return None


def _show_latest(found: Any) -> Wish | Remark:
    lines = _rounds(found)
    if not lines:
        return Remark(phrase("No round has been closed yet, so nothing has won."))
    return Wish("show_round", {"round_id": lines[0]["round_id"]})


def _rounds(found: Any) -> Sequence[Mapping[str, Any]]:
    lines = found.get("rounds", []) if isinstance(found, dict) else []
    return [line for line in lines if isinstance(line, dict) and line.get("round_id")]


def gallery_asked(clause: str, _: Memory) -> Reading | None:
    """Pictures that were made."""
    kinds = (
        r"all|the|my|our|some|latest|last|newest|new|recent|best|shortlisted|rejected|broken|\d+"
    )
    where = (
        r"(?:\s+(?:in|of|from)\s+(?:the\s+)?(?:collection\s+)?(?P<collection>[\w-]+)"
        r"(?:\s+collection)?)?"
    )
    asked = (
        rf"(?:{_SHOW}\s+)?(?:(?:{kinds})\s+)*{_PICTURES}(?:\s+(?:so far|again|i made))?{where}"
        rf"|what {_PICTURES} (?:are there|do (?:i|we|you) have|have i made|did i make)"
        rf"{where.replace('collection>', 'second>')}"
        r"|what (?:have i|did i) (?:made|make|drawn|draw)(?: so far)?"
        r"|what(?:'s| is| was) (?:new|shortlisted|rejected)"
    )
    match = _whole(asked, clause)
    return Wish("gallery", _gallery_filter(clause, match)) if match else None


def _gallery_filter(clause: str, match: re.Match[str]) -> dict[str, Any]:
    words = clause.lower()
    wanted: dict[str, Any] = {}
    if collection := match["collection"] or match["second"]:
        wanted["collection"] = collection
    if re.search(r"\b(?:my|i)\b", words):
        wanted["mine"] = True
    for word, verdict in _VERDICTS.items():
        if word in words:
            wanted["verdict"] = verdict
    if limit := re.search(r"\b(\d+)\b", words):
        wanted["limit"] = int(limit[1])
    return wanted


def candidate_asked(clause: str, _: Memory) -> Reading | None:
    """One picture."""
    before = (
        rf"{_SHOW}|tell me(?: more)? about|more about|about|details? (?:of|on|for|about)|describe"
        r"|what (?:is|about|was)|what's|info (?:on|about)|inspect|open|(?:the )?score of"
        r"|how good is|who made|why (?:was|is)"
    )
    after = r"(?: (?:rejected|shortlisted|broken|out|in|like|please))?"
    match = _whole(
        rf"(?:(?:{before})\s+)?(?:the\s+)?(?:picture\s+|candidate\s+|image\s+)?{_CANDIDATE}{after}",
        clause,
    )
    return Wish("show_candidate", {"candidate_id": match["candidate"]}) if match else None


def lists_asked(clause: str, _: Memory) -> Reading | None:
    """Models and collections."""
    for noun, tool in (("models?", "models"), ("(?:collections?|series)", "collections")):
        asked = (
            rf"(?:{_SHOW}\s+|what |which )?(?:the |all |image |available )*{noun}"
            r"(?: (?:are there|are available|do (?:you|we) have|can (?:i|you|we) use|exist))?"
        )
        if _whole(asked, clause):
            return Wish(tool)
    return None


RULES: tuple[Rule, ...] = (
    small_talk,
    help_wanted,
    by_hand,
    cancelling,
    provenance_asked,
    mint_asked,
    proposing,
    rounds_asked,
    job_asked,
    gallery_asked,
    candidate_asked,
    lists_asked,
)
