"""Whose turn it is: due feeds in a fair order, never two of one host at once.

A host with sixty feeds has one of them asked at a time, between those of others; one
that asks for a rest while we are at it is not asked for what was still to come.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from detectors.model import Feed, Host
from detectors.polling import in_turn
from detectors.urls import place
from flows import clock


class Round:
    """Feeds to be asked in one poll.

    Args:
        feeds: Longest due first.
        resting: Hosts that want no request now, by name.
        moment: What the clock shows while we are at it.
    """

    def __init__(
        self,
        feeds: Iterable[Feed],
        *,
        resting: Mapping[str, Host],
        moment: Callable[[], datetime],
    ) -> None:
        """Put every feed in its host's line."""
        self.moment = moment
        self.left: list[tuple[Feed, Host]] = []
        self._resting = dict(resting)
        self._lines: defaultdict[str, deque[tuple[int, Feed]]] = defaultdict(deque)
        for turn, feed in enumerate(in_turn(feeds)):
            self._lines[place(feed.url)].append((turn, feed))
        self._free = [(line[0][0], host) for host, line in self._lines.items()]
        heapq.heapify(self._free)

    def next(self) -> Feed | None:
        """The feed whose turn it is; None where those at work see to the rest.

        Its host is asked for nothing else until `done` is called with the feed.
        """
        while self._free:
            _, host = heapq.heappop(self._free)
            _, feed = self._lines[host].popleft()
            rest = self._resting.get(host)
            if rest is None or rest.rest_ends_at <= self.moment():
                return feed
            self.left.append((feed, rest))
            self._let_free(host)
        return None

    def done(self, feed: Feed, rests: Host | None) -> None:
        """The feed was asked, and its host is free, or ``rests``."""
        if rests is not None:
            self._resting[rests.name] = rests
        self._let_free(place(feed.url))

    def _let_free(self, host: str) -> None:
        line = self._lines[host]
        if line:
            heapq.heappush(self._free, (line[0][0], host))


def running(now: datetime) -> Callable[[], datetime]:
    """A clock that shows ``now`` at first, and goes on from there."""
    began = clock.elapsed()
    return lambda: now + timedelta(seconds=clock.elapsed() - began)
