"""The commands of those who make pictures."""

from bot.discord.commands.slash import Shown, Slash

PICTURE = Shown("candidate_id", "picture", "Which picture: c_…")
COLLECTION = Shown("collection", says="Which collection; usually left out.")
STYLE = Shown("style", says="A look that the collection has by name.")
_COUNT = Shown("count", says="How many pictures.")
_WORDS = Shown("prompt", says="What the picture should show instead, in words.")

CREATORS: tuple[Slash, ...] = (
    Slash(
        "create",
        "create",
        "Make pictures from a prompt.",
        (
            Shown("prompt", says="What the picture should show, in words."),
            Shown("traits", says="Wished traits, such as species=fox, headgear=crown."),
            _COUNT,
            Shown("seed", says="The first picture's seed; drawn if left out.", how="text"),
            STYLE,
            Shown("negative_prompt", "without", "What it should not show."),
            COLLECTION,
            Shown("model", says="Which model; usually left out."),
        ),
    ),
    Slash("vary", "vary", "Make more pictures like one.", (PICTURE, _COUNT)),
    Slash(
        "remix",
        "remix",
        "Make a picture anew, with other words.",
        (
            PICTURE,
            _WORDS,
            _COUNT,
            Shown("same_seed", says="Whether the same seed is used again."),
            STYLE,
        ),
    ),
    Slash(
        "reseed",
        "reseed",
        "Make one picture from the very same seed, with other words if you like.",
        (PICTURE, _WORDS),
    ),
    Slash(
        "upscale",
        "upscale",
        "Make a picture larger.",
        (PICTURE, Shown("factor", says="How many times as wide and as high.")),
    ),
    Slash("delete", "remove_candidate", "Take a picture of yours away.", (PICTURE,), private=True),
    Slash("nominate", "nominate", "Put a picture to the vote.", (PICTURE,), in_guild=True),
    Slash(
        "propose",
        "propose_mint",
        "Propose a picture, or the winner of a round, for minting.",
        (
            PICTURE,
            Shown("round_id", "round", "Or the closed round whose winner it is: rnd_…"),
            Shown("recipient", says="The account that gets the token: 0x…"),
            Shown("chains", says="Names of chains, with commas; all of the collection's if empty."),
            Shown(
                "cost_cap_wei",
                "cost_cap",
                "What it may cost on each chain at most, in wei.",
                how="text",
            ),
        ),
        in_guild=True,
        private=True,
    ),
    Slash("queue", "queue", "The jobs that are waiting and running.", private=True),
    Slash(
        "job",
        "job_status",
        "Where a job stands, and the pictures it made.",
        (Shown("job_id", "job", "Which job: j_…"),),
        private=True,
    ),
    Slash(
        "cancel",
        "cancel_job",
        "Call off a job that is waiting or running.",
        (Shown("job_id", "job", "Which job: j_…", source="unfinished_job_id"),),
        private=True,
    ),
    Slash("quota", "quota", "How many pictures you may still make today.", private=True),
    Slash(
        "mine",
        "gallery",
        "Your own pictures.",
        (
            Shown("verdict", says="Only those with this verdict."),
            Shown("limit", says="How many at most."),
        ),
        fixed={"mine": True},
        private=True,
    ),
    Slash("models", "models", "The models that pictures can be made with.", private=True),
)
