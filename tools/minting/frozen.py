"""What an operator approves: the frozen content of a mint request, and its digest."""

from tools.minting.tables import MintRequest
from tools.provenance.canonical import digest

SCHEMA = "mintmark/mint-request/v1"
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
    return digest({"schema": SCHEMA} | {f: getattr(request, f) for f in FROZEN})


def is_intact(request: MintRequest) -> bool:
    """Whether the row still says what was frozen."""
    return frozen_digest(request) == request.frozen_digest


def approval_key(request: MintRequest) -> bytes:
    """The 32 bytes by which the contract knows this request, and takes it once."""
    return bytes.fromhex(request.frozen_digest.removeprefix("sha256:"))
