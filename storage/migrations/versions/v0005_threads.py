"""Threads and channels: where each story stands in Slack, and how a channel takes it.

A story's thread was found by its first message that stands in a channel. Those are
written down; the roots count as up to date until their stories move again.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STALE = "ts IS NOT NULL AND moves <> shown AND problem = ''"


def upgrade() -> None:
    """Add both tables, filled, and what a message needs that is told within another."""
    op.add_column("message", sa.Column("folded_into", NUMBER, nullable=True))
    op.add_column("message", sa.Column("is_digest", sa.Boolean(), nullable=True))
    op.add_column("message", sa.Column("sought_to", sa.Text(), nullable=True))
    op.execute("UPDATE message SET is_digest = false")
    with _altered("message") as message:
        message.alter_column("is_digest", existing_type=sa.Boolean(), nullable=False)
    op.create_index(
        "message_folded",
        "message",
        ["folded_into"],
        **_where("folded_into IS NOT NULL"),
    )
    _create_thread()
    _create_channel()
    op.execute(
        "INSERT INTO thread (story, channel, opened_at, ts, moves, shown, problem) "
        "SELECT story, channel, decided_at, ts, 0, 0, '' FROM message WHERE id IN "
        "(SELECT min(id) FROM message WHERE state = 'sent' AND ts <> '' "
        "GROUP BY story, channel)"
    )
    op.execute(
        "INSERT INTO channel (name, failures, problem) "
        "SELECT DISTINCT channel, 0, '' FROM message"
    )


def downgrade() -> None:
    """Forget both; what was told within another message was told."""
    op.execute(
        "UPDATE message SET state = 'sent' WHERE state = 'folded' AND folded_into IN "
        "(SELECT id FROM message WHERE state = 'sent')"
    )
    op.execute("UPDATE message SET state = 'pending' WHERE state = 'folded'")
    op.drop_table("channel")
    op.drop_index("open_thread", "thread")
    op.drop_table("thread")
    op.drop_index("message_folded", "message")
    with _altered("message") as message:
        message.drop_column("sought_to")
        message.drop_column("is_digest")
        message.drop_column("folded_into")


def _create_thread() -> None:
    op.create_table(
        "thread",
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        _moment("opened_at", nullable=False),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        _moment("not_before_at"),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("story", "channel", name="thread_pkey"),
    )
    op.create_index("open_thread", "thread", ["opened_at"], **_where(STALE))


def _create_channel() -> None:
    op.create_table(
        "channel",
        sa.Column("name", sa.Text(), nullable=False),
        _moment("free_at"),
        _moment("opens_at"),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="channel_pkey"),
    )


def _altered(table: str) -> Any:  # noqa: ANN401  # Alembic's own
    """A table to be altered; SQLite makes a new one and copies the rows."""
    return op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True})


def _moment(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _where(condition: str) -> dict[str, Any]:
    return {
        "sqlite_where": sa.text(condition),
        "postgresql_where": sa.text(condition),
    }
