"""A score server: feeds that log every request, and a judge of the log.

In the manner of Rachel Kroll's feed reader score. Each feed is served by the rules of
its kind; the judge knows only the log, with the moment of the simulated clock.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from tests.servers.stand import CLOSES, Reply, Request, item, redirect, rss

DAY = timedelta(days=1)


class Kind(StrEnum):
    """How a server of the thirty behaves."""

    BOTH = "both validators"
    WEAK = "a weak tag with blanks"
    DATE = "a date alone, in a format of its own"
    NEITHER = "no validators"
    CHURNING = "a new tag with each change, the same date"
    FRESH = "fresh for an hour"
    EXPIRING = "expires in forty minutes, by a clock that is wrong"
    THROTTLING = "429 for two hours, now and then"
    BUSY = "503 until a date, now and then"
    LYING = "304 for ever, whatever changed"
    DEAF = "200 each time, whatever is asked"
    MOVED = "redirects for good"
    WANDERING = "redirects for now"
    BAKING = "a cookie with every answer"
    FAILING = "500 for half a day"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request, and what was answered."""

    at: datetime
    path: str
    conditions: tuple[bytes | None, bytes | None]
    carries: tuple[str, ...]
    status: int
    gave: tuple[bytes | None, bytes | None]
    rests_until: datetime | None = None
    is_lie: bool = False

    @property
    def place(self) -> str:
        return f"{self.path} at {self.at:%d %H:%M}"


