"""The pages of articles, as far as their publishers let machines read them.

A feed is given to be polled, and the desk named it: robots.txt is not asked for it.
The pages that its entries link to are another matter. One that may not be had costs
its article the page, never the alert: the feed's own text stands in.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from protego import Protego

from detectors.model import RobotRules
from detectors.opt_outs import OURS, opted_out
from flows.errors import FailureReason, FetchError
from flows.web.fetch import ANEW, Answer, Fetch, Terms, Want
from storage.database import Store

GOOD_FOR = timedelta(hours=24)  # RFC 9309 §2.4
FAILED_FOR = timedelta(hours=1)  # a server that is down for a minute costs no day
MAX_CHARACTERS = 500 * 1024  # RFC 9309 §2.5: so much must be read, the rest may not
LONGEST_DELAY = timedelta(seconds=10)  # thirty pages of a host in a cycle

_CLIENT_ERRORS = range(400, 500)
_TOO_MANY = 429


class Slow(Protocol):
    """How a host is given more time between two requests."""

    def __call__(self, host: str, delay: timedelta, /) -> None:
        """Leave at least ``delay`` between two requests to ``host``."""
        ...


class PoliteWeb:
    """The web, where a page is asked for only if its publisher lets us; a `Fetch`.

    What a robots.txt says is kept in the store for a day, and for this run in memory.

    Args:
        fetch: The web itself.
        store: Where rules are kept.
        now: The clock.
        slow: Heeds a ``Crawl-delay``.
        heeds_opt_outs: Whether a publisher's word against text mining counts.
    """

    def __init__(
        self,
        fetch: Fetch,
        store: Store,
        *,
        now: Callable[[], datetime],
        slow: Slow | None = None,
        heeds_opt_outs: bool = True,
    ) -> None:
        """Know nobody's rules yet."""
        self._fetch = fetch
        self._store = store
        self._now = now
        self._slow = slow
        self._heeds_opt_outs = heeds_opt_outs
        self._known: dict[str, RobotRules] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._parsed: dict[str, Protego] = {}

    async def __call__(self, url: str, want: Want, terms: Terms = ANEW, /) -> Answer:
        """Fetch a document; a page only if that is allowed, at its last address too.

        Raises:
            FetchError: Also ROBOTS, and OPTED_OUT.
        """
        if want is not Want.PAGE:
            return await self._fetch(url, want, terms)
        await self._check(url)
        answer = await self._fetch(url, want, terms)
        if origin(answer.url) != origin(url):
            await self._check(answer.url)
        if self._heeds_opt_outs and (word := opted_out(answer.told, answer.body)):
            raise FetchError(answer.url, FailureReason.OPTED_OUT, word)
        return answer

    async def refusal(self, url: str) -> str:
        """Why the page at ``url`` may not be asked for; "" if it may."""
        home = origin(url)
        if not home:
            return ""
        async with self._asking[home]:  # of fifty pages one asks
            if home not in self._known:
                self._known[home] = await self._rules(home)
        rules = self._known[home]
        if rules.rules is None:
            return rules.problem and f"robots.txt cannot be had: {rules.problem}"
        if self._parsed[home].can_fetch(url, OURS):
            return ""
        return "robots.txt"

    async def _check(self, url: str) -> None:
        if why := await self.refusal(url):
            raise FetchError(url, FailureReason.ROBOTS, why)

    async def _rules(self, home: str) -> RobotRules:
        """What a site's robots.txt says: as kept, or asked for anew."""
        with self._store.unit(reading=True) as unit:
            kept = unit.hosts.robots([home]).get(home)
        if kept is None or self._is_old(kept):
            kept = await self._asked(home, kept)
            with self._store.unit() as unit:
                unit.hosts.keep_robots(kept)
        if kept.rules is not None:
            parsed = await asyncio.to_thread(Protego.parse, kept.rules)
            self._parsed[home] = parsed
            self._heed(home, parsed)
        return kept

    def _is_old(self, kept: RobotRules) -> bool:
        age = self._now() - kept.asked_at
        return not timedelta(0) <= age < (FAILED_FOR if kept.problem else GOOD_FOR)

    async def _asked(self, home: str, kept: RobotRules | None) -> RobotRules:
        """Ask a site for its rules; while it fails, those it last had stand.

        References:
            RFC 9309 §2.3.1: there is none (4xx), or it cannot be reached (the rest).
        """
        rules, problem = kept.rules if kept else None, ""
        try:
            answer = await self._fetch(f"{home}/robots.txt", Want.ROBOTS)
        except FetchError as error:
            if error.status in _CLIENT_ERRORS and error.status != _TOO_MANY:
                rules = None
            else:
                problem = error.detail or error.reason.value
        else:
            rules = answer.body.decode("utf-8", "replace")[:MAX_CHARACTERS]
        return RobotRules(
            origin=home, asked_at=self._now(), rules=rules, problem=problem
        )

    def _heed(self, home: str, parsed: Protego) -> None:
        seconds = parsed.crawl_delay(OURS)
        if self._slow is not None and seconds is not None and seconds > 0:
            delay = timedelta(seconds=min(seconds, LONGEST_DELAY.total_seconds()))
            self._slow(urlsplit(home).netloc, delay)


def origin(url: str) -> str:
    """Scheme, host and port, for which a robots.txt holds; "" of no web address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
