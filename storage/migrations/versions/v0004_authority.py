"""Authority: the role of who is named for a claim, one word for all languages.

Claims of the versions before have none, and are compared by the words they name it in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an empty column."""
    op.add_column("claim", sa.Column("authority", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget the roles."""
    op.drop_column("claim", "authority")
