"""Vocabulary: how common each word is in a topic that has only words to go by.

Stories of the versions before are found by fewer of their words, until they grow.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an empty table: counting begins with the next article."""
    op.create_table(
        "vocabulary",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("topic", name="vocabulary_pkey"),
    )


def downgrade() -> None:
    """Forget the counts."""
    op.drop_table("vocabulary")
