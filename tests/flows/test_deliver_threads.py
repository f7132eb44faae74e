"""One thread a story: its root shows the state, its replies say what changed."""

from datetime import timedelta

import pytest

from detectors.model import AlertKind, MessageState, Severity
from flows.demo.slack import Fault, Orphans
from tests.flows.outpost import WINDOW, outpost, text_of, tolls_in


@pytest.fixture
def post(tmp_path):
    with outpost(tmp_path / "tocsin.db") as made:
        yield made


async def test_a_root_shows_the_state_and_is_edited_as_the_story_moves(post):
    post.decide("s1", 3)
    await post.deliver()
    assert tolls_in(post.root_of("s1")) == [3]
    post.decide("s1", 7)
    delivered = await post.deliver()
    assert (delivered.sent, delivered.edited) == (1, 1)
    root, reply = post.slack.messages
    assert tolls_in(root) == [7]
    assert reply["thread_ts"] == root["ts"]
    assert "3 → 7" in text_of(reply)


async def test_a_root_is_edited_also_when_nothing_is_to_be_told(post):
    post.decide("s1", 3)
    await post.deliver()
    post.decide("s1", 7, speaks=False)
    delivered = await post.deliver()
    assert (delivered.sent, delivered.edited) == (0, 1)
    assert tolls_in(post.root_of("s1")) == [7]


async def test_a_root_that_is_up_to_date_is_left_alone(post):
    post.decide("s1", 3)
    await post.deliver()
    await post.deliver()
    assert "chat.update" not in post.slack.calls


async def test_what_moved_while_the_root_was_posted_is_shown_soon_after(post):
    post.decide("s1", 3)
    post.slack.on_taken = lambda: post.decide("s1", 7, speaks=False)
    posted = post.deliver()
    await posted
    assert tolls_in(post.root_of("s1")) == [7]


async def test_replies_are_broadcast_from_a_severity_up(post):
    post.decide("s1", 3)
    await post.deliver()
    for killed, severity in ((5, Severity.MAJOR), (50, Severity.CRITICAL)):
        post.decide("s1", killed, severity=severity)
    await post.deliver()
    _, quiet, loud = post.slack.messages
    assert not quiet.get("reply_broadcast")
    assert loud["reply_broadcast"] is True


@pytest.mark.parametrize("fault", list(Fault))
async def test_an_edit_that_fails_is_made_good_and_the_reply_goes_out(post, fault):
    post.decide("s1", 3)
    await post.deliver()
    post.slack.edit_faults, post.slack.late = [fault], 20.0
    post.decide("s1", 7)
    await post.deliver()
    assert post.states == [MessageState.SENT] * 2
    post.hands.ahead += timedelta(minutes=5)
    post.decide("s1", 9)
    for _ in range(4):
        await post.deliver()
        post.hands.ahead += timedelta(minutes=5)
    assert tolls_in(post.root_of("s1")) == [9]
    assert len(post.slack.messages) == 3


async def test_a_late_edit_does_not_undo_a_later_one(post):
    """An edit that nobody answered is not tried again before it must have come."""
    post.decide("s1", 3)
    await post.deliver()
    post.slack.edit_faults, post.slack.late = [Fault.LATE], 30.0
    post.decide("s1", 7, speaks=False)
    await post.deliver()
    post.decide("s1", 9, speaks=False)
    await post.deliver()
    assert post.slack.calls.count("chat.update") == 1
    post.hands.ahead += WINDOW
    await post.deliver()
    assert tolls_in(post.root_of("s1")) == [9]


async def test_a_reply_waits_while_its_root_is_in_doubt_and_begins_no_thread(post):
    """E16: a root of unknown fate holds its replies; they never become roots."""
    post.slack.faults, post.slack.late = [Fault.LATE], 20.0
    post.decide("s1", 3)
    await post.deliver()
    post.decide("s1", 7)
    post.hands.ahead += timedelta(seconds=30)
    await post.deliver()
    assert post.states == [MessageState.UNKNOWN, MessageState.PENDING]
    await post.settle()
    assert len(post.roots) == 1
    assert post.slack.messages[1]["thread_ts"] == post.roots[0]["ts"]


@pytest.mark.parametrize("orphans", list(Orphans))
@pytest.mark.parametrize("with_replies", [False, True])
async def test_a_deleted_root_is_followed_by_another_once(post, orphans, with_replies):
    """E17: a person deletes the root; the next reply is a root, and only that."""
    post.slack.orphans = orphans
    post.decide("s1", 3)
    await post.deliver()
    if with_replies:
        post.decide("s1", 4)
        await post.deliver()
    post.slack.delete(post.root_of("s1")["ts"])
    before = len(post.slack.messages)
    post.decide("s1", 7)
    await post.deliver()
    post.decide("s1", 9)
    await post.deliver()
    root, reply = post.slack.messages[before:]
    assert not root.get("thread_ts")
    assert tolls_in(root) == [9]
    assert reply["thread_ts"] == root["ts"]


@pytest.mark.parametrize("orphans", list(Orphans))
async def test_a_root_deleted_just_before_its_reply_loses_none(post, orphans):
    """E17: nobody noticed by an edit, for the root was up to date."""
    post.slack.orphans = orphans
    post.decide("s1", 3)
    await post.deliver()
    gone = post.root_of("s1")["ts"]

    def delete():
        post.slack.on_taken = lambda: None
        post.slack.delete(gone)

    post.slack.on_taken = delete  # at the edit before the reply
    post.decide("s1", 7)
    await post.deliver()
    await post.deliver()
    assert post.states == [MessageState.SENT] * 2
    (root,) = post.slack.messages
    assert not root.get("thread_ts")
    assert tolls_in(root) == [7]
    post.decide("s1", 9)
    await post.deliver()
    assert post.slack.messages[1]["thread_ts"] == root["ts"]


