from dataclasses import replace

import pytest

from detectors.model import AlertKind, DuplicateReason, MessageState, Outcome
from detectors.streams import decision_record
from flows.desk import Desk
from flows.follow import follow_articles, rehearse
from flows.replay import replay
from flows.retelling import retold
from flows.scan import scan
from flows.seeds import load_seeds
from storage.database import Store
from tests.flows.wire_copy import DAWN, FESTIVAL, FIRST, RISEN, article, day


@pytest.fixture(scope="session")
def desk():
    return Desk(seeds=load_seeds())


@pytest.fixture
def store():
    opened = Store.open("sqlite://")
    yield opened
    opened.close()


def kept(store, articles):
    with store.unit() as unit:
        for each in articles:
            unit.articles.add(each)


def decided(store, desk, articles):
    kept(store, articles)
    return follow_articles(store, desk, now=articles[-1].published_at)


def test_a_strike_is_told_when_it_happens_rises_and_is_corrected(store, desk):
    decisions = replay(store, desk, day())
    told = [[alert.kind for alert in each.alerts] for each in decisions]
    assert told == [
        [AlertKind.NEW],
        [],
        [],
        [AlertKind.UPDATE],
        [],
        [AlertKind.CORRECTION],
    ]


def test_every_silent_article_has_its_word(store, desk):
    outcomes = [each.outcome for each in replay(store, desk, day())]
    assert outcomes == [
        Outcome.ALERTED,
        Outcome.DUPLICATE,
        Outcome.OFF_TOPIC,
        Outcome.ALERTED,
        Outcome.DUPLICATE,
        Outcome.ALERTED,
    ]


@pytest.mark.parametrize("batch", [1, 2, 1000])
def test_batches_change_nothing(store, desk, batch):
    other = Store.open("sqlite://")
    cut = [decision_record(each) for each in replay(store, desk, day(), batch=batch)]
    whole = [decision_record(each) for each in replay(other, desk, day(), batch=4)]
    other.close()
    assert cut == whole


def test_a_decision_is_never_taken_again(store, desk):
    first = list(replay(store, desk, day()))
    assert list(replay(store, desk, day())) == first


def test_a_copy_carries_its_originals_story_and_changes_nothing(store, desk):
    original, copy, *_ = replay(store, desk, day())
    assert copy.duplicate.original == original.article_id
    assert copy.stories == original.stories
    assert copy.facts
    assert not copy.developments


def test_the_same_copy_with_a_higher_toll_in_one_line_more_is_told(store, desk):
    more = f"{FIRST}\n\nA woman died in hospital at noon, bringing the dead to four."
    first, again = decided(store, desk, (article(1, FIRST), article(2, more)))
    assert again.duplicate.original is None
    assert again.duplicate.reason is DuplicateReason.TELLS_MORE
    assert again.duplicate.nearest == first.article_id
    (told,) = again.alerts
    assert [(d.slot, d.old, d.new) for d in told.developments] == [("killed", 3, 4)]


def test_an_alert_stands_in_the_outbox_once_with_the_sentence_that_proves_it(
    store, desk
):
    decided(store, desk, (article(1, FIRST),))
    follow_articles(store, desk, now=DAWN)
    with store.unit(reading=True) as unit:
        (message,) = unit.outbox.all()
    killed = next(d for d in message.alert.developments if d.slot == "killed")
    assert message.state is MessageState.PENDING
    assert killed.new == 3
    assert killed.quote.startswith("A missile hit an apartment block")
    assert killed.quote.endswith("governor said.")


def test_no_more_of_a_sentence_is_quoted_than_the_desk_says(store, desk):
    (first,) = decided(store, replace(desk, quote=40), (article(1, FIRST),))
    quotes = [d.quote for alert in first.alerts for d in alert.developments]
    assert quotes
    assert max(map(len, quotes)) <= 40
    assert any(quote.endswith("…") for quote in quotes)


def test_what_moves_a_told_story_leaves_its_root_to_be_edited(store, desk):
    (first,) = decided(store, desk, (article(1, FIRST),))
    (story,) = first.stories["strike-reports"]
    with store.unit() as unit:
        unit.threads.stand(story, "#tocsin", ts="1.1", at=DAWN)
        unit.threads.show(unit.threads.of_story(story)[0])

    def is_stale_after(*texts):
        decided(store, desk, tuple(article(n, text) for n, text in texts))
        with store.unit() as unit:
            (thread,) = unit.threads.of_story(story)
            unit.threads.show(thread)
        return thread.is_stale

    assert not is_stale_after((2, FIRST))  # a copy
    assert not is_stale_after((3, FESTIVAL))
    more = f"{FIRST}\n\nA woman died in hospital at noon, bringing the dead to four."
    assert is_stale_after((4, more))


