"""What `tocsin doctor` finds in the store: work that stopped, messages that wait."""

from dataclasses import replace
from datetime import timedelta

import pytest

from detectors.model import MessageState, NoticeKind
from flows import clock
from flows.doctor.store import LONG_DOUBT, look_at_store
from flows.notices import end_notice, raise_notice
from flows.settings import Settings
from storage.database import Store
from tests.flows.messages import message
from tests.flows.wire_copy import FIRST, article

MINUTE = timedelta(minutes=1)


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Settings.model_validate({"TOCSIN_HOME": tmp_path})


@pytest.fixture
def store(settings):
    opened = Store.open(settings.database_url)
    yield opened
    opened.close()


@pytest.fixture
def doctor(settings):
    def look():
        return {each.what: each for each in look_at_store(settings)}

    return look


def keep(store, **given):
    """A message that has come so far as ``given`` says."""
    with store.unit() as unit:
        unit.articles.add(replace(article(1, FIRST), id="a1"))
        assert unit.outbox.add(message(**given))
        (kept,) = unit.outbox.all()
    return kept


def test_a_new_store_has_no_feed_and_no_cycle(doctor):
    found = doctor()
    assert found["store"].is_sound
    assert "tocsin feeds add" in found["feeds"].cure
    assert "tocsin serve" in found["cycle"].cure
    assert found["alerts"].is_sound
    assert found["alerts"].says == "none yet"


def test_messages_are_counted_by_state(store, doctor):
    keep(store)
    found = doctor()["alerts"]
    assert found.is_sound
    assert found.says == "1 pending"


@pytest.mark.parametrize(
    ("state", "cure"),
    [
        (MessageState.HELD, "tocsin alerts release"),
        (MessageState.REFUSED, "tocsin alerts show"),
    ],
)
def test_what_waits_for_a_person_is_named(store, doctor, state, cure):
    keep(store, state=state)
    found = doctor()["alerts"]
    assert found.says == f"1 {state}"
    assert cure in found.cure


def test_doubt_is_well_until_it_has_lasted(store, doctor):
    just_now = clock.now() - MINUTE
    kept = keep(store, state=MessageState.UNKNOWN, started_at=just_now)
    assert doctor()["alerts"].is_sound
    with store.unit() as unit:
        unit.outbox.add(
            replace(kept, key="s2/a2/#quays", started_at=just_now - LONG_DOUBT)
        )
    assert "read the channel back" in doctor()["alerts"].cure


@pytest.mark.parametrize(
    ("problem", "cure"),
    [
        ("not_in_channel", "/invite @Tocsin` in #tocsin"),
        ("channel_not_found", "correct #tocsin"),
        ("is_archived", "bring #tocsin back"),
        ("token_revoked", "Reinstall"),
        ("restricted_action", "administrator"),
        ("no_service", "SLACK_WEBHOOK_URL"),
        ("ClientConnectorError", "proxy"),
    ],
)
def test_a_channel_that_takes_nothing(store, doctor, problem, cure):
    keep(store)
    opens_at = clock.now() + 10 * MINUTE
    with store.unit() as unit:
        unit.channels.close("#tocsin", opens_at=opens_at, problem=problem)
    found = doctor()["delivery to #tocsin"]
    assert f"until {opens_at:%H:%M} UTC: {problem}" in found.says
    assert cure in found.cure


def test_a_channel_that_asked_to_wait_is_well(store, doctor):
    keep(store)
    with store.unit() as unit:
        unit.channels.close(
            "#tocsin", opens_at=clock.now() + MINUTE, problem="asked to wait"
        )
    assert doctor()["delivery to #tocsin"].is_sound


def test_a_channel_that_is_well_again_can_be_tried_at_once(store, settings):
    keep(store)
    with store.unit() as unit:
        unit.channels.close("#tocsin", opens_at=clock.now(), problem="not_in_channel")
    found = {each.what: each for each in look_at_store(settings, sound={"#tocsin"})}
    delivery = found["delivery to #tocsin"]
    assert "well now" in delivery.says
    assert "tocsin run --force" in delivery.cure


def test_what_nobody_sees_without_posting_is_not_called_well(store, settings):
    keep(store)
    with store.unit() as unit:
        unit.channels.close(
            "#tocsin", opens_at=clock.now(), problem="restricted_action"
        )
    found = {each.what: each for each in look_at_store(settings, sound={"#tocsin"})}
    assert "administrator" in found["delivery to #tocsin"].cure


def test_a_channel_that_took_a_message_again_is_no_finding(store, doctor):
    keep(store)
    with store.unit() as unit:
        unit.channels.close("#tocsin", opens_at=clock.now(), problem="not_in_channel")
        unit.channels.open("#tocsin", free_at=clock.now())
    assert "delivery to #tocsin" not in doctor()


def test_what_the_desk_was_given_notice_of_is_a_finding_until_it_is_over(store, doctor):
    now = clock.now()
    with store.unit() as unit:
        raise_notice(
            unit, NoticeKind.SILENT, "feed:1", "Harbour Post is silent", now=now
        )
    assert "Harbour Post is silent (since" in doctor()["silent"].says
    assert not doctor()["silent"].is_sound
    with store.unit() as unit:
        end_notice(unit, NoticeKind.SILENT, "feed:1", "it talks again", now=now)
    assert "silent" not in doctor()