async def test_a_loose_reply_in_doubt_is_found_in_the_channel(post):
    """E17: the root is gone, the reply came loose, and no answer came either."""
    post.decide("s1", 3)
    await post.deliver()
    gone = post.root_of("s1")["ts"]

    def delete():
        post.slack.on_taken = lambda: None
        post.slack.delete(gone)

    post.slack.on_taken, post.slack.faults = delete, [Fault.DROPPED]
    post.decide("s1", 7)
    await post.deliver()
    await post.settle()
    assert len(post.slack.messages) == 1
    assert tolls_in(post.root_of("s1")) == [7]


async def test_a_message_that_a_person_deletes_is_not_posted_again(post):
    """E18: what was deleted stays deleted while nothing new is to be told."""
    post.decide("s1", 3)
    await post.deliver()
    post.slack.delete(post.root_of("s1")["ts"])
    post.decide("s1", 7, speaks=False)
    await post.settle()
    await post.deliver()
    assert not post.slack.messages
    assert post.states == [MessageState.SENT]


@pytest.mark.parametrize("word", ["cant_update_message", "edit_window_closed"])
async def test_a_root_that_cannot_be_edited_keeps_its_thread(post, word):
    """E19: the state is kept, the thread goes on, and the edit is not tried again."""
    post.decide("s1", 3)
    await post.deliver()
    post.slack.edit_faults = [word] * 9
    for killed in (7, 9):
        post.decide("s1", killed)
        delivered = await post.deliver()
        assert delivered.sent == 1
    assert post.slack.calls.count("chat.update") == 1
    root, *replies = post.slack.messages
    assert {each["thread_ts"] for each in replies} == {root["ts"]}
    with post.store.unit(reading=True) as unit:
        (thread,) = unit.threads.of_story("s1")
    assert thread.problem == word


async def test_later_states_of_an_untold_story_go_out_as_one(post):
    """E20: v2 arrives before v1 was posted: one message, with v2."""
    for killed in (3, 7, 9):
        post.decide("s1", killed)
    delivered = await post.deliver()
    assert (delivered.sent, delivered.folded) == (1, 2)
    (root,) = post.slack.messages
    assert tolls_in(root) == [9]
    assert post.states == [
        MessageState.SENT,
        MessageState.FOLDED,
        MessageState.FOLDED,
    ]


@pytest.mark.parametrize("fault", list(Fault))
async def test_what_was_folded_shares_the_fate_of_its_message(post, fault):
    """E20 with E03: whatever becomes of the post, each is told once."""
    keys = [post.decide("s1", killed) for killed in (3, 7)]
    post.slack.faults, post.slack.late = [fault, Fault.NONE], 20.0
    await post.settle()
    assert sorted(post.told) == sorted(keys)
    assert len(post.roots) == 1


async def test_what_two_topics_have_of_one_article_is_told_once_a_channel(post):
    """E24: one article in two stories of one channel; another channel has its own."""
    post.slack.channels.append(type(post.slack.channels[0])(id="C0DESK", name="desk"))
    post.decide("s1", 3, article_id="same")
    post.decide("s2", 3, article_id="same")
    post.decide("s3", 3, article_id="same", channel="#desk")
    delivered = await post.deliver()
    assert (delivered.sent, delivered.folded) == (2, 1)
    assert sorted(each["channel"] for each in post.slack.messages) == [
        "C0DESK",
        "C0TOCSIN",
    ]


async def test_a_correction_is_told_in_every_thread(post):
    for name in ("s1", "s2"):
        post.decide(name, 3)
    await post.deliver()
    for name in ("s1", "s2"):
        post.decide(name, 2, article_id="same", kind=AlertKind.CORRECTION)
    delivered = await post.deliver()
    assert (delivered.sent, delivered.folded) == (2, 0)


async def test_a_story_whose_root_was_printed_begins_a_thread_in_slack(post):
    post.decide("s1", 3)
    with post.store.unit() as unit:
        found = unit.outbox.next_due(post.hands.now(), timedelta(0))
        taken = unit.outbox.claim(found, post.hands.now(), WINDOW)
        unit.outbox.sent(taken, ts="terminal-1", at=post.hands.now())
        unit.threads.stand("s1", "#tocsin", ts="terminal-1", at=post.hands.now())
    post.decide("s1", 7)
    await post.deliver()
    assert tolls_in(post.root_of("s1")) == [7]


async def test_a_slack_that_answers_no_edit_is_asked_for_one_a_run(post):
    for number in range(5):
        post.decide(f"s{number}", 3)
    await post.deliver()
    for number in range(5):
        post.decide(f"s{number}", 7, speaks=False)
    post.slack.edit_faults = [Fault.SERVER] * 100
    await post.deliver()
    assert post.slack.calls.count("chat.update") == 1
    post.slack.edit_faults = []
    post.hands.ahead += timedelta(minutes=5)
    delivered = await post.deliver()
    assert delivered.edited == 5
    assert all(tolls_in(post.root_of(f"s{number}")) == [7] for number in range(5))
