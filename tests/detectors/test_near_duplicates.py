"""The same copy, or another article: cuts, add-ons, templates, updates."""

import json
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.model import DuplicateReason, Likeness
from detectors.near_duplicates import (
    BOTTOM,
    MIN_INFORMATIVE,
    MIN_SHARED,
    Candidate,
    find_original,
    fingerprint,
)
from detectors.numerals import figures
from detectors.text import read

GOLD = Path(__file__).resolve().parents[3] / "shared" / "gold" / "dev"
DAWN = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)

WIRE = """HARROWGATE, May 4 (Tern Press) - A rocket came through the roof of a bakery in
the harbour town of Lissa before dawn on Monday, killing three people, the mayor said.

At least 20 others were hurt, among them a cook who had gone out to light the ovens.
Windows were broken in all of the four streets around the market.

The mayor put the time of the blast at ten past four. Rescuers were still lifting beams
from the back of the shop at noon, with two dogs and a borrowed crane.

Nobody claimed the attack. The army has shelled the town from the far bank since autumn.

(Reporting by the Lissa bureau; editing by P. Maddox)""".replace("\n", " ").replace(
    "  ", "\n\n"
)
BULLETIN = """Bulletin of the district for {day}. During the day the enemy attacked
{place} and {second} {n} times with drones and artillery. {hurt} people were hurt; both
are being treated at home. Damaged were {houses} houses, a barn and a power line.
The district administration thanks everyone who helped to board up windows. The
bulletin appears every evening at seven. If you need slate or film, ask the warden of
your street."""
OTHER = """Three people died and about twenty were injured in Lissa when a projectile
struck a bakery early on Monday, according to the mayor of the port. Crews with a crane
spent the morning searching what was left of the shop, and a cook is in hospital."""


def bulletin(**changes):
    usual = {
        "day": "Monday",
        "place": "Oster",
        "second": "Vilna",
        "n": "fourteen",
        "hurt": "two",
        "houses": "five",
    }
    return BULLETIN.format(**usual | changes).replace("\n", " ")


def earlier(name, text, *, root=None, hours=0, title=""):
    return Candidate(
        article_id=name,
        root=root or name,
        published_at=DAWN + timedelta(hours=hours),
        fingerprint=fingerprint(read(text, title=title)),
    )


def judge(text, *candidates, title="", furniture=frozenset()):
    print_ = fingerprint(read(text, title=title))
    return find_original(print_, candidates, furniture=furniture)


PARAGRAPHS = WIRE.split("\n\n")
APPEAL = (
    "Harbour Light readers can leave blankets at the office on Fish Street until six. "
    "The parish hall has room for 40 and serves soup from noon, Canon Abel Reeve said."
)


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(WIRE, id="the-same"),
        pytest.param("\n\n".join(PARAGRAPHS[:3]), id="cut-at-the-end"),
        pytest.param("\n\n".join([*PARAGRAPHS[:-1], APPEAL]), id="local-end"),
        pytest.param(
            "\n\n".join([*PARAGRAPHS[:2], APPEAL, *PARAGRAPHS[2:]]), id="middle"
        ),
        pytest.param(
            WIRE.replace("HARROWGATE, May 4 (Tern Press)", "LISSA"), id="dateline"
        ),
        pytest.param(
            WIRE.replace(" - ", "&nbsp;&mdash; ").replace("'", "&#39;"), id="entities"
        ),
        pytest.param(WIRE.replace("hurt", "injured"), id="another-word"),
        pytest.param(
            WIRE.replace("three people", "3 people").replace("At least 20", "20"),
            id="figures-spelt-otherwise",
        ),
        pytest.param(WIRE.replace("on Monday", "today"), id="day-told-otherwise"),
        pytest.param(WIRE.replace("Lissa", "Lyssa"), id="place-spelt-otherwise"),
        pytest.param("Here is what we know. " * 9 + WIRE, id="embedded"),
    ],
)
def test_a_copy_is_known_by_its_words(copy):
    verdict = judge(copy, earlier("a1", WIRE))
    assert verdict.reason is DuplicateReason.SAME_COPY
    assert verdict.original == "a1"
    assert verdict.containment >= 0.7


NOTICE_OF_THE_HOUSE = (
    "Harbour Light is an independent daily, printed on Fish Street and read on both "
    "banks of the river. Write to us, subscribe, or come by before six in the evening."
)


def test_copy_that_lost_a_paragraph_and_gained_a_notice_still_opens_alike():
    dressed = "\n\n".join([PARAGRAPHS[0], PARAGRAPHS[2], NOTICE_OF_THE_HOUSE * 2])
    verdict = judge(dressed, earlier("a1", WIRE))
    assert 0.55 <= verdict.containment < 0.7
    assert verdict.original == "a1"


