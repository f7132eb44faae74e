"""A desk's outbox before a Slack: stories that move, and what is sent of them."""

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from detectors.model import (
    Alert,
    AlertKind,
    Certainty,
    Development,
    DevelopmentKind,
    Message,
    MessageState,
    Severity,
)
from flows.deliver import deliver_messages
from flows.delivery import Delivered
from flows.demo.slack import TOKEN, LoopbackSlack, loopback_slack
from flows.restored import put_in
from flows.slack.client import SlackPoster
from storage.database import Store
from tests.flows.seeding import NO_SEEDS
from tests.storage.records import article, claim, story
from tests.sweep.points import Shared

WINDOW = timedelta(seconds=60)
CHANNEL = "#tocsin"


class Outpost:
    """Decides by hand, as `flows.following` would, and delivers."""

    def __init__(self, store: Store, slack: LoopbackSlack, hands: Shared) -> None:
        self.store, self.slack, self.hands = store, slack, hands
        self.poster = SlackPoster(
            TOKEN,
            base_url=slack.base_url,
            window=WINDOW,
            timeout=timedelta(seconds=1),
            sleep=hands.sleep,
        )
        self._articles = 0

    def decide(  # noqa: PLR0913  # what a decision is made of
        self,
        name: str,
        killed: int,
        *,
        severity: Severity = Severity.MAJOR,
        channel: str = CHANNEL,
        article_id: str | None = None,
        speaks: bool = True,
        kind: AlertKind | None = None,
    ) -> str:
        """Let a story's toll be ``killed``; the key of the message that says so."""
        now = self.hands.now()
        self._articles += 1
        read = article_id or f"a{self._articles}"
        with self.store.unit() as unit:
            unit.articles.add(article(read, url=f"https://wire.test/{read}"))
            known = unit.stories.get(name)
            told = unit.stories.claims(name)
            if known is None:
                opened = story(
                    name,
                    headline=f"Fire in {name}",
                    opened_at=now,
                    changed_at=now,
                    told_at=now,
                    sources=("Meridian Wire",),
                    articles=1,
                )
                unit.stories.add(opened)
            unit.stories.add_member(name, read)
            unit.write()
            unit.stories.add_claims(
                name,
                [
                    claim(
                        name,
                        value=killed,
                        article_id=read,
                        claimed_at=now,
                        certainty=Certainty.ASSERTED,
                        quote=f"{killed} people died.",
                    )
                ],
            )
            old = told[-1].value if told else None
            change = Development(
                topic="port-fires",
                story=name,
                slot="killed",
                old=old,
                new=killed,
                kind=DevelopmentKind.CHANGE if told else DevelopmentKind.NEW,
                quote=f"{killed} people died.",
            )
            unit.stories.add_developments(name, read, [change], now)
            unit.threads.move(name)
            message = Message(
                id=0,
                key=f"{name}/{read}/{channel}",
                channel=channel,
                alert=Alert(
                    topic="port-fires",
                    story=name,
                    kind=kind or (AlertKind.UPDATE if told else AlertKind.NEW),
                    severity=severity,
                    developments=(change,),
                    sources=("Meridian Wire",),
                ),
                headline=f"Fire in {name}",
                topic_title="Port fires",
                article_id=read,
                article_title=f"{killed} dead in {name}",
                article_source="Meridian Wire",
                url=f"https://wire.test/{read}",
                decided_at=now,
            )
            if speaks:
                put_in(unit, message)
        return message.key

    async def deliver(self, **given: Any) -> Delivered:
        """One run."""
        return await deliver_messages(
            self.store,
            self.poster,
            seeds=NO_SEEDS,
            clock=self.hands.clock,
            **given,
        )

    async def settle(self, runs: int = 40) -> None:
        """Run as the schedule does until nothing waits."""
        for _ in range(runs):
            await self.deliver()
            if not self.waiting:
                return
            self.hands.ahead += timedelta(minutes=5)

    @property
    def messages(self) -> tuple[Message, ...]:
        """The outbox."""
        with self.store.unit(reading=True) as unit:
            return unit.outbox.all()

    @property
    def states(self) -> list[MessageState]:
        """How far each message has come."""
        return [each.state for each in self.messages]

    @property
    def waiting(self) -> list[Message]:
        """What is still to be told."""
        done = (MessageState.SENT, MessageState.FOLDED)
        return [each for each in self.messages if each.state not in done]

    @property
    def told(self) -> list[str]:
        """Every key that the channel was told of, alone or within another."""
        with self.store.unit(reading=True) as unit:
            within = {
                each.key: [inner.key for inner in unit.outbox.folded_into(each.id)]
                for each in self.messages
            }
        return [
            key
            for posted, count in self.slack.keys.items()
            for _ in range(count)
            for key in (posted, *within.get(posted, ()))
        ]

    @property
    def roots(self) -> list[dict[str, Any]]:
        """What stands in the channel by itself."""
        return [each for each in self.slack.messages if not each.get("thread_ts")]

    def root_of(self, name: str) -> dict[str, Any]:
        """The root of a story, as Slack holds it."""
        with self.store.unit(reading=True) as unit:
            (thread,) = unit.threads.of_story(name)
        assert thread.ts is not None
        return self.slack.message(thread.ts)


def text_of(message: dict[str, Any]) -> str:
    """All that a message shows."""
    blocks = json.dumps(message.get("blocks"), ensure_ascii=False)
    return f"{message['text']} {blocks}"


def tolls_in(message: dict[str, Any]) -> list[int]:
    """Every number of dead that a message names."""
    return [
        int(number) for number in re.findall(r"(\d+) people died", text_of(message))
    ]


@contextmanager
def outpost(path: Path | str, **given: Any) -> Iterator[Outpost]:
    """One with a store at ``path`` (or a database URL) and a Slack of its own."""
    url = str(path) if "://" in str(path) else f"sqlite:///{path}"
    with (
        TemporaryDirectory() as folder,
        closing(Shared(Path(folder) / "clock")) as hands,
        loopback_slack(now=hands.now, **given) as slack,
        closing(Store.open(url)) as store,
    ):
        yield Outpost(store, slack, hands)
