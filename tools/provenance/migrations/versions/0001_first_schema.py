"""The first schema."""

import sqlalchemy as sa
from alembic import op

from tools.provenance.guards import guard_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GUARDED: dict[str, list[tuple[str, ...]]] = {
    "approval": [("mint_request_id",)],
    "ballot": [("id",)],
    "brief": [("id",)],
    "candidate": [("brief_id", "ordinal"), ("id",)],
    "contract": [("chain_id", "collection")],
    "record": [("seq",), ("tool_call_id", "closes")],
    "registered_model": [("chain_id", "contract", "digest")],
    "round_entry": [("round_id", "candidate_id"), ("round_id", "number")],
    "score": [("candidate_id", "scorer", "version"), ("id",)],
    "token": [("id",), ("mint_request_id", "chain_id")],
    "tool_call": [("id",)],
    "verdict": [("candidate_id",)],
}


def upgrade() -> None:
    """Create every table, then the triggers that keep the append-only ones so."""
    op.create_table(
        "account",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("next_nonce", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "address"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("commitment", sa.String(length=71), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("front_end", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("front_end", "external_id"),
    )
    op.create_table(
        "plaintext",
        sa.Column("commitment", sa.String(length=71), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("commitment"),
    )
    op.create_index(op.f("ix_plaintext_person_id"), "plaintext", ["person_id"], unique=False)
    op.create_table(
        "tool_call",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("parent_id", sa.String(length=32), nullable=True),
        sa.Column("tool", sa.String(length=64), nullable=False),
        sa.Column("tool_version", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("guild", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("front_end", sa.String(length=32), nullable=False),
        sa.Column("via", sa.String(length=16), nullable=False),
        sa.Column("thread", sa.String(length=200), nullable=True),
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["tool_call.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_tool_call_created_at"), "tool_call", ["created_at"], unique=False)
    op.create_index(op.f("ix_tool_call_parent_id"), "tool_call", ["parent_id"], unique=False)
    op.create_index(op.f("ix_tool_call_person_id"), "tool_call", ["person_id"], unique=False)
    op.create_index(op.f("ix_tool_call_process"), "tool_call", ["process"], unique=False)
    op.create_index(op.f("ix_tool_call_tool"), "tool_call", ["tool"], unique=False)
    op.create_table(
        "brief",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("collection_digest", sa.String(length=71), nullable=False),
        sa.Column("prompt", sa.String(length=71), nullable=False),
        sa.Column("negative_prompt", sa.String(length=71), nullable=False),
        sa.Column("traits", sa.JSON(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=20), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("parent_candidate_id", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_brief_collection"), "brief", ["collection"], unique=False)
    op.create_index(op.f("ix_brief_person_id"), "brief", ["person_id"], unique=False)
    op.create_index(op.f("ix_brief_tool_call_id"), "brief", ["tool_call_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("guild", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("person_id", "guild"),
    )
    op.create_table(
        "record",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("phase", sa.String(length=16), nullable=False),
        sa.Column("closes", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("chain", sa.String(length=71), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("tool_call_id", "closes"),
    )
    op.create_index(op.f("ix_record_tool_call_id"), "record", ["tool_call_id"], unique=False)
    op.create_table(
        "registered_model",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contract", sa.String(length=42), nullable=False),
        sa.Column("digest", sa.String(length=71), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("index", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.PrimaryKeyConstraint("chain_id", "contract", "digest"),
    )
    op.create_index(
        op.f("ix_registered_model_tool_call_id"), "registered_model", ["tool_call_id"], unique=False
    )
    op.create_table(
        "transaction",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=100), nullable=False),
        sa.Column("sender", sa.String(length=42), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=66), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=True),
        sa.Column("gas_used", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("chain_id", "purpose"),
        sa.UniqueConstraint("chain_id", "sender", "nonce"),
        sa.UniqueConstraint("hash"),
    )
    op.create_index(op.f("ix_transaction_state"), "transaction", ["state"], unique=False)
    op.create_index(
        op.f("ix_transaction_tool_call_id"), "transaction", ["tool_call_id"], unique=False
    )
    op.create_table(
        "candidate",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("brief_id", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=20), nullable=False),
        sa.Column("traits", sa.JSON(), nullable=False),
        sa.Column("image_cid", sa.String(length=80), nullable=False),
        sa.Column("image_sha256", sa.String(length=71), nullable=False),
        sa.Column("pixel_sha256", sa.String(length=71), nullable=False),
        sa.Column("perceptual_hash", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("recipe", sa.JSON(), nullable=False),
        sa.Column("parent_id", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id"],
            ["brief.id"],
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["candidate.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("brief_id", "ordinal"),
    )
    op.create_index(op.f("ix_candidate_brief_id"), "candidate", ["brief_id"], unique=False)
    op.create_index(op.f("ix_candidate_collection"), "candidate", ["collection"], unique=False)
    op.create_index(op.f("ix_candidate_created_at"), "candidate", ["created_at"], unique=False)
    op.create_index(op.f("ix_candidate_image_sha256"), "candidate", ["image_sha256"], unique=False)
    op.create_index(
        op.f("ix_candidate_perceptual_hash"), "candidate", ["perceptual_hash"], unique=False
    )
    op.create_index(op.f("ix_candidate_person_id"), "candidate", ["person_id"], unique=False)
    op.create_index(op.f("ix_candidate_pixel_sha256"), "candidate", ["pixel_sha256"], unique=False)
    op.create_index(op.f("ix_candidate_tool_call_id"), "candidate", ["tool_call_id"], unique=False)
    op.create_table(
        "contract",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("transaction_id", sa.String(length=16), nullable=False),
        sa.Column("code_sha256", sa.String(length=71), nullable=False),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["transaction.id"],
        ),
        sa.PrimaryKeyConstraint("chain_id", "collection"),
    )
    op.create_index(op.f("ix_contract_tool_call_id"), "contract", ["tool_call_id"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("brief_id", sa.String(length=16), nullable=False),
        sa.Column("guild", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("front_end", sa.String(length=32), nullable=False),
        sa.Column("thread", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["brief_id"],
            ["brief.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("brief_id"),
    )
    op.create_index(op.f("ix_job_created_at"), "job", ["created_at"], unique=False)
    op.create_index(op.f("ix_job_state"), "job", ["state"], unique=False)
    op.create_index(op.f("ix_job_tool_call_id"), "job", ["tool_call_id"], unique=False)
    op.create_table(
        "round",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("guild", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("winner_id", sa.String(length=16), nullable=True),
        sa.Column("tally", sa.JSON(), nullable=True),
        sa.Column("tally_hash", sa.String(length=71), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.ForeignKeyConstraint(
            ["winner_id"],
            ["candidate.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_round_closes_at"), "round", ["closes_at"], unique=False)
    op.create_index(op.f("ix_round_collection"), "round", ["collection"], unique=False)
    op.create_index(op.f("ix_round_guild"), "round", ["guild"], unique=False)
    op.create_index(op.f("ix_round_state"), "round", ["state"], unique=False)
    op.create_index(op.f("ix_round_tool_call_id"), "round", ["tool_call_id"], unique=False)
    op.create_table(
        "score",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("scorer", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("candidate_id", "scorer", "version"),
    )
    op.create_index(op.f("ix_score_candidate_id"), "score", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_score_tool_call_id"), "score", ["tool_call_id"], unique=False)
    op.create_table(
        "verdict",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("thresholds", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.PrimaryKeyConstraint("candidate_id"),
    )
    op.create_index(op.f("ix_verdict_tool_call_id"), "verdict", ["tool_call_id"], unique=False)
    op.create_index(op.f("ix_verdict_verdict"), "verdict", ["verdict"], unique=False)
    op.create_table(
        "ballot",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("round_id", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_ballot_person_id"), "ballot", ["person_id"], unique=False)
    op.create_index(op.f("ix_ballot_round_id"), "ballot", ["round_id"], unique=False)
    op.create_index(op.f("ix_ballot_tool_call_id"), "ballot", ["tool_call_id"], unique=False)
    op.create_table(
        "mint_request",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("requester_id", sa.String(length=16), nullable=False),
        sa.Column("guild", sa.String(length=64), nullable=False),
        sa.Column("round_id", sa.String(length=16), nullable=True),
        sa.Column("tally_hash", sa.String(length=71), nullable=True),
        sa.Column("image_cid", sa.String(length=80), nullable=False),
        sa.Column("metadata_cid", sa.String(length=80), nullable=False),
        sa.Column("metadata_sha256", sa.String(length=71), nullable=False),
        sa.Column("recipient", sa.String(length=42), nullable=False),
        sa.Column("chains", sa.JSON(), nullable=False),
        sa.Column("cost_cap_wei", sa.String(length=80), nullable=False),
        sa.Column("frozen_digest", sa.String(length=71), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_mint_request_created_at"), "mint_request", ["created_at"], unique=False
    )
    op.create_index(op.f("ix_mint_request_guild"), "mint_request", ["guild"], unique=False)
    op.create_index(op.f("ix_mint_request_state"), "mint_request", ["state"], unique=False)
    op.create_index(
        op.f("ix_mint_request_tool_call_id"), "mint_request", ["tool_call_id"], unique=False
    )
    op.create_index(
        "mint_request_live",
        "mint_request",
        ["candidate_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'rejected'"),
        postgresql_where=sa.text("state <> 'rejected'"),
    )
    op.create_table(
        "round_entry",
        sa.Column("round_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.PrimaryKeyConstraint("round_id", "number"),
        sa.UniqueConstraint("round_id", "candidate_id"),
    )
    op.create_index(
        op.f("ix_round_entry_candidate_id"), "round_entry", ["candidate_id"], unique=False
    )
    op.create_index(
        op.f("ix_round_entry_tool_call_id"), "round_entry", ["tool_call_id"], unique=False
    )
    op.create_table(
        "approval",
        sa.Column("mint_request_id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("frozen_digest", sa.String(length=71), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["mint_request_id"],
            ["mint_request.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.PrimaryKeyConstraint("mint_request_id"),
    )
    op.create_index(op.f("ix_approval_tool_call_id"), "approval", ["tool_call_id"], unique=False)
    op.create_table(
        "standing_ballot",
        sa.Column("round_id", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column(
            "ballot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["ballot_id"],
            ["ballot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.PrimaryKeyConstraint("round_id", "person_id"),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("mint_request_id", sa.String(length=16), nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("contract", sa.String(length=42), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("transaction_id", sa.String(length=16), nullable=False),
        sa.Column("metadata_cid", sa.String(length=80), nullable=False),
        sa.Column("minted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
        ),
        sa.ForeignKeyConstraint(
            ["mint_request_id"],
            ["mint_request.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["transaction.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mint_request_id", "chain_id"),
    )
    op.create_index(op.f("ix_token_candidate_id"), "token", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_token_tool_call_id"), "token", ["tool_call_id"], unique=False)

    for statement in guard_statements(op.get_bind().dialect.name, GUARDED):
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """There is nothing before the first schema."""
    raise RuntimeError("the provenance log is never taken down by a migration")