def test_as_much_of_the_same_under_another_opening_is_no_copy():
    opening = (
        "Bakers in Lissa buried two of their own on Thursday, and the third will be "
        "taken home across the river, their guild said in a notice on its door."
    )
    later = "\n\n".join([opening, *PARAGRAPHS[1:3]])
    verdict = judge(later, earlier("a1", WIRE))
    assert 0.55 <= verdict.containment < 0.7
    assert verdict.original is None


@pytest.mark.parametrize(
    "update",
    [
        pytest.param(WIRE.replace("killing three", "killing four"), id="toll"),
        pytest.param(WIRE.replace("At least 20", "At least 24"), id="injured"),
        pytest.param(WIRE.replace("on Monday", "on Friday"), id="day"),
        pytest.param(
            WIRE.replace("Lissa", "Corrin").replace("HARROWGATE", "MONTEITH"),
            id="places",
        ),
    ],
)
def test_the_same_words_with_another_figure_are_another_article(update):
    verdict = judge(update, earlier("a1", WIRE))
    assert verdict.original is None
    assert verdict.nearest == "a1"
    assert verdict.reason is DuplicateReason.CHANGED_NUMBERS


def test_a_daily_bulletin_is_new_every_day():
    day_before = earlier("a1", bulletin())
    today = bulletin(day="Tuesday", place="Krevo", n="nine", houses="seven")
    assert judge(today, day_before).original is None
    assert judge(bulletin(), day_before).original == "a1"


def test_a_bulletin_for_other_places_is_no_copy_though_its_figures_agree():
    elsewhere = bulletin(place="Krevo", second="Halych")
    assert judge(elsewhere, earlier("a1", bulletin())).original is None


def test_the_same_event_in_other_words_is_no_copy():
    verdict = judge(OTHER, earlier("a1", WIRE))
    assert (verdict.original, verdict.nearest) == (None, "a1")
    assert verdict.reason in (
        DuplicateReason.LOW_CONTAINMENT,
        DuplicateReason.NO_CANDIDATE,
    )


def test_a_headline_proves_nothing():
    verdict = judge("Rocket hits bakery in Lissa", earlier("a1", "Rocket hits bakery"))
    assert verdict.reason is DuplicateReason.TOO_SHORT
    assert verdict.original is None


def test_without_candidates_there_is_no_original():
    verdict = judge(WIRE)
    assert verdict.reason is DuplicateReason.NO_CANDIDATE
    assert verdict.nearest is None


def test_the_original_is_the_first_of_its_copies():
    copy = earlier("a2", WIRE, root="a1", hours=1)
    assert judge(WIRE, copy).original == "a1"


def test_of_two_equal_candidates_the_first_published_is_the_original():
    late, early = earlier("a1", WIRE, hours=2), earlier("a9", WIRE, hours=1)
    assert judge(WIRE, late, early).original == "a9"
    assert judge(WIRE, early, late).original == "a9"


def test_a_copy_of_an_update_is_not_mistaken_for_a_copy_of_the_first_report():
    update = WIRE.replace("killing three", "killing four")
    candidates = earlier("a1", WIRE), earlier("a2", update, hours=3)
    cut = "\n\n".join(update.split("\n\n")[:3])
    assert judge(cut, *candidates).original == "a2"


def test_what_every_page_of_a_site_says_is_no_evidence():
    furniture = (
        "The Harbour Light is read in nine valleys and two islands and takes no money "
        "from anyone who owns a quarry. Write to the editor before noon on Thursday."
    )
    stories = [
        f"{furniture} Number {n}: a {noun} was seen near the {noun} works at dusk."
        for n, noun in enumerate(
            ["heron", "tram", "kite", "goat", "barge", "bell", "fox", "lamp"]
        )
    ]
    pages = [earlier(f"a{n}", story) for n, story in enumerate(stories[:-1])]
    assert judge(stories[-1], *pages).original is None
    assert judge(stories[-1], pages[0]).containment > 0.7


NOTICE = """Your notification has been saved. There was a problem saving it. Whenever
this reporter posts new content you will get a letter with a link, once a day, and only
if there is something new. Close this window to read on."""
BAKERY = "Rocket through a bakery roof in Lissa kills three"
FERRY = "Ferry to Oster runs aground in fog"


