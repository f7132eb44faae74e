"""The archive under other topics, through the command line."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from flows import clock
from flows.backtest import Fit, backtest, fit, read_labels
from flows.cli import main
from flows.desk import Desk
from flows.follow import follow_articles
from flows.seeds import SHIPPED, load_seeds
from storage.database import Store
from tests.flows.warm import DESK
from tests.flows.wire_copy import DAWN, day


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL", "TOCSIN_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def archive(home):
    """A store in which the day of `wire_copy` was decided."""
    with closing(Store.open(f"sqlite:///{home}/home/tocsin.db")) as store:
        with store.unit() as unit:
            for each in day():
                unit.articles.add(each)
        follow_articles(store, DESK, now=clock.now())
        yield store


@pytest.fixture(scope="module")
def stricter(tmp_path_factory):
    """The shipped topics, but a strike needs two sources."""
    folder = tmp_path_factory.mktemp("topics")
    for file in (SHIPPED / "topics").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        (folder / file.name).write_text(
            text.replace("independent_sources: 1", "independent_sources: 2"),
            encoding="utf-8",
        )
    return folder


def run(*words):
    result = CliRunner().invoke(main, ["backtest", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def ids(alerts):
    return [each["article"] for each in alerts]


def test_under_the_same_topics_every_alert_stays(archive):
    found = backtest(archive, Desk(seeds=DESK.seeds, dry=True), since=DAWN)
    assert (found.come, found.go) == ((), ())
    assert [told.article.id for told in found.stay] == ["w1", "w4", "w6"]
    assert found.after == Fit(alerts=3, precision=None, recall=None)


def test_what_comes_and_goes_under_stricter_topics_is_told_with_the_reason(
    archive, stricter, home
):
    labels = home / "labels.jsonl"
    judged = (("w1", True), ("w4", True), ("w6", False), ("w5", True))
    labels.write_text(
        "".join(
            json.dumps({"article": name, "topic": "strike-reports", "alert": wanted})
            + "\n"
            for name, wanted in judged
        ),
        encoding="utf-8",
    )
    words = ("--topics", str(stricter), "--since", "4000d", "--labels", str(labels))
    found = json.loads(run(*words, "--json"))
    assert found["articles"] == 6
    assert "w1" in ids(found["go"])
    assert "waiting" in found["go"][0]["because"]
    assert "one more source" in found["go"][0]["because"]
    assert set(ids(found["stay"])) | set(ids(found["go"])) == {"w1", "w4", "w6"}
    assert found["before"] == {"alerts": 3, "precision": 2 / 3, "recall": 2 / 3}
    assert found["after"]["alerts"] == len(found["stay"]) + len(found["come"])
    with archive.unit(reading=True) as unit:
        assert len(unit.outbox.all()) == 3  # nothing was sent, nothing changed
    text = run(*words)
    assert "alerts would go" in text
    assert "now: 3 alerts, precision 0.67, recall 0.67" in text


def test_what_was_known_before_the_time_looked_at_is_known(archive):
    desk = Desk(seeds=DESK.seeds, dry=True)
    late = DAWN + timedelta(minutes=100)
    found = backtest(archive, desk, since=late)
    assert [told.article.id for told in found.stay] == ["w4", "w6"]
    assert [told.alert.kind for told in found.stay] == ["update", "correction"]
    assert (found.come, found.go, found.articles) == ((), (), 4)


def test_an_article_that_waits_for_its_first_decision_is_left_out(archive):
    with archive.unit() as unit:
        unit.articles.add(replace(day()[0], id="w9", url="https://late.test/9"))
    found = backtest(archive, Desk(seeds=DESK.seeds, dry=True), since=DAWN)
    assert found.articles == 6


def test_labels_are_counted_where_there_are_any():
    alerts = [("a", "t"), ("b", "t"), ("c", "t")]
    labels = {("a", "t"): True, ("b", "t"): False, ("d", "t"): True}
    assert fit(alerts, labels) == Fit(alerts=3, precision=0.5, recall=0.5)
    assert fit(alerts, {}) == Fit(alerts=3, precision=None, recall=None)


def test_a_labelled_stream_gives_labels_too():
    labels = read_labels(SHIPPED / "demo" / "articles.jsonl")
    assert labels["d002", "strike-reports"]
    assert not labels["d003", "strike-reports"]


def test_a_line_that_is_no_label_is_named(home):
    broken = home / "labels.jsonl"
    broken.write_text('{"article": "a"}\n', encoding="utf-8")
    result = CliRunner().invoke(main, ["backtest", "--labels", str(broken)])
    assert result.exit_code == 1
    assert "labels.jsonl:1" in result.output


def test_topics_that_are_gone_give_no_alerts(archive, home):
    only = home / "only.yaml"
    only.write_text("id: fog\ntitle: Fog\nwords: {any: [fog, mist]}\n", "utf-8")
    found = backtest(archive, Desk(seeds=load_seeds(only), dry=True), since=DAWN)
    assert (found.come, found.stay, len(found.go)) == ((), (), 3)
    assert found.go[0].because.startswith("off-topic: fog: ")
