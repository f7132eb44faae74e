"""What a desk sets right by hand, through the command line, in a real store."""

import json
from contextlib import closing
from datetime import timedelta

import pytest

from detectors.model import AlertKind, Outcome
from flows import clock, rulings
from flows.delivery import stand
from flows.desk import Desk
from flows.follow import follow_articles
from flows.leases import take
from flows.ruled import Clerk
from flows.seeds import load_seeds as real_load_seeds
from storage.database import Store
from tests.flows import commands
from tests.flows.warm import DESK
from tests.flows.wire_copy import article
from tests.storage.claiming import claim_next

HIT = (
    "A missile hit an apartment block in Kharkiv early on Tuesday, killing six people "
    "and wounding 20, the regional governor said.\n\n"
    "Rescuers were still searching the ruins of the building at noon."
)
HACKED = (
    "The missile strike on an apartment block in Kharkiv killed 600 people, a report "
    "said on Tuesday.\n\nRescuers were still searching the ruins of the building."
)
SEVENTH = (
    "A seventh person has died after the missile strike on an apartment block in "
    "Kharkiv, bringing the toll to seven people killed, the regional governor said."
    "\n\nThe woman had been pulled from the ruins in the morning."
)
OTHER = (
    "Drones set fire to an oil depot near Odesa overnight, killing two workers and "
    "wounding five, the governor of the region said.\n\n"
    "Firefighters had the blaze under control by the morning."
)


def report(name, text, hour, title, source=""):
    return article(
        int(name[1:]), text, minutes=60 * hour + 1, source=source, id=name, title=title
    )


def day():
    """A strike, a wrong figure of it, the next true one, and another strike."""
    return [
        report("r1", HIT, 0, "Missile hits flats in Kharkiv, six dead"),
        report("r2", HACKED, 1, "600 dead", source="Hacked Herald"),
        report("r3", SEVENTH, 3, "Kharkiv toll is seven"),
        report("r4", OTHER, 4, "Oil depot burns near Odesa"),
    ]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL", "TOCSIN_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TOCSIN_HOME", str(tmp_path / "home"))
    # The shipped seeds, as the command would load them: once, not once a command.
    monkeypatch.setattr("flows.seeds.load_seeds", lambda *_, **__: DESK.seeds)
    return tmp_path


@pytest.fixture
def store(home):
    opened = Store.open(f"sqlite:///{home}/home/tocsin.db")
    yield opened
    opened.close()


@pytest.fixture
def tocsin(home):
    return commands.tocsin


def decide(store, articles):
    with store.unit() as unit:
        for each in articles:
            unit.articles.add(each)
    return follow_articles(store, DESK, now=articles[-1].published_at)


def messages(store):
    with store.unit(reading=True) as unit:
        return unit.outbox.all()


def send(store):
    """Let every message stand in Slack, each in the thread of its story."""
    with store.unit() as unit:
        for number in range(100):
            found = claim_next(unit, clock.now())
            if found is None:
                return
            stand(unit, found, f"{found.id}.{number}", clock.now())


def ruled(tocsin, *words):
    return json.loads(tocsin("stories", *words, "--by", "Anna", "--json").stdout)


def shown(tocsin, story):
    return json.loads(tocsin("stories", "show", story, "--json").stdout)


@pytest.fixture
def strike(store):
    """The story of the strike on Kharkiv, with its wrong figure."""
    decisions = decide(store, day()[:3])
    assert [each.outcome for each in decisions] == [
        Outcome.ALERTED,
        Outcome.ALERTED,
        Outcome.STALE,
    ]
    (story,) = {name for d in decisions for name in d.stories["strike-reports"]}
    return story


def test_a_rejected_figure_is_taken_back_and_the_next_true_one_stands(
    tocsin, store, strike
):
    send(store)
    made = ruled(tocsin, "reject", strike, "killed", "600", "--reason", "hacked feed")
    (change,) = made["changes"]
    assert (change["old"], change["new"], change["kind"]) == (600, 7, "correction")
    assert made["messages"] == 1
    last = messages(store)[-1]
    assert last.alert.kind is AlertKind.CORRECTION
    assert last.alert.developments[0].quote == "hacked feed"
    send(store)
    first, *rest = messages(store)
    assert {message.thread_ts for message in rest} == {first.ts}
    record = shown(tocsin, strike)
    assert record["state"]["killed"] == [7]
    (wrong,) = [claim for claim in record["claims"] if not claim["stands"]]
    assert (wrong["value"], wrong["source"]) == (600, "Hacked Herald")
    assert wrong["struck_out"]["by"] == "Anna"
    assert wrong["struck_out"]["reason"] == "hacked feed"


def stale(store, *names):
    """Whether the root of each story tells less than is known."""
    with store.unit(reading=True) as unit:
        return [each.is_stale for n in names for each in unit.threads.of_story(n)]


