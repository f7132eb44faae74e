"""Collection: feeds, hosts that rest, pages to visit, notices, origins of articles.

A claim gains the side whose plan it tells; those before it have none.

Every feed had the same interval, which nobody had asked for: from now on its own
pace decides. A wait that a server had asked for stands in the failure's words alone;
what is due then stays due then. Waits of messages are their channel's since 0005: no
message has one of its own.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FILLED = {
    "due_reason": "''",
    "tags": "'[]'",
    "wishes": "'{}'",
    "course": "'{}'",
}
DESCRIBED = (
    ("entry", "author", ""),
    ("article", "author", ""),
    ("article", "origins", "[]"),
)
FORMER_INTERVAL = 300_000_000  # microseconds


def upgrade() -> None:
    """Add what polling goes by; a message may be of a notice, without an article."""
    for name in FILLED:
        op.add_column("feed", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("feed", sa.Column("owner", sa.Text(), nullable=True))
    op.add_column("feed", _moment("alerted_at"))
    filled = ", ".join(f"{name} = {value}" for name, value in FILLED.items())
    op.execute(f"UPDATE feed SET {filled}")  # noqa: S608  # constants of this file
    with _altered("feed") as feed:
        for name in FILLED:
            feed.alter_column(name, existing_type=sa.Text(), nullable=False)
        feed.alter_column("interval", existing_type=sa.BigInteger(), nullable=True)
    op.execute("UPDATE feed SET interval = NULL")
    _describe_articles()
    with _altered("message") as message:
        message.alter_column("article_id", existing_type=sa.Text(), nullable=True)
        message.drop_column("not_before_at")
    op.add_column("claim", sa.Column("side", sa.Text(), nullable=True))
    _create_hosts()
    _create_notice()
    _create_visit()


def downgrade() -> None:
    """Forget what was learned; notices that wait are not told."""
    op.drop_index("article_text_hash", "article")
    op.drop_column("article", "text_hash")
    for table, name, _ in DESCRIBED:
        op.drop_column(table, name)
    op.drop_index("open_visit", "visit")
    op.drop_table("visit")
    op.drop_index("open_notice", "notice")
    op.drop_table("notice")
    op.drop_table("robots")
    op.drop_table("host")
    with _altered("claim") as claim:
        claim.drop_column("side")
    op.execute("DELETE FROM message WHERE article_id IS NULL")
    with _altered("message") as message:
        message.alter_column("article_id", existing_type=sa.Text(), nullable=False)
        message.add_column(_moment("not_before_at"))
    op.execute(
        f"UPDATE feed SET interval = {FORMER_INTERVAL} WHERE interval IS NULL"  # noqa: S608
    )
    with _altered("feed") as feed:
        feed.alter_column("interval", existing_type=sa.BigInteger(), nullable=False)
        for name in (*FILLED, "owner", "alerted_at"):
            feed.drop_column(name)


def _describe_articles() -> None:
    """Who signed, where each of it came from, and what to find the same text by."""
    for table, name, former in DESCRIBED:
        # With a default, for SQLite would have to copy a table that others point to.
        told = sa.Column(name, sa.Text(), nullable=False, server_default=former)
        op.add_column(table, told)
    op.add_column("article", sa.Column("text_hash", sa.String(32), nullable=True))
    op.create_index("article_text_hash", "article", ["text_hash"])


def _create_hosts() -> None:
    op.create_table(
        "host",
        sa.Column("name", sa.Text(), nullable=False),
        _moment("rest_ends_at", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="host_pkey"),
    )
    op.create_table(
        "robots",
        sa.Column("origin", sa.Text(), nullable=False),
        _moment("asked_at", nullable=False),
        sa.Column("rules", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name="robots_pkey"),
    )


def _create_notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(32), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _moment("raised_at", nullable=False),
        _moment("ended_at"),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.Column("told_as", sa.Text(), nullable=True),
        sa.Column("end_told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="notice_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("notice_open", "notice", ["key"], unique=True)
    op.create_index("notice_lately", "notice", ["raised_at"])
    untold = sa.text("told_as IS NULL OR NOT end_told")
    op.create_index(
        "open_notice", "notice", ["id"], sqlite_where=untold, postgresql_where=untold
    )


def _create_visit() -> None:
    waits = sa.text("next_at IS NOT NULL")
    op.create_table(
        "visit",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        _moment("opened_at", nullable=False),
        _moment("next_at"),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("etag", sa.LargeBinary(), nullable=True),
        sa.Column("last_modified", sa.LargeBinary(), nullable=True),
        sa.Column("body_hash", sa.Text(), nullable=True),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="visit_pkey"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name="visit_article_id_fkey"
        ),
    )
    op.create_index(
        "open_visit", "visit", ["next_at"], sqlite_where=waits, postgresql_where=waits
    )


def _altered(table: str) -> Any:  # noqa: ANN401  # Alembic's own
    """A table to be altered; SQLite makes a new one and copies the rows."""
    return op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True})


def _moment(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
