"""How the Discord bot holds up: `python -m bench.discord`.

The bot runs as its operator starts it (`mintmark discord`, with a worker beside it), on a local
Discord in this process, on the same machine. Three questions, asked one after the other:

burst      1,000 reactions and 200 commands in 10 s while pictures are being made: how quickly are
           the commands acknowledged, is anything lost, is the tally what people meant?
outage     10,000 ballots of 1,000 people, cast while the bot was dead: how long until it has found
           all of them, within the rate limits that Discord tells its clients?
crowd      a server of 50,000 members: how long until the bot serves, and how much more memory does
           it take than in a server of two?

Prints a table and, as the last line, one JSON object: `ack_p99_ms`, `lost`, `tally_exact`,
`reconcile_s`, `start_s`, `extra_mb`.
"""

import asyncio
import json
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.bot.discord.process import bot_process
from tests.peers.discord import Answer, Channel, Hall, Message, Peer, Person, running_peer
from tests.striking import striking_studio, struck
from tools.people import Role, sign_in
from tools.settings import load_settings

EMOJIS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟")
REACTIONS, COMMANDS, SECONDS = 1_000, 200, 10.0
VOTERS, ROUNDS = 1_000, 10
MEMBERS = 50_000
PATIENCE_S = 300.0
ASKED = ("quota", "queue", "rules", "models", "rounds")


@dataclass
class Place:
    """A server of the bench: who runs it, where things happen, and the data folder."""

    peer: Peer
    hall: Hall
    studio: Channel
    gallery: Channel
    folder: Path

    async def command(self, name: str, /, **options: object) -> Answer:
        """The owner's command, answered."""
        answer = await self.hall.owner.command(self.studio, name, **options)
        return await answer.done(PATIENCE_S)

    async def galleries(self, rounds: int) -> list[Message]:
        """The messages of the open rounds, once all their numbers are offered."""

        def offered() -> list[Message]:
            shown = self.gallery.messages.values()
            return [one for one in shown if len(one.reactions) == len(EMOJIS)]

        await self.peer.until(lambda: len(offered()) >= rounds, PATIENCE_S)
        return offered()


def strike(folder: Path, guild: int, rounds: int) -> None:
    """Put ten shortlisted pictures for each round into a fresh data folder."""
    with striking_studio(load_settings(data_dir=folder)) as studio:
        with studio.db.write() as session:
            maker = sign_in(
                session,
                front_end="studio",
                external_id="maker",
                name="maker",
                guild=str(guild),
                channel="studio",
                role=Role.CREATOR,
            )
        for seed in range(rounds * len(EMOJIS)):
            struck(studio, maker, seed=seed)


async def opened(peer: Peer, folder: Path, rounds: int) -> Place:
    """A server with pictures that wait for a vote; the bot is not there yet."""
    hall = peer.add_guild("bench")
    place = Place(peer, hall, hall.text_channel("studio"), hall.text_channel("gallery"), folder)
    await asyncio.to_thread(strike, folder, hall.id, rounds)
    return place


async def open_rounds(place: Place, rounds: int) -> list[Message]:
    """Open the rounds; returns their galleries."""
    gallery = str(place.gallery.id)
    await place.command("settings set", name="gallery_channel", value=gallery)
    for number in range(rounds):
        await place.command("round open", title=f"Round {number}", minutes=600, places=10)
    return await place.galleries(rounds)


# --- burst ---


