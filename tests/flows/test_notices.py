"""What is wrong with sources reaches Slack once, and so does its end."""

from datetime import timedelta

import pytest

from detectors.model import MessageState, NoticeKind
from flows.demo.slack import Fault
from flows.notices import end_notice, raise_notice, tell_notices
from tests.flows.outpost import CHANNEL, outpost, text_of

FAILS = "Harbour Post <!channel> fails for a day: HTTP 500"
BACK = "Harbour Post answers again"


@pytest.fixture
def post(tmp_path):
    with outpost(tmp_path / "tocsin.db") as made:
        yield made


def fail(post, feed=1, kind=NoticeKind.FAILING, text=FAILS, **more):
    with post.store.unit() as unit:
        now = post.hands.now()
        return raise_notice(unit, kind, f"feed:{feed}", text, now=now, **more)


def recover(post, feed=1, text=BACK):
    with post.store.unit() as unit:
        now, failing = post.hands.now(), NoticeKind.FAILING
        return end_notice(unit, failing, f"feed:{feed}", text, now=now)


async def tell(post):
    tell_notices(post.store, CHANNEL, now=post.hands.now())
    await post.deliver()
    post.hands.ahead += timedelta(minutes=5)


async def test_a_notice_stands_in_the_channel_and_its_end_in_its_thread(post):
    assert fail(post)
    await tell(post)
    assert not fail(post)
    await tell(post)
    assert recover(post)
    await tell(post)
    root, reply = post.slack.messages
    assert "NOTICE" in text_of(root)
    assert "fails for a day: HTTP 500" in text_of(root)
    assert "<!channel>" not in text_of(root)
    assert reply["thread_ts"] == root["ts"]
    assert "RECOVERED" in text_of(reply)
    assert BACK in text_of(reply)


async def test_the_same_trouble_another_day_is_told_anew(post):
    for _ in range(2):
        fail(post)
        await tell(post)
        recover(post)
        await tell(post)
    assert len(post.roots) == 2
    assert len(post.slack.messages) == 4


async def test_what_all_sources_have_is_one_message(post):
    for feed in range(30):
        fail(post, feed, text=f"Outlet {feed} fails for a day")
    await tell(post)
    (root,) = post.slack.messages
    assert "30 sources fail" in root["text"]
    assert "and 20 more" in text_of(root)
    for feed in range(30):
        recover(post, feed, text=f"Outlet {feed} answers again")
    await tell(post)
    assert len(post.roots) == 1
    assert "over for 30 of them" in post.slack.messages[-1]["text"]


async def test_what_happened_while_slack_was_down_is_told_when_it_is_back(post):
    post.slack.faults = [Fault.SERVER] * 3
    fail(post)
    await tell(post)
    recover(post)
    await tell(post)
    post.slack.faults = []
    post.hands.ahead += timedelta(hours=6)
    await post.settle()
    root, reply = post.slack.messages
    assert (FAILS[:12] in text_of(root), BACK in text_of(reply)) == (True, True)
    assert post.states == [MessageState.SENT] * 2


async def test_what_only_happened_has_no_end(post):
    fail(post, kind=NoticeKind.FLOOD, text="500 entries at once", lasting=False)
    await tell(post)
    await tell(post)
    assert len(post.slack.messages) == 1


async def test_two_notices_of_no_article_are_not_taken_for_one(post):
    fail(post)
    fail(post, kind=NoticeKind.SILENT, text="Harbour Post is silent")
    await tell(post)
    assert len(post.roots) == 2
