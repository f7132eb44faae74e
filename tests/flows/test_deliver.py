import io
import itertools
import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from detectors.model import AlertKind, Article, MessageState, Severity
from flows.deliver import deliver_messages
from flows.demo.slack import TOKEN, Fault, loopback_slack
from flows.posting import Absent, NotTaken, Obstacle, Sent, Unknown
from flows.slack.client import SlackPoster
from flows.slack.webhook import WebhookPoster
from flows.terminal import TerminalPoster
from storage.database import Store
from tests.flows.messages import alert, development, message
from tests.flows.seeding import NO_SEEDS
from tests.storage.claiming import claim_next
from tests.sweep.points import Shared

ROOT = Path(__file__).parent.parent.parent
WINDOW = timedelta(seconds=60)
AT = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


def told(number, story, severity=Severity.MAJOR):
    """The ``number``-th message, the first about ``story``."""
    about = alert(development("killed", None, number), story=story, severity=severity)
    return message(about, key=f"k{number}", article_id=f"a{number}")


def pointer(number, story, severity=Severity.MAJOR):
    """A message that no root can stand for: where the story goes on."""
    about = alert(
        story=story,
        kind=AlertKind.CORRECTION,
        severity=severity,
        reason="goes on elsewhere",
    )
    return message(about, key=f"k{number}", article_id=f"a{number}")


DAY = (
    told(1, "s1"),
    told(2, "s2"),
    pointer(3, "s1"),
    pointer(4, "s1", Severity.CRITICAL),
)
ONCE = {each.key: 1 for each in DAY}


def stock(store, messages):
    with store.unit() as unit:
        for each in messages:
            article = Article(
                id=each.article_id,
                url=f"https://meridian.test/{each.article_id}",
                source="Meridian Wire",
                title="t",
                text="x",
                published_at=AT,
                fetched_at=AT,
            )
            unit.articles.add(article)
            assert unit.outbox.add(each)


@pytest.fixture(scope="module")
def stocked(tmp_path_factory):
    """A database with the day's messages, made once and copied."""
    path = tmp_path_factory.mktemp("stocked") / "day.db"
    store = Store.open(f"sqlite:///{path}")
    stock(store, DAY)
    store.close()
    return path


@pytest.fixture
def database(stocked, tmp_path):
    return shutil.copy(stocked, tmp_path / "tocsin.db")


@pytest.fixture
def store(database):
    opened = Store.open(f"sqlite:///{database}")
    yield opened
    opened.close()


@pytest.fixture
def hands(tmp_path):
    with closing(Shared(tmp_path / "clock")) as clock:
        yield clock


@pytest.fixture
def slack(hands):
    with loopback_slack(now=hands.now) as running:
        yield running


@pytest.fixture
def poster(slack, hands):
    return SlackPoster(
        TOKEN,
        base_url=slack.base_url,
        window=WINDOW,
        timeout=timedelta(seconds=1),
        sleep=hands.sleep,
    )


def states(store):
    with store.unit(reading=True) as unit:
        return [each.state for each in unit.outbox.all()]


def problems(store):
    with store.unit(reading=True) as unit:
        return [each.problem for each in unit.outbox.all()]


async def deliver(store, poster, hands, **given):
    return await deliver_messages(
        store, poster, seeds=NO_SEEDS, clock=hands.clock, **given
    )


async def until_sent(store, poster, hands, runs=12):
    """Run again and again, as the schedule does; at most so many times."""
    for _ in range(runs):
        await deliver(store, poster, hands)
        if set(states(store)) == {MessageState.SENT}:
            return
        hands.ahead += WINDOW + timedelta(minutes=1)


def assert_threads(slack):
    """Each story is one thread, its messages in order, and one of them is loud."""
    by_key = {m["metadata"]["event_payload"]["k"]: m for m in slack.messages}
    root = by_key["k1"]["ts"]
    assert "thread_ts" not in by_key["k1"]
    assert "thread_ts" not in by_key["k2"]
    assert by_key["k3"]["thread_ts"] == by_key["k4"]["thread_ts"] == root
    assert by_key["k4"].get("reply_broadcast") is True
    assert "reply_broadcast" not in by_key["k3"]
    order = [m["metadata"]["event_payload"]["k"] for m in slack.messages]
    assert [key for key in order if key != "k2"] == ["k1", "k3", "k4"]


async def test_a_story_is_one_thread_and_critical_replies_are_broadcast(
    store, poster, hands, slack
):
    delivered = await deliver(store, poster, hands)
    assert delivered.sent == 4
    assert slack.keys == ONCE
    assert_threads(slack)


async def test_a_channel_gets_at_most_one_message_a_second(store, poster, hands, slack):
    await deliver(store, poster, hands)
    pairs = zip(slack.posted_at, slack.posted_at[1:], strict=False)
    assert min(later - earlier for earlier, later in pairs) >= SlackPoster.pace


