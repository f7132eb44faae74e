"""One page: asked for and read. Every way to fail is a value here.

`look` is the one way to an article's page: who is refused here is asked nowhere.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

import xxhash

from detectors import pages, visiting
from detectors.model import Article, Entry, Page, Validators, Visit
from flows.errors import FailureReason, FetchError
from flows.web.fetch import ANEW, Answer, Fetch, Terms, Want
from flows.web.workers import EXTRACT_WITHIN, Run, WorkerError
from storage.database import UnitOfWork

PAGE_FAILED = "page-failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What came of asking for a page.

    Args:
        page: As it was read; None where it could not be, or is the same.
        flag: Why there is no article on it; "" for a good one.
        is_same: It is as it was when it was last read.
        failure: Why it could not be had at all.
        validators: To ask it again with.
        body_hash: Of what was sent.
    """

    page: Page | None = None
    flag: str = ""
    is_same: bool = False
    failure: FailureReason | None = None
    validators: Validators = field(default_factory=Validators)
    body_hash: str | None = None

    @property
    def is_good(self) -> bool:
        """Whether an article was read from it."""
        return self.page is not None and not self.flag


async def look(
    entry: Entry, fetch: Fetch, run: Run, *, last: Visit | None = None
) -> Look:
    """Ask for an entry's page and extract its article.

    Args:
        entry: Whose link is followed; what its feed says comes first.
        fetch: The web.
        run: Workers; extraction happens there.
        last: What is known of the page since it was last read.
    """
    try:
        terms = Terms(validators=last.validators) if last else ANEW
        answer = await fetch(entry.url, Want.PAGE, terms)
        if answer.is_unchanged and last is not None:
            return Look(
                is_same=True,
                validators=answer.renewed(last.validators),
                body_hash=last.body_hash,
            )
        body_hash = xxhash.xxh3_128_hexdigest(answer.body)
        given = Look(validators=_own(entry, answer), body_hash=body_hash)
        if last is not None and last.body_hash == body_hash:
            return replace(given, is_same=True)
        page = await run(
            EXTRACT_WITHIN,
            pages.read_page,
            answer.body,
            url=answer.url,
            charset=answer.charset,
            feed_title=entry.title,
            feed_text=entry.text,
            feed_published_at=entry.published_at,
        )
    except FetchError as error:
        return Look(flag=f"{PAGE_FAILED}: {error.reason}", failure=error.reason)
    except WorkerError:
        reason = FailureReason.UNPARSABLE
        return Look(flag=f"{PAGE_FAILED}: {reason}", failure=reason)
    return replace(given, page=page, flag=page.refusal)


def remember(unit: UnitOfWork, first: Article, seen: Look, *, now: datetime) -> None:
    """Keep what to ask a page with the next time, beside what was read from it.

    Args:
        unit: The transaction.
        first: The first article that was read there.
        seen: What came of asking it now; of one that was not asked nothing is kept.
        now: When.
    """
    if seen.body_hash is None and seen.failure is None:
        return
    known = unit.visits.get(first.id)
    if known is None:
        live = visiting.is_live(first.url, first.title)
        known = Visit(
            article_id=first.id,
            url=first.url,
            opened_at=now,
            next_at=None,
            is_live=live,
        )
    elif seen.failure is not None:
        return
    elif known.next_at is not None and known.next_at <= now:
        next_at = visiting.next_visit(known, now=now)
        known = replace(known, next_at=next_at, times=known.times + 1)
    unit.visits.keep(
        replace(
            known,
            validators=seen.validators,
            body_hash=seen.body_hash,
            is_live=known.is_live or (seen.page is not None and seen.page.is_live),
        )
    )


def _own(entry: Entry, answer: Answer) -> Validators:
    """Validators of the address that is asked; those of where it led are not its own.

    Without them the body decides.
    """
    is_own = answer.url == entry.url.partition("#")[0]
    return answer.validators if is_own else Validators()
