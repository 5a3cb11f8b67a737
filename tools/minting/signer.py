"""The only module that touches private keys. Nothing it returns, prints or raises shows one.

Three places a key may come from: the development key, made once in the data folder and good for
embedded chains only; an environment variable; an encrypted keystore file (Web3 Secret Storage v3).
"""

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol

from tools.errors import ConfigurationError, InvalidInput, Refused, ServiceUnavailable
from tools.minting.chain import EMBEDDED_CHAIN_IDS
from tools.minting.planning import Transaction

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

    def sign(self, transaction: Transaction) -> SignedTransaction:
        """Signs; the same transaction always gives the same bytes (RFC 6979).

        Raises:
            Refused: this key may not sign for that chain.
            InvalidInput: the transaction is another account's.
        """


class LocalSigner:
    """Holds a key in memory. Cannot be printed, pickled or copied into a log."""

    def __init__(self, account: "LocalAccount", *, embedded_only: bool) -> None:
        self._account = account
        self._embedded_only = embedded_only

    @property
    def address(self) -> str:
        return str(self._account.address)

    def sign(self, transaction: Transaction) -> SignedTransaction:
        if self._embedded_only and transaction.chain_id not in EMBEDDED_CHAIN_IDS:
            raise Refused(
                f"The development key does not sign for chain {transaction.chain_id}: it is for "
                "embedded chains only. Configure a keystore or a key for this chain."
            )
        if transaction.sender != self.address:
            raise InvalidInput(
                f"The transaction is sent by {transaction.sender}, this signer is {self.address}."
            )
        signed = self._account.sign_transaction(_fields(transaction))
        return SignedTransaction(bytes(signed.raw_transaction), "0x" + bytes(signed.hash).hex())

    def __repr__(self) -> str:
        return f"LocalSigner({self.address})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a signer is not to be pickled or copied: it holds a private key")


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
            raise ConfigurationError(f"{path} can be read by others: run `chmod 600 {path}`.")
        text = path.read_text(encoding="ascii")
    except OSError as error:
        raise ServiceUnavailable(f"The key file {path} cannot be used: {error.strerror}.") from None
    return LocalSigner(_account(text, f"The key file {path}"), embedded_only=True)


def environment_signer(variable: str) -> LocalSigner:
    """The key in an environment variable: 64 hexadecimal digits.

    Raises:
        ConfigurationError: the variable is not set or holds no key.
    """
    text = os.environ.get(variable, "")
    if not text:
        raise ConfigurationError(
            f"No key: set the environment variable {variable} or name a keystore file."
        )
    account = _account(text, f"The environment variable {variable}")
    return LocalSigner(account, embedded_only=False)


def keystore_signer(path: Path, password_variable: str) -> LocalSigner:
    """The key in an encrypted keystore file; its password comes from the environment.

    Raises:
        ConfigurationError: there is no such file, no password, or they do not fit.
    """
    from eth_account import Account

    if password_variable not in os.environ:
        raise ConfigurationError(
            f"No password for the keystore {path}: set the environment variable "
            f"{password_variable}."
        )
    try:
        content = path.read_text(encoding="utf-8")
        key = Account.decrypt(content, os.environ[password_variable])
    except OSError as error:
        raise ConfigurationError(f"The keystore {path} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, KeyError):
        raise ConfigurationError(
            f"The keystore {path} does not open: it is damaged, or the password in "
            f"{password_variable} is wrong."
        ) from None
    return LocalSigner(Account.from_key(key), embedded_only=False)


def _fields(transaction: Transaction) -> "TransactionDictType":
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
            f"{where} holds no private key: it must be 64 hexadecimal digits."
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
