"""The only module that touches private keys. Nothing it returns, prints or raises shows one.

Three places a key may come from: the development key, made once in the data folder and good for
embedded chains only; the settings' `private_key`, which only the environment may hold; an encrypted
keystore file (Web3 Secret Storage v3).
"""

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol

from pydantic import SecretStr

from tools.errors import ConfigurationError, InvalidInput, Refused, ServiceUnavailable
from tools.minting.chain import EMBEDDED_CHAIN_IDS
from tools.minting.planning import UnsignedTransaction
from tools.provenance.effects import effect
from tools.settings import ChainSettings

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount
    from eth_account.types import TransactionDictType

DEVELOPMENT_KEY_FILE = "development.key"


@dataclass(frozen=True)
class SignedTransaction:
    """The exact bytes to send and the hash the chain will know them by."""

    raw: bytes
    hash: str


class Signer(Protocol):
    """Signs for one account."""

    @property
    def address(self) -> str:
        """The account, with its checksum."""

    def sign(self, transaction: UnsignedTransaction) -> SignedTransaction:
        """Signs; the same transaction always gives the same bytes (RFC 6979).

        Raises:
            Refused: this key may not sign for that chain.
            InvalidInput: the transaction is another account's, or none that can be signed.
        """


class LocalSigner:
    """Holds a key in memory. Cannot be printed, pickled or copied into a log."""

    def __init__(self, account: "LocalAccount", *, embedded_only: bool) -> None:
        self._account = account
        self._embedded_only = embedded_only

    @property
    def address(self) -> str:
        return str(self._account.address)

    @effect
    def sign(self, transaction: UnsignedTransaction) -> SignedTransaction:
        if self._embedded_only and transaction.chain_id not in EMBEDDED_CHAIN_IDS:
            raise Refused(
                "The development key does not sign for chain {chain_id}: it is for "
                "embedded chains only. Configure a keystore or a key for this chain.",
                chain_id=transaction.chain_id,
            )
        if transaction.sender != self.address:
            raise InvalidInput(
                "The transaction is sent by {sender}, this signer is {address}.",
                sender=transaction.sender,
                address=self.address,
            )
        try:
            signed = self._account.sign_transaction(_fields(transaction))
        except Exception as error:  # its frames hold the key, and a logged traceback shows frames
            raise InvalidInput(
                "The transaction could not be signed: {kind} in the library.",
                kind=type(error).__name__,
            ) from None
        return SignedTransaction(bytes(signed.raw_transaction), "0x" + bytes(signed.hash).hex())

    def __repr__(self) -> str:
        return f"LocalSigner({self.address})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signer is not to be pickled or copied: it holds a private key")


def open_signer(name: str, settings: ChainSettings, data_dir: Path) -> LocalSigner:
    """The signer the settings name for a chain, or for an embedded chain the development key.

    Raises:
        ConfigurationError: no key is set, more than one is, or the one set is unusable.
        ServiceUnavailable: the development key cannot be written.
    """
    if settings.keystore is not None and settings.private_key is not None:
        raise ConfigurationError(
            "Chain {name} has a keystore and a private key: set only one.", name=name
        )
    if settings.private_key is not None:
        return key_signer(settings.private_key, f"chains.{name}.private_key")
    if settings.keystore is not None:
        if settings.keystore_password is None:
            raise ConfigurationError(
                "The keystore of chain {name} has no password: set "
                "MINTMARK_CHAINS__{variable}__KEYSTORE_PASSWORD.",
                name=name,
                variable=name.upper(),
            )
        return keystore_signer(settings.keystore, settings.keystore_password)
    if settings.kind == "embedded":
        return development_signer(data_dir)
    raise ConfigurationError(
        "Chain {name} has no key to sign with: set chains.{name}.keystore, or "
        "MINTMARK_CHAINS__{variable}__PRIVATE_KEY in the environment.",
        name=name,
        variable=name.upper(),
    )


def development_signer(folder: Path) -> LocalSigner:
    """The key in `folder`, made there at the first call, whichever process comes first.

    Raises:
        ConfigurationError: the file is readable by others, or holds no key.
        ServiceUnavailable: the folder cannot be written.
    """
    path = folder / DEVELOPMENT_KEY_FILE
    try:
        if not path.exists():
            _write_new_key(path)
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(
                "{path} can be read by others: run `chmod 600 {path}`.", path=path
            )
        text = path.read_text(encoding="ascii")
    except OSError as error:
        raise ServiceUnavailable(
            "The key file {path} cannot be used: {reason}.", path=path, reason=error.strerror
        ) from None
    return LocalSigner(_account(text, f"The key file {path}"), embedded_only=True)


def key_signer(key: SecretStr, where: str) -> LocalSigner:
    """A key given as 64 hexadecimal digits; `where` says in messages where it was given.

    Raises:
        ConfigurationError: it is not a private key.
    """
    return LocalSigner(_account(key.get_secret_value(), where), embedded_only=False)


def keystore_signer(path: Path, password: SecretStr) -> LocalSigner:
    """The key in an encrypted keystore file.

    Raises:
        ConfigurationError: there is no such file, or the password does not open it.
    """
    from eth_account import Account

    try:
        content = path.read_text(encoding="utf-8")
        key = Account.decrypt(content, password.get_secret_value())
    except OSError as error:
        raise ConfigurationError(
            "The keystore {path} cannot be read: {reason}.", path=path, reason=error.strerror
        ) from None
    except (ValueError, TypeError, KeyError):
        raise ConfigurationError(
            "The keystore {path} does not open: it is damaged, or its password is wrong.", path=path
        ) from None
    return LocalSigner(Account.from_key(key), embedded_only=False)


def _fields(transaction: UnsignedTransaction) -> "TransactionDictType":
    fields: TransactionDictType = {
        "type": 2,
        "chainId": transaction.chain_id,
        "nonce": transaction.nonce,
        "value": 0,
        "data": transaction.data,
        "gas": transaction.gas,
        "maxFeePerGas": transaction.max_fee_per_gas,
        "maxPriorityFeePerGas": transaction.max_priority_fee_per_gas,
    }
    return fields if transaction.to is None else {**fields, "to": bytes.fromhex(transaction.to[2:])}


def _account(text: str, where: str) -> "LocalAccount":
    from eth_account import Account
    from eth_utils.exceptions import ValidationError

    try:
        account: LocalAccount = Account.from_key(bytes.fromhex(text.strip().removeprefix("0x")))
    except (ValueError, ValidationError):
        # `from None`: the original message quotes what it was given.
        raise ConfigurationError(
            "{where} holds no private key: it must be 64 hexadecimal digits.", where=where
        ) from None
    return account


def _write_new_key(path: Path) -> None:
    """Writes a random key under another name, then links it: whole or absent, the first wins."""
    from eth_account import Account

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)  # made with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(bytes(Account.create().key).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
