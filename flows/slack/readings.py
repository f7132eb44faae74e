"""Channels and threads read back for our own messages, page by page.

Nothing is concluded from half a reading. Slack lets some apps read 15 messages a
minute: a reading waits as it is asked to for a while, and says how far it came.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any, TypeAlias

from slack_sdk.errors import SlackApiError

from flows.posting import Found
from flows.slack.answers import TooManyPagesError, throttled_for

EVENT_TYPE = "tocsin_alert"
PAGE = 15  # the most that Slack gives apps outside its marketplace
MAX_PAGES = 200  # 3,000 foreign messages within one window: give up, look again
PATIENCE = timedelta(minutes=3)  # of one reading; a cycle comes every five
HASH = 16  # hex digits: of a million messages no two are likely to share them

Ask: TypeAlias = Callable[..., Awaitable[Any]]
Sleep: TypeAlias = Callable[[float], Awaitable[None]]


class Reading:
    """What of ours stands in one place, as far as it was read.

    Args:
        ask: The method that gives a page.
        asked: What it is asked, but for the cursor.
        bot: Our own bot's id: others may copy what we mark our messages with.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self, ask: Ask, asked: Mapping[str, object], *, bot: str, sleep: Sleep
    ) -> None:
        """Read nothing yet."""
        self.alone: dict[str, Found] = {}
        self.within: dict[str, Found] = {}
        self.reached: str | None = None
        self._ask, self._asked, self._bot, self._sleep = ask, asked, bot, sleep
        self._cursor: str | None = None
        self._pages, self._is_whole, self._waited = 0, False, timedelta(0)

    async def find(self, key: str) -> Found | None:
        """The message of a key, or the one that it was told within; None if neither.

        Raises:
            SlackApiError: A page was refused.
            TooManyPagesError: It comes to no end.
        """
        short = hashed(key)
        while True:
            found = self.alone.get(key) or self.within.get(short)
            if found is not None or self._is_whole:
                return found
            await self._read_on()

    async def finish(self) -> None:
        """Read all there is.

        Raises:
            SlackApiError: A page was refused.
            TooManyPagesError: It comes to no end.
        """
        while not self._is_whole:
            await self._read_on()

    async def _read_on(self) -> None:
        """Read the next page."""
        if self._pages == MAX_PAGES:
            raise TooManyPagesError(f"more than {MAX_PAGES} pages")
        answer = await self._page()
        self._pages += 1
        for seen in answer.get("messages") or ():
            self._note(seen)
        metadata = answer.get("response_metadata") or {}
        self._cursor = metadata.get("next_cursor") or None
        if self._cursor is None and answer.get("has_more"):
            raise TooManyPagesError("more pages, and no way to them")
        self._is_whole = self._cursor is None

    async def _page(self) -> Any:  # noqa: ANN401  # the SDK's answer
        """Ask for a page, and wait once if that is asked for."""
        try:
            return await self._ask(cursor=self._cursor, **self._asked)
        except SlackApiError as error:
            wait = throttled_for(error)
            if wait is None or self._waited + wait > PATIENCE:
                raise
            self._waited += wait
            await self._sleep(wait.total_seconds())
        return await self._ask(cursor=self._cursor, **self._asked)

    def _note(self, seen: Mapping[str, Any]) -> None:
        """Know a message that stands there, if it is ours."""
        ts, root = str(seen["ts"]), seen.get("thread_ts")
        self.reached = ts
        metadata = seen.get("metadata") or {}
        if metadata.get("event_type") != EVENT_TYPE:
            return
        if self._bot and seen.get("bot_id") != self._bot:
            return
        payload = metadata.get("event_payload") or {}
        answers = str(root) if root and root != ts else None
        key = str(payload.get("k", ""))
        in_digest = bool(payload.get("d"))
        self.alone.setdefault(key, Found(ts=ts, within=in_digest, thread_ts=answers))
        for each in payload.get("f") or ():
            self.within.setdefault(str(each), Found(ts=ts, within=True))


def hashed(key: str) -> str:
    """A key in few letters: a hundred must fit into what a message carries."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:HASH]
