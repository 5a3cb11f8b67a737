"""Evidence: all that a stranger needs to check one token, wherever it came from.

It is gathered from a data folder (`gathering`) or read from a certificate (`certificate`); the
steps that judge it are the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.provenance import log
from tools.verification.records import Story


@dataclass(frozen=True)
class Mint:
    """The token on one chain."""

    token_id: str
    chain: str  # the name the studio gives it
    chain_id: int
    contract: str
    number: str  # decimal
    transaction: str  # hash of the transaction that minted it


@dataclass(frozen=True)
class LogLinks:
    """The digests of every record up to a head, from which the chain is computed again."""

    digests: tuple[str, ...]  # of record 1, 2, …
    stated: log.Head  # where the log says it stands

    def chain_at(self, size: int) -> str | None:
        """The link after so many records; None if there are not so many, or one is no digest."""
        if not 0 <= size <= len(self.digests):
            return None
        chain = log.GENESIS
        try:
            for digest in self.digests[:size]:
                chain = log.link(chain, digest)
        except ValueError:
            return None
        return chain

    def digest_of(self, seq: int) -> str | None:
        """The digest of one record."""
        return self.digests[seq - 1] if 0 < seq <= len(self.digests) else None


@dataclass(frozen=True)
class Evidence:
    """What is known about one token, or about a proposal that is to become one."""

    document: bytes | None  # the token JSON; None if it is gone
    story: Story
    links: LogLinks
    mints: tuple[Mint, ...]
    tally: Mapping[str, Any] | None  # of the round that chose the picture
    supply: tuple[Mapping[str, str], ...]  # traits of the tokens frozen before it