def test_every_ruling_leaves_the_roots_of_its_stories_to_be_edited(tocsin, store):
    decisions = decide(store, [day()[0], day()[3]])
    first, second = (d.stories["strike-reports"][0] for d in decisions)
    send(store)
    assert stale(store, first, second) == [False, False]
    for words in (
        ("merge", second, first, "--reason", "one attack"),
        ("undo", "1", "--reason", "two after all"),
    ):
        shows_all(store)
        ruled(tocsin, *words)
        assert stale(store, first, second) == [True, True]


def shows_all(store):
    """Let every root show what is known."""
    with store.unit() as unit:
        while (thread := unit.threads.next_stale(clock.now())) is not None:
            unit.threads.show(thread)


def test_seven_is_heard_after_a_wrong_600_was_struck_out(tocsin, store):
    decisions = decide(store, day()[:2])
    (story,) = decisions[0].stories["strike-reports"]
    made = ruled(tocsin, "reject", story, "killed", "600", "--reason", "hacked feed")
    assert [(c["old"], c["new"]) for c in made["changes"]] == [(600, 6)]
    (third,) = decide(store, day()[2:3])
    assert [(d.old, d.new) for d in third.developments] == [(6, 7)]
    assert third.outcome is Outcome.ALERTED
    echo = report("r9", HACKED, 5, "600 dead", source="Echo")
    (late,) = decide(store, [echo])
    assert not late.alerts


def test_what_was_rejected_can_stand_again(tocsin, store, strike):
    made = ruled(tocsin, "reject", strike, "killed", "600", "--reason", "hacked feed")
    undone = ruled(tocsin, "undo", str(made["id"]), "--reason", "it was true")
    assert [(c["old"], c["new"]) for c in undone["changes"]] == [(7, 600)]
    record = shown(tocsin, strike)
    assert record["state"]["killed"] == [600]
    assert all(claim["stands"] for claim in record["claims"])
    assert record["rulings"][0]["undone_by"] == "Anna"
    again = tocsin("stories", "undo", str(made["id"]), "--reason", "x", status=1)
    assert "it was undone before" in again.stderr
    assert store.check() == ()


def test_a_value_that_nothing_replaces_is_told_as_taken_back(tocsin, store):
    (decision,) = decide(store, day()[:1])
    (story,) = decision.stories["strike-reports"]
    words = ("reject", story, "target", "residential", "--reason", "a barracks")
    assert ruled(tocsin, *words)["changes"][0]["new"] is None
    assert "target" not in shown(tocsin, story)["state"]
    told = tocsin("alerts", "show", "2").stdout
    assert "taken back" in told
    assert "a barracks" in told


def test_what_cannot_be_rejected_is_refused_with_what_can(tocsin, store, strike):
    wrong = ("stories", "reject", strike, "killed", "99", "--reason", "x")
    assert "of killed it has 6, 600, 7" in tocsin(*wrong, status=1).stderr
    missing = ("stories", "reject", "nowhere", "killed", "6", "--reason", "x")
    assert "no such story" in tocsin(*missing, status=1).stderr
    tocsin("stories", "reject", strike, "killed", "many", "--reason", "x", status=2)
    tocsin("stories", "reject", strike, "killed", "6", status=2)
    with store.unit(reading=True) as unit:
        assert unit.rulings.of_story(strike) == ()


def test_merged_stories_go_on_as_the_first_told_and_can_be_parted(tocsin, store):
    decisions = decide(store, [day()[0], day()[3]])
    first, second = (d.stories["strike-reports"][0] for d in decisions)
    send(store)
    made = ruled(tocsin, "merge", second, first, "--reason", "one night's attack")
    assert (made["story"], made["other"]) == (first, second)
    send(store)
    roots = {m.alert.story: m.ts for m in messages(store)[:2]}
    later = messages(store)[2:]
    assert [m.alert.story for m in later] == [first, second]
    assert [m.thread_ts for m in later] == [roots[first], roots[second]]
    assert "goes on in" in later[1].alert.reason
    record = shown(tocsin, first)
    assert record["members"] == ["r1", "r4"]
    assert record["merged"] == [second]
    assert shown(tocsin, second)["merged_into"] == first
    ids = [s["id"] for s in json.loads(tocsin("stories", "list", "--json").stdout)]
    assert ids == [first]
    rise = OTHER.replace("two workers", "three workers")
    more = report("r5", rise, 6, "Odesa depot: three dead")
    (decision,) = decide(store, [more])
    assert decision.stories["strike-reports"] == (first,)
    undone = ruled(tocsin, "undo", str(made["id"]), "--reason", "two attacks")
    assert undone["undone_by"] == "Anna"
    assert shown(tocsin, second)["merged_into"] is None
    assert shown(tocsin, second)["members"] == ["r4"]
    assert shown(tocsin, first)["members"] == ["r1", "r5"]
    assert store.check() == ()


def test_stories_of_two_topics_or_one_story_cannot_be_merged(tocsin, store, strike):
    same = tocsin("stories", "merge", strike, strike, "--reason", "x", status=1)
    assert "they are one story" in same.stderr


