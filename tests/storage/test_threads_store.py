from datetime import timedelta
from typing import Any

import pytest

from storage.channels import LONGEST
from storage.outbox import MOST_WAITING
from tests.storage.claiming import LEASE, claim_next
from tests.storage.records import AWKWARD, MINUTE, NOW, article, message

SECOND = timedelta(seconds=1)


@pytest.fixture
def threads(unit):
    unit.channels.add("#desk")
    return unit.threads


def taken(unit, now):
    """The key of what is claimed next."""
    found = claim_next(unit, now)
    return found and found.key


def stand(threads, story="s1", ts="1.1", at=NOW):
    threads.begin(story, "#desk", NOW)
    threads.stand(story, "#desk", ts=ts, at=at)
    return threads.get(story, "#desk")


def test_a_thread_comes_back_as_it_was_begun(unit):
    unit.threads.begin(AWKWARD, AWKWARD, NOW)
    found = unit.threads.get(AWKWARD, AWKWARD)
    assert (found.story, found.channel, found.ts, found.is_stale) == (
        AWKWARD,
        AWKWARD,
        None,
        False,
    )
    assert unit.threads.get(AWKWARD, "#desk") is None


def test_a_root_that_stands_is_the_root(threads):
    assert stand(threads).ts == "1.1"
    threads.stand("s1", "#desk", ts="2.2", at=NOW)
    assert threads.get("s1", "#desk").ts == "1.1"
    assert threads.standing("#desk", ["s1", "s2", "s1"]) == {"s1"}
    assert threads.standing("#other", ["s1"]) == set()


def test_a_root_is_stale_once_its_story_moves_and_until_it_is_shown(threads):
    stand(threads)
    assert threads.next_stale(NOW) is None
    threads.move("s1")
    stale = threads.next_stale(NOW)
    assert stale.is_stale
    threads.show(stale)
    assert threads.next_stale(NOW) is None


def test_what_moves_while_a_root_is_on_its_way_leaves_it_stale(threads):
    threads.begin("s1", "#desk", NOW)
    threads.move("s1")
    assert threads.next_stale(NOW) is None
    threads.stand("s1", "#desk", ts="1.1", at=NOW)
    assert threads.next_stale(NOW).ts == "1.1"


def test_what_moves_while_a_root_is_edited_leaves_it_stale(threads):
    stand(threads)
    threads.move("s1")
    edited = threads.next_stale(NOW)
    threads.move("s1")
    threads.show(edited)
    assert threads.next_stale(NOW) is not None


def test_an_older_edit_that_ends_last_leaves_the_root_stale(threads):
    stand(threads)
    threads.move("s1")
    older = threads.next_stale(NOW)
    threads.move("s1")
    newer = threads.next_stale(NOW)
    threads.show(newer)
    assert threads.next_stale(NOW) is None
    threads.show(older)
    assert threads.next_stale(NOW) is not None


def test_a_root_that_was_found_may_tell_less_than_is_known(threads):
    threads.stand("s1", "#desk", ts="1.1", at=NOW)
    assert threads.next_stale(NOW).ts == "1.1"


def test_an_edit_is_put_off(threads):
    stand(threads)
    threads.move("s1")
    threads.put_off(threads.next_stale(NOW), until=NOW + MINUTE)
    assert threads.next_stale(NOW) is None
    assert threads.next_stale(NOW + MINUTE) is not None
    threads.put_off_channel("#desk", until=NOW + 2 * MINUTE)
    assert threads.next_stale(NOW + MINUTE) is None


def test_a_closed_channel_is_not_edited_in(unit, threads):
    stand(threads)
    threads.move("s1")
    unit.channels.close("#desk", opens_at=NOW + MINUTE, problem="asked to wait")
    assert threads.next_stale(NOW) is None
    assert threads.next_stale(NOW + MINUTE) is not None


