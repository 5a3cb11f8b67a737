"""What an operator approves: the frozen content of a mint request, and its digest.

A request that one operator approves is frozen by the first schema, which does not name how many are
needed: so the digests of all requests that were made before there was a choice stay what they are.
One that needs more is frozen by the second, which does. Whoever lowers the number later changes the
schema, and with it the digest.
"""

from collections.abc import Mapping

from tools.minting.tables import MintRequest
from tools.provenance.canonical import digest

SCHEMA = "mintmark/mint-request/v1"
SCHEMA_OF_SEVERAL = "mintmark/mint-request/v2"
FROZEN = (
    "id",
    "candidate_id",
    "requester_id",
    "guild",
    "round_id",
    "tally_hash",
    "image_cid",
    "metadata_cid",
    "metadata_sha256",
    "recipient",
    "chains",
    "cost_cap_wei",
)


def frozen_digest(request: MintRequest) -> str:
    """`sha256:` over the canonical JSON of everything that an approval is about."""
    return digest_of({f: getattr(request, f) for f in FROZEN}, request.approvals_needed)


def digest_of(content: Mapping[str, object], approvals_needed: object) -> str:
    """The digest of a frozen content.

    Args:
        content: a value for every name in `FROZEN`.
        approvals_needed: how many operators have to approve it.
    """
    if approvals_needed == 1:
        return digest({"schema": SCHEMA, **content})
    return digest({"schema": SCHEMA_OF_SEVERAL, **content, "approvals_needed": approvals_needed})


def is_intact(request: MintRequest) -> bool:
    """Whether the row still says what was frozen."""
    return frozen_digest(request) == request.frozen_digest


def approval_key(request: MintRequest) -> bytes:
    """The 32 bytes by which the contract knows this request, and takes it once."""
    return bytes.fromhex(request.frozen_digest.removeprefix("sha256:"))
