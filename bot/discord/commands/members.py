"""The commands of everybody."""

from bot.discord.commands.creators import COLLECTION, PICTURE
from bot.discord.commands.slash import Shown, Slash

ROUND = Shown("round_id", "round", "Which round: rnd_…; the open one if left out.")

MEMBERS: tuple[Slash, ...] = (
    Slash(
        "vote",
        "vote",
        "Vote for a picture in a round; a second vote moves the first.",
        (
            Shown("choice", "number", "The number of the picture in the round.", source="entry"),
            ROUND,
        ),
        private=True,
        in_guild=True,
    ),
    Slash(
        "withdraw",
        "withdraw_vote",
        "Take back your vote in a round.",
        (ROUND,),
        private=True,
        in_guild=True,
    ),
    Slash(
        "leaderboard",
        "leaderboard",
        "The pictures that people like best.",
        (COLLECTION, Shown("limit", says="How many at most.")),
        in_guild=True,
    ),
    Slash(
        "round show",
        "show_round",
        "A round: its pictures, how the votes stand, when it closes.",
        (ROUND,),
    ),
    Slash(
        "bracket",
        "show_bracket",
        "A vote in stages: its heats, and who went on.",
        (Shown("bracket_id", "bracket", "Which bracket: bkt_…; the newest if left out."),),
        in_guild=True,
    ),
    Slash(
        "rounds",
        "rounds",
        "The rounds of voting here.",
        (Shown("state", says="Only those that are open, or closed."),),
        in_guild=True,
    ),
    Slash(
        "gallery",
        "gallery",
        "Pictures, the newest first.",
        (
            COLLECTION,
            Shown("verdict", says="Only those with this verdict."),
            Shown("limit", says="How many at most."),
        ),
    ),
    Slash("show", "show_candidate", "One picture: its scores, its seed, its recipe.", (PICTURE,)),
    Slash(
        "collection",
        "collection",
        "A collection: its traits, how rare they are, its terms.",
        (Shown("name", says="Which collection; the usual one if left out.", source="collection"),),
    ),
    Slash(
        "provenance",
        "provenance",
        "The whole history of a picture, token, round or mint request.",
        (Shown("subject_id", "of", "Of what: c_…, tok_…, rnd_…, m_…"),),
    ),
    Slash(
        "certificate",
        "certificate",
        "A token's certificate: one file with which anyone can check it.",
        (Shown("token_id", "token", "Which token: tok_…", source="token_id"),),
    ),
    Slash(
        "tokens",
        "tokens",
        "The tokens that were minted.",
        (Shown("limit", says="How many at most."),),
    ),
    Slash("rules", "rules", "The rules that hold here.", private=True, in_guild=True),
)