@pytest.mark.parametrize(
    ("title", "other", "text", "wanted"),
    [
        pytest.param(BAKERY, FERRY, NOTICE, Likeness.DIFFERENT, id="notice"),
        pytest.param(BAKERY, BAKERY, NOTICE, Likeness.COPY, id="the-same-page"),
        pytest.param(
            BAKERY, "Dawn in a harbour town", WIRE, Likeness.COPY, id="told-headline"
        ),
        pytest.param("", "", NOTICE, Likeness.COPY, id="no-headlines"),
        pytest.param(
            "Паром сів на мілину", "Парад у порту", NOTICE, Likeness.DIFFERENT, id="uk"
        ),
    ],
)
def test_text_that_says_nothing_of_its_headline_is_no_evidence(
    title, other, text, wanted
):
    verdict = judge(text, earlier("a1", text, title=other), title=title)
    assert verdict.likeness is wanted
    assert (verdict.original is not None) is (wanted is Likeness.COPY)
    assert verdict.containment == 1.0


def test_the_furniture_of_a_site_does_not_count():
    page = f"{NOTICE}\n\nA ferry to Oster ran aground in fog with nine people aboard."
    story = f"{NOTICE}\n\nThe council of Krevo will sell two of its three boats."
    assert judge(page, earlier("a1", story)).original == "a1"
    furniture = frozenset(fingerprint(read(NOTICE)).bottom)
    verdict = judge(page, earlier("a1", story), furniture=furniture)
    assert verdict.original is None
    assert verdict.containment < 0.2
    assert judge(page, earlier("a1", page), furniture=furniture).original == "a1"


def test_a_paragraph_whose_known_runs_are_furniture_is_furniture():
    footer = " ".join(f"footer{n}" for n in range(60))
    body = [" ".join(f"{name}{n}" for n in range(60)) for name in ("north", "south")]
    pages = ["\n\n".join([text, footer, footer[::-1]]) for text in body]
    print_ = fingerprint(read(pages[0]))
    known = frozenset(print_.bottom) & fingerprint(read(footer)).shingles
    assert len(known) < len(fingerprint(read(footer)).shingles)
    only = earlier("a1", footer + "\n\n" + body[1])
    assert judge(pages[0], only).containment > 0.4
    assert judge(pages[0], only, furniture=known).containment < 0.05


def test_a_page_of_furniture_alone_says_so():
    furniture = frozenset(fingerprint(read(NOTICE)).bottom)
    verdict = judge(
        f"{NOTICE} Seen in Oster.", earlier("a1", NOTICE), furniture=furniture
    )
    assert verdict.reason is DuplicateReason.FURNITURE
    assert verdict.likeness is Likeness.DIFFERENT


def test_one_page_under_one_headline_is_itself_whatever_its_furniture():
    everything = frozenset(fingerprint(read(WIRE)).bottom)
    again = earlier("a1", WIRE, title=BAKERY)
    assert judge(WIRE, again, title=BAKERY, furniture=everything).original == "a1"
    assert judge(WIRE, again, title=FERRY, furniture=everything).original is None


ADDED = """The prosecutor in Harrowgate opened an inquiry in the afternoon and asked
anyone who filmed the sky over the far bank to keep the pictures. The school beside the
market of Lissa stays shut until its windows have been replaced, said its head. Bread
is given out from a lorry on the quay, and the bakers of two neighbouring towns have
sent flour. The harbour master closed the inner basin to every boat but those of the
coastguard."""


@pytest.mark.parametrize(
    ("text", "title", "wanted"),
    [
        pytest.param(WIRE, BAKERY, Likeness.COPY, id="copy"),
        pytest.param(
            WIRE.replace("killing three", "killing four"),
            BAKERY,
            Likeness.REVISION,
            id="changed-figure",
        ),
        pytest.param(
            "\n\n".join([ADDED, *PARAGRAPHS[1:3]]),
            "Rocket on Lissa bakery: an inquiry",
            Likeness.REVISION,
            id="half-of-it-new",
        ),
        pytest.param(
            OTHER + " The army has shelled the town from the far bank.",
            "Three dead in bakery in Lissa",
            Likeness.SAME_EVENT,
            id="same-event",
        ),
        pytest.param(
            "Fog kept ferries in port on Sunday. At least 20 others were hurt by "
            "falling ropes, the guild of pilots at Oster said in its yearly letter.",
            FERRY,
            Likeness.DIFFERENT,
            id="different",
        ),
    ],
)
def test_the_verdict_has_one_of_four_words(text, title, wanted):
    verdict = judge(text, earlier("a1", WIRE, title=BAKERY), title=title)
    assert verdict.likeness is wanted
    assert verdict.nearest == "a1"


def test_every_reason_stands_for_one_of_the_four_words():
    assert {reason.likeness for reason in DuplicateReason} == set(Likeness)


