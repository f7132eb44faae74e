"""Pages of a channel or a thread: bounds, cursors, limits.

References:
    docs.slack.dev/reference/methods/conversations.history and conversations.replies,
    docs.slack.dev/apis/web-api/pagination.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from flows.demo.slack.refusals import Json, RefusedError

MAX_LIMIT = 999
USUAL_LIMIT = 100
YES = (True, "1", "true", "True")
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?")


def page_of(
    found: list[Json], asked: Json, *, most: int, newest_first: bool
) -> tuple[list[Json], str]:
    """What ``asked`` gets of ``found``, and the cursor to the rest ("" if none).

    A thread's root leads its first page even where it lies outside of the bounds.

    Raises:
        RefusedError: A bound, the limit or the cursor is none.
    """
    within = list(_within(found, asked, keep_root=not newest_first))
    start = _start(within, asked.get("cursor"))
    stop = start + limit_of(asked, most)
    rest = within[stop:]
    return within[start:stop], cursor_to(rest[0]["ts"]) if rest else ""


def is_reply(message: Json) -> bool:
    """Whether a message stands in another's thread."""
    return message.get("thread_ts") not in (None, message["ts"])


def limit_of(asked: Json, most: int) -> int:
    """How much a page may hold.

    Raises:
        RefusedError: The limit is no number, or above what Slack takes.
    """
    given: Any = asked.get("limit") or USUAL_LIMIT
    try:
        wanted = int(given)
    except ValueError:
        raise RefusedError("invalid_limit") from None
    if not 1 <= wanted <= MAX_LIMIT:
        raise RefusedError("invalid_limit")
    return min(wanted, most)


def cursor_to(place: str) -> str:
    """The opaque way to a page that starts at ``place``, stable in time."""
    return base64.b64encode(f"next_ts:{place}".encode()).decode()


def place_of(cursor: str) -> str:
    """Where the page starts that ``cursor`` leads to.

    Raises:
        RefusedError: It was not made by `cursor_to`.
    """
    try:
        name, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise RefusedError("invalid_cursor") from None
    if name != "next_ts":
        raise RefusedError("invalid_cursor")
    return place


def _within(found: list[Json], asked: Json, *, keep_root: bool) -> Iterator[Json]:
    """The messages between ``oldest`` and ``latest``."""
    inclusive = asked.get("inclusive") in YES
    oldest, latest = (_moment(asked, name) for name in ("oldest", "latest"))
    for message in found:
        at = message["ts"]
        if keep_root and not is_reply(message):
            yield message
        elif at in (oldest, latest):
            if inclusive:
                yield message
        elif (not oldest or float(at) > float(oldest)) and (
            not latest or float(at) < float(latest)
        ):
            yield message


def _moment(asked: Json, name: str) -> str:
    """A timestamp that a reader gave; "" if none."""
    given = str(asked.get(name) or "")
    if given and not _NUMBER.fullmatch(given):
        raise RefusedError(f"invalid_ts_{name}")
    return given


def _start(found: list[Json], cursor: object) -> int:
    """Where the page begins that a cursor leads to."""
    if not cursor:
        return 0
    ts = place_of(str(cursor))
    for place, message in enumerate(found):
        if message["ts"] == ts:
            return place
    raise RefusedError("invalid_cursor")