def test_a_rehearsal_keeps_nothing(store, desk):
    kept(store, (article(1, FIRST),))
    dry = rehearse(store, desk, now=DAWN)
    (rehearsed,) = dry.decisions
    assert [each.alert for each in dry.unsent] == list(rehearsed.alerts)
    with store.unit(reading=True) as unit:
        assert not unit.outbox.all()
        assert unit.decisions.get("w1") is None
        assert not unit.stories.all()
    (real,) = follow_articles(store, desk, now=DAWN)
    assert real == rehearsed


def test_the_same_page_read_again_without_news_is_a_revision(store, desk):
    again = article(7, FESTIVAL, id="w7", revision_of="w3")
    assert decided(store, desk, (*day(), again))[-1].outcome is Outcome.REVISION


def test_a_revision_with_a_higher_toll_is_told(store, desk):
    first = article(1, FIRST)
    again = article(2, RISEN, url=first.url, revision_of="w1")
    decisions = decided(store, desk, (first, again))
    assert decisions[1].outcome is Outcome.ALERTED
    assert decisions[1].stories == decisions[0].stories


def test_a_language_that_cannot_be_read_is_counted(store, desk):
    finnish = (
        "Satamajuhla avattiin tiistaina neljänkymmenen puuveneen kulkueella, ja "
        "koululaisten kuoro lauloi laiturilla. Kaupunginjohtaja kiitti säätä, ja "
        "savukalaa myydään sunnuntaihin saakka."
    )
    (decision,) = decided(store, desk, (article(1, finnish, title="Satamajuhla"),))
    assert decision.outcome is Outcome.UNREADABLE_LANGUAGE
    assert not any(verdict.matched for verdict in decision.topics)
    assert any("cannot be read" in line for line in decision.trace)


def test_of_an_enormous_text_the_beginning_is_read_and_the_trace_says_so(store, desk):
    harbour = f"{FESTIVAL}\n\n" * 600
    (decision,) = decided(store, desk, (article(1, f"{FIRST}\n\n{harbour}"),))
    assert decision.alerts
    assert decision.trace[0].startswith("text: the first 100000 of 1")


def test_every_step_leaves_a_line_with_its_numbers(store, desk):
    _, copy, silent, *_ = replay(store, desk, day())
    assert "containment 1.00" in "\n".join(copy.trace)
    assert "w1" in "\n".join(copy.trace)
    assert "threshold" in "\n".join(silent.trace)


def test_spans_are_told_in_the_text_as_it_was_given(store, desk):
    noisy = FIRST.replace("apartment block", "apart\u00adment&nbsp;block")
    (decision,) = decided(store, desk, (article(1, noisy),))
    killed = next(t.fact for t in decision.facts if t.fact.slot == "killed")
    start, end = killed.evidence
    assert "three" in noisy[start:end]


def test_a_scan_sees_topics_and_facts_without_a_store(desk):
    decision = scan(desk.seeds, article(1, FIRST))
    facts = {(told.fact.slot, told.fact.value) for told in decision.facts}
    assert ("killed", 3) in facts
    assert ("place", "Mykolaiv") in facts
    assert not decision.alerts


def test_what_two_feeds_of_one_host_tell_is_told_by_one_source(store, desk):
    outlets = ("Meridian - World", "Meridian - Money")
    with store.unit() as unit:
        for outlet in outlets:
            url = f"https://feeds.meridian.test/{outlet[-5:]}"
            unit.feeds.add(url, title=outlet, source=outlet, now=DAWN)
    kept(store, [article(1, FIRST, source=outlets[0])])
    kept(store, [article(2, RISEN, source=outlets[1])])
    *_, last = follow_articles(store, desk, now=DAWN)
    assert last.alerts[0].sources == outlets[:1]


BAKER = (
    "A baker of Mykolaiv has opened again in the school kitchen. Five people were "
    "killed by the missile on Tuesday, and three of them bought their rolls of him."
    "\n\nThe loaves are round now, since the tins have melted."
)


def test_what_stays_below_a_topic_matches_if_it_carries_on_a_running_story(store, desk):
    hit, baker = decided(store, desk, (article(1, FIRST), article(9, BAKER)))
    verdict = baker.topics[0]
    assert verdict.probability < verdict.threshold
    assert verdict.matched
    assert verdict.carries_on == baker.stories["strike-reports"]
    assert baker.stories == hit.stories
    assert [(d.old, d.new) for d in baker.developments if d.slot == "killed"] == [
        (3, 5)
    ]
    (line,) = (line for line in baker.trace if "strike-reports: matched" in line)
    assert f"below it, but carries on {verdict.carries_on[0]}: Mykolaiv, killed" in line
    assert decision_record(baker)["topics"][0]["carries_on"]


