"""The first tables: the whole way of an article, from feed to outbox.

Types are spelt out here as they were, whatever the code calls them later.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create every table, parents first."""
    _create_article()
    _create_feed()
    _create_lease()
    _create_run()
    _create_shingle()
    _create_story()
    _create_claim()
    _create_decision()
    _create_development()
    _create_entry()
    _create_message()
    _create_story_key()
    _create_story_member()


def downgrade() -> None:
    """Drop every table with its content, children first."""
    for table in (
        "story_member",
        "story_key",
        "message",
        "entry",
        "development",
        "decision",
        "claim",
        "story",
        "shingle",
        "run",
        "lease",
        "feed",
        "article",
    ):
        op.drop_table(table)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _word(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(32), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _where(condition: str) -> dict[str, Any]:
    return {
        "sqlite_where": sa.text(condition),
        "postgresql_where": sa.text(condition),
    }


def _create_article() -> None:
    op.create_table(
        "article",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        _text("id"),
        _text("url"),
        _word("url_hash"),
        _text("source"),
        _text("title"),
        _text("text"),
        _moment("published_at"),
        _moment("fetched_at"),
        _text("language", nullable=True),
        _text("revision_of", nullable=True),
        _text("flags"),
        _moment("decided_at", nullable=True),
        sa.PrimaryKeyConstraint("number", name="article_pkey"),
        sa.UniqueConstraint("id", name="article_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("article_url_hash", "article", ["url_hash"])
    op.create_index(
        "open_article", "article", ["number"], **_where("decided_at IS NULL")
    )


def _create_feed() -> None:
    op.create_table(
        "feed",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        _text("url"),
        _word("url_hash"),
        _text("title"),
        _text("source"),
        _word("state"),
        _moment("added_at"),
        _moment("next_due_at"),
        _moment("baseline_at", nullable=True),
        _moment("polled_at", nullable=True),
        sa.Column("etag", sa.LargeBinary(), nullable=True),
        sa.Column("last_modified", sa.LargeBinary(), nullable=True),
        _text("body_hash", nullable=True),
        sa.Column("backfill", sa.BigInteger(), nullable=True),
        sa.Column("interval", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        _text("failure", nullable=True),
        _moment("removed_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="feed_pkey"),
        sa.UniqueConstraint("url_hash", name="feed_url_hash_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "open_feed", "feed", ["next_due_at", "id"], **_where("removed_at IS NULL")
    )


def _create_lease() -> None:
    op.create_table(
        "lease",
        _text("name"),
        _text("holder"),
        _moment("acquired_at"),
        _moment("ends_at"),
        sa.PrimaryKeyConstraint("name", name="lease_pkey"),
    )


def _create_run() -> None:
    op.create_table(
        "run",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        _text("kind"),
        _moment("started_at"),
        _moment("finished_at", nullable=True),
        _text("counts"),
        sa.PrimaryKeyConstraint("id", name="run_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("run_finished", "run", ["kind", "finished_at", "id"])


def _create_shingle() -> None:
    op.create_table(
        "shingle",
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("article", NUMBER, nullable=False),
        sa.Column("root", NUMBER, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("site", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash", "article", name="shingle_pkey"),
        sqlite_with_rowid=False,
    )


def _create_story() -> None:
    op.create_table(
        "story",
        sa.Column("number", NUMBER, autoincrement=True, nullable=False),
        _text("id"),
        _text("topic"),
        _text("headline"),
        _moment("opened_at"),
        _moment("changed_at"),
        _text("profile"),
        sa.Column("articles", sa.Integer(), nullable=False),
        _text("sources"),
        _moment("told_at", nullable=True),
        sa.PrimaryKeyConstraint("number", name="story_pkey"),
        sa.UniqueConstraint("id", name="story_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("story_changed_at", "story", ["changed_at"])
    op.create_index("story_recent", "story", ["topic", "changed_at"])


def _create_claim() -> None:
    op.create_table(
        "claim",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        _text("story"),
        _text("slot"),
        _text("value"),
        _word("bound"),
        _word("certainty"),
        _text("source"),
        _text("attribution", nullable=True),
        _text("article_id"),
        _moment("claimed_at"),
        _text("quote"),
        sa.Column("stands", sa.Boolean(), nullable=False),
        _text("corrects", nullable=True),
        sa.Column("aside", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name="claim_article_id_fkey"
        ),
        sa.ForeignKeyConstraint(["story"], ["story.id"], name="claim_story_fkey"),
        sa.PrimaryKeyConstraint("id", name="claim_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("claim_article_id", "claim", ["article_id"])
    op.create_index("claim_ledger", "claim", ["story", "id"])


def _create_decision() -> None:
    op.create_table(
        "decision",
        _text("article_id"),
        _moment("decided_at"),
        _word("outcome"),
        _text("duplicate_of", nullable=True),
        sa.Column("dry", sa.Boolean(), nullable=False),
        _text("decision"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name="decision_article_id_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["article.id"], name="decision_duplicate_of_fkey"
        ),
        sa.PrimaryKeyConstraint("article_id", name="decision_pkey"),
    )
    op.create_index("decision_duplicate_of", "decision", ["duplicate_of"])
    op.create_index("decision_outcome", "decision", ["outcome"])


def _create_development() -> None:
    op.create_table(
        "development",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        _text("topic"),
        _text("story"),
        _text("slot"),
        _text("old", nullable=True),
        _text("new"),
        _word("kind"),
        _text("quote"),
        _text("attribution", nullable=True),
        _text("article_id"),
        _moment("developed_at"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name="development_article_id_fkey"
        ),
        sa.ForeignKeyConstraint(["story"], ["story.id"], name="development_story_fkey"),
        sa.PrimaryKeyConstraint("id", name="development_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("development_article_id", "development", ["article_id"])
    op.create_index("development_course", "development", ["story", "id"])


def _create_entry() -> None:
    op.create_table(
        "entry",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("feed_id", NUMBER, nullable=False),
        _text("source"),
        _text("entry_id"),
        _word("entry_hash"),
        _text("url"),
        _word("url_hash"),
        _text("title"),
        _text("text"),
        _text("language", nullable=True),
        _moment("published_at", nullable=True),
        _moment("seen_at"),
        _moment("updated_at", nullable=True),
        _moment("restated_at", nullable=True),
        _text("article_id", nullable=True),
        _word("outcome", nullable=True),
        _text("reason"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name="entry_article_id_fkey"
        ),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="entry_feed_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="entry_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("entry_article_id", "entry", ["article_id"])
    op.create_index("entry_ended", "entry", ["outcome", "seen_at"])
    op.create_index("entry_identity", "entry", ["feed_id", "entry_hash"], unique=True)
    op.create_index("entry_lately", "entry", ["feed_id", "id"])
    op.create_index("entry_url_hash", "entry", ["url_hash"])
    op.create_index(
        "open_entry", "entry", ["outcome", "id"], **_where("outcome IS NULL")
    )


def _create_message() -> None:
    op.create_table(
        "message",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        _text("key"),
        _word("key_hash"),
        _text("story"),
        _text("channel"),
        _text("alert"),
        _text("headline"),
        _text("topic_title"),
        _text("article_id"),
        _text("article_title"),
        _text("article_source"),
        _text("url"),
        _moment("decided_at"),
        _word("state"),
        sa.Column("attempt", sa.Integer(), nullable=False),
        _moment("not_before_at", nullable=True),
        _moment("started_at", nullable=True),
        _moment("lease_ends_at", nullable=True),
        _moment("sent_at", nullable=True),
        _text("ts", nullable=True),
        _text("thread_ts", nullable=True),
        _text("problem"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name="message_article_id_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="message_pkey"),
        sa.UniqueConstraint("key_hash", name="message_key_hash_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("message_article_id", "message", ["article_id"])
    op.create_index("message_state", "message", ["state", "id"])
    op.create_index("message_thread", "message", ["story", "channel", "id"])


def _create_story_key() -> None:
    op.create_table(
        "story_key",
        sa.Column("story", NUMBER, nullable=False),
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("story", "hash", name="story_key_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_index("story_key_recent", "story_key", ["hash", "day", "story"])


def _create_story_member() -> None:
    op.create_table(
        "story_member",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        _text("story"),
        _text("article_id"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name="story_member_article_id_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["story"], ["story.id"], name="story_member_story_fkey"
        ),
        sa.PrimaryKeyConstraint("id", name="story_member_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("story_member_article_id", "story_member", ["article_id"])
    op.create_index(
        "story_member_identity", "story_member", ["story", "article_id"], unique=True
    )
