"""``tocsin scan`` and ``tocsin replay``: the detectors over documents and streams."""

import asyncio
import sys
import textwrap
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from detectors.errors import MonitorError, RecordError
from detectors.model import Article, Decision, Outcome
from detectors.streams import decision_record, outcome_record, parse_stream, scan_record
from flows import clock
from flows.commands.output import as_json, echo_json, progress, say, topics_option
from flows.desk import Desk
from flows.replay import BATCH, replay
from flows.scan import scan
from flows.seeds import load_seeds
from flows.settings import load
from flows.wording import counted
from storage.database import Store


class UnreadableError(MonitorError):
    """A document holds nothing that could be read."""

    what = "cannot be read"


class Moment(click.ParamType[datetime]):
    """A moment in ISO 8601; UTC where it names no offset."""

    name = "time"

    def convert(
        self,
        value: Any,  # noqa: ANN401  # click's own type
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        """Read it; fail as wrong usage otherwise."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no ISO 8601 time", param, ctx)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


@click.command("replay")
@click.argument("stream", metavar="ARTICLES.jsonl", type=click.Path(path_type=Path))
@topics_option
@click.option(
    "--db", help="Keep the decisions in this store; a throw-away one if not given."
)
@click.option(
    "--batch", type=click.IntRange(1), default=BATCH, help="Articles a transaction."
)
@as_json
def replay_command(
    stream: Path, topics: Path | None, db: str | None, batch: int, *, as_json: bool
) -> None:
    """Decide on a stream of articles in its order, by their own clock.

    Nothing is fetched and nothing is sent.
    """
    articles = _read_stream(stream)
    settings = load()
    seeds = load_seeds(
        topics or settings.topics, home=settings.home, meaning=settings.meaning
    )
    desk = Desk(seeds=seeds, dry=True)
    store = Store.open(db or "sqlite://")
    outcomes: Counter[Outcome] = Counter()
    try:
        with progress("Replaying", len(articles)) as advance:
            for article, decision in zip(
                articles, replay(store, desk, articles, batch=batch), strict=True
            ):
                advance()
                outcomes[decision.outcome] += 1
                if as_json:
                    echo_json(decision_record(decision))
                elif decision.alerts:
                    _echo_alerts(article, decision)
    finally:
        store.close()
    if not as_json:
        counts = outcome_record(outcomes)
        told = ", ".join(f"{count} {word}" for word, count in counts.items())
        say(f"{counted(len(articles), 'article')}: {told or 'nothing to decide'}")


def _read_stream(stream: Path) -> tuple[Article, ...]:
    try:
        if str(stream) == "-":
            return parse_stream(sys.stdin, "-")
        with stream.open(encoding="utf-8") as lines:
            return parse_stream(lines, stream.name)
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(str(stream), f"cannot be read: {error}") from error


def _echo_alerts(article: Article, decision: Decision) -> None:
    for alert in decision.alerts:
        say(
            f"{article.published_at:%Y-%m-%d %H:%M}  {alert.kind.upper():10} "
            f"{alert.topic}  {alert.reason}  [{article.source or article.url}]"
        )


@click.command("scan")
@click.argument("documents", metavar="PATH-OR-URL...", nargs=-1, required=True)
@topics_option
@click.option(
    "--published-at", type=Moment(), help="When it was published; now if not given."
)
@as_json
def scan_command(
    documents: Sequence[str],
    topics: Path | None,
    published_at: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Show what the detectors see in a document: topics, passages, facts.

    A document is a .txt or .html file, a web address, or - for standard input.
    """
    settings = load()
    seeds = load_seeds(
        topics or settings.topics, home=settings.home, meaning=settings.meaning
    )
    moment = published_at or clock.now()
    for document in documents:
        article = _document(document, moment)
        decision = scan(seeds, article)
        if as_json:
            echo_json(
                {
                    "id": decision.article_id,
                    "language": decision.language.language
                    or decision.language.detected,
                    **scan_record(decision),
                    "outcome": decision.outcome.value,
                }
            )
        else:
            _echo_scan(article, decision)


def _document(name: str, moment: datetime) -> Article:
    """Read one document: its text, and its title where it is a page."""
    if name == "-":
        return _article(name, "", sys.stdin.read(), moment)
    if name.startswith(("http://", "https://")):
        return asyncio.run(_fetched(name, moment))
    try:
        body = Path(name).read_bytes()
    except OSError as error:
        raise UnreadableError(name, error.strerror or str(error)) from error
    if name.lower().endswith((".html", ".htm")):
        return _paged(name, body, moment)
    return _article(name, "", body.decode("utf-8", errors="replace"), moment)


async def _fetched(url: str, moment: datetime) -> Article:
    from flows.web.fetch import Want
    from flows.wiring import make_web

    async with make_web(load()) as fetch:
        answer = await fetch(url, Want.PAGE)
    return _paged(answer.url, answer.body, moment, charset=answer.charset)


def _paged(
    url: str, body: bytes, moment: datetime, *, charset: str | None = None
) -> Article:
    from detectors.pages import read_page

    page = read_page(body, url=url, charset=charset)
    if not page.text:
        raise UnreadableError(url, page.refusal or "no text in the page")
    return _article(url, page.title, page.text, moment)


def _article(name: str, title: str, text: str, moment: datetime) -> Article:
    return Article(
        id=name,
        url=name,
        source="",
        title=title,
        text=text,
        published_at=moment,
        fetched_at=moment,
    )


def _echo_scan(article: Article, decision: Decision) -> None:
    language = decision.language
    say(article.title or article.id, bold=True)
    say(f"language: {language.language or language.detected or 'unknown'}")
    for verdict in decision.topics:
        word = "matched" if verdict.matched else "not matched"
        say(
            f"{verdict.topic}: {word}, probability {verdict.probability:.3f} "
            f"(threshold {verdict.threshold:.3f})"
        )
        if verdict.because:
            say(f"  because: {', '.join(verdict.because)}")
        for start, end in verdict.passages:
            shown = " ".join(article.text[start:end].split())
            say(f"  [{start}:{end}] {textwrap.shorten(shown, 100)}")
    for told in decision.facts:
        fact = told.fact
        firm = "" if fact.certainty == "asserted" else f" ({fact.certainty})"
        say(f"  {fact.slot}: {fact.value}{firm}  “{fact.quote}”")
