"""Mint requests, approvals, tokens, and the outbox of transactions."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tools.provenance.tables import APPEND_ONLY, Base, Digest, ShortId, made_by, now

Cid = String(80)
Address = String(42)
Hash32 = String(66)  # "0x" and 64 hexadecimal digits
Wei = String(80)  # decimal; wei outgrow 64 bits


class MintRequest(Base):
    """A candidate proposed for minting: everything that is approved is frozen in here."""

    __tablename__ = "mint_request"
    __table_args__ = (
        Index(  # one request for each candidate, but a rejected one may be proposed again
            "mint_request_live",
            "candidate_id",
            unique=True,
            sqlite_where=text("state <> 'rejected'"),
            postgresql_where=text("state <> 'rejected'"),
        ),
    )

    id: Mapped[str] = mapped_column(ShortId, primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    candidate_id: Mapped[str] = mapped_column(ShortId, ForeignKey("candidate.id"))
    requester_id: Mapped[str] = mapped_column(ShortId, ForeignKey("person.id"))
    guild: Mapped[str] = mapped_column(String(64), index=True)
    round_id: Mapped[str | None] = mapped_column(ShortId, ForeignKey("round.id"))
    tally_hash: Mapped[str | None] = mapped_column(Digest)
    image_cid: Mapped[str] = mapped_column(Cid)
    metadata_cid: Mapped[str] = mapped_column(Cid)
    metadata_sha256: Mapped[str] = mapped_column(Digest)
    recipient: Mapped[str] = mapped_column(Address)
    chains: Mapped[list[Any]]  # names of chains, sorted
    cost_cap_wei: Mapped[str] = mapped_column(Wei)  # per chain
    frozen_digest: Mapped[str] = mapped_column(Digest)  # over all of the above
    approvals_needed: Mapped[int] = mapped_column(default=1, server_default="1")
    """How many operators have to approve, by the guild's rules of the day it was proposed."""
    state: Mapped[str] = mapped_column(String(16), index=True)
    """pending → approved → minting → minted, or rejected, or failed (which may be retried)."""
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


class Approval(Base):
    """An operator's decision on exactly one frozen content."""

    __tablename__ = "approval"
    __table_args__ = {"info": APPEND_ONLY}

    mint_request_id: Mapped[str] = mapped_column(
        ShortId, ForeignKey("mint_request.id"), primary_key=True
    )
    tool_call_id: Mapped[str] = made_by()
    person_id: Mapped[str] = mapped_column(ShortId, ForeignKey("person.id"))
    frozen_digest: Mapped[str] = mapped_column(Digest)
    decision: Mapped[str] = mapped_column(String(16))  # approved rejected
    reason: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(default=now)


class Endorsement(Base):
    """One of several approvals that a request needs; the last of them is the `Approval`."""

    __tablename__ = "endorsement"
    __table_args__ = {"info": APPEND_ONLY}

    mint_request_id: Mapped[str] = mapped_column(
        ShortId, ForeignKey("mint_request.id"), primary_key=True
    )
    person_id: Mapped[str] = mapped_column(ShortId, ForeignKey("person.id"), primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    frozen_digest: Mapped[str] = mapped_column(Digest)
    endorsed_at: Mapped[datetime] = mapped_column(default=now)


class Account(Base):
    """The next nonce of one account on one chain: the sequencer."""

    __tablename__ = "account"

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    address: Mapped[str] = mapped_column(Address, primary_key=True)
    next_nonce: Mapped[int] = mapped_column(BigInteger)


class Transaction(Base):
    """The outbox: exactly the bytes to be sent, committed before they are sent."""

    __tablename__ = "transaction"
    __table_args__ = (
        UniqueConstraint("chain_id", "sender", "nonce"),
        UniqueConstraint("chain_id", "purpose"),
    )

    id: Mapped[str] = mapped_column(ShortId, primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    chain: Mapped[str] = mapped_column(String(32))
    chain_id: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(String(100))  # deploy, model:…, mint:<request id>
    sender: Mapped[str] = mapped_column(Address)
    nonce: Mapped[int] = mapped_column(BigInteger)
    raw: Mapped[str] = mapped_column(Text)  # the signed bytes, hexadecimal
    hash: Mapped[str] = mapped_column(Hash32, unique=True)
    state: Mapped[str] = mapped_column(String(16), index=True)  # signed sent confirmed failed
    block: Mapped[int | None] = mapped_column(BigInteger)
    gas_used: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None]


class Contract(Base):
    """The contract of a collection on one chain."""

    __tablename__ = "contract"
    __table_args__ = {"info": APPEND_ONLY}

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    collection: Mapped[str] = mapped_column(String(64), primary_key=True)
    chain: Mapped[str] = mapped_column(String(32))
    tool_call_id: Mapped[str] = made_by()
    address: Mapped[str] = mapped_column(Address)
    transaction_id: Mapped[str] = mapped_column(ShortId, ForeignKey("transaction.id"))
    code_sha256: Mapped[str] = mapped_column(Digest)


class RegisteredModel(Base):
    """A model's index in the registry of one contract."""

    __tablename__ = "registered_model"
    __table_args__ = {"info": APPEND_ONLY}

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    contract: Mapped[str] = mapped_column(Address, primary_key=True)
    digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    index: Mapped[int]


class Token(Base):
    """The minted candidate on one chain, written only after it was read back from the chain."""

    __tablename__ = "token"
    __table_args__ = (UniqueConstraint("mint_request_id", "chain_id"), {"info": APPEND_ONLY})

    id: Mapped[str] = mapped_column(ShortId, primary_key=True)
    tool_call_id: Mapped[str] = made_by()
    mint_request_id: Mapped[str] = mapped_column(ShortId, ForeignKey("mint_request.id"))
    candidate_id: Mapped[str] = mapped_column(ShortId, ForeignKey("candidate.id"), index=True)
    chain: Mapped[str] = mapped_column(String(32))
    chain_id: Mapped[int] = mapped_column(BigInteger)
    contract: Mapped[str] = mapped_column(Address)
    number: Mapped[str] = mapped_column(Wei)  # the token id on the chain, decimal
    transaction_id: Mapped[str] = mapped_column(ShortId, ForeignKey("transaction.id"))
    metadata_cid: Mapped[str] = mapped_column(Cid)
    minted_at: Mapped[datetime] = mapped_column(default=now)
