"""The real web, store, Slack and clock, put together once a run."""

from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console

from flows import clock, lastgood
from flows.desk import Desk
from flows.keeping import Rules
from flows.posting import Poster
from flows.seeds import load_seeds
from flows.settings import Mining, Settings, WebhookDoubt
from flows.version import tocsin_version
from flows.web.fetch import Fetch, Web, agent
from flows.web.guard import Guard
from flows.web.indexes import IndexedWeb
from flows.web.resting import RestingWeb
from flows.web.robots import PoliteWeb
from flows.web.workers import Run, Workers
from storage.database import Store

if TYPE_CHECKING:
    from flows.damage import Damage

Clock = Callable[[], datetime]


class Wiring:
    """Everything a cycle needs; a context manager that gives it all back.

    ``damages`` are of models that `desk` could not use.

    Args:
        settings: What differs by machine.
        topics: A folder of topics in place of the configured one.
        now: The clock; the demo brings its newsroom's.
        poster: Where messages go in place of what the settings say.
        console: Where they are printed when the settings name no Slack.
        warn: Told a sentence about what is wrong but does not stop the run.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        topics: Path | None = None,
        now: Clock = clock.now,
        poster: Poster | None = None,
        console: Console | None = None,
        warn: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Open nothing yet."""
        self.settings = settings
        self.now = now
        self._topics = topics
        self._poster = poster
        self._console = console or Console(stderr=True)
        self._warn = warn
        self.damages: list[Damage] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open the store and the web; workers start with their first document."""
        self.store = self._stack.enter_context(closing(open_store(self.settings)))
        web = await self._stack.enter_async_context(make_web(self.settings))
        self.workers: Run = await self._stack.enter_async_context(Workers())
        self.fetch: Fetch = PoliteWeb(
            RestingWeb(
                IndexedWeb(web, self.workers),
                self.store,
                now=self.now,
                waits=self.settings.waits,
            ),
            self.store,
            now=self.now,
            slow=web.slow_down,
            heeds_opt_outs=self.settings.mining is Mining.HONOUR,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close what was opened, in reverse."""
        await self._stack.aclose()

    @property
    def clock(self) -> clock.Clock:
        """Time for sending: the store's own, which all who share it agree on."""
        if self.now is clock.now:
            return clock.Clock(now=self.store.now)
        return clock.Clock(now=self.now)

    @property
    def rules(self) -> Rules:
        """How feeds are polled, as the settings say."""
        return Rules(cycle=self.settings.poll_every, waits=self.settings.waits)

    @cached_property
    def desk(self) -> Desk:
        """The seeds, read once a run: the last good ones where they are broken.

        Topics that were asked for by hand must be good, and are kept for no other run.
        """
        settings = self.settings
        seeds = (
            load_seeds(
                self._topics,
                home=settings.home,
                meaning=settings.meaning,
                damaged=self.damages.append,
            )
            if self._topics
            else lastgood.load(
                settings.topics,
                home=settings.home,
                meaning=settings.meaning,
                warn=self._warn,
                damaged=self.damages.append,
            )
        )
        return Desk(
            seeds=seeds,
            channel=settings.slack_channel,
            notices=settings.slack_notices,
            quote=settings.quote,
        )

    @cached_property
    def poster(self) -> Poster:
        """Slack by token or webhook; the terminal where neither is set."""
        return self._poster or _poster(self.settings, self._console)

    @cached_property
    def second(self) -> Poster | None:
        """Another way into Slack, for what cannot go the first: a webhook beside it."""
        settings = self.settings
        if settings.slack_bot_token is None or settings.slack_webhook_url is None:
            return None
        from flows.slack.webhook import WebhookPoster

        return WebhookPoster(settings.slack_webhook_url.get_secret_value())


def make_web(settings: Settings) -> Web:
    """The web as the settings allow it, still to be opened."""
    return Web(
        Guard(settings.allow_networks),
        agent=agent(tocsin_version(), settings.contact),
        per_host=settings.per_host,
        delay=settings.host_delay,
    )


def open_store(settings: Settings) -> Store:
    """The store that the settings name; an empty one is given its tables.

    Raises:
        StoreError: It cannot be opened, or its schema is another one.
    """
    return Store.open(settings.database_url)


def _poster(settings: Settings, console: Console) -> Poster:
    """Slack where the settings name a way to it, the terminal otherwise."""
    if settings.slack_bot_token is not None:
        from flows.slack.client import SlackPoster

        return SlackPoster(
            settings.slack_bot_token.get_secret_value(),
            base_url=settings.slack_base_url,
            window=settings.slack_window,
            broadcast_from=settings.slack_broadcast.severity,
        )
    if settings.slack_webhook_url is not None:
        from flows.slack.webhook import WebhookPoster

        return WebhookPoster(
            settings.slack_webhook_url.get_secret_value(),
            resends=settings.slack_webhook_doubt is WebhookDoubt.RESEND,
        )
    from flows.terminal import TerminalPoster

    return TerminalPoster(console)
