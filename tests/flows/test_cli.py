"""The command line as a user or a script meets it: output, exit status, sentences."""

import json
from contextlib import closing
from datetime import timedelta

import pytest

from flows import clock, meaning
from flows.demo.slack import TOKEN, loopback_slack
from flows.desk import Desk
from flows.follow import follow_articles
from flows.seeds import load_seeds
from storage.database import Store
from tests.flows import commands
from tests.flows.wire_copy import FIRST, RISEN, article, day


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL", "TOCSIN_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def tocsin(home):
    return commands.tocsin


@pytest.fixture
def archive(home):
    """A store in which the day of `wire_copy` was decided."""
    with closing(Store.open(f"sqlite:///{home}/home/tocsin.db")) as store:
        with store.unit() as unit:
            for each in day():
                unit.articles.add(each)
        desk = Desk(seeds=load_seeds())
        return follow_articles(store, desk, now=clock.now())


def written(path, articles):
    lines = [
        json.dumps(
            {
                "id": each.id,
                "url": each.url,
                "source": each.source,
                "title": each.title,
                "text": each.text,
                "published_at": each.published_at.isoformat(),
            }
        )
        for each in articles
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def test_wrong_usage_ends_with_2(tocsin):
    tocsin("replay", status=2)
    tocsin("nonsense", status=2)
    tocsin("run", "--backfill", "soon", status=2)


def test_replay_prints_one_decision_a_line(tocsin, home):
    stream = written(home / "day.jsonl", day())
    lines = tocsin("replay", stream, "--json").stdout.splitlines()
    records = [json.loads(line) for line in lines]
    assert [record["id"] for record in records] == [each.id for each in day()]
    assert {"topics", "stories", "facts", "developments", "alerts", "outcome"} < set(
        records[0]
    )
    assert records[1]["duplicate_of"] == "w1"


def test_replay_for_people_prints_the_alerts_and_a_count(tocsin, home):
    output = tocsin("replay", written(home / "day.jsonl", day())).stdout
    assert "killed 3 → 5" in output
    assert "6 articles: 3 alerted, 2 duplicate, 1 off-topic" in output


def test_a_broken_stream_is_named_by_line_and_key_and_nothing_is_printed(tocsin, home):
    stream = home / "broken.jsonl"
    written(stream, day())
    with stream.open("a", encoding="utf-8") as lines:
        lines.write('{"id": "x", "url": "https://x.test/"}\n')
    result = tocsin("replay", str(stream), "--json", status=1)
    assert result.stdout == ""
    assert "broken.jsonl:7: title" in result.stderr


def test_a_stream_that_is_not_there_is_a_sentence(tocsin):
    assert "cannot be read" in tocsin("replay", "no.jsonl", status=1).stderr


def test_scan_reads_a_file_a_page_and_standard_input(tocsin, home):
    (home / "a.txt").write_text(FIRST, encoding="utf-8")
    paragraphs = "".join(f"<p>{each}</p>" for each in FIRST.split("\n\n"))
    page = f"<html><body><article><h1>Hit</h1>{paragraphs}</article></body></html>"
    (home / "a.html").write_text(page, encoding="utf-8")
    result = tocsin("scan", "a.txt", "a.html", "-", "--json", stdin=FIRST)
    for line in result.stdout.splitlines():
        record = json.loads(line)
        values = {(fact["slot"], fact["value"]) for fact in record["facts"]}
        assert ("killed", 3) in values
        assert "duplicate_of" not in record


def test_scan_for_people_shows_why(tocsin, home):
    (home / "a.txt").write_text(FIRST, encoding="utf-8")
    output = tocsin("scan", "a.txt").stdout
    assert "strike-reports: matched" in output
    assert "killed: 3" in output


def test_what_a_document_holds_steers_no_terminal(tocsin, home):
    hostile = "Six people were killed in Kyiv\x1b[2J when a drone\u202e hit a house."
    (home / "hostile.txt").write_text(hostile, encoding="utf-8")
    told = tocsin("scan", str(home / "hostile.txt")).output
    assert "Kyiv [2J when a drone" in told
    assert not {"\x1b", "\u202e"} & set(told)


def test_scan_of_nothing_is_a_sentence(tocsin):
    assert "cannot be read" in tocsin("scan", "no.txt", status=1).stderr


def test_why_answers_for_an_alerted_a_copied_and_a_silent_article(tocsin, archive):
    alerted = tocsin("why", "w1").stdout
    assert "alerted: new" in alerted
    assert "threshold" in alerted
    copied = json.loads(tocsin("why", "w2", "--json").stdout)
    assert copied["decision"]["duplicate"]["nearest"] == "w1"
    assert copied["decision"]["duplicate"]["containment"] > 0.7
    silent = tocsin("why", "https://outlet3.test/3").stdout
    assert "off-topic" in silent
    assert "not matched (probability" in silent


def test_why_of_something_never_seen_is_a_sentence(tocsin, archive):
    assert "never seen" in tocsin("why", "https://x.test/", status=1).stderr


def test_stories_and_alerts_can_be_listed_and_shown(tocsin, archive):
    (story,) = json.loads(tocsin("stories", "list", "--json").stdout)
    shown = json.loads(tocsin("stories", "show", story["id"], "--json").stdout)
    assert ("killed", 3, 5) in {
        (each["slot"], each["old"], each["new"]) for each in shown["developments"]
    }
    assert "killed: 3 → 5" in tocsin("stories", "show", story["id"]).stdout
    alerts = json.loads(tocsin("alerts", "list", "--json").stdout)
    assert [each["kind"] for each in alerts] == ["correction", "update", "new"]
    assert "Mykolaiv" in tocsin("alerts", "show", str(alerts[0]["id"])).stdout
    assert "strike-reports" in tocsin("stories", "list").stdout
    assert "correction" in tocsin("alerts", "list").stdout


def test_unknown_stories_and_alerts_are_sentences(tocsin, archive):
    assert "no such story" in tocsin("stories", "show", "x", status=1).stderr
    assert "no such alert" in tocsin("alerts", "show", "99", status=1).stderr


def test_a_report_is_written(tocsin, archive, home):
    tocsin("report", "--out", "r.html", "--since", "30d")
    assert "Mykolaiv" in (home / "r.html").read_text(encoding="utf-8")


def test_feeds_go_in_and_out_as_opml(tocsin, home):
    tocsin("feeds", "add", "https://a.test/rss", "HTTPS://A.test/rss#x", "--no-check")
    tocsin("feeds", "export", "out.opml")
    assert "https://a.test/rss" in (home / "out.opml").read_text()
    (feed,) = json.loads(tocsin("feeds", "list", "--json").stdout)
    tocsin("feeds", "remove", str(feed["id"]))
    assert json.loads(tocsin("feeds", "list", "--json").stdout) == []
    taken = json.loads(tocsin("feeds", "import", "out.opml", "--json").stdout)
    assert [each["url"] for each in taken["added"]] == ["https://a.test/rss"]
    assert "not watched" in tocsin("feeds", "remove", "77", status=1).stderr


def test_what_is_no_address_is_refused_and_the_rest_is_added(tocsin):
    result = tocsin(
        "feeds", "add", "ftp://x", "https://b.test/f", "--no-check", "--json"
    )
    record = json.loads(result.stdout)
    assert len(record["added"]) == len(record["refused"]) == 1


def test_a_feed_that_cannot_be_reached_is_not_added(tocsin):
    result = tocsin("feeds", "add", "http://127.0.0.1:9/", status=1)
    assert "address not allowed" in result.stderr
    assert json.loads(tocsin("feeds", "list", "--json").stdout) == []


def test_topics_are_listed_and_checked(tocsin, home):
    assert "strike-reports" in tocsin("topics", "list").stdout
    assert json.loads(tocsin("topics", "list", "--json").stdout)
    assert "no mistake" in tocsin("topics", "check").stdout


def test_every_mistake_of_a_topic_is_named_with_the_nearest_right_key(tocsin, home):
    broken = home / "mine.yaml"
    broken.write_text("title: Mine\nwords:\n  anny: [shaft]\nslots: [kiled]\n")
    result = tocsin("topics", "check", "mine.yaml", status=1)
    assert "mine.yaml:3" in result.stdout
    assert "any" in result.stdout
    assert "killed" in result.stdout
    record = json.loads(
        tocsin("topics", "check", str(broken), "--json", status=1).stdout
    )
    assert len(record["mistakes"]) >= 2


def test_the_store_is_migrated_and_checked(tocsin):
    assert "migrated" in tocsin("db", "migrate").stdout
    assert "up to date" in tocsin("db", "migrate").stdout
    assert "sound" in tocsin("db", "check").stdout
    assert json.loads(tocsin("db", "check", "--json").stdout) == {"problems": []}


def test_the_doctor_names_a_cure_for_all_that_is_wrong(tocsin):
    result = tocsin("doctor", "--json", status=1)
    findings = json.loads(result.stdout)
    wrong = [each for each in findings if not each["sound"]]
    assert {"feeds", "cycle", "contact"} <= {each["what"] for each in wrong}
    assert all(each["cure"] for each in wrong)
    assert "→" in tocsin("doctor", status=1).stdout


def test_the_doctor_says_whether_passages_are_read_for_their_meaning(
    tocsin, monkeypatch
):
    def told():
        findings = json.loads(tocsin("doctor", "--json", status=1).stdout)
        return next(each for each in findings if each["what"] == "meaning")

    assert told()["sound"]
    monkeypatch.setattr(meaning, "PACKAGE", "no-such-encoder")
    meaning.load_encoder.cache_clear()
    monkeypatch.setenv("TOCSIN_MEANING", "true")
    assert not told()["sound"]
    assert "make meaning" in told()["cure"]
    result = tocsin("scan", "-", stdin="A port.", status=1)
    assert "make meaning" in result.stderr


def test_a_database_that_is_not_there_is_a_sentence(tocsin, monkeypatch):
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "postgresql://127.0.0.1:9/none")
    result = tocsin("stories", "list", status=1)
    assert "Traceback" not in result.output
    findings = json.loads(tocsin("doctor", "--json", status=1).stdout)
    assert any(each["what"] == "store" and each["cure"] for each in findings)