def test_a_split_story_keeps_its_thread_and_the_new_one_begins_its_own(
    tocsin, store, strike
):
    send(store)
    made = ruled(tocsin, "split", strike, "r2", "--reason", "another city")
    assert [(c["old"], c["new"]) for c in made["changes"]] == [(600, 7)]
    assert made["articles"] == ["r2"]
    send(store)
    back, opened = messages(store)[2:]
    assert (back.alert.kind, back.alert.story) == (AlertKind.CORRECTION, strike)
    assert back.thread_ts == messages(store)[0].ts
    assert (opened.alert.kind, opened.alert.story) == (AlertKind.NEW, made["other"])
    assert opened.thread_ts is None
    assert shown(tocsin, strike)["members"] == ["r1", "r3"]
    new = shown(tocsin, made["other"])
    assert (new["members"], new["state"]["killed"]) == (["r2"], [600])
    assert new["sources"] == ["Hacked Herald"]
    ruled(tocsin, "undo", str(made["id"]), "--reason", "it was the same")
    assert shown(tocsin, strike)["members"] == ["r1", "r2", "r3"]
    assert shown(tocsin, made["other"])["merged_into"] == strike
    assert store.check() == ()


def test_a_split_takes_articles_of_the_story_and_leaves_some(tocsin, strike):
    strange = ("stories", "split", strike, "r4", "--reason", "x")
    assert "no article of story" in tocsin(*strange, status=1).stderr
    everything = ("stories", "split", strike, "r1", "r2", "r3", "--reason", "x")
    assert "no article would be left" in tocsin(*everything, status=1).stderr


def test_what_later_rulings_stand_on_is_undone_after_them(tocsin, store, strike):
    split = ruled(tocsin, "split", strike, "r2", "--reason", "another city")
    ruled(tocsin, "merge", strike, split["other"], "--reason", "one city")
    early = tocsin("stories", "undo", str(split["id"]), "--reason", "x", status=1)
    assert "undo ruling 2 first" in early.stderr
    assert "no ruling of that number" in (
        tocsin("stories", "undo", "9", "--reason", "x", status=1).stderr
    )


def test_a_ruling_is_seen_where_people_look(tocsin, store, strike):
    ruled(tocsin, "reject", strike, "killed", "600", "--reason", "hacked feed")
    for words in (("stories", "show", strike), ("why", "r2"), ("why", "r3")):
        assert "killed 600 is struck out (Anna" in tocsin(*words).stdout
    tocsin("report", "--since", "4000d", "--out", "page.html")


def test_a_ruling_waits_for_a_cycle_and_gives_up(tocsin, store, strike, monkeypatch):
    monkeypatch.setattr("flows.leases.PATIENCE", timedelta(0))
    take(store, "cycle", "elsewhere:7", clock.now())
    busy = ("stories", "reject", strike, "killed", "600", "--reason", "x")
    tocsin(*busy, status=75)
    with closing(Store.open(store.url)) as other, other.unit() as unit:
        unit.leases.release("cycle", "elsewhere:7")
    tocsin(*busy)


PORTS = "id: ports\ntitle: Port strikes\nwords: {any: [dockworkers, terminal, union]}\n"
WALKOUT = (
    "Dockworkers at the northern terminal of Orrin walked out at dawn after talks with "
    "their union on new cranes failed, and two container ships turned away."
)
TUGS = (
    "The union of dockworkers in Quenby said on Friday that tug crews had joined its "
    "protest over night shifts, and the grain terminal there fell silent."
)


def test_a_story_known_by_words_alone_is_found_again_after_it_was_split(store, home):
    (home / "ports.yaml").write_text(PORTS, encoding="utf-8")
    desk = Desk(seeds=real_load_seeds(home / "ports.yaml"))
    walkout = report("p1", WALKOUT, 0, "Dockworkers walk out in Orrin")
    tugs = report("p2", TUGS, 30, "Tug crews join protest in Quenby")
    more = report(
        "p3",
        TUGS.replace("on Friday", "again on Sunday").replace("fell", "stayed"),
        50,
        "Quenby: tug crews of the protest stay away",
    )
    with store.unit() as unit:
        for each in (walkout, tugs):
            unit.articles.add(each)
    first, second = follow_articles(store, desk, now=clock.now())
    (story,), (other,) = first.stories["ports"], second.stories["ports"]
    assert other != story
    clerk = Clerk(desk=desk, by="Anna", reason="one strike", now=clock.now())
    with store.unit() as unit:
        made = rulings.merge(unit, clerk, [story, other])
        assert unit.stories.get(story).articles == 2
    with store.unit() as unit:
        rulings.undo(unit, clerk, made.ruling.id)
        unit.articles.add(more)
    (third,) = follow_articles(store, desk, now=clock.now())
    assert third.stories["ports"] == (other,)