@dataclass(kw_only=True)
class Scored:
    """One feed of the score server.

    Args:
        number: Settles its pace, and when its server is in a bad mood.
        now: The simulated clock.
        log: Where its requests go.
    """

    number: int
    kind: Kind
    now: Callable[[], datetime]
    log: list[Asked]
    began_at: datetime = field(init=False)
    _rests_until: datetime | None = None
    _served: int = 0

    def __post_init__(self) -> None:
        self.began_at = self.now()

    @property
    def path(self) -> str:
        return f"/{self.number}"

    @property
    def pace(self) -> timedelta:
        """Between two entries: from ten minutes to a day."""
        return timedelta(minutes=10 * 1.18**self.number)

    @property
    def version(self) -> int:
        """How many entries there have been."""
        return int((self.now() - self.began_at) / self.pace)

    def document(self) -> bytes:
        last = self.version
        numbers = range(max(last - 20, 0), last + 1)
        return rss(*(item(n, link=f"/{self.number}/{n}") for n in numbers))

    def validators(self) -> tuple[bytes | None, bytes | None]:
        version = b"%d" % self.version
        match self.kind:
            case Kind.NEITHER:
                return None, None
            case Kind.WEAK:
                return b'W/"v ' + version + b' "', None
            case Kind.DATE:
                return None, b"change no " + version
            case Kind.CHURNING:
                return b'"' + version + b'"', b"Monday"
            case Kind.LYING:
                return b'"for ever"', None
            case _:
                return b'"' + version + b'"', b"change no " + version

    def answer(self, request: Request) -> Reply:
        asked = (
            request.header("If-None-Match"),
            request.header("If-Modified-Since"),
        )
        reply = self._reply(request.path, asked)
        names = ("ETag", "Last-Modified")
        gave = [_bytes(reply.headers.get(name)) for name in names]
        carried = ("Cookie", "Referer", "A-IM", "Authorization")
        self.log.append(
            Asked(
                at=self.now(),
                path=request.path,
                conditions=asked,
                carries=tuple(name for name in carried if request.header(name)),
                status=reply.status,
                gave=(gave[0], gave[1]),
                rests_until=self._rests_until,
                is_lie=reply.status == 304 and self._served != self.version,
            )
        )
        if reply.status == 200:
            self._served = self.version
        return reply

    def _reply(self, path: str, asked: tuple[bytes | None, bytes | None]) -> Reply:
        hours = (self.now() - self.began_at) / timedelta(hours=1)
        if mood := self._mood(hours):
            return mood
        if self.kind in (Kind.MOVED, Kind.WANDERING) and path == self.path:
            return redirect(f"{path}/to", 301 if self.kind is Kind.MOVED else 302)
        etag, modified = self.validators()
        headers: dict[str, str | bytes] = dict(self._wishes())
        if etag:
            headers["ETag"] = etag
        if modified:
            headers["Last-Modified"] = modified
        known = asked[0] == etag if asked[0] else asked[1] == modified
        if any(asked) and known and self.kind is not Kind.DEAF:
            return Reply(status=304, headers=headers)
        return Reply(body=self.document(), headers=headers)

    def _mood(self, hours: float) -> Reply | None:
        """Now and then a server wants no request, or has none to give."""
        now, resting = self.now(), self._rests_until
        if resting is not None and now >= resting:
            self._rests_until = None
        if self.kind is Kind.FAILING and 10 <= hours < 22:
            return Reply(status=500, headers=CLOSES)
        bad = self.kind in (Kind.THROTTLING, Kind.BUSY)
        if not bad or (self._rests_until is None and int(hours) % 12 != 5):
            return None
        if self._rests_until is None:
            self._rests_until = now + timedelta(hours=2)
        wait = self._rests_until - now
        if self.kind is Kind.THROTTLING:
            headers = {"Retry-After": str(int(wait.total_seconds()))}
            return Reply(status=429, headers={**headers, **CLOSES})
        wrong = now + timedelta(hours=1)
        headers = {"Retry-After": _http(wrong + wait), "Date": _http(wrong)}
        return Reply(status=503, headers={**headers, **CLOSES})

    def _wishes(self) -> Iterator[tuple[str, str]]:
        wrong = self.now() - timedelta(hours=3)
        if self.kind is Kind.FRESH:
            yield "Cache-Control", "max-age=3600"
        if self.kind is Kind.EXPIRING:
            yield "Date", _http(wrong)
            yield "Expires", _http(wrong + timedelta(minutes=40))
        if self.kind is Kind.BAKING:
            yield "Set-Cookie", "who=you; Path=/; Max-Age=999999"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the judge found; each breach is a sentence."""

    requests: int
    unconditional: int
    not_modified: int
    breaches: tuple[str, ...]


def judge(log: Sequence[Asked]) -> Verdict:
    """Hold a log against the promise (P7).

    At most one request a day without conditions after the first, to a server that gave
    something to ask with, as long as that was worth something: one that said "not
    modified" of what it had changed cannot be asked by it. Conditions byte for byte as
    they were last given; none before a server's rest ends; no cookie, no referrer.
    """
    by_path: defaultdict[str, list[Asked]] = defaultdict(list)
    for asked in log:
        by_path[asked.path].append(asked)
    counts = Counter(any(asked.conditions) for asked in log)
    return Verdict(
        requests=len(log),
        unconditional=counts[False],
        not_modified=sum(asked.status == 304 for asked in log),
        breaches=tuple(
            breach
            for path in by_path.values()
            for breach in (*_carried(path), *_hurried(path), *_Conditions().of(path))
        ),
    )


def _carried(path: Sequence[Asked]) -> Iterator[str]:
    for asked in path:
        if asked.carries:
            yield f"{asked.place}: carries {', '.join(asked.carries)}"


def _hurried(path: Sequence[Asked]) -> Iterator[str]:
    for before, asked in pairwise(path):
        if before.rests_until and asked.at < before.rests_until:
            yield f"{asked.place}: before the rest ended at {before.rests_until:%H:%M}"


@dataclass
class _Conditions:
    """What one address gave last, and when it was last asked without that."""

    last: tuple[bytes | None, bytes | None] = (None, None)
    bare_at: datetime | None = None
    has_lied: bool = False

    def of(self, path: Sequence[Asked]) -> Iterator[str]:
        for asked in path:
            if any(asked.conditions):
                if asked.conditions != self.last:
                    yield f"{asked.place}: not the {self.last} that was given"
            elif any(self.last) and not self.has_lied:
                if self.bare_at is not None and asked.at - self.bare_at < DAY:
                    yield f"{asked.place}: bare, as at {self.bare_at:%d %H:%M}"
                self.bare_at = asked.at
            self._learn(asked)

    def _learn(self, asked: Asked) -> None:
        self.has_lied = self.has_lied or asked.is_lie
        if asked.status == 200:
            self.last = asked.gave
        elif asked.status == 304:
            self.last = (asked.gave[0] or self.last[0], asked.gave[1] or self.last[1])


def _bytes(value: str | bytes | None) -> bytes | None:
    return value.encode() if isinstance(value, str) else value


def _http(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
