"""One feed asked: what came of it as a value, every way to fail among them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import xxhash

from detectors import feeds
from detectors.courses import Fault, Heard
from detectors.errors import NotAFeedError
from detectors.freshness import asked_wait, fresh_for
from detectors.model import Feed, FeedDocument, Validators
from detectors.polling import conditions, wants_check
from detectors.urls import place
from flows.errors import FailureReason, FetchError
from flows.web.fetch import Answer, Fetch, Terms, Want
from flows.web.workers import PARSE_WITHIN, Run, WorkerError


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a feed brought nothing.

    Args:
        fault: As `detectors.courses` takes it.
        host: Of the server that asked all of us to wait, perhaps; "" if none did.
        own: Whether that one is in a network of ours.
    """

    fault: Fault
    host: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that was read, to be kept with its validators.

    ``is_check``: its server had just said that it was not modified.
    """

    document: FeedDocument
    heard: Heard
    body_hash: str
    is_check: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The news that there is none; ``was_read``: because the body is the known one."""

    heard: Heard
    was_read: bool = False


Found = Document | Unchanged | Failure


async def ask(
    feed: Feed, fetch: Fetch, run: Run, *, moment: Callable[[], datetime]
) -> Found:
    """Ask one feed and read what it says.

    Args:
        feed: As it is stored.
        fetch: The web.
        run: Workers; parsing happens there.
        moment: What the clock shows: a wait counts from when it was asked for.
    """
    validators, issuer = conditions(feed)
    anew = Terms(wishes=feed.wishes)
    terms = replace(anew, validators=validators, issuer=issuer)
    try:
        answer = await fetch(feed.url, Want.FEED, terms)
        if not answer.is_unchanged:
            return await _read(feed, answer, run, moment())
        kept = answer.renewed(feed.validators)
        if not wants_check(feed, moment()):
            return Unchanged(heard=_heard(answer, kept, moment()))
        answer = await fetch(feed.url, Want.FEED, anew)
    except FetchError as error:
        return _failure(error, moment())
    checked = await _read(feed, answer, run, moment())
    return replace(checked, is_check=True) if isinstance(checked, Document) else checked


async def _read(feed: Feed, answer: Answer, run: Run, now: datetime) -> Found:
    heard = _heard(answer, answer.validators, now)
    body_hash = xxhash.xxh3_128_hexdigest(answer.body)
    if body_hash == feed.body_hash:
        return Unchanged(heard=heard, was_read=True)
    try:
        document = await run(
            PARSE_WITHIN,
            feeds.parse,
            answer.body,
            url=answer.url,
            charset=answer.charset,
        )
    except NotAFeedError as error:
        return _no_feed(FailureReason.NOT_A_FEED, error.detail)
    except WorkerError as error:
        return _no_feed(FailureReason.UNPARSABLE, error.detail)
    if document.is_cut:  # kept as read, it would be answered 304 and never be whole
        before = feed.course.issuer or answer.url
        heard = replace(heard, validators=feed.validators, issuer=before)
        body_hash = ""
    return Document(document=document, heard=heard, body_hash=body_hash)


def _heard(answer: Answer, validators: Validators, now: datetime) -> Heard:
    fresh = fresh_for(answer.told, now=now)
    return Heard(
        validators=validators,
        issuer=answer.url,
        fresh_until=now + fresh if fresh else None,
        moved_to=answer.moved_to,
    )


def _no_feed(reason: FailureReason, detail: str) -> Failure:
    return Failure(fault=Fault(text=detail or reason.value, is_odd=True))


def _failure(error: FetchError, now: datetime) -> Failure:
    """A refusal, with the wait that its server asks for."""
    wait = asked_wait(error.retry_after, date=error.date, now=now)
    text = error.detail or error.reason.value
    fault = Fault(
        text=f"{text}, asked to come later" if wait else text,
        rest_ends_at=now + wait if wait else None,
        is_gone=error.reason is FailureReason.GONE,
        is_throttled=error.reason is FailureReason.THROTTLED,
    )
    host = place(error.subject) if wait and error.speaks_for_host else ""
    return Failure(fault=fault, host=host, own=error.own)