async def test_a_second_run_sends_nothing(store, poster, hands, slack):
    await deliver(store, poster, hands)
    again = await deliver(store, poster, hands)
    assert again.sent == 0
    assert len(slack.messages) == 4


@pytest.mark.parametrize("fault", list(Fault))
async def test_none_is_lost_and_none_doubled(fault, store, poster, hands, slack):
    """E04, E05, E06: dropped, reset, half, a web page, hung, errors, taken or not."""
    slack.faults = [fault, Fault.NONE, fault, Fault.NONE, fault]
    slack.late = 20
    await until_sent(store, poster, hands)
    assert slack.keys == ONCE
    assert set(states(store)) == {MessageState.SENT}
    assert_threads(slack)


async def test_a_reply_waits_while_its_root_is_in_doubt(store, poster, hands, slack):
    slack.faults = [Fault.DROPPED]
    await deliver(store, poster, hands)
    assert slack.keys == {"k1": 1, "k2": 1}
    assert states(store) == [
        MessageState.UNKNOWN,
        MessageState.SENT,
        MessageState.PENDING,
        MessageState.PENDING,
    ]


async def test_doubt_is_not_settled_before_the_window_is_over(
    store, poster, hands, slack
):
    """E07: a post that shows late is not sent again meanwhile."""
    slack.faults, slack.late = [Fault.LATE], 50
    await deliver(store, poster, hands)
    hands.ahead += timedelta(seconds=30)
    await deliver(store, poster, hands)
    assert states(store)[0] is MessageState.UNKNOWN
    assert "conversations.history" not in slack.calls


async def test_what_waits_out_a_429_goes_out_after_it_and_in_order(
    store, poster, hands, slack
):
    slack.faults, slack.retry_after = [Fault.NONE, Fault.THROTTLED], "30"
    first = await deliver(store, poster, hands)
    assert (first.sent, first.put_back) == (1, 1)
    hands.ahead += timedelta(seconds=20)
    early = await deliver(store, poster, hands)
    assert early.sent == 0
    hands.ahead += timedelta(seconds=20)
    await deliver(store, poster, hands)
    assert slack.keys == ONCE
    assert_threads(slack)


async def test_an_outage_of_hours_keeps_everything_and_asks_rarely(
    store, poster, hands, slack
):
    slack.faults = [Fault.NO_AUTH] * 100
    for _ in range(72):
        await deliver(store, poster, hands)
        hands.ahead += timedelta(minutes=5)
    assert len(slack.bodies) < 40
    assert states(store) == [MessageState.PENDING] * 4
    assert "invalid_auth" in problems(store)
    slack.faults = []
    await until_sent(store, poster, hands)
    assert slack.keys == ONCE


async def test_refused_blocks_go_out_as_plain_text(store, poster, hands, slack):
    """D08: one fallback, with the same key."""
    slack.faults = [Fault.REFUSED]
    await deliver(store, poster, hands)
    assert slack.keys == ONCE
    assert "blocks" not in slack.messages[0]


async def test_a_message_refused_in_both_forms_is_kept_and_stops_no_other(
    store, poster, hands, slack
):
    slack.faults = [Fault.REFUSED, Fault.REFUSED]
    delivered = await deliver(store, poster, hands)
    assert delivered.refused == 1
    assert delivered.problems == ("#tocsin: invalid_blocks",)
    assert states(store)[0] is MessageState.REFUSED
    assert slack.keys == {"k2": 1, "k3": 1, "k4": 1}


async def test_without_the_right_to_read_an_unclear_message_is_held(
    store, poster, hands, slack
):
    """E09: nobody can look: held and visible."""
    slack.faults = [Fault.DROPPED]
    await deliver(store, poster, hands)
    hands.ahead += WINDOW
    slack.history_faults = ["missing_scope"]
    held = await deliver(store, poster, hands)
    assert held.held == 1
    assert states(store)[0] is MessageState.HELD
    assert problems(store)[0] == "missing_scope"
    assert slack.keys["k1"] == 1


async def test_a_history_that_fails_for_now_leaves_the_doubt(
    store, poster, hands, slack
):
    """E09: a history that is down concludes nothing."""
    slack.faults = [Fault.DROPPED]
    await deliver(store, poster, hands)
    hands.ahead += WINDOW
    slack.history_faults = ["internal_error"]
    await deliver(store, poster, hands)
    assert states(store)[0] is MessageState.UNKNOWN
    await deliver(store, poster, hands)
    assert states(store)[0] is MessageState.SENT
    assert slack.keys == ONCE


