"""Rulings: what a person decides on a story; and each development told once.

Rows of the first version are kept: their claims speak for their own source, and what
a story that was never told had gathered goes on waiting.
"""

from collections import Counter
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add what rulings need, and name each development within its story."""
    _create_ruling()
    op.add_column("story", _text("merged_into"))
    op.create_index(
        "story_merged", "story", ["merged_into"], **_where("merged_into IS NOT NULL")
    )
    op.add_column("claim", _text("voice"))
    op.add_column("claim", sa.Column("struck_by", NUMBER, nullable=True))
    op.add_column("development", sa.Column("certainty", sa.String(32), nullable=True))
    op.add_column("development", sa.Column("waiting", sa.Boolean(), nullable=True))
    op.add_column("development", sa.Column("once", sa.String(32), nullable=True))
    _fill_developments()
    with _altered("development") as development:
        development.alter_column("new", existing_type=sa.Text(), nullable=True)
        development.alter_column(
            "certainty", existing_type=sa.String(32), nullable=False
        )
        development.alter_column("waiting", existing_type=sa.Boolean(), nullable=False)
        development.alter_column("once", existing_type=sa.String(32), nullable=False)
    op.create_index("development_once", "development", ["story", "once"], unique=True)
    op.create_index(
        "open_development", "development", ["story", "id"], **_where("waiting")
    )


def downgrade() -> None:
    """Forget rulings; a value taken back without another is no development then."""
    op.drop_index("open_development", "development")
    op.drop_index("development_once", "development")
    op.execute("DELETE FROM development WHERE new IS NULL")
    with _altered("development") as development:
        development.alter_column("new", existing_type=sa.Text(), nullable=False)
        development.drop_column("certainty")
        development.drop_column("waiting")
        development.drop_column("once")
    op.drop_column("claim", "struck_by")
    op.drop_column("claim", "voice")
    op.drop_index("story_merged", "story")
    op.drop_column("story", "merged_into")
    op.drop_table("ruling")


def _create_ruling() -> None:
    op.create_table(
        "ruling",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        _text("story", nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        _moment("made_at", nullable=False),
        _text("made_by", nullable=False),
        _text("reason", nullable=False),
        _text("slot"),
        _text("value"),
        _text("article_id"),
        _text("other"),
        _text("articles", nullable=False),
        _text("ended", nullable=False),
        _moment("undone_at"),
        _text("undone_by"),
        sa.ForeignKeyConstraint(["story"], ["story.id"], name="ruling_story_fkey"),
        sa.PrimaryKeyConstraint("id", name="ruling_pkey"),
        sqlite_autoincrement=True,
    )
    op.create_index("ruling_other", "ruling", ["other", "id"])
    op.create_index("ruling_story", "ruling", ["story", "id"])


def _fill_developments() -> None:
    """Say of each row whether it waits, and name it as later ones will be named.

    Its name holds how often the story had left its value before: a toll may rise to
    seven, be corrected to six, and truly rise to seven again.
    """
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT d.id, d.story, d.slot, d.kind, d.old, d.new, s.told_at "
            "FROM development d JOIN story s ON s.id = d.story ORDER BY d.id"
        )
    ).all()
    left: Counter[tuple[str, str, str]] = Counter()
    named: set[tuple[str, str]] = set()
    for row in rows:
        turn = left[row.story, row.slot, row.new]
        name = f"{row.slot}|{row.kind}|{row.old or ''}|{row.new}|{turn}"
        if (row.story, name) in named:  # the first version had no such promise
            name = f"{name}|{row.id}"
        named.add((row.story, name))
        if row.old is not None and row.old != row.new:
            left[row.story, row.slot, row.old] += 1
        connection.execute(
            sa.text(
                "UPDATE development SET waiting = :w, once = :o, "
                "certainty = 'asserted' WHERE id = :i"
            ),
            {
                "w": row.told_at is None,
                "o": sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32],
                "i": row.id,
            },
        )


def _altered(table: str) -> Any:  # noqa: ANN401  # Alembic's own
    """A table to be altered; SQLite makes a new one and copies the rows."""
    return op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True})


def _text(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _where(condition: str) -> dict[str, Any]:
    return {
        "sqlite_where": sa.text(condition),
        "postgresql_where": sa.text(condition),
    }