def test_a_lost_root_is_followed_by_another(threads):
    stand(threads)
    threads.move("s1")
    threads.lose("s1", "#desk", ts="9.9", problem="deleted")  # another was meant
    assert threads.get("s1", "#desk").ts == "1.1"
    threads.lose("s1", "#desk", ts="1.1", problem="deleted")
    assert threads.get("s1", "#desk").ts is None
    assert threads.next_stale(NOW) is None
    threads.begin("s1", "#desk", NOW + MINUTE)
    threads.stand("s1", "#desk", ts="2.2", at=NOW + MINUTE)
    found = threads.get("s1", "#desk")
    assert (found.ts, found.problem, found.is_stale) == ("2.2", "", False)


def test_a_frozen_root_is_not_edited(threads):
    stand(threads)
    threads.move("s1")
    threads.freeze(threads.next_stale(NOW), problem="edit_window_closed")
    assert threads.next_stale(NOW) is None
    assert threads.of_story("s1")[0].ts == "1.1"


def test_a_channel_is_open_until_it_is_closed(unit):
    assert unit.channels.get("#new").opens_at is None
    unit.channels.add("#desk")
    unit.channels.close("#desk", opens_at=NOW + MINUTE, problem="no_service")
    unit.channels.add("#desk")
    (closed,) = unit.channels.closed()
    assert (closed.name, closed.failures, closed.problem) == ("#desk", 1, "no_service")
    unit.channels.open("#desk", free_at=NOW)
    assert unit.channels.closed() == ()
    assert [each.free_at for each in unit.channels.all()] == [NOW]


def test_a_channel_takes_one_message_a_second(unit):
    unit.articles.add(article("a1"))
    for number in range(2):
        unit.outbox.add(message(f"k{number}", f"s{number}"))
    assert unit.outbox.free_at(NOW) == NOW
    assert claim_next(unit, NOW, pace=SECOND)
    assert claim_next(unit, NOW, pace=SECOND) is None
    assert unit.outbox.free_at(NOW) == NOW + SECOND
    assert claim_next(unit, NOW + SECOND, pace=SECOND)
    assert unit.outbox.free_at(NOW + SECOND) is None


@pytest.mark.parametrize("wrong", [MINUTE, -MINUTE])
def test_a_wait_beyond_the_pace_was_written_by_a_wrong_clock(unit, wrong):
    unit.articles.add(article("a1"))
    unit.outbox.add(message())
    unit.channels.used("#desk", free_at=NOW + wrong)
    assert claim_next(unit, NOW, pace=SECOND)


def test_a_closed_channel_is_left_out(unit):
    unit.articles.add(article("a1"))
    unit.outbox.add(message())
    unit.outbox.add(message("k2", "s2", channel="#other"))
    unit.channels.close("#desk", opens_at=NOW + LONGEST, problem="is_archived")
    assert taken(unit, NOW) == "k2"
    assert claim_next(unit, NOW) is None
    assert unit.outbox.free_at(NOW) is None
    assert taken(unit, NOW + LONGEST) == "k1"


def folding(unit, *keys, **more):
    """A claim of the first message, with the others folded into it."""
    unit.articles.add(article("a1"))
    for number, key in enumerate(keys):
        unit.outbox.add(message(key, f"s{number}"))
    lead, *others = unit.outbox.all()
    return unit.outbox.claim(lead, NOW, LEASE, folded=others, **more)


def test_what_is_folded_waits_with_its_lead_and_is_told_with_it(unit):
    lead = folding(unit, "k1", "k2", "k3", is_digest=True)
    unit.outbox.add(message("k4", "s1"))
    assert lead.is_digest
    assert [each.key for each in unit.outbox.folded_into(lead.id)] == ["k2", "k3"]
    assert claim_next(unit, NOW) is None
    unit.outbox.unknown(lead, problem="dropped")
    assert claim_next(unit, NOW) is None
    unit.outbox.sent(lead, ts="1.1", at=NOW)
    assert taken(unit, NOW) == "k4"


