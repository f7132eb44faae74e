"""Whole streams from their articles to the channel, on a clock of their own."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from detectors.model import AlertKind, MessageState
from detectors.streams import in_turn, parse_stream
from flows.clock import Clock
from flows.deliver import deliver_messages
from flows.demo.slack import TOKEN, loopback_slack
from flows.desk import Desk
from flows.follow import follow_article
from flows.overviews import overview_of
from flows.seeds import load_seeds
from flows.slack.blocks import render_root
from flows.slack.client import SlackPoster
from storage.database import Store

ROOT = Path(__file__).resolve().parents[2]
STREAMS = {
    "demo": ROOT / "seeds" / "demo" / "articles.jsonl",
    "gold": ROOT.parent / "shared" / "gold" / "dev" / "articles.jsonl",
}
NO_DIGEST = 1_000_000  # posts at once: overflow folding is off


class Day:
    """A day that passes as its articles come, and as somebody sleeps."""

    def __init__(self):
        self.moment = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self):
        return self.moment

    def elapsed(self):
        return self.moment.timestamp()

    async def sleep(self, seconds):
        self.moment += timedelta(seconds=seconds)


def blocks(message):
    """A message's blocks as they were sent: Slack gives each an id."""
    return [
        {name: value for name, value in block.items() if name != "block_id"}
        for block in message["blocks"]
    ]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", STREAMS)
async def test_a_stream_ends_in_the_channel_as_it_was_decided(name, tmp_path):
    if not STREAMS[name].exists():
        pytest.skip(f"the {name} stream is not on this machine")
    with STREAMS[name].open(encoding="utf-8") as lines:
        articles = parse_stream(lines, name)
    day, seeds = Day(), load_seeds()
    desk = Desk(seeds=seeds, channel="#tocsin")
    clock = Clock(now=day.now, elapsed=day.elapsed, sleep=day.sleep)
    store = Store.open(f"sqlite:///{tmp_path / 'stream.db'}")
    decided: Counter[tuple[str, str, AlertKind]] = Counter()
    with loopback_slack(now=day.now) as slack:
        poster = SlackPoster(TOKEN, base_url=slack.base_url)
        for article in in_turn(articles):
            day.moment = max(day.moment, article.published_at)
            with store.unit() as unit:
                unit.articles.add(article)
                decision = follow_article(unit, desk, article, now=article.published_at)
            decided.update(
                (article.id, alert.story, alert.kind) for alert in decision.alerts
            )
            await deliver_messages(
                store, poster, seeds=seeds, clock=clock, burst=NO_DIGEST
            )
        told = slack.keys
        shown = {message["ts"]: message for message in slack.messages}
    with store.unit(reading=True) as unit:
        outbox = unit.outbox.all()
        assert {message.state for message in outbox} == {MessageState.SENT}
        assert told == Counter(message.key for message in outbox)
        assert decided == Counter(
            (each.article_id, each.alert.story, each.alert.kind) for each in outbox
        )
        roots = [each for each in outbox if not each.thread_ts]
        assert {root.alert.story for root in roots} == {
            each.alert.story for each in outbox
        }
        for root in roots:
            found = overview_of(unit, seeds, root.alert.story)
            assert found is not None
            assert blocks(shown[root.ts]) == list(render_root(found).blocks)
    store.close()