async def test_an_unclear_webhook_message_is_held_and_the_story_goes_on(
    store, hands, slack
):
    """E31: at most once, by setting."""
    webhook = WebhookPoster(slack.hook_url, timeout=timedelta(seconds=1))
    slack.faults = [Fault.DROPPED]
    await deliver(store, webhook, hands)
    await deliver(store, webhook, hands)
    assert states(store) == [MessageState.HELD, *[MessageState.SENT] * 3]
    assert len(slack.messages) == 4


async def test_the_terminal_is_a_door_like_the_others(store, hands):
    paper = io.StringIO()
    delivered = await deliver(store, TerminalPoster(Console(file=paper)), hands)
    assert delivered.sent == 4
    assert paper.getvalue().count("new thread") == 2
    assert paper.getvalue().count("reply in thread") == 2


async def test_a_message_that_a_lost_sender_had_claimed_prints_at_the_next_run(
    store, hands
):
    with store.unit() as unit:
        assert claim_next(unit, hands.now())
    paper = io.StringIO()
    delivered = await deliver(store, TerminalPoster(Console(file=paper)), hands)
    assert delivered.sent == 4


async def test_a_sender_that_slept_after_its_claim_does_not_post(
    store, poster, hands, slack
):
    passed = itertools.count(step=60)
    clock = replace(hands.clock, elapsed=lambda: next(passed))
    await deliver_messages(store, poster, seeds=NO_SEEDS, clock=clock, limit=1)
    assert not slack.keys
    assert states(store) == [MessageState.PENDING] * 4


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_jumps_neither_stops_nor_doubles(
    hours, store, poster, hands, slack
):
    """E23: the attempt's own age is taken from a clock that never jumps."""

    class Jumping(Sequence):
        pace, window = timedelta(seconds=1), WINDOW

        async def post(self, dispatch, *, plain=False):
            hands.wrong += timedelta(hours=hours)
            return await poster.post(dispatch, plain=plain)

    delivered = await deliver(store, Jumping(), hands)
    assert delivered.sent == 4
    assert slack.keys == ONCE


class Sequence:
    """A door that answers as it was told to and remembers what it was asked."""

    window = timedelta(0)
    pace = timedelta(0)
    reads = True
    edits = True
    addresses: dict[str, str] = {}  # noqa: RUF012  # there are none

    def __init__(self, *results):
        self.results, self.asked = list(results), []

    def know(self, addresses):
        assert addresses == {}

    async def post(self, dispatch, *, plain=False):
        self.asked.append((dispatch.message.key, plain))
        return self.results.pop(0) if self.results else Sent(ts="1.1")

    async def look(self, message, *, since):
        self.asked.append((message.key, since))
        return Absent()


async def test_no_transaction_is_open_while_slack_is_asked(store, hands):
    class Prying(Sequence):
        async def post(self, dispatch, *, plain=False):
            other = Store.open(store.url, patience=timedelta(milliseconds=50))
            with other.unit() as unit:
                unit.leases.acquire("probe", "me", hands.now(), timedelta(minutes=1))
            other.close()
            return await super().post(dispatch, plain=plain)

    delivered = await deliver(store, Prying(), hands)
    assert delivered.sent == 4


async def test_back_off_doubles_up_to_a_quarter_of_an_hour(store, hands):
    waits = []
    unreachable = NotTaken(obstacle=Obstacle.UNREACHABLE, reason="refused")
    for _ in range(8):
        before = hands.now()
        await deliver(store, Sequence(unreachable), hands)
        with store.unit(reading=True) as unit:
            until = unit.channels.get("#tocsin").opens_at
        waits.append(round((until - before).total_seconds()))
        hands.ahead += until - before
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


async def test_a_run_sends_no_more_than_its_limit(store, hands):
    door = Sequence()
    await deliver(store, door, hands, limit=3)
    assert len(door.asked) == 3


async def test_an_attempt_in_doubt_is_looked_for_from_its_start(store, hands):
    door = Sequence(Unknown(reason="dropped"))
    await deliver(store, door, hands, limit=1)
    started = hands.now()
    await deliver(store, door, hands)
    key, since = door.asked[1]
    assert key == "k1"
    assert abs(since - started) < timedelta(seconds=5)


def test_the_command_sends_to_the_slack_that_the_environment_names(database, tmp_path):
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    with loopback_slack() as slack:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "TOCSIN_HOME": str(tmp_path),
            "TOCSIN_DATABASE_URL": f"sqlite:///{database}",
            "SLACK_BOT_TOKEN_FILE": str(tmp_path / "token"),
            "SLACK_BASE_URL": slack.base_url,
        }
        done = subprocess.run(
            [sys.executable, "-m", "flows", "run", "--json"],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["delivered"] == 4
    assert slack.keys == ONCE
    assert_threads(slack)
    assert TOKEN not in done.stdout + done.stderr
