"""Identifiers: sortable ones for records, short ones for what people type."""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u


def sortable_id(prefix: str) -> str:
    """`prefix_` and 26 characters: 48 bits of milliseconds, 80 bits of chance (as a ULID)."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return f"{prefix}_{_base32(number, 26)}"


def short_id(prefix: str) -> str:
    """`prefix_` and 10 characters of chance (50 bits): short enough to type."""
    return f"{prefix}_{_base32(secrets.randbits(50), 10)}"


def _base32(number: int, length: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))
