"""The doctor: looks at the settings and all the studio leans on, and changes nothing.

Every check either says what it found in order, or raises an error that says what is wrong and how
to mend it. One broken thing does not keep the others from being looked at.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tools.errors import ConfigurationError, MintmarkError, ServiceUnavailable
from tools.settings import ChainSettings, Settings, load_settings

if TYPE_CHECKING:
    import httpx

    from tools.minting.chain import Chain

_LITTLE_SPACE = 1 << 30  # bytes; below this a session of generating may fill the disk
_ENDPOINT_S = 10.0  # how long an outside service may take to answer


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    subject: str
    sound: bool
    sentence: str  # what is in order; or what is wrong and how to mend it


Check = Callable[[], str]


def examine() -> Iterator[Finding]:
    """Check everything, one finding after the other."""
    try:
        settings = load_settings()
    except MintmarkError as error:
        yield Finding("settings", False, str(error))
        return
    yield Finding("settings", True, f"read; the data folder is {settings.data_dir}")
    for subject, check in _checks(settings):
        yield _finding(subject, check)


def _checks(settings: Settings) -> Iterator[tuple[str, Check]]:
    yield "data folder", partial(_data_folder, settings)
    yield "disk", partial(_disk, settings)
    yield "database", partial(_database, settings)
    yield "provenance log", partial(_log, settings)
    yield "collection", partial(_collection, settings)
    yield "model", partial(_model, settings)
    for name, chain in settings.chains.items():
        yield f"chain {name}", partial(_chain, settings, name, chain)
    yield "language model", partial(_language_model, settings)
    if settings.discord.token is not None:
        yield "discord", partial(_discord, settings)


def _finding(subject: str, check: Check) -> Finding:
    try:
        return Finding(subject, True, check())
    except MintmarkError as error:
        return Finding(subject, False, str(error))
    except Exception as error:
        sentence = f"the check itself failed, which is a fault in Mintmark: {error!r}"
        return Finding(subject, False, sentence)


def _data_folder(settings: Settings) -> str:
    folder = settings.data_dir
    if not folder.exists():
        return f"{folder} is not there yet and is made at the first start"
    try:
        with tempfile.TemporaryFile(dir=folder):
            return f"{folder} can be written"
    except OSError as error:
        raise ServiceUnavailable(
            "{folder} cannot be written ({reason}): make it writable for this user, or "
            "name another folder with MINTMARK_DATA_DIR.",
            folder=folder,
            reason=error.strerror,
        ) from None


def _disk(settings: Settings) -> str:
    there = settings.data_dir.resolve()
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free
    if free < _LITTLE_SPACE:
        raise ServiceUnavailable(
            "Only {free} MiB are free on the disk of {data_dir}: free some space, 1 GiB at least.",
            free=f"{free / 2**20:.0f}",
            data_dir=settings.data_dir,
        )
    return f"{free / 2**30:.0f} GiB are free"


def _database(settings: Settings) -> str:
    from bot.folder import has_database
    from tools.provenance.database import Database
    from tools.provenance.migrations.upgrade import newest, revision

    database = Database(settings.database)
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    if not has_database(settings):
        return f"{kind}, not there yet; it is made at the first start"
    try:
        found = revision(database)
    finally:
        database.close()
    if found in (None, newest()):
        return f"{kind}, schema {found or 'is made at the first start'}"
    raise ConfigurationError(_other_schema(found, newest()))


def _other_schema(found: str | None, needed: str) -> str:
    return (
        f"The database has schema {found}, this program needs {needed}: if the database is older, "
        "make a backup and run `mintmark db upgrade`; if it is newer, update the program."
    )


def _log(settings: Settings) -> str:
    from bot.folder import has_database
    from tools.provenance import log
    from tools.provenance.database import Database

    database = Database(settings.database)
    try:
        if not has_database(settings) or "record" not in database.tables():
            return "no records yet"
        with database.read() as session:
            fault, size = log.find_fault(session), log.count(session)
    finally:
        database.close()
    if fault is not None:
        raise ConfigurationError(
            "The log does not hold: {reason}. Somebody edited the database; restore it "
            "from a backup, nothing after that record can be relied on.",
            reason=fault.reason,
        )
    return f"{size} records, each follows from the one before"


def _collection(settings: Settings) -> str:
    from tools.metadata.collection import collection_files, parse_collection

    files = collection_files(settings.collections_dir)
    if settings.collection not in files:
        raise ConfigurationError(
            "There is no collection {collection!r}; there are: {files}. Set collection, "
            "or collections_dir to the folder that holds its file.",
            collection=settings.collection,
            files=", ".join(files),
        )
    path = files[settings.collection]
    found = parse_collection(path.read_bytes(), str(path))
    return f"{found.name}, version {found.version}, {len(found.traits)} categories of traits"


def _model(settings: Settings) -> str:
    from tools.generation.bundle import DigestCache
    from tools.generation.models import ModelRegistry

    generation = settings.generation
    with tempfile.TemporaryDirectory() as folder:
        cache = DigestCache(Path(folder) / "digests.json")  # hash everything anew
        model = ModelRegistry(generation.models, generation.loras, cache).model(generation.model)
    return f"{model.source}, {model.pipeline}, {model.digest}"


def _chain(settings: Settings, name: str, chain: ChainSettings) -> str:
    from tools.minting.chains import open_chain
    from tools.minting.planning import ether
    from tools.minting.signer import open_signer

    if chain.kind == "embedded" and not (settings.data_dir / "chains" / f"{name}.chain").exists():
        return _embedded_to_come(name, chain)
    address = open_signer(name, chain, settings.data_dir).address
    opened = open_chain(name, chain, settings.data_dir)
    opened.check()
    block, balance = opened.block_number(), opened.balance(address)
    if balance == 0:
        raise ConfigurationError(
            "{address} has nothing on chain {name} to pay for gas: send it some of the "
            "chain's own coin.",
            address=address,
            name=name,
        )
    found = f"{chain.kind}, number {chain.chain_id}, block {block}, {ether(balance)} to pay with"
    return "; ".join((found, *_contracts(settings, opened, address)))


def _contracts(settings: Settings, chain: "Chain", account: str) -> list[str]:
    from bot.folder import has_database
    from tools.minting.inspection import inspected
    from tools.provenance.database import Database

    database = Database(settings.database)
    try:
        if not has_database(settings) or "contract" not in database.tables():
            return []
        return list(inspected(database, chain, account))
    finally:
        database.close()


def _embedded_to_come(name: str, chain: ChainSettings) -> str:
    from tools.minting.chain import EMBEDDED_CHAIN_IDS

    if chain.chain_id not in EMBEDDED_CHAIN_IDS:
        raise ConfigurationError(
            "Chain {name} is embedded, so its chain_id must be one from {start} to "
            '{stop}, not {chain_id}; for a chain behind a URL, set kind = "rpc" and '
            "rpc_url.",
            name=name,
            start=EMBEDDED_CHAIN_IDS.start,
            stop=EMBEDDED_CHAIN_IDS.stop - 1,
            chain_id=chain.chain_id,
        )
    return f"embedded, number {chain.chain_id}; it is made at the first mint"


def _discord(settings: Settings) -> str:
    import asyncio

    from bot.discord.login import examined

    return asyncio.run(examined(settings))


def _language_model(settings: Settings) -> str:
    if settings.llm.model is None and settings.llm.base_url is None:
        return "none is set up; the built-in interpreter answers free text"
    import httpx

    from agents.models import chat_model

    chat_model(settings)  # what is wrong without asking anybody
    base = str(settings.llm.base_url or "https://api.openai.com/v1").rstrip("/")
    key = settings.llm.api_key
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    try:
        answer = httpx.get(f"{base}/models", headers=headers, timeout=_ENDPOINT_S)
    except httpx.HTTPError as error:
        raise ServiceUnavailable(
            "{base} does not answer ({kind}): is the address in llm.base_url right, and "
            "is the server running? Until it answers, the interpreter does.",
            base=base,
            kind=type(error).__name__,
        ) from None
    return _models_told(str(settings.llm.model), base, answer)


def _models_told(model: str, base: str, answer: "httpx.Response") -> str:
    if answer.status_code in (401, 403):
        raise ConfigurationError(
            "{base} does not accept the key (status {status}): set "
            "MINTMARK_LLM__API_KEY in the environment.",
            base=base,
            status=answer.status_code,
        )
    if answer.status_code != 200:
        raise ServiceUnavailable(
            "{base}/models answers with status {status}: does llm.base_url end "
            "where the API begins, as in https://host/v1?",
            base=base,
            status=answer.status_code,
        )
    try:
        known = {str(entry["id"]) for entry in answer.json()["data"]}
    except (ValueError, KeyError, TypeError):
        return f"{base} answers"
    if model not in known:
        listed = ", ".join(sorted(known)[:8]) or "none"
        raise ConfigurationError(
            "{base} has no model {model!r}; it has: {listed}. Set llm.model.",
            base=base,
            model=model,
            listed=listed,
        )
    return f"{model} at {base}"