def test_what_stays_below_a_topic_opens_no_story(store, desk):
    alone, *_ = decided(store, desk, (article(9, BAKER),))
    assert alone.outcome is Outcome.OFF_TOPIC
    assert not alone.topics[0].nearly


def test_a_copy_of_what_carries_a_story_on_is_of_that_story_too(store, desk):
    copy = f"{BAKER}\n\nOur readers have asked where to buy them; see page 4."
    hit, _, again = decided(
        store, desk, (article(1, FIRST), article(9, BAKER), article(10, copy))
    )
    assert again.outcome is Outcome.DUPLICATE
    assert again.stories == hit.stories


LIVE = (
    "16:20 - Yachts are back in the harbour of Orrin after the storm; a mast is "
    "missing.\n\n"
    "15:40 - Back to Mykolaiv, where the last of the trams runs again. Five people "
    "have died there.\n\n"
    "15:05 - Drones hit a fuel depot near Nikopol, wounding two, the governor says."
    "\n\n14:30 - The bank leaves its rate at four per cent."
)


def test_a_post_below_the_topic_of_its_live_page_matches_if_it_carries_on_a_story(
    store, desk
):
    hit, live = decided(store, desk, (article(1, FIRST), article(9, LIVE)))
    (known,) = hit.stories["strike-reports"]
    opened = set(live.stories["strike-reports"]) - {known}
    assert live.topics[0].carries_on == (known,)
    assert {
        (d.story, d.old, d.new) for d in live.developments if d.slot == "killed"
    } == {(known, 3, 5)}
    assert len(opened) == 1
    told = [LIVE[start:end] for start, end in live.topics[0].passages]
    assert [text[:5] for text in told] == ["15:40"]
    assert "Yachts" not in "".join(told)


@pytest.mark.parametrize("text", [BAKER, LIVE], ids=["short", "live"])
def test_a_story_told_anew_still_has_what_carried_it_on(store, desk, text):
    hit, _ = decided(store, desk, (article(1, FIRST), article(9, text)))
    with store.unit() as unit:
        story = unit.stories.get(hit.stories["strike-reports"][0])
        again = retold(unit, desk, story, once=frozenset({story.id}))
    assert again.profile.numbers["killed"] == 5


PORTS = """id: ports
title: Port strikes
words: {any: [dockworkers, "port strike", terminal, union, cranes]}
"""
WALKOUT = (
    "Dockworkers at the northern terminal of Orrin walked out at dawn after talks with "
    "the union on new cranes failed, and two container ships turned away.\n\n"
    "The union of dockworkers said the terminal would stay shut until Friday."
)
RETOLD = (
    "Two container ships turned away from Orrin as dockworkers walked out of the "
    "northern terminal at dawn. Their union had failed in talks on new cranes.\n\n"
    "The terminal will stay shut until Friday, the dockworkers' union said."
)
REOPENED = (
    "The northern terminal of Orrin opened its gates again on Thursday: dockworkers "
    "accepted a guarantee of four hundred jobs, their union announced.\n\n"
    "Crews began to clear a backlog of grain and timber that had built up in sheds."
)


@pytest.mark.parametrize(
    ("policy", "outcomes"),
    [
        ("", ["alerted", "known", "known"]),
        ("alert: {updates: true}\n", ["alerted", "known", "alerted"]),
    ],
)
def test_a_topic_without_slots_tells_of_new_words_where_it_asks_for_them(
    store, tmp_path, policy, outcomes
):
    (tmp_path / "ports.yaml").write_text(PORTS + policy, encoding="utf-8")
    ports = Desk(seeds=load_seeds(tmp_path / "ports.yaml"), dry=True)
    stream = [
        article(1, WALKOUT, title="Dockworkers walk out in Orrin"),
        article(2, RETOLD, title="Ships turn away from Orrin as dockworkers walk out"),
        article(3, REOPENED, title="Orrin: dockworkers end walkout", minutes=4000),
    ]
    decisions = list(replay(store, ports, stream))
    assert len({d.stories["ports"] for d in decisions}) == 1
    assert [d.outcome for d in decisions] == outcomes


def test_other_detectors_never_tell_again_what_was_told(store, desk):
    before = list(replay(store, desk, day()))
    later = Desk(seeds=replace(desk.seeds, version="2.0.0+feedbeef/0"))
    assert list(replay(store, later, day())) == before
    assert {each.version for each in before} == {desk.seeds.version}
    again = [
        article(20 + number, each.text, minutes=300 + number, source="Later Herald")
        for number, each in enumerate(day()[3:4])
    ]
    (repeated,) = replay(store, later, again)
    assert repeated.version == "2.0.0+feedbeef/0"
    assert not repeated.alerts
    with store.unit(reading=True) as unit:
        told = [
            (one.slot, one.old, one.new)
            for message in unit.outbox.all()
            for one in message.alert.developments
        ]
    assert len(told) == len(set(told))
