"""G21: many feeds due at once; ``python -m tests.etiquette.crowd`` asks 5,000."""

from tests.etiquette.crowd import ENTRIES, poll_crowd

FEEDS = 120


async def test_g21_many_feeds_at_once_are_asked_fairly_over_their_hosts(tmp_path):
    """A tenth of them are one host's, which has had a turn or two by half time."""
    crowd = await poll_crowd(FEEDS, tmp_path)
    assert (crowd.feeds, crowd.entries) == (FEEDS, FEEDS * ENTRIES)
    assert crowd.first_turns >= FEEDS // 2 - 2
