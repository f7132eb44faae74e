"""Readings: script noise goes, spans lead back to the text as given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.text import (
    PASSAGE_SENTENCES,
    cased_words,
    read,
    runs_of,
    shingles,
    stems,
    words,
)


def said(reading, spans):
    return [reading.quote(span) for span in spans]


def sentences(text):
    reading = read(text)
    return said(reading, [sentence.span for sentence in reading.sentences])


@pytest.mark.parametrize(
    ("given_text", "clean"),
    [
        pytest.param("six&nbsp;dead", "six dead", id="entity"),
        pytest.param(
            "six&#39;s &mdash; &#x201C;no&#x201D;", 'six\'s - "no"', id="more"
        ),
        pytest.param("R&amp;D", "R&D", id="ampersand"),
        pytest.param("R&amp;nbsp;D", "R D", id="doubly-escaped"),
        pytest.param("AT&notes; & co", "AT&notes; & co", id="no-entity"),
        pytest.param("ho\u00adtel\u200b", "hotel", id="soft-hyphen"),
        pytest.param("«Да» – „так“ ‘so’", '"Да" - "так" \'so\'', id="quotes"),
        pytest.param("cafe\u0301", "café", id="decomposed"),
        pytest.param("и\u0306", "й", id="decomposed-cyrillic"),
        pytest.param("nul\x00 and \ud800 lone", "nul and  lone", id="unstorable"),
    ],
)
def test_script_noise_goes(given_text, clean):
    assert read(given_text).text == clean


def test_a_span_leads_back_to_the_words_as_given():
    given_text = "Six&nbsp;dead.\n\nA ho\u00adtel\u00ad burned in Joa\u0303o."
    reading = read(given_text)
    for word, original in [
        ("dead", "dead"),
        ("hotel", "ho\u00adtel"),
        ("João", "Joa\u0303o"),
    ]:
        start = reading.text.index(word)
        first, last = reading.original((start, start + len(word)))
        assert given_text[first:last] == original


def test_an_empty_span_leads_back_to_a_place():
    assert read("a&nbsp;b").original((2, 2)) == (7, 7)


@given(st.text())
def test_every_reading_can_be_told_in_the_original(text):
    reading = read(text)
    assert len(reading.starts) == len(reading.text) + 1
    whole = reading.original((0, len(reading.text)))
    assert 0 <= whole[0] <= whole[1] <= len(text)
    for start, end in reading.paragraphs:
        first, last = reading.original((start, end))
        assert 0 <= first < last <= len(text)


NOISY = st.lists(
    st.one_of(
        st.text(max_size=6),
        st.sampled_from(
            ["&nbsp;", "&amp;#8212;", "&bogus;", "\u00ad", "\u200d", "\u2028", "\x00"]
        ),
        # decomposed, lone, folding to two, joined, quoted, of two code points
        st.sampled_from(
            ["и\u0306", "\ud800", "İ", "ﬁ", "«Ґанок»", "🏚️", ". ", "! ", "\n\n", "\r\n"]
        ),
    ),
    max_size=25,
).map("".join)


@given(NOISY)
def test_places_in_the_original_never_run_backwards(text):
    reading = read(text)
    starts = [reading.original((n, n))[0] for n in range(len(reading.text) + 1)]
    assert starts == sorted(starts)
    spans = [reading.original((n, n + 1)) for n in range(len(reading.text))]
    assert all(0 <= first < last <= len(text) for first, last in spans)
    stops = [last for _, last in spans]
    assert stops == sorted(stops)


@given(NOISY)
def test_what_a_span_cuts_out_of_the_original_reads_as_its_quote(text):
    reading = read(text)
    for span in (*(each.span for each in reading.sentences), *reading.paragraphs):
        first, last = reading.original(span)
        assert read(text[first:last]).text.split() == reading.quote(span).split()


@given(NOISY)
def test_whatever_was_written_sentences_and_passages_lie_in_order(text):
    reading = read(text)
    spans = [sentence.span for sentence in reading.sentences]
    assert spans == sorted(spans)
    assert all(a < b for a, b in spans)
    assert all(reading.quote(span).strip() == reading.quote(span) for span in spans)
    assert all(reading.sentence_at(a) == (a, b) for a, b in spans)
    in_passages = {n for window in reading.windows() for n in window}
    assert in_passages == set(range(len(spans)))


@given(NOISY)
def test_passages_are_cut_out_whole_and_never_run_across_a_live_entry(text):
    reading = read(text)
    for window, (start, end) in zip(reading.windows(), reading.passages(), strict=True):
        first, *others = (reading.sentences[number] for number in window)
        assert len(window) <= PASSAGE_SENTENCES
        assert (start, end) == (first.start, [first, *others][-1].end)
        assert not any(
            reading.is_stamped(each.paragraph)
            for each in others
            if each.paragraph != first.paragraph
        )
    numbers = [n for run in reading.by_paragraph() for n in run]
    assert numbers == [*range(len(reading.sentences))]


@given(st.one_of(st.text(max_size=80), NOISY))
def test_a_run_of_four_words_is_known_wherever_it_stands(text):
    run = words(text)
    hashes = runs_of(run).tolist()
    quads = [run[n : n + 4] for n in range(len(run) - 3)]
    assert hashes == [value for quad in quads for value in runs_of(quad).tolist()]
    assert len({*hashes}) == len({*quads})


@given(st.lists(st.text(alphabet="abcдїñ", min_size=1, max_size=4), max_size=30))
def test_shingles_do_not_see_what_stands_between_words(run):
    plain = shingles(" ".join(run))
    assert plain == shingles(" \n- ".join(run).upper().lower())
    assert len(plain) <= max(0, len(run) - 3)
    assert all(0 <= value < 2**64 for value in plain)


@given(st.one_of(st.text(alphabet="ab. \n", max_size=60), NOISY))
def test_sentences_cover_their_paragraphs_in_order(text):
    reading = read(text)
    last = 0
    for sentence in reading.sentences:
        start, end = reading.paragraphs[sentence.paragraph]
        assert start <= sentence.start < sentence.end <= end
        assert sentence.start >= last
        last = sentence.end
    covered = {n for s in reading.sentences for n in range(s.start, s.end)}
    for start, end in reading.paragraphs:
        left = set(range(start, end)) - covered
        assert all(reading.text[n].isspace() for n in left)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param(
            "Mr. Hale met Gen. Ivo B. Kraus. They spoke.",
            ["Mr. Hale met Gen. Ivo B. Kraus.", "They spoke."],
            id="titles",
        ),
        pytest.param(
            '"We ran." Nobody looked back!',
            ['"We ran."', "Nobody looked back!"],
            id="quotes",
        ),
        pytest.param(
            "В г. Сумы без света. Ремонт идёт.",
            ["В г. Сумы без света.", "Ремонт идёт."],
            id="russian",
        ),
        pytest.param(
            "У м. Суми о 5.30 ранку пролунав вибух. Є поранені… Рятувальники на місці.",
            [
                "У м. Суми о 5.30 ранку пролунав вибух.",
                "Є поранені…",
                "Рятувальники на місці.",
            ],
            id="ukrainian",
        ),
        pytest.param(
            "Збитки - 3 млн. грн. за день. «Ідемо далі!» Так сказав І. Мороз.",
            [
                "Збитки - 3 млн. грн. за день.",
                '"Ідемо далі!"',
                "Так сказав І. Мороз.",
            ],
            id="ukrainian-money",
        ),
        pytest.param(
            "El Sr. Ríos habló con la Dra. Vega. Eran las 5 p.m. del lunes.",
            ["El Sr. Ríos habló con la Dra. Vega.", "Eran las 5 p.m. del lunes."],
            id="spanish-titles",
        ),
        pytest.param(
            "¿Habrá cumbre? ¡Sí! Lo dijo EE.UU. ayer.",
            ["¿Habrá cumbre?", "¡Sí!", "Lo dijo EE.UU. ayer."],
            id="spanish",
        ),
        pytest.param(
            "It cost 4.5 million. It rose 3.1% at 5.30 a.m. local time.",
            ["It cost 4.5 million.", "It rose 3.1% at 5.30 a.m. local time."],
            id="decimals",
        ),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, wanted):
    assert sentences(text) == wanted


def test_each_line_is_a_paragraph_where_lines_are_long():
    line = "A sentence that goes on for longer than anyone would wrap by hand, " * 3
    reading = read(f"{line.strip()}.\nShort heading\n{line.strip()}.")
    assert len(reading.paragraphs) == 3
    assert [reading.is_heading(n) for n in range(3)] == [False, True, False]


def test_wrapped_lines_are_one_paragraph():
    text = (
        "The governor said that two people\nhad been killed when a rocket hit a\n"
        "bakery, and that nine were hurt.\n\nThe search\ngoes on."
    )
    reading = read(text)
    assert len(reading.paragraphs) == 2
    assert len(reading.sentences) == 2


def test_short_paragraphs_share_a_passage_and_long_ones_keep_to_themselves():
    reading = read("One.\n\nTwo.\n\nA first. A second. A third. A fourth.\n\nLast.")
    assert said(reading, reading.passages()) == [
        "One.\n\nTwo.",
        "A first. A second. A third.",
        "A second. A third. A fourth.",
        "Last.",
    ]


def test_a_heading_begins_a_passage():
    reading = read("It ended.\n\nSix dead in the north\n\nA bridge fell. It was old.")
    assert said(reading, reading.passages()) == [
        "It ended.",
        "Six dead in the north\n\nA bridge fell. It was old.",
    ]


def test_each_entry_of_a_live_blog_is_its_own_passage():
    reading = read("10:40 - Rain.\n\n10:05 - A goal.\n\n09.30 Talks began. Tea came.")
    assert reading.is_live
    assert said(reading, reading.passages()) == [
        "10:40 - Rain.",
        "10:05 - A goal.",
        "09.30 Talks began. Tea came.",
    ]


def test_two_times_of_day_make_no_live_blog():
    assert not read("10:40 - Rain.\n\n10:05 - A goal.\n\nNothing else.").is_live


def test_a_place_in_a_text_has_its_sentence_and_paragraph():
    reading = read("One. Two.\n\nThree.")
    assert reading.quote(reading.sentence_at(6)) == "Two."
    assert reading.sentence_at(10) == (10, 10)
    assert reading.paragraph_of(12) == 1
    assert reading.paragraph_of(400) == 1


def test_only_names_keep_their_capitals():
    assert cased_words('Rain fell. "Go," said Ana of Sumy.\nWet.') == (
        "rain",
        "fell",
        "go",
        "said",
        "Ana",
        "of",
        "Sumy",
        "wet",
    )


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        pytest.param("en", "missile missiles", id="en"),
        pytest.param("ru", "ракета ракеты ракетами", id="ru"),
        pytest.param("es", "misiles misil", id="es"),
        pytest.param("es", "heridos heridas herido", id="es-participle"),
        pytest.param("ru", "переговоры переговоров переговорам", id="ru-plural"),
        pytest.param("en", "wounded wounding wounds", id="en-verb"),
        pytest.param("uk", "ракета ракети ракетами ракету", id="uk"),
        pytest.param("uk", "переговори переговорів переговорами", id="uk-plural"),
        pytest.param("uk", "український українського українські", id="uk-adjective"),
    ],
)
def test_inflections_share_a_stem(language, forms):
    assert len(set(stems(forms, language))) == 1


@pytest.mark.parametrize(
    "forms", [pytest.param("дім дрон", id="nouns"), pytest.param("рада рак", id="more")]
)
def test_other_words_keep_other_stems(forms):
    assert len(set(stems(forms, "uk"))) == 2


def test_words_without_a_stemmer_stay_as_they_are():
    assert stems("Raketen trafen", "de") == ("raketen", "trafen")


def test_a_shingle_is_four_words_whatever_stands_between():
    assert shingles("One, two - three: FOUR!") == shingles("one two three four")
    assert shingles("one two three") == frozenset()
    assert len(shingles("a b c d e f")) == 3


def test_words_join_at_apostrophes_and_hyphens():
    assert words("Kyiv's twelve-storey п'ять") == ("kyiv's", "twelve-storey", "п'ять")