def test_what_is_folded_waits_for_itself_again_where_its_lead_is_put_back(unit):
    lead = folding(unit, "k1", "k2", is_digest=True)
    assert unit.outbox.put_back(lead, problem="429")
    first, second = unit.outbox.all()
    assert (first.is_digest, second.folded_into) == (False, None)
    assert [taken(unit, NOW) for _ in range(2)] == ["k1", "k2"]


def test_a_late_attempt_unfolds_nothing(unit):
    late = folding(unit, "k1", "k2")
    unit.outbox.put_back(late, problem="lost")
    lead, other = unit.outbox.all()
    unit.outbox.claim(lead, NOW, LEASE, folded=[other])
    assert not unit.outbox.put_back(late, problem="late")
    assert [each.key for each in unit.outbox.folded_into(lead.id)] == ["k2"]


def test_what_was_told_since_it_was_read_is_not_folded(unit):
    """A sender that was frozen awakes, and says that Slack took it long ago."""
    unit.articles.add(article("a1"))
    for number, key in enumerate(("k1", "k2")):
        unit.outbox.add(message(key, f"s{number}"))
    lead, other = unit.outbox.all()
    unit.outbox.sent(other, ts="1.1", at=NOW)
    unit.outbox.claim(lead, NOW, LEASE, folded=[other])
    assert unit.outbox.get(other.id).state == "sent"
    assert unit.outbox.folded_into(lead.id) == ()


def test_what_is_folded_waits_for_itself_where_its_lead_is_refused(unit):
    lead = folding(unit, "k1", "k2")
    assert unit.outbox.refused(lead, problem="msg_too_long")
    assert [taken(unit, NOW) for _ in range(2)] == ["k2", None]


def test_of_very_much_that_waits_the_first_is_read(unit):
    unit.articles.add(article("a1"))
    for number in range(MOST_WAITING + 2):
        unit.outbox.add(message(f"k{number}", f"s{number}"))
    found = [each.key for each in unit.outbox.waiting("#desk", NOW)]
    assert found == [f"k{number}" for number in range(MOST_WAITING)]


def test_a_held_message_keeps_what_is_folded_into_it(unit):
    lead = folding(unit, "k1", "k2")
    unit.outbox.held(lead, problem="cannot look")
    assert claim_next(unit, NOW) is None
    unit.outbox.put_back(lead, problem="released")
    assert taken(unit, NOW) == "k1"


def test_what_waits_is_all_that_could_be_told_now(unit):
    unit.articles.add(article("a1"))
    given: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("k1", "s1", {}),
        ("k2", "s1", {}),
        ("k3", "s3", {}),
        ("k4", "s3", {}),
        ("k5", "s4", {"channel": "#other"}),
    )
    for key, story, more in given:
        unit.outbox.add(message(key, story, **more))
    unit.outbox.claim(unit.outbox.get(3), NOW, LEASE)
    found = [each.key for each in unit.outbox.waiting("#desk", NOW)]
    assert found == ["k1", "k2"]


def test_after_a_restore_all_that_may_have_been_told_is_in_doubt(unit):
    lead = folding(unit, "k1", "k2")
    unit.outbox.add(message("k3", "s3"))
    unit.outbox.add(message("k4", "s4"))
    settled = unit.outbox.claim(unit.outbox.get(4), NOW, LEASE)
    unit.outbox.sent(settled, ts="4.4", at=NOW)
    assert unit.outbox.doubt(NOW + MINUTE) == 3
    states = [(each.state.value, each.attempt) for each in unit.outbox.all()]
    assert states == [("unknown", 1), ("unknown", 0), ("unknown", 0), ("sent", 1)]
    started = [each.started_at for each in unit.outbox.all()]
    assert started[:3] == [lead.started_at, NOW + MINUTE, NOW + MINUTE]
    assert unit.outbox.strange(["k1", "k9"]) == ("k9",)
