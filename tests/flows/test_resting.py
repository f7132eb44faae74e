from datetime import timedelta

import pytest

from detectors.model import WaitScope
from flows.errors import FailureReason, FetchError
from flows.web.fetch import Want
from flows.web.resting import RestingWeb
from tests.servers.stand import CLOSES, Reply, document, item, page, rss

MINUTE = timedelta(minutes=1)


@pytest.fixture
def web(news, fetch, clock):
    return RestingWeb(fetch, news, now=clock, waits=WaitScope.HOST)


def busy(status=429):
    return Reply(status=status, headers={"Retry-After": "600", **CLOSES})


async def refused(fetch, url, want=Want.PAGE):
    with pytest.raises(FetchError) as caught:
        await fetch(url, want)
    return caught.value


@pytest.mark.parametrize("status", [429, 503])
async def test_a18_a_host_that_asks_for_a_rest_is_asked_for_no_page(
    web, stand, clock, status
):
    url = stand.say("/1", busy(status), page("The ferry sailed at dawn."))
    await refused(web, url)
    error = await refused(web, stand.url("/2"))
    assert error.reason is FailureReason.THROTTLED
    assert "asked us to wait until 12:10 UTC" in error.detail
    assert (await refused(web, stand.url("/robots.txt"), Want.ROBOTS)).detail
    assert len(stand.requests) == 1
    clock.now += 10 * MINUTE
    assert (await web(url, Want.PAGE)).body


async def test_a18_a_rest_outlives_the_run(web, news, fetch, stand, clock):
    await refused(web, stand.say("/1", busy()))
    again = RestingWeb(fetch, news, now=clock, waits=WaitScope.HOST)
    await refused(again, stand.url("/2"))
    assert len(stand.requests) == 1


async def test_feeds_have_their_own_patience(web, stand):
    await refused(web, stand.say("/1", busy()))
    feed = stand.say("/feed", document(rss(item(1))))
    assert (await web(feed, Want.FEED)).body


@pytest.mark.parametrize("waits", [None, WaitScope.FEED])
async def test_a23_a_server_of_ours_speaks_for_one_page(
    news, fetch, stand, clock, waits
):
    web = RestingWeb(fetch, news, now=clock, waits=waits)
    await refused(web, stand.say("/1", busy()))
    assert (await web(stand.say("/2", page("It sailed.")), Want.PAGE)).body


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}, {"Retry-After": "?"}])
async def test_a_refusal_that_asks_for_no_rest_gives_none(web, stand, headers):
    url = stand.say("/1", Reply(status=429, headers={**headers, **CLOSES}))
    await refused(web, url)
    await refused(web, url)
    assert len(stand.requests) == 2
