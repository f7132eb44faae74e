"""What strangers wrote is only ever data: in logs, on pages, in names and queries."""

import io
import json
import logging
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from rich.console import Console

from flows import clock
from flows.cli import main
from flows.files import FileError, write_file
from flows.logs import keep_to_lines
from flows.posting import Dispatch
from flows.report import gather_report, render_report
from flows.slack.answers import judged
from flows.slack.blocks import render
from flows.terminal import show_message
from storage.backups import back_up
from storage.database import Store
from storage.errors import StoreError
from tests.flows.messages import alert, development, message
from tests.flows.reported import MORNING, fill

ROOT = Path(__file__).parent.parent.parent
BREAKS = "\n\r\x0b\x0c\x1b\x85\u2028\u2029\u202e\u2066\u200b\x00"
HOSTILE = f"Six dead{BREAKS}WARNING forged: all is well\x1b[31m"
TEMPLATES = "{title.__class__.__mro__} {{ 7*7 }} {% raw %} ${7*7} %(token)s {0}"
SQL = ("' OR '1'='1", "x'; DROP TABLE article; --", '"; --', "%", "_", "1 UNION SELECT")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL", "TOCSIN_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def archive(home):
    """Where a small archive is kept; its store is closed."""
    path = home / "home" / "tocsin.db"
    with closing(Store.open(f"sqlite:///{path}")) as store:
        fill(store)
    return path


def tocsin(*words):
    """What a command says; an error that is no sentence is raised."""
    return CliRunner().invoke(main, words, catch_exceptions=False)


# --- D12: one event, one line -----------------------------------------------------


@pytest.fixture
def log():
    """A log as an operator's handler writes it, records made as Tocsin has them."""
    before = logging.getLogRecordFactory()
    keep_to_lines()
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
    logger = logging.Logger("a.library")  # noqa: LOG001  # no part of the tree
    logger.addHandler(handler)
    yield logger, written
    logging.setLogRecordFactory(before)


@given(st.text(st.sampled_from(BREAKS + "ab "), max_size=30))
def test_d12_an_event_is_one_line_whatever_a_title_holds(title):
    before = logging.getLogRecordFactory()
    keep_to_lines()
    try:
        record = logging.Logger("x").makeRecord(  # noqa: LOG001
            "x", logging.WARNING, "f.py", 1, "read %s", (title,), None
        )
    finally:
        logging.setLogRecordFactory(before)
    written = logging.Formatter("%(message)s").format(record)
    assert len(written.splitlines()) == 1
    assert written.isprintable()


def test_d12_a_forged_line_stays_within_its_own(log):
    logger, written = log
    logger.warning("the title is %s", HOSTILE)
    (line,) = written.getvalue().splitlines()
    assert line.startswith("WARNING a.library the title is Six dead")
    assert "WARNING forged" in line


def test_d12_no_line_of_a_traceback_can_be_taken_for_an_event(log):
    logger, written = log
    try:
        int(HOSTILE)
    except ValueError:
        logger.exception("it failed")
    first, *trace = written.getvalue().splitlines()
    assert first == "ERROR a.library it failed"
    assert "WARNING forged: all is well" in trace[-1]
    assert all(line.startswith("  | ") for line in trace)
    assert "\x1b" not in written.getvalue()


def test_d12_what_a_server_answers_breaks_no_line():
    answer = judged(f"no{BREAKS}body", 404, {})
    assert answer.reason.isprintable()


