"""``tocsin backtest``: what other topics would have told."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flows import clock
from flows.commands.output import (
    Duration,
    as_json,
    echo_json,
    progress,
    say,
    show,
    topics_option,
)
from flows.desk import Desk
from flows.seeds import load_seeds
from flows.settings import load
from flows.wiring import open_store
from flows.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.backtest import Fit, Told


@click.command("backtest")
@topics_option
@click.option(
    "--since",
    type=Duration(),
    default="30d",
    show_default=True,
    help="How far back alerts are compared, as 48h.",
)
@click.option(
    "--labels",
    "labelled",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Judgements, one a line: article, topic, alert (true or false).",
)
@as_json
def backtest_command(
    topics: Path | None, since: timedelta, labelled: Path | None, *, as_json: bool
) -> None:
    """Replay the archive under other topics: alerts that come, go and stay.

    Nothing is sent, and the archive is not changed.
    """
    from flows.backtest import backtest, read_labels

    settings = load()
    labels = read_labels(labelled) if labelled else None
    seeds = load_seeds(
        topics or settings.topics, home=settings.home, meaning=settings.meaning
    )
    desk = Desk(seeds=seeds, dry=True)
    with closing(open_store(settings)) as store:
        with store.unit(reading=True) as unit:
            total = unit.articles.total()
        with progress("Replaying", total) as advance:
            found = backtest(
                store, desk, since=clock.now() - since, labels=labels, step=advance
            )
    if as_json:
        echo_json(found.record())
        return
    say(f"{counted(found.articles, 'article')} since {show(found.since)}")
    _echo_alerts("would come", found.come)
    _echo_alerts("would go", found.go)
    say(f"{counted(len(found.stay), 'alert')} would stay")
    _echo_fit("now", found.before)
    _echo_fit("then", found.after)


def _echo_alerts(what: str, alerts: "Sequence[Told]") -> None:
    say(f"{counted(len(alerts), 'alert')} {what}", bold=True)
    for told in alerts:
        article, alert = told.article, told.alert
        say(
            f"  {show(article.published_at)}  {alert.kind:10} {alert.topic}: "
            f"{article.title or article.url}  [{article.source}, {article.id}]"
        )
        say(f"      {alert.reason}")
        if told.because:
            say(f"      would be {told.because}")


def _echo_fit(when: str, fit: "Fit") -> None:
    shares = (("precision", fit.precision), ("recall", fit.recall))
    told = [f"{name} {share:.2f}" for name, share in shares if share is not None]
    say(f"{when}: {counted(fit.alerts, 'alert')}{''.join(f', {t}' for t in told)}")
