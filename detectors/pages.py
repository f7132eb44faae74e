"""HTML → article: text, title, date; refuses what is no article and says why.

trafilatura's fast run costs half of its full one and loses a point of F1 on news, all
of it where it finds little. So the full run follows only there. A teaser, a cookie wall
or a login page is worse than the feed's own text, for it looks like an article and is
none.
"""

import re
from datetime import UTC, datetime
from functools import partial

from trafilatura import bare_extraction
from trafilatura.settings import Document

from detectors.feed_dates import EARLIEST_YEAR
from detectors.markup import is_utf8, one_line
from detectors.model import Page
from detectors.walls import FEED_SHARE, refuse

# Characters; fewer from the fast run, and the full one is tried. On 133 news pages:
# F1 .918 without it, .925 with 400, .930 with 1,200 (16, 17 and 18 ms a page), and
# .929 with the full run alone (36 ms); 2026-11.
LITTLE_TEXT = 1_200

_LANGUAGE = re.compile(
    rb"<html[^>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z]{2,3})\b", re.IGNORECASE
)
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE
)
_HEAD_BYTES = 4_096
MAX_AUTHOR = 200  # characters: some pages list a whole newsroom
_LIVE = b"LiveBlogPosting"  # schema.org's type of a live blog


def read_page(
    body: bytes,
    *,
    url: str,
    charset: str | None = None,
    feed_title: str = "",
    feed_text: str = "",
    feed_published_at: datetime | None = None,
) -> Page:
    """Read the article on a page.

    Args:
        body: The page as it came, once decompressed.
        url: Where it was found.
        charset: What the server said the encoding is, if it did.
        feed_title: The feed's title, which is used where it is not empty.
        feed_text: The feed's own text, to tell a teaser by.
        feed_published_at: The feed's date, which is used where it is known.

    Returns:
        Paragraphs parted by a blank line. With a ``refusal`` the text is what the
        page had to say, for a look by hand.
    """
    extract = partial(_extract, _decoded(body, charset), url=url)
    asked = not (feed_title and feed_published_at)
    fast = extract(fast=True, with_metadata=asked)
    document, found = fast, len(fast.text or "") if fast else 0
    if found < max(LITTLE_TEXT, FEED_SHARE * len(feed_text)):
        # What the page states of itself, the fast run has found as well.
        full = extract(fast=False, with_metadata=asked and fast is None)
        document = full if full and len(full.text or "") > found else fast
    stated = fast or document
    text = _paragraphs(document.text) if document else ""
    return Page(
        url=url,
        title=feed_title or one_line((stated.title if stated else "") or ""),
        text=text,
        language=_language(body),
        published_at=feed_published_at or _date(stated.date if stated else None),
        refusal=str(refuse(text, feed_text=feed_text) or ""),
        is_live=_LIVE in body,
        author=one_line((stated.author if stated else "") or "")[:MAX_AUTHOR],
    )


def _extract(
    source: str | bytes, url: str, *, fast: bool, with_metadata: bool
) -> Document | None:
    try:
        document = bare_extraction(
            source,
            url=url,
            fast=fast,
            with_metadata=with_metadata,
            include_comments=False,
        )
    except (ValueError, TypeError, AttributeError, LookupError, AssertionError):
        return None  # a page that breaks the extractor is an empty one
    return document if isinstance(document, Document) else None


def _decoded(body: bytes, charset: str | None) -> str | bytes:
    """Text where an encoding shows or is stated; else the extractor shall guess."""
    if is_utf8(body):
        return body.decode("utf-8")
    stated = _CHARSET.search(body[:_HEAD_BYTES])
    names = (charset, stated.group(1).decode("ascii", "replace") if stated else None)
    for name in filter(None, names):
        try:
            return body.decode(name)
        except (UnicodeError, LookupError):
            continue
    return body


def _paragraphs(text: str | None) -> str:
    lines = (" ".join(line.split()) for line in (text or "").splitlines())
    return "\n\n".join(line for line in lines if line)


def _language(body: bytes) -> str | None:
    """What the page claims its language is: a hint, often a template's."""
    stated = _LANGUAGE.search(body[:_HEAD_BYTES])
    return stated.group(1).decode("ascii").lower() if stated else None


def _date(stated: str | None) -> datetime | None:
    """The day that the page gives, at midnight UTC; trafilatura knows no hour."""
    try:
        moment = datetime.fromisoformat(stated or "")
    except ValueError:
        return None
    moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    return moment if moment.year >= EARLIEST_YEAR else None
