"""What moves a story while its first root is being claimed is not left untold."""

import threading

from storage.database import Store
from tests.storage.records import NOW, story

HERE = 0.3  # seconds: a move that does not wait is over long before


def test_a_story_that_moves_before_a_claim_is_kept_leaves_its_root_stale(store):
    """On PostgreSQL the move sees no thread yet, and the claim not what moved."""
    with store.unit() as unit:
        unit.stories.add(story("s1"))
        unit.channels.add("#desk")
    other = Store.open(store._writing.url.render_as_string(hide_password=False))
    moved = threading.Event()

    def rule():
        with other.unit() as unit:
            unit.threads.move("s1")
        moved.set()

    ruling = threading.Thread(target=rule)
    with store.unit() as unit:
        unit.threads.begin("s1", "#desk", NOW)
        assert unit.stories.get("s1")  # as the claim reads what its root will show
        ruling.start()
        assert not moved.wait(HERE)
    ruling.join(10)
    other.close()
    assert moved.is_set()
    with store.unit() as unit:
        unit.threads.stand("s1", "#desk", ts="1.1", at=NOW)
        assert unit.threads.get("s1", "#desk").is_stale