@pytest.mark.parametrize(
    "start",
    [
        "import flows.scheduled",
        "from flows.cli import main; main(['topics', 'list'], standalone_mode=False)",
        "from flows.web.workers import _confine; _confine(2**33)",
    ],
    ids=["a-run-of-prefects", "a-command", "a-worker"],
)
def test_d12_every_process_of_ours_makes_its_records_so(start):
    ask = (
        f"import logging; {start}; made = logging.getLogger('x').makeRecord("
        "'x', 30, 'f', 1, 'a%sb', (chr(10),), None); print(made.getMessage())"
    )
    done = subprocess.run(  # noqa: S603  # our own interpreter and words
        [sys.executable, "-c", ask],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.splitlines()[-1] == "a b"


# --- D17: templates ---------------------------------------------------------------


def told(text):
    change = development("place", None, text, quote=text, attribution=text)
    return message(
        alert(change, sources=(text,)),
        headline=text,
        topic_title=text,
        article_title=text,
        article_source=text,
    )


def test_d17_a_template_in_a_title_is_only_text_in_slack():
    rendered = render(Dispatch(message=told(TEMPLATES)))
    shown = json.dumps(rendered.blocks, ensure_ascii=False) + rendered.text
    for each in ("{title.", "{{ 7", "{% raw %}", "${7", "{0}"):
        assert each in shown, each
    assert "49" not in shown
    assert "<class" not in shown


@pytest.mark.parametrize("text", [TEMPLATES, "[bold red]Six[/] [link=x]dead[/link]"])
def test_d17_a_template_or_markup_in_a_title_is_only_text_in_the_terminal(text):
    paper = io.StringIO()
    console = Console(file=paper, width=300, force_terminal=False)
    show_message(console, told(text))
    printed = paper.getvalue()
    assert all(word in printed for word in text.split())


def test_d11_d17_a_page_holds_what_strangers_wrote_as_text_alone(archive):
    evil = (
        "<script>alert(1)</script><img src=x onerror=alert(2)>"
        f"<a href='javascript:alert(3)'>x</a><!-- {TEMPLATES}"
    )
    with closing(Store.open(f"sqlite:///{archive}")) as store:
        with store.unit() as unit:
            unit.feeds.add("https://evil.test/", title=evil, source=evil, now=MORNING)
        page = html.document_fromstring(
            render_report(gather_report(store, since=MORNING, now=clock.now()))
        )
    assert not page.xpath("//script | //img | //iframe | //object | //comment()")
    attributes = page.xpath("//@*")
    assert not [each for each in attributes if each.attrname.startswith("on")]
    links = page.xpath("//@href | //@src | //@action")
    assert all(link.startswith(("https://", "http://", "#")) for link in links)
    assert evil in page.text_content()


# --- D18, D20: files --------------------------------------------------------------

WRITING = [("report", "--out"), ("feeds", "export"), ("db", "backup")]


@pytest.mark.parametrize("command", WRITING, ids=" ".join)
@pytest.mark.parametrize(
    "name", ["no/such/folder/x", "x" * 300, "home/tocsin.db/x", "home"]
)
def test_d18_a_name_that_cannot_be_written_is_a_sentence(archive, command, name):
    before = archive.read_bytes()
    said = tocsin(*command, name)
    assert said.exit_code in (1, 2)
    assert "Traceback" not in said.output
    assert archive.read_bytes() == before


@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_d18_d20_a_file_goes_where_it_was_said_and_is_ours_alone(archive, command):
    before = set(archive.parent.parent.iterdir())
    assert tocsin(*command, "mine").exit_code == 0
    (made,) = set(archive.parent.parent.iterdir()) - before
    assert made.name == "mine"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_d18_no_title_becomes_the_name_of_a_file(home):
    """Every file of a run is named by us, whatever the feeds are called."""
    url, name = f"sqlite:///{home}/home/tocsin.db", "../../../evil"
    with closing(Store.open(url)) as store, store.unit() as unit:
        unit.feeds.add("https://evil.test/", title=name, source=name, now=MORNING)
    tocsin("report")
    tocsin("feeds", "export", "out.opml")
    files = [each.name for each in home.rglob("*") if each.is_file()]
    assert not [each for each in files if "evil" in each]
    assert not (home.parent / "evil").exists()


def test_d18_a_name_with_a_nul_is_a_sentence(tmp_path):
    """No shell can give one; a caller could."""
    with pytest.raises(FileError, match="null byte"):
        write_file(tmp_path / "x\0y", b"")
    with pytest.raises(StoreError):
        back_up(f"sqlite:///{tmp_path}/none.db", tmp_path / "x\0y")


# --- D21: queries -----------------------------------------------------------------

ASKING = [
    ("why",),
    ("stories", "show"),
    ("stories", "list", "--topic"),
    ("alerts", "show"),
    ("alerts", "release"),
    ("alerts", "list", "--limit"),
    ("feeds", "remove"),
    ("report", "--since"),
    ("stories", "undo", "--reason", "x"),
    ("stories", "split", "--reason", "x", "s1"),
    ("stories", "merge", "--reason", "x", "s1"),
    ("stories", "reject", "--reason", "x", "s1", "killed"),
    ("stories", "reject", "--reason", "x", "s1", "killed", "4", "--article"),
]


@pytest.mark.parametrize("words", ASKING, ids=" ".join)
def test_d21_what_looks_like_sql_is_only_looked_for(archive, words):
    def counts():
        with closing(Store.open(f"sqlite:///{archive}")) as store:
            assert store.check() == ()
            with store.unit(reading=True) as unit:
                return (
                    len(unit.outbox.all()),
                    len(unit.stories.all()),
                    len(unit.feeds.all()),
                )

    before = counts()
    # A ruling reads the seeds first, 2 s a time: one text for those.
    for text in SQL[1:2] if "--reason" in words else SQL:
        said = tocsin(*words, text)
        if words[:2] == ("stories", "list"):
            assert said.exit_code == 0
            listed = tocsin(*words, text, "--json")
            assert json.loads(listed.stdout) == []
        else:
            assert said.exit_code in (1, 2), said.output
    assert counts() == before
