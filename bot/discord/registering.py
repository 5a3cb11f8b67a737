"""Registering commands with Discord, when they changed; and the bot's profile text.

Discord lets an application overwrite its commands only so often, and shows changes with a delay.
What was registered last is remembered as a digest in the data folder.
"""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from bot.discord.disclosure import IN_PROFILE
from bot.discord.safe_send import persistently
from tools.errors import MintmarkError

if TYPE_CHECKING:
    from bot.discord.client import MintmarkClient

_OURS = "I am Mintmark, a bot."  # what every version of the profile text begins with
_log = structlog.get_logger("mintmark.discord.registering")


async def register(client: "MintmarkClient") -> bool:
    """Register the tree's commands if they are not those registered last.

    Returns:
        Whether they were registered now.

    Raises:
        InvalidInput: if Discord does not take a command as it is.
        ServiceUnavailable: if Discord does not answer.
    """
    payload = await payload_of(client)
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    kept = _kept(client)
    if await asyncio.to_thread(_read, kept) == digest:
        return False
    application = _application(client)
    await persistently(
        lambda: client.http.bulk_upsert_global_commands(application, payload=payload), client
    )
    await asyncio.to_thread(_write, kept, digest)
    _log.info("commands registered", commands=len(payload))
    return True


async def payload_of(client: "MintmarkClient") -> list[Any]:
    """The commands as Discord is told of them, in every language."""
    tree = client.tree
    commands = sorted(tree.get_commands(), key=lambda one: (str(type(one)), one.name))
    if tree.translator is None:
        return [command.to_dict(tree) for command in commands]
    translated = [one.get_translated_payload(tree, tree.translator) for one in commands]
    return [await payload for payload in translated]


async def introduce(client: "MintmarkClient") -> None:
    """Say in the bot's profile that it is one, unless its owners wrote something themselves."""
    application = client.application
    if application is None or not _may_write(application.description):
        return
    words = {"description": IN_PROFILE}
    try:
        await persistently(lambda: client.http.edit_application_info(reason=None, payload=words))
    except MintmarkError as error:
        _log.warning("profile text not set", reason=str(error))


def _may_write(description: str) -> bool:
    return description != IN_PROFILE and (not description or description.startswith(_OURS))


def _application(client: "MintmarkClient") -> int:
    assert client.application_id is not None  # known since the login
    return client.application_id


def _kept(client: "MintmarkClient") -> Path:
    name = f"commands-{_application(client)}.sha256"
    return client.studio.settings.data_dir / "discord" / name


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _write(path: Path, digest: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(digest)
