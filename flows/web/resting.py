"""Pages of hosts that asked us to wait are not asked for until they may be.

Feeds have their own patience (`detectors.polling`). A page that waits costs its article
no alert: the feed's own text stands in, and the page is visited again later.
"""

from collections.abc import Callable
from datetime import datetime

from detectors.freshness import asked_wait
from detectors.model import Host, WaitScope
from detectors.polling import wait_scope
from detectors.urls import place
from flows.errors import FailureReason, FetchError
from flows.web.fetch import ANEW, Answer, Fetch, Terms, Want
from storage.database import Store


class RestingWeb:
    """The web without those hosts that rest; a `Fetch`.

    Args:
        fetch: The web itself.
        store: Where rests are kept, so that they outlive the run.
        now: The clock.
        waits: As of `flows.keeping.Rules`.
    """

    def __init__(
        self,
        fetch: Fetch,
        store: Store,
        *,
        now: Callable[[], datetime],
        waits: WaitScope | None,
    ) -> None:
        """Ask nobody yet."""
        self._fetch = fetch
        self._store = store
        self._now = now
        self._waits = waits

    async def __call__(self, url: str, want: Want, terms: Terms = ANEW, /) -> Answer:
        """Fetch a document.

        Raises:
            FetchError: Also THROTTLED, without a request, while its host rests.
        """
        if want is Want.FEED:
            return await self._fetch(url, want, terms)
        self._check(url)
        try:
            return await self._fetch(url, want, terms)
        except FetchError as error:
            self._heed(error)
            raise

    def _check(self, url: str) -> None:
        with self._store.unit(reading=True) as unit:
            host = unit.hosts.resting(self._now()).get(place(url))
        if host is not None:
            until = f"{host.rest_ends_at:%H:%M} UTC"
            reason = f"its host asked us to wait until {until}"
            raise FetchError(url, FailureReason.THROTTLED, reason)

    def _heed(self, error: FetchError) -> None:
        """Let a host rest that asks for it, unless it speaks for many sites."""
        now = self._now()
        wait = asked_wait(error.retry_after, date=error.date, now=now)
        if not wait or not error.speaks_for_host:
            return
        if wait_scope(None, self._waits, own=error.own) is WaitScope.HOST:
            name, reason = place(error.subject), error.detail
            rest = Host(name=name, rest_ends_at=now + wait, reason=reason)
            with self._store.unit() as unit:
                unit.hosts.rest(rest)
