"""E14: what only an operator mends is told once, by a way that is not closed."""

import logging
from datetime import timedelta

import pytest

from detectors.model import Severity
from flows.demo.slack import Fault
from flows.notices import tell_notices
from flows.outages import notice_outages
from flows.slack.webhook import WebhookPoster
from tests.flows.outpost import CHANNEL, outpost, text_of

WORDS = ["invalid_auth", "token_revoked", "not_in_channel", "is_archived"]


@pytest.fixture
def post(tmp_path):
    with outpost(tmp_path / "tocsin.db") as made:
        yield made


async def cycle(post, second=None, channel=CHANNEL):
    """What a cycle does about it, five minutes after the last."""
    tell_notices(post.store, channel, now=post.hands.now())
    await post.deliver()
    await notice_outages(post.store, second, channel, now=post.hands.now())
    post.hands.ahead += timedelta(minutes=5)


def shown(post, what):
    """The messages that say so."""
    return [each for each in post.slack.messages if what in text_of(each)]


@pytest.mark.parametrize("word", WORDS)
async def test_e14_a_webhook_tells_once_what_the_token_cannot(post, word, caplog):
    second = WebhookPoster(post.slack.hook_url)
    key = post.decide("s1", 3, severity=Severity.CRITICAL)
    for _ in range(24):
        post.slack.token_problem = word
        await cycle(post, second)
    (notice,) = post.slack.messages
    assert "#tocsin takes no messages" in text_of(notice)
    (error,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert f"#tocsin takes no messages ({word}): " in error.getMessage()
    post.slack.token_problem = ""
    for _ in range(4):
        await cycle(post, second)
    assert post.slack.keys[key] == 1
    assert len(shown(post, "takes no messages")) == 1
    assert len(shown(post, "takes messages again")) == 1
    with post.store.unit(reading=True) as unit:
        assert unit.notices.open() == ()


async def test_e14_a_channel_of_its_own_tells_what_another_cannot(tmp_path):
    with outpost(tmp_path / "tocsin.db") as post:
        post.decide("s1", 3)
        post.slack.faults = ["not_in_channel"]
        for _ in range(2):
            await cycle(post, channel="#tocsin-care")
        with post.store.unit(reading=True) as unit:
            (notice,) = [each for each in unit.outbox.all() if not each.article_id]
        assert notice.channel == "#tocsin-care"
        assert "/invite" in notice.headline


async def test_e14_what_the_webhook_surely_did_not_take_is_told_later(post):
    second = WebhookPoster(post.slack.hook_url)
    post.decide("s1", 3)
    post.slack.token_problem, post.slack.hook_problem = "invalid_auth", "no_service"
    await cycle(post, second)
    assert post.slack.messages == []
    post.slack.hook_problem = ""
    post.slack.faults = [Fault.NONE]
    await notice_outages(post.store, second, CHANNEL, now=post.hands.now())
    await notice_outages(post.store, second, CHANNEL, now=post.hands.now())
    assert len(shown(post, "takes no messages")) == 1


async def test_an_outage_of_slack_is_no_matter_for_an_operator(post):
    post.decide("s1", 3)
    post.slack.faults = [Fault.CLOSED, Fault.SERVER]
    for _ in range(2):
        await cycle(post)
    with post.store.unit(reading=True) as unit:
        assert unit.notices.since(post.hands.now() - timedelta(hours=1)) == ()