@given(st.lists(st.sampled_from("abcdef"), max_size=40), st.data())
def test_ignoring_more_never_counts_too_little_text(run, data):
    print_ = fingerprint(read(" ".join(run)))
    some = st.sets(st.sampled_from(print_.bottom)) if print_.bottom else st.just(set())
    furniture = frozenset(data.draw(some))
    verdict = find_original(print_, [earlier("a1", " ".join(run))], furniture=furniture)
    copied = len(print_.shingles) >= MIN_INFORMATIVE
    assert (verdict.original == "a1") is (copied and not furniture) or furniture


UNICODE = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(["&nbsp;", "\u00ad", "İ", "ﬁ", "\ud800", "\n\n", "не", "it's"]),
    ),
    max_size=40,
).map(" ".join)


@given(UNICODE, st.text(max_size=20))
def test_a_fingerprint_holds_each_run_of_a_text_once_in_its_paragraph(text, title):
    reading = read(text, title=title)
    print_ = fingerprint(reading)
    runs = [run for line in print_.lines for run in line]
    assert len(runs) == max(0, len(print_.words) - 3)
    assert len(print_.lines) == len(reading.paragraphs)
    assert print_.shingles == {*runs}
    assert print_.bottom == tuple(sorted({*runs})[:BOTTOM])
    assert print_.text == reading.text


LETTERS = st.text(alphabet="abcéñüçдїйґёы", min_size=2, max_size=7)


@given(st.lists(LETTERS, min_size=12, max_size=40), st.data())
def test_script_noise_changes_nothing(run, data):
    noises = (
        lambda word: word,
        lambda word: unicodedata.normalize("NFD", word),
        lambda word: f"{word[0]}\u00ad{word[1:]}",
        lambda word: f"{word[0]}&shy;{word[1:]}",
        lambda word: "".join(f"&#{ord(letter)};" for letter in word),
        lambda word: f"«{word}»",
        lambda word: f"{word}\u00a0&mdash;",
    )
    noisy = [data.draw(st.sampled_from(noises))(word) for word in run]
    plain, noised = " ".join(run), " ".join(noisy)
    assert fingerprint(read(noised)).shingles == fingerprint(read(plain)).shingles
    verdict = find_original(fingerprint(read(noised)), [earlier("a1", plain)])
    long = len(fingerprint(read(plain)).shingles) >= MIN_INFORMATIVE
    assert verdict.original == ("a1" if long else None)


@given(st.integers(min_value=60, max_value=140))
def test_half_of_a_long_text_shares_enough_of_its_smallest_hashes(length):
    run = [f"word{(n * 7919) % 1009}" for n in range(2 * length)]
    whole = fingerprint(read(" ".join(run)))
    half = fingerprint(read(" ".join(run[:length])))
    assert len(whole.bottom) <= BOTTOM
    assert list(whole.bottom) == sorted(whole.bottom)
    assert all(0 <= value < 2**64 for value in whole.bottom)
    assert len(set(whole.bottom) & set(half.bottom)) >= MIN_SHARED


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("twenty five", {("number", 25)}, id="english"),
        pytest.param("treinta y dos", {("number", 32)}, id="spanish"),
        pytest.param("двадцяти трьох", {("number", 23)}, id="ukrainian"),
        pytest.param("шестеро", {("number", 6)}, id="collective"),
        pytest.param("thirty", {("number", 30)}, id="tens-alone"),
        pytest.param("fifty 7", {("number", 50), ("number", 7)}, id="mixed"),
        pytest.param("п'ятницю 6 березня", {("day", 5), ("number", 6), ("month", 3)}),
        pytest.param("9" * 5_000, {("number", int("9" * 18))}, id="absurd"),
    ],
)
def test_figures_are_the_same_in_words_and_digits(text, wanted):
    assert {(f.kind, f.value) for f in figures(text.split())} == wanted


@pytest.mark.skipif(not GOLD.exists(), reason="the labelled stream is not here")
def test_copies_of_the_labelled_stream_are_found():
    with (GOLD / "articles.jsonl").open(encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    seen: list[Candidate] = []
    wrong = right = 0
    for article in articles:
        print_ = fingerprint(read(article["text"], title=article["title"]))
        near = [
            c
            for c in seen
            if len(set(c.fingerprint.bottom) & set(print_.bottom)) >= MIN_SHARED
        ]
        found = find_original(print_, near).original
        if article.get("revision_of"):
            continue
        wanted = article["gold"]["duplicate_of"]
        right += found == wanted is not None
        wrong += found != wanted
        seen.append(
            Candidate(
                article_id=article["id"],
                root=found or article["id"],
                published_at=datetime.fromisoformat(article["published_at"]),
                fingerprint=print_,
            )
        )
    assert 2 * right / (2 * right + wrong) >= 0.95
