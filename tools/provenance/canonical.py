"""Canonical JSON (RFC 8785) for everything that is hashed.

Records keep to a subset in which orjson's sorted output equals RFC 8785 byte for byte: ASCII keys,
no floating-point numbers, integers within ±2^53.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

_LARGEST = 2**53 - 1


def canonical(value: Any) -> bytes:
    """The canonical bytes of a JSON value.

    Raises:
        TypeError: for a float, a key that is not ASCII text, or an integer beyond 2^53
            (write those as strings).
    """
    _check(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest(value: Any) -> str:
    """`sha256:` and the hexadecimal SHA-256 of the canonical bytes."""
    return f"sha256:{hashlib.sha256(canonical(value)).hexdigest()}"


def _check(value: Any) -> None:
    match value:
        case None | bool() | str():
            pass
        case int() if abs(value) <= _LARGEST:
            pass
        case Mapping():
            for key, item in value.items():
                if not isinstance(key, str) or not key.isascii():
                    raise TypeError(f"a record's keys are ASCII text, not {key!r}")
                _check(item)
        case Sequence() if not isinstance(value, bytes | bytearray):
            for item in value:
                _check(item)
        case _:
            raise TypeError(f"a record holds no {type(value).__name__} such as {value!r}")


def recordable(value: Any) -> Any:
    """A copy fit for `canonical`: floats and large integers become decimal strings."""
    match value:
        case bool():
            return value
        case float():
            return format(value, ".9g")
        case int() if abs(value) > _LARGEST:
            return str(value)
        case Mapping():
            return {str(key): recordable(item) for key, item in value.items()}
        case list() | tuple():
            return [recordable(item) for item in value]
        case _:
            return value