async def burst(folder: Path) -> dict[str, object]:
    """Reactions and commands at once, while a worker makes pictures."""
    async with running_peer() as peer:
        place = await opened(peer, folder, 1)
        people = place.hall.crowd(REACTIONS // 2)
        async with bot_process(peer, folder):
            (gallery,) = await open_rounds(place, 1)
            for _ in range(3):
                await place.command("create", prompt="a fox", count=8)
            meant, answers = await _rush(place, people, gallery)
            await peer.until(lambda: all(one.is_done() for one in answers), PATIENCE_S)
            await _until(lambda: _votes(folder) == meant)
            await asyncio.sleep(2)  # whatever might still change a vote
            counted = _votes(folder)
    acks = sorted(one.acked_after or peer.ack_within for one in answers)
    unanswered = sum(one.failed is not None or not one.text for one in answers)
    return {
        "ack_p99_ms": round(1000 * acks[int(len(acks) * 0.99) - 1]),
        "ack_p50_ms": round(1000 * acks[len(acks) // 2]),
        "lost": unanswered + len(meant.keys() - counted.keys()),
        "tally_exact": counted == meant,
    }


async def _rush(
    place: Place, people: list[Person], gallery: Message
) -> tuple[dict[int, int], list[Answer]]:
    """Everybody votes and then changes their mind; others use commands; evenly over 10 s."""
    dice = random.Random(7)
    meant: dict[int, int] = {}
    answers: list[Answer] = []
    begun = time.monotonic()

    async def at(moment: float) -> None:
        await asyncio.sleep(max(0.0, begun + moment - time.monotonic()))

    async def react() -> None:
        for turn in range(REACTIONS):
            person = people[turn % len(people)]
            others = [n for n in range(1, 11) if n != meant.get(person.id)]
            meant[person.id] = number = dice.choice(others)
            await at(SECONDS * turn / REACTIONS)
            await person.react(gallery, EMOJIS[number - 1])

    async def ask(turn: int) -> None:
        await at(SECONDS * turn / COMMANDS)
        person = people[(turn * 7) % len(people)]
        answers.append(await person.command(place.studio, ASKED[turn % len(ASKED)]))

    await asyncio.gather(react(), *(ask(turn) for turn in range(COMMANDS)))
    return meant, answers


# --- outage ---


async def outage(folder: Path) -> dict[str, object]:
    """Ballots cast while the bot was dead."""
    async with running_peer() as peer:
        place = await opened(peer, folder, ROUNDS)
        people = place.hall.crowd(VOTERS)
        async with bot_process(peer, folder, MINTMARK_DISCORD__WORKERS="0") as bot:
            galleries = await open_rounds(place, ROUNDS)
            await bot.stop(signal.SIGKILL)
        for turn, gallery in enumerate(galleries):
            for place_in_line, person in enumerate(people):
                emoji = EMOJIS[(place_in_line + turn) % len(EMOJIS)]
                peer.world.react(gallery, person.user, emoji)
        peer.limits.on()
        async with bot_process(peer, folder, MINTMARK_DISCORD__WORKERS="0"):
            served = time.monotonic()
            await _standing(folder, VOTERS * ROUNDS)
            took = time.monotonic() - served
            found = _rows(folder, "SELECT count(*) FROM standing_ballot")[0][0]
    return {"reconcile_s": round(took, 1), "reconciled": found}


# --- crowd ---


async def crowd(folder: Path) -> dict[str, object]:
    """A large server."""
    folder.mkdir()
    _, alone_mb = await _served(folder / "small", 0)
    start_s, crowded_mb = await _served(folder / "large", MEMBERS)
    return {"start_s": round(start_s, 1), "extra_mb": round(crowded_mb - alone_mb)}


async def _served(folder: Path, members: int) -> tuple[float, float]:
    """Seconds from the start of the process until it serves, and its memory in MiB then."""
    async with running_peer() as peer:
        hall = peer.add_guild("bench")
        hall.text_channel("studio")
        hall.crowd(members)
        before = time.monotonic()
        async with bot_process(peer, folder, MINTMARK_DISCORD__WORKERS="0") as bot:
            took = time.monotonic() - before
            await asyncio.sleep(3)
            return took, _resident_mb(bot.pid)


def _resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


# --- what the database says ---


def _rows(folder: Path, query: str) -> list[tuple[int, ...]]:
    engine = create_engine(f"sqlite:///file:{folder}/mintmark.sqlite?mode=ro&uri=true")
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def _votes(folder: Path) -> dict[int, int]:
    """The number each person's ballot stands on, by their id in Discord."""
    query = """SELECT p.external_id, e.number FROM standing_ballot b
               JOIN person p ON p.id = b.person_id
               JOIN round_entry e ON e.round_id = b.round_id AND e.candidate_id = b.candidate_id"""
    return {int(person): number for person, number in _rows(folder, query)}


async def _standing(folder: Path, wanted: int) -> None:
    """Wait until so many ballots stand."""
    await _until(lambda: _rows(folder, "SELECT count(*) FROM standing_ballot")[0][0] >= wanted)


async def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not await asyncio.to_thread(holds) and time.monotonic() < end:
        await asyncio.sleep(0.2)


async def main() -> None:
    """Measure, and print."""
    figures: dict[str, object] = {}
    wanted = sys.argv[1:] or ["burst", "outage", "crowd"]
    with tempfile.TemporaryDirectory() as folder:
        for name, part in (("burst", burst), ("outage", outage), ("crowd", crowd)):
            if name in wanted:
                where = Path(folder) / name
                where.mkdir()
                figures |= await part(where / "data")
    for name, figure in figures.items():
        print(f"{name:<24}{figure!s:>10}")
    print(json.dumps(figures))


if __name__ == "__main__":
    asyncio.run(main())
