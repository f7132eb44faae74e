"""One feed asked once, and all that can be told of it; nothing is kept.

For people who wonder why a feed brings nothing, too much, or not yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from detectors import courses
from detectors.courses import Fault, Seen
from detectors.discovery import find_feeds
from detectors.durations import render_duration
from detectors.errors import MonitorError, without_secrets
from detectors.intake import Intake, plan_intake
from detectors.model import Feed, FeedDocument, FeedState, Validators
from detectors.polling import NextPoll, next_due, rests
from detectors.urls import place
from flows.asking import Document, Failure, Unchanged, ask
from flows.errors import FetchError
from flows.intake import known_of
from flows.keeping import Rules
from flows.subscriptions import spelled
from flows.web.fetch import ANEW, Answer, Fetch, Terms, Want
from flows.web.robots import PoliteWeb
from flows.web.workers import PARSE_WITHIN, Run, WorkerError
from storage.database import Store, UnitOfWork

PAGES = 3  # of its entries' pages whose robots.txt is asked for


class RestingError(MonitorError):
    """A server asked us not to ask; a check obeys that, too."""

    what = "not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What one request told.

    Args:
        feed: As it is watched; as it would be, with the id 0, where it is not.
        answer: The server's; None where there was none.
        problem: Why it is no feed; "" if it is one.
        named: Feeds that it names instead.
        document: As parsed.
        repeats: What a second, conditional request brought, in words.
        intake: What would become of its entries; None where that is not known.
        closed: Pages of its entries that may not be read, with why.
        fresh_for: How long its server calls it fresh.
        due: When it would be asked next, and why.
        warnings: What somebody should look at.
    """

    feed: Feed
    due: NextPoll
    answer: Answer | None = None
    problem: str = ""
    named: tuple[str, ...] = ()
    document: FeedDocument | None = None
    repeats: str = ""
    intake: Intake | None = None
    closed: tuple[tuple[str, str], ...] = ()
    fresh_for: timedelta | None = None
    warnings: tuple[str, ...] = field(default_factory=tuple)


async def check(
    store: Store, web: PoliteWeb, run: Run, wanted: str, *, now: datetime, rules: Rules
) -> Check:
    """Ask a feed once, whether it is due or not, and once more with its validators.

    Args:
        store: Read, but for rules of robots that are asked for.
        web: The web, with the rules of pages.
        run: Workers; parsing happens there.
        wanted: An address, or the number of a feed.
        now: The moment.
        rules: How feeds are polled.

    Raises:
        RestingError: Its server asked us to wait.
        SubscriptionError: It is no web address.
    """
    with store.unit(reading=True) as unit:
        feed = _feed(unit, wanted, now)
        _check_rest(unit, feed, now)
    answers: list[Answer] = []
    bare = replace(feed, validators=Validators(), body_hash=None)
    found = await ask(bare, _recording(web, answers), run, moment=lambda: now)
    answer = answers[-1] if answers else None
    if not isinstance(found, Document):
        named = await _named(run, answer) if answer else ()
        return replace(_failed(feed, found, answer, now, rules), named=named)
    since = now - feed.backfill if feed.backfill is not None else None
    with store.unit(reading=True) as unit:
        known = known_of(unit, feed, found.document).values()
        intake = plan_intake(found.document, known, feed=feed, now=now, since=since)
    seen = Seen(new=len(intake.pending), known=intake.known, has_gap=intake.has_gap)
    folded = courses.read(feed, found.heard, found.document, seen, now=now)
    after = replace(folded.feed, baseline_at=feed.baseline_at or now)
    fresh = found.heard.fresh_until
    made = Check(
        feed=feed,
        due=next_due(after, now=now, cycle=rules.cycle),
        answer=answer,
        document=found.document,
        repeats=await _repeated(web, feed, found),
        intake=intake,
        closed=await _closed(web, found.document),
        fresh_for=fresh - now if fresh else None,
    )
    return replace(made, warnings=tuple(_warnings(made)))


def _feed(unit: UnitOfWork, wanted: str, now: datetime) -> Feed:
    """The feed as it is watched, or as it would be."""
    number = int(wanted) if wanted.isdecimal() else 0
    url = "" if number else spelled(wanted)
    kept = unit.feeds.get(number) if number else unit.feeds.by_url(url)
    if kept is not None:
        return kept
    return Feed(
        id=0,
        url=url or spelled(wanted),
        title="",
        source="",
        state=FeedState.ACTIVE,
        added_at=now,
        next_due_at=now,
    )


def _check_rest(unit: UnitOfWork, feed: Feed, now: datetime) -> None:
    host = unit.hosts.resting(now).get(place(feed.url))
    ends_at = feed.course.rest_ends_at if rests(feed, now) else None
    if host is not None:
        ends_at = max(host.rest_ends_at, ends_at or host.rest_ends_at)
    if ends_at is not None:
        wish = f"its server asked us to wait until {ends_at:%Y-%m-%d %H:%M} UTC"
        raise RestingError(feed.url, wish)


def _recording(fetch: Fetch, answers: list[Answer]) -> Fetch:
    async def recorded(url: str, want: Want, terms: Terms = ANEW, /) -> Answer:
        answers.append(await fetch(url, want, terms))
        return answers[-1]

    return recorded


def _failed(
    feed: Feed,
    found: Unchanged | Failure,
    answer: Answer | None,
    now: datetime,
    rules: Rules,
) -> Check:
    fault = found.fault if isinstance(found, Failure) else Fault(text="unchanged")
    after = courses.failed(feed, fault, now=now).feed
    return Check(
        feed=feed,
        due=next_due(after, now=now, cycle=rules.cycle),
        answer=answer,
        problem=fault.text,
    )


async def _named(run: Run, answer: Answer) -> tuple[str, ...]:
    """The feeds that a page names, which came in place of one."""
    try:
        return await run(PARSE_WITHIN, find_feeds, answer.body, answer.url)
    except WorkerError:
        return ()


async def _repeated(fetch: Fetch, feed: Feed, found: Document) -> str:
    """What the server says when it is asked for news at once."""
    heard = found.heard
    if heard.validators == Validators():
        return "gives none: its text is compared"
    terms = Terms(validators=heard.validators, issuer=heard.issuer, wishes=feed.wishes)
    try:
        again = await fetch(feed.url, Want.FEED, terms)
    except FetchError as error:
        return f"asked again, it fails: {error.detail}"
    if again.is_unchanged:
        return "work: asked again, it says “not modified”"
    return "do not work: asked again, it gives everything; its text is compared"


async def _closed(
    web: PoliteWeb, document: FeedDocument
) -> tuple[tuple[str, str], ...]:
    pages = [entry.url for entry in document.entries if entry.url][:PAGES]
    refusals = [(page, await web.refusal(page)) for page in pages]
    return tuple((page, why) for page, why in refusals if why)


def _warnings(made: Check) -> Iterator[str]:
    interval, fresh = made.feed.interval, made.fresh_for
    if interval and fresh and interval < fresh:
        yield (
            f"the desk asks every {render_duration(interval)}, more often than its"
            " server calls its answer fresh"
        )
    if made.answer and made.answer.moved_to:
        yield f"it has moved for good to {without_secrets(made.answer.moved_to)}"
    if made.document and not made.document.entries:
        yield "it lists nothing"
    if made.intake and made.intake.has_gap:
        yield "nothing in it is known: entries may have come and gone unseen"
