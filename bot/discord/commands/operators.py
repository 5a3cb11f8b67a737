"""The commands of those who run the studio. Discord hides most from others; the door decides."""

from bot.discord.commands.creators import COLLECTION
from bot.discord.commands.slash import Shown, Slash

_REQUEST = Shown("mint_request_id", "request", "Which mint request: m_…")
_WAITING = Shown(
    "mint_request_id", "request", "Which mint request: m_…", source="pending_mint_request_id"
)
_ROUND = Shown(
    "round_id", "round", "Which round: rnd_…; the open one if left out.", source="open_round_id"
)
_TITLE = Shown("title", says="What the round is called.")
_MINUTES = Shown("minutes", says="How long people may vote.")
_QUORUM = Shown("quorum", says="How many people must vote.")
_HIDDEN = Shown("hidden", says="Whether the counts are kept secret until it closes.")
_PICTURES = Shown("candidate_ids", "pictures", "Which pictures, with commas: c_…, c_…")
_LIMIT = Shown("limit", says="How many at most.")
_HERE = Shown("channel", says="Only for this channel.", how="channel")
_WHAT = Shown("what", says="What to hold.")

OPERATORS: tuple[Slash, ...] = (
    Slash(
        "round open",
        "open_round",
        "Open a round of voting on the shortlist, or on pictures you name.",
        (
            _TITLE,
            _MINUTES,
            _QUORUM,
            _PICTURES,
            COLLECTION,
            Shown("places", says="How many of the shortlist stand in it."),
            _HIDDEN,
        ),
    ),
    Slash(
        "round bracket",
        "open_bracket",
        "Open a vote on many pictures: heats, whose winners meet again.",
        (
            _TITLE,
            Shown("minutes", says="How long each stage lasts."),
            _QUORUM,
            Shown("heat_size", says="How many pictures meet at a time."),
            _PICTURES,
            COLLECTION,
            _HIDDEN,
        ),
    ),
    Slash("round close", "close_round", "Close a round now and count the votes.", (_ROUND,)),
    Slash("round extend", "extend_round", "Give a round more time.", (_MINUTES, _ROUND)),
    Slash(
        "review",
        "review",
        "What waits for a decision: winners, and mint requests.",
        (_LIMIT,),
        private=True,
        in_guild=True,
        by_operators=True,
    ),
    Slash(
        "approve",
        "approve",
        "Approve a mint request of someone else, exactly as it is frozen.",
        (
            _WAITING,
            Shown("frozen_digest", "digest", "The digest you were shown; it must be the same."),
        ),
        private=True,
        in_guild=True,
        by_operators=True,
    ),
    Slash(
        "reject",
        "reject",
        "Reject a mint request, and say why.",
        (_WAITING, Shown("reason", says="Why not.")),
        private=True,
        in_guild=True,
        by_operators=True,
    ),
    Slash(
        "mint-status",
        "mint_status",
        "Where a mint request stands.",
        (_REQUEST,),
        private=True,
        in_guild=True,
    ),
    Slash(
        "mint-requests",
        "mint_requests",
        "The mint requests, the newest first.",
        (
            Shown("state", says="Only those in this state.", source="mint_state"),
            _LIMIT,
        ),
        private=True,
        in_guild=True,
        by_operators=True,
    ),
    Slash(
        "retry",
        "retry_mint",
        "Try a failed mint again.",
        (
            Shown(
                "mint_request_id",
                "request",
                "Which mint request: m_…",
                source="failed_mint_request_id",
            ),
        ),
        private=True,
        in_guild=True,
        by_operators=True,
    ),
    Slash(
        "pause",
        "pause",
        "Hold the making of pictures, voting or minting.",
        (_WHAT, Shown("reason", says="Why; people are told.")),
        in_guild=True,
        by_operators=True,
    ),
    Slash(
        "resume",
        "resume",
        "Let go on what was held.",
        (Shown("what", says="What goes on."),),
        in_guild=True,
        by_operators=True,
    ),
    Slash(
        "limits",
        "limits",
        "How much each role may make; with a role, set it.",
        (
            Shown("role", says="Whose limits to set."),
            Shown("per_day", says="How many pictures in a day."),
            Shown("parallel", says="How many jobs at the same time."),
        ),
        told="set_limit",
        private=True,
        in_guild=True,
    ),
    Slash("settings show", "rules", "The rules that hold here.", (_HERE,), private=True),
    Slash(
        "settings set",
        "set_rule",
        "Set a rule of this server, or of one channel.",
        (
            Shown("name", says="Which rule.", source="rule_name"),
            Shown("value", says="Its value; “default” for the usual one.", source="rule_value"),
            _HERE,
        ),
        private=True,
    ),
    Slash(
        "audit",
        "audit",
        "What was done here, by whom, and what came of it.",
        (
            Shown("person_id", "person", "Only what this person did.", how="person"),
            Shown("tool", says="Only what was done with this tool.", source="tool"),
            Shown("subject", says="Only what is about this: c_…, rnd_…, m_…", source="subject_id"),
            Shown("outcome", says="Only what ended so."),
            _LIMIT,
        ),
        private=True,
        in_guild=True,
        by_operators=True,
    ),
)