def test_a_wrong_setting_is_named(tocsin, monkeypatch):
    monkeypatch.setenv("TOCSIN_SLACK_WINDOW", "a while")
    assert "TOCSIN_SLACK_WINDOW" in tocsin("stories", "list", status=1).stderr


def test_a_run_without_feeds_says_so(tocsin):
    assert "0 watched" in tocsin("run").stdout
    record = json.loads(tocsin("run", "--json").stdout)
    assert record["entries"] == sum(record["outcomes"].values()) + record["pending"]


def test_a_run_without_feeds_says_how_to_add_one(tocsin):
    assert "tocsin feeds add" in tocsin("run").stdout


def test_a_dry_run_prints_what_it_would_say_and_keeps_nothing(tocsin, home):
    with (
        closing(Store.open(f"sqlite:///{home}/home/tocsin.db")) as store,
        store.unit() as unit,
    ):
        unit.articles.add(article(1, FIRST))
    dry = tocsin("run", "--dry-run").stdout
    assert "Mykolaiv" in dry
    assert "1 decided; none was kept or sent" in dry
    real = tocsin("run")
    assert "Mykolaiv" in real.output
    assert "1 decided, 1 told" in real.stdout


def test_what_could_not_be_told_is_said_with_where_to_look(tocsin, home, monkeypatch):
    with (
        closing(Store.open(f"sqlite:///{home}/home/tocsin.db")) as store,
        store.unit() as unit,
    ):
        unit.articles.add(article(1, FIRST))
    with loopback_slack() as slack:
        slack.channels[0].is_member = False
        monkeypatch.setenv("SLACK_BASE_URL", slack.base_url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
        result = tocsin("run")
        slack.channels[0].is_member = True
        again = tocsin("run")
        at_once = tocsin("run", "--force")
    assert "1 decided, 0 told, 1 waiting" in result.stdout
    assert "not_in_channel" in result.stderr
    assert "`tocsin doctor`" in result.stderr
    assert "0 told, 2 waiting" in again.stdout  # the alert, and what was wrong
    assert "#tocsin is tried no more before" in again.stderr
    assert "0 decided, 2 told" in at_once.stdout
    alert, notice = slack.messages
    assert "#tocsin takes no messages" in notice["text"]
    assert "#tocsin" not in alert["text"]


def test_a_feed_that_began_in_silence_can_be_looked_back_into(tocsin):
    url = "https://wire.test/rss"
    first = tocsin("feeds", "add", url, "--no-check")
    assert "--backfill 48h looks back" in first.stdout
    again = json.loads(
        tocsin("feeds", "add", url, "--no-check", "--backfill", "48h", "--json").stdout
    )
    assert (again["known"], again["woken"]) == (1, 0)


def test_a_run_beside_another_ends_with_75(tocsin, home):
    url = f"sqlite:///{home}/home/tocsin.db"
    with closing(Store.open(url)) as store, store.unit() as unit:
        ttl = timedelta(minutes=2)
        assert unit.leases.acquire("cycle", "elsewhere:1", clock.now(), ttl)
    assert "another run" in tocsin("run", status=75).stderr


def test_two_tolls_of_one_article_are_printed_as_values(tocsin, home):
    stream = written(home / "two.jsonl", (article(1, FIRST), article(2, RISEN)))
    _, second = map(json.loads, tocsin("replay", stream, "--json").stdout.splitlines())
    assert {
        "topic": "strike-reports",
        "story": second["stories"]["strike-reports"][0],
        "slot": "killed",
        "old": 3,
        "new": 5,
        "kind": "change",
    } in second["developments"]


def test_a_held_alert_is_released_by_hand_and_only_then(tocsin, archive, home):
    url = f"sqlite:///{home}/home/tocsin.db"
    with closing(Store.open(url)) as store, store.unit() as unit:
        first, *_ = unit.outbox.all()
        unit.outbox.held(first, problem="nobody could look")
    tocsin("alerts", "release", str(first.id))
    shown = json.loads(tocsin("alerts", "show", str(first.id), "--json").stdout)
    assert shown["state"] == "pending"
    again = tocsin("alerts", "release", str(first.id), status=1)
    assert "it is pending, not held" in again.stderr


def test_the_doctor_asks_slack_whom_the_token_speaks_for(tocsin, monkeypatch):
    with loopback_slack() as slack:
        monkeypatch.setenv("SLACK_BASE_URL", slack.base_url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
        good = json.loads(tocsin("doctor", "--json", status=1).stdout)
        monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-wrong")
        bad = json.loads(tocsin("doctor", "--json", status=1).stdout)
    told = [next(f for f in found if f["what"] == "Slack") for found in (good, bad)]
    assert [finding["sound"] for finding in told] == [True, False]
    assert "invalid_auth" in told[1]["says"]
