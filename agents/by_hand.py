"""What no sentence can do: votes and decisions, and the command or button that does each."""

import re

from agents.readings import Memory, Reading, Remark
from tools.phrases import Phrase, phrase

_ID = r"[a-z]{1,4}_\w+"
_ROUND = r"(?:a |the |another |this |that |new |voting )*(?:round|vote|voting|poll|ballot)"
_MINT = (
    r"(?:.*\b(?:mint\w*|requests?|candidates?|pictures?|winner|proposals?)\b.*"
    rf"|(?:.* )?{_ID}(?: .*)?|it|this|that|them|all)"
)

_HANDS: tuple[tuple[str, Phrase], ...] = (
    (
        r"(?:withdraw|take back|remove|undo|change|retract) (?:my |the )?(?:vote|ballot)(?: .*)?",
        phrase("A vote is withdrawn by hand: take your reaction back, or use /withdraw_vote."),
    ),
    (
        rf"(?:i )?vote (?:for )?(?:(?:number |no\.? |#|the )?[\w ]+|{_ID})"
        r"|my vote (?:goes to|is for) .+|how (?:do|can) (?:i|we) vote|vote",
        phrase("Votes are cast by hand: react to the picture, or use /vote with its number."),
    ),
    (
        rf"(?:approve|sign off|confirm) {_MINT}|how (?:do|can) i approve(?: .*)?|approve",
        phrase(
            "Approving is done by hand, by an operator who did not ask for it: "
            "press Approve under the request, or use /approve with its id."
        ),
    ),
    (
        rf"(?:reject|turn down|decline|veto) {_MINT}|reject",
        phrase(
            "Rejecting is done by hand, by an operator: press Reject under the request, "
            "or use /reject with its id and a reason."
        ),
    ),
    (
        rf"(?:open|start|begin|launch|hold|create|make) {_ROUND}(?: .*)?"
        rf"|how (?:do|can) (?:i|we) open {_ROUND}",
        phrase("A round is opened by hand, by an operator: use /open_round."),
    ),
    (
        rf"(?:close|end|finish|stop) {_ROUND}(?: .*)?",
        phrase(
            "A round closes by itself on time. Before that an operator closes it by hand: "
            "use /close_round with its id."
        ),
    ),
    (
        rf"(?:extend|prolong) {_ROUND}(?: .*)?",
        phrase(
            "A round is extended by hand, by an operator: "
            "use /extend_round with its id and the minutes."
        ),
    ),
    (
        r"(?:retry|repeat|try) (?:the |that )?(?:failed )?mint(?:ing)?(?: .*)?(?: again)?",
        phrase(
            "A failed mint is tried again by hand, by an operator: use /retry_mint with its id."
        ),
    ),
)


def by_hand(clause: str, _: Memory) -> Reading | None:
    """Say how a person does this with their own hand; nothing is called."""
    for pattern, words in _HANDS:
        if re.fullmatch(pattern, clause.strip(), re.I):
            return Remark(words)
    return None
