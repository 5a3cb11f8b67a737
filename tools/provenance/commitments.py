"""Salted commitments: the log fixes what was said without holding it.

The log keeps `sha256(salt ‖ text)`. Salt and text lie in an erasable table; once they are erased,
the commitment still stands in every proof and says nothing. Without the salt a short prompt could
be guessed from its hash, so the salt has 128 bits.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass


@dataclass(frozen=True)
class Commitment:
    """A commitment with what opens it."""

    digest: str  # "sha256:" and 64 hexadecimal digits
    salt: str  # 32 hexadecimal digits
    text: str


def commit(text: str, salt: str | None = None) -> Commitment:
    """Commit to a text under a fresh salt, or under a given one to check an opening."""
    salt = salt or secrets.token_hex(16)
    digest = hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()
    return Commitment(f"sha256:{digest}", salt, text)


def opens(digest: str, salt: str, text: str) -> bool:
    """Whether salt and text are what the commitment was made from."""
    return hmac.compare_digest(commit(text, salt).digest, digest)
