"""The archive under other topics: which alerts would come, which go, which stay.

Everything happens in a store that is thrown away. The stories that ran before the time
that is looked at are followed too, so that what was known then is known; their alerts
are not counted. What people ruled on stories by hand is not ruled again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from detectors.errors import RecordError
from detectors.model import Alert, Article, Decision
from flows.desk import Desk
from flows.following import STORY_WINDOW
from flows.replay import BATCH, replay
from storage.articles import TEXT_FORGOTTEN
from storage.database import Store

Key = tuple[str, str]
"""An article and a topic: one alert, whoever words it."""

Labels = Mapping[Key, bool]
"""Whether a person wants to be alerted by an article on a topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One alert, as it was or would be; ``because`` is why it would not be any more."""

    article: Article
    alert: Alert
    because: str = ""

    def record(self) -> dict[str, Any]:
        """As ``tocsin backtest --json`` prints it."""
        return {
            "article": self.article.id,
            "url": self.article.url,
            "title": self.article.title,
            "source": self.article.source,
            "published_at": self.article.published_at.isoformat(),
            "topic": self.alert.topic,
            "kind": self.alert.kind.value,
            "severity": self.alert.severity.value,
            "reason": self.alert.reason,
            "because": self.because,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How well alerts fit labels, over the alerts that somebody has labelled.

    Either share is None where nothing of its kind was labelled.
    """

    alerts: int
    precision: float | None
    recall: float | None

    def record(self) -> dict[str, Any]:
        """As ``tocsin backtest --json`` prints it."""
        return {
            "alerts": self.alerts,
            "precision": self.precision,
            "recall": self.recall,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """What other topics would have told since ``since``.

    Args:
        articles: How many were decided on again.
        before: The alerts as they were decided; ``after`` as they would be.
    """

    since: datetime
    articles: int
    come: tuple[Told, ...]
    go: tuple[Told, ...]
    stay: tuple[Told, ...]
    before: Fit
    after: Fit

    def record(self) -> dict[str, Any]:
        """As ``tocsin backtest --json`` prints it."""
        return {
            "since": self.since.isoformat(),
            "articles": self.articles,
            "come": [told.record() for told in self.come],
            "go": [told.record() for told in self.go],
            "stay": [told.record() for told in self.stay],
            "before": self.before.record(),
            "after": self.after.record(),
        }


def backtest(
    store: Store,
    desk: Desk,
    *,
    since: datetime,
    labels: Labels | None = None,
    step: Callable[[], None] = lambda: None,
) -> Backtest:
    """Decide again on what arrived since ``since``, under the seeds of ``desk``.

    Args:
        store: The archive; nothing is written to it.
        desk: With the topics to try.
        since: Alerts of articles read before are not compared.
        labels: What people judged; none gives no precision and recall.
        step: Called for each article that is done.
    """
    was: dict[Key, Told] = {}
    would: dict[Key, Told] = {}
    silent: dict[str, str] = {}
    known = 0
    with (
        closing(Store.open("sqlite://")) as trial,
        store.unit(reading=True) as unit,
    ):
        with trial.unit() as fresh:
            for feed in unit.feeds.all():
                added = fresh.feeds.add(
                    feed.url, title=feed.title, source=feed.source, now=feed.added_at
                )
                if added is not None and feed.owner:
                    fresh.feeds.wish(replace(added, owner=feed.owner))
        archive = _readable(unit.articles.arrived(since - STORY_WINDOW))
        for article, decision in _decided_again(trial, desk, archive):
            step()
            if article.fetched_at < since:
                continue
            earlier = unit.decisions.get(article.id)
            if earlier is None:
                continue  # it waits for its first decision
            known += 1
            was |= _told(article, earlier)
            would |= _told(article, decision)
            silent[article.id] = _why_silent(decision)
    return Backtest(
        since=since,
        articles=known,
        come=tuple(told for key, told in would.items() if key not in was),
        go=tuple(
            Told(article=t.article, alert=t.alert, because=silent[t.article.id])
            for key, t in was.items()
            if key not in would
        ),
        stay=tuple(told for key, told in would.items() if key in was),
        before=fit(was, labels or {}),
        after=fit(would, labels or {}),
    )


def fit(alerts: Iterable[Key], labels: Labels) -> Fit:
    """How well alerts fit labels.

    >>> fit([("a", "t"), ("b", "t")], {("a", "t"): True, ("c", "t"): True})
    Fit(alerts=2, precision=1.0, recall=0.5)
    """
    told = set(alerts)
    judged = [labels[key] for key in told if key in labels]
    wanted = [key in told for key, wants in labels.items() if wants]
    return Fit(
        alerts=len(told),
        precision=sum(judged) / len(judged) if judged else None,
        recall=sum(wanted) / len(wanted) if wanted else None,
    )


def read_labels(path: Path) -> dict[Key, bool]:
    """Read labels: ``{"article": id, "topic": id, "alert": true}`` a line.

    A line of a labelled stream (``id`` and ``gold``) does as well: an article is wanted
    on the topics of its alerts, and on no other of its topics.

    Raises:
        RecordError: Names the line.
    """
    labels: dict[Key, bool] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(str(path), f"cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        try:
            labels.update(_labels(json.loads(line)) if line.strip() else ())
        except (ValueError, KeyError, TypeError) as error:
            where = f"{path.name}:{number}"
            raise RecordError(where, "no label: article, topic, alert") from error
    return labels


def _labels(record: Mapping[str, Any]) -> Iterator[tuple[Key, bool]]:
    if "gold" not in record:
        yield (str(record["article"]), str(record["topic"])), bool(record["alert"])
        return
    wanted = {told["topic"] for told in record["gold"]["alert"]}
    for topic in dict.fromkeys((*record["gold"]["topics"], *sorted(wanted))):
        yield (str(record["id"]), topic), topic in wanted


def _readable(archive: Iterable[Article]) -> Iterator[Article]:
    """Without those whose text was kept long enough, and which told nothing."""
    return (article for article in archive if TEXT_FORGOTTEN not in article.flags)


def _decided_again(
    trial: Store, desk: Desk, archive: Iterator[Article]
) -> Iterator[tuple[Article, Decision]]:
    while batch := tuple(islice(archive, BATCH)):
        yield from zip(batch, replay(trial, desk, batch), strict=True)


def _told(article: Article, decision: Decision) -> dict[Key, Told]:
    return {
        (article.id, alert.topic): Told(article=article, alert=alert)
        for alert in decision.alerts
    }


def _why_silent(decision: Decision) -> str:
    """What an article without an alert ended with, and what would have changed that."""
    tipping = "; ".join(decision.tipping)
    return f"{decision.outcome}{f': {tipping}' if tipping else ''}"
