"""Communities at a front end: their rules, posts and reactions; nominations, brackets, previews."""

import sqlalchemy as sa
from alembic import op

from tools.provenance.guards import guard_statements

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GUARDED: dict[str, list[tuple[str, ...]]] = {
    "rule": [("id",)],
    "rendition": [("candidate_id", "factor"), ("id",)],
    "removal": [("candidate_id",)],
    "endorsement": [("mint_request_id", "person_id")],
    "nomination": [("candidate_id",)],
}


def upgrade() -> None:
    """Add the tables and columns, then the triggers of the append-only ones."""
    op.create_table(
        "claim",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("process", sa.String(length=64), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(op.f("ix_claim_claimed_at"), "claim", ["claimed_at"], unique=False)
    op.create_table(
        "control",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("asks", sa.String(length=64), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("prefill", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "post",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("front_end", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("guild", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("message", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.String(length=16), nullable=True),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("front_end", "purpose"),
    )
    op.create_index(op.f("ix_post_guild"), "post", ["guild"], unique=False)
    op.create_index(op.f("ix_post_message"), "post", ["message"], unique=False)
    op.create_index(op.f("ix_post_state"), "post", ["state"], unique=False)
    op.create_index(op.f("ix_post_subject_id"), "post", ["subject_id"], unique=False)
    op.create_table(
        "rule",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("guild", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tool_call_id"],
            ["tool_call.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_rule_guild"), "rule", ["guild"], unique=False)
    op.create_index(op.f("ix_rule_tool_call_id"), "rule", ["tool_call_id"], unique=False)
    op.create_table(
        "bracket",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("collection", sa.String(length=64), nullable=False),
        sa.Column("guild", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("heat_size", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Double(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("eligibility", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("winner_id", sa.String(length=16), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
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
    op.create_index(op.f("ix_bracket_guild"), "bracket", ["guild"], unique=False)
    op.create_index(op.f("ix_bracket_state"), "bracket", ["state"], unique=False)
    op.create_index(op.f("ix_bracket_tool_call_id"), "bracket", ["tool_call_id"], unique=False)
    op.create_table(
        "nomination",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("guild", sa.String(length=64), nullable=False),
        sa.Column("nominated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
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
        sa.PrimaryKeyConstraint("candidate_id"),
    )
    op.create_index(
        op.f("ix_nomination_tool_call_id"), "nomination", ["tool_call_id"], unique=False
    )
    op.create_table(
        "posted_picture",
        sa.Column("front_end", sa.String(length=32), nullable=False),
        sa.Column("message", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
        ),
        sa.PrimaryKeyConstraint("front_end", "message", "position"),
    )
    op.create_index(
        op.f("ix_posted_picture_candidate_id"), "posted_picture", ["candidate_id"], unique=False
    )
    op.create_table(
        "preview",
        sa.Column("job_id", sa.String(length=16), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["job.id"],
        ),
        sa.PrimaryKeyConstraint("job_id"),
    )
    op.create_table(
        "removal",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
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
        sa.PrimaryKeyConstraint("candidate_id"),
    )
    op.create_index(op.f("ix_removal_tool_call_id"), "removal", ["tool_call_id"], unique=False)
    op.create_table(
        "rendition",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("factor", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("image_cid", sa.String(length=80), nullable=False),
        sa.Column("image_sha256", sa.String(length=71), nullable=False),
        sa.Column("pixel_sha256", sa.String(length=71), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
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
        sa.UniqueConstraint("candidate_id", "factor"),
    )
    op.create_index(op.f("ix_rendition_candidate_id"), "rendition", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_rendition_image_sha256"), "rendition", ["image_sha256"], unique=False)
    op.create_index(op.f("ix_rendition_pixel_sha256"), "rendition", ["pixel_sha256"], unique=False)
    op.create_index(op.f("ix_rendition_tool_call_id"), "rendition", ["tool_call_id"], unique=False)
    op.create_table(
        "reaction",
        sa.Column("message", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round_id", sa.String(length=16), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.PrimaryKeyConstraint("message", "user", "number"),
    )
    op.create_index(op.f("ix_reaction_round_id"), "reaction", ["round_id"], unique=False)
    op.create_table(
        "endorsement",
        sa.Column("mint_request_id", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=16), nullable=False),
        sa.Column("tool_call_id", sa.String(length=32), nullable=False),
        sa.Column("frozen_digest", sa.String(length=71), nullable=False),
        sa.Column("endorsed_at", sa.DateTime(timezone=True), nullable=False),
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
        sa.PrimaryKeyConstraint("mint_request_id", "person_id"),
    )
    op.create_index(
        op.f("ix_endorsement_tool_call_id"), "endorsement", ["tool_call_id"], unique=False
    )
    op.add_column("ballot", sa.Column("judged", sa.JSON(), nullable=True))
    op.add_column("membership", sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("membership", sa.Column("groups", sa.JSON(), nullable=True))
    op.add_column(
        "mint_request",
        sa.Column("approvals_needed", sa.Integer(), server_default="1", nullable=False),
    )
    op.add_column(
        "person", sa.Column("is_bot", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("person", sa.Column("account_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "round", sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("round", sa.Column("eligibility", sa.JSON(), nullable=True))
    op.add_column("round", sa.Column("counted_by", sa.String(length=32), nullable=True))
    op.add_column("round", sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("round", sa.Column("bracket_id", sa.String(length=16), nullable=True))
    op.add_column("round", sa.Column("stage", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_round_bracket_id"), "round", ["bracket_id"], unique=False)

    for statement in guard_statements(op.get_bind().dialect.name, GUARDED):
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """A provenance log is not taken back to an older schema."""
    raise RuntimeError("the provenance log is never taken down by a migration")
