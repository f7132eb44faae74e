"""Seeds: what a file says, and every way in which it can be wrong."""

import re
from pathlib import Path

import pytest

from detectors.errors import SeedErrors
from detectors.model import Exemplar, Severity, SeverityRule
from detectors.seeds import parse_lexicon, parse_topic, parse_topics
from detectors.sources import parse_owners

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
SMALLEST = "title: Port strikes\nwords: {any: [dockworkers]}\n"


def mistakes(text, read=parse_topic, **options):
    with pytest.raises(SeedErrors) as caught:
        read(text, "topics/ports.yaml", **options)
    return [(error.subject, error.detail) for error in caught.value.mistakes]


def test_a_title_and_a_word_make_a_topic_named_after_its_file():
    topic = parse_topic(SMALLEST, "topics/ports.yaml")
    assert (topic.id, topic.title, topic.words.any) == (
        "ports",
        "Port strikes",
        ("dockworkers",),
    )
    assert topic.alert.independent_sources == 1
    assert topic.alert.min_probability is None


def examples():
    manual = (SEEDS / "README.md").read_text(encoding="utf-8")
    return re.findall(r"```yaml\n(.*?)```", manual, re.DOTALL)


def test_the_example_of_owners_in_the_manual_is_right_and_so_is_the_shipped_file():
    outlets = parse_owners(examples()[1], "owners.yaml")
    assert outlets.hosts["morningquay.test"] == "Quay Media"
    shipped = (SEEDS / "owners.yaml").read_text(encoding="utf-8")
    assert len(parse_owners(shipped, "owners.yaml").hosts) >= 20


def test_the_example_in_the_manual_is_a_topic():
    example = examples()[0]
    topic = parse_topic(example, "topics/port-strikes.yaml")
    assert topic.id == "port-strikes"
    assert topic.words.none == ("air strike", "striker")
    assert {exemplar.language for exemplar in topic.exemplars} == {"en", "es"}
    assert topic.alert.material == ("status", "date")
    assert topic.alert.severity == (
        SeverityRule(
            severity=Severity.MAJOR,
            slot="status",
            values=("confirmed", "cancelled"),
        ),
    )


def test_every_shipped_topic_can_be_read():
    files = sorted((SEEDS / "topics").glob("*.yaml"))
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    topics = parse_topics(texts)
    assert [topic.id for topic in topics] == ["strike-reports", "summit-diplomacy"]
    for topic in topics:
        assert {e.language for e in topic.exemplars} == {"en", "es", "ru", "uk"}
        assert topic.counter_exemplars


def test_slots_are_material_unless_they_are_mere_detail():
    text = SMALLEST + "slots: [killed, place, weapon, claimed_by]\n"
    assert parse_topic(text, "x.yaml").alert.material == ("killed", "claimed_by")


def test_a_topic_without_slots_may_ask_for_updates():
    assert parse_topic(SMALLEST + "alert: {updates: true}\n", "x.yaml").alert.updates
    assert not parse_topic(SMALLEST, "x.yaml").alert.updates


def test_an_unknown_key_is_told_with_line_and_the_nearest_right_one():
    text = "title: Ports\nwords:\n  anny: [crane]\n  any: [dock]\n"
    assert mistakes(text) == [
        (
            "topics/ports.yaml:3: words.anny",
            "no such key, nearest is 'any'",
        )
    ]


@pytest.mark.parametrize(
    ("text", "subject", "detail"),
    [
        pytest.param(
            "words: {any: [a]}\n",
            "topics/ports.yaml:1",
            "needs a title",
            id="no-title",
        ),
        pytest.param(
            "title: Ports\n",
            "topics/ports.yaml:1",
            "looks for nothing: needs words (any or all) or exemplars",
            id="nothing-to-look-for",
        ),
        pytest.param(
            SMALLEST + "title: Again\n",
            "topics/ports.yaml:3: title",
            "stands twice, first on line 1",
            id="key-twice",
        ),
        pytest.param(
            SMALLEST + "id: Port Strikes\n",
            "topics/ports.yaml:3: id",
            "'Port Strikes' is no id: small letters, digits and hyphens",
            id="bad-id",
        ),
        pytest.param(
            SMALLEST + "languages: [en, sp]\n",
            "topics/ports.yaml:3: languages[2]",
            "no such word 'sp', nearest is 'es'",
            id="bad-language",
        ),
        pytest.param(
            SMALLEST + "slots:\n  - killed\n  - kiled\n",
            "topics/ports.yaml:5: slots[2]",
            "no such word 'kiled', nearest is 'killed'",
            id="unknown-slot",
        ),
        pytest.param(
            SMALLEST + "slots: [killed]\nalert: {updates: true}\n",
            "topics/ports.yaml:4: alert.updates",
            "is for topics without slots: those have developments",
            id="updates-beside-slots",
        ),
        pytest.param(
            SMALLEST + "alert: {updates: often}\n",
            "topics/ports.yaml:3: alert.updates",
            "no such word 'often', there are false, true",
            id="updates-neither-yes-nor-no",
        ),
        pytest.param(
            SMALLEST + "exemplars: [{language: en, text: ''}]\n",
            "topics/ports.yaml:3: exemplars[1].text",
            "must be text, is nothing",
            id="empty-exemplar",
        ),
        pytest.param(
            SMALLEST + "exemplars: [{language: en}]\n",
            "topics/ports.yaml:3: exemplars[1]",
            "needs either a text or a file",
            id="exemplar-of-nothing",
        ),
        pytest.param(
            SMALLEST + "exemplars: [{text: Cranes.}]\n",
            "topics/ports.yaml:3: exemplars[1]",
            "needs a language, one of en, uk, ru, es",
            id="exemplar-without-language",
        ),
        pytest.param(
            SMALLEST + "exemplars: [{language: en, file: gone.txt}]\n",
            "topics/ports.yaml:3: exemplars[1].file",
            "no such file 'gone.txt'",
            id="file-gone",
        ),
        pytest.param(
            SMALLEST + "alert: {min_probability: 60}\n",
            "topics/ports.yaml:3: alert.min_probability",
            "must be a number between 0 and 1, is '60'",
            id="probability-in-percent",
        ),
        pytest.param(
            SMALLEST + "alert: {independent_sources: 0}\n",
            "topics/ports.yaml:3: alert.independent_sources",
            "must be a whole number of at least 1, is 0",
            id="no-sources",
        ),
        pytest.param(
            SMALLEST + "slots: [place]\nalert: {severity: [{slot: place}]}\n",
            "topics/ports.yaml:4: alert.severity[1]",
            "needs severity",
            id="rule-without-severity",
        ),
        pytest.param(
            SMALLEST
            + "slots: [place]\n"
            + "alert: {severity: [{severity: major, slot: place, at_least: 2}]}\n",
            "topics/ports.yaml:4: alert.severity[1].at_least",
            "place holds no number",
            id="bound-on-words",
        ),
        pytest.param(
            SMALLEST
            + "slots: [weapon]\n"
            + "alert: {severity: [{severity: major, slot: weapon, values: [dron]}]}\n",
            "topics/ports.yaml:4: alert.severity[1].values[1]",
            "no such word 'dron', nearest is 'drone'",
            id="unknown-value",
        ),
        pytest.param(
            "title: Ports\nwords: {any: ['do*k']}\n",
            "topics/ports.yaml:2: words.any[1]",
            "'do*k': a star stands at the end of a word",
            id="star-inside",
        ),
        pytest.param(
            "title: Ports\nwords: {any: [dock, Dock]}\n",
            "topics/ports.yaml:2: words.any[2]",
            "'Dock' stands twice",
            id="term-twice",
        ),
        pytest.param(
            "title: Ports\nwords: [dock]\n",
            "topics/ports.yaml:2: words",
            "must hold keys, holds a list",
            id="list-for-keys",
        ),
        pytest.param(
            "title: [Ports\nwords: 3\n",
            "topics/ports.yaml:2",
            "no YAML, did not find expected ',' or ']'",
            id="no-yaml",
        ),
        pytest.param(
            "title: \x01\n",
            "topics/ports.yaml:1",
            "no YAML, unacceptable character #x0001: control characters are not "
            "allowed",
            id="control-character",
        ),
    ],
)
def test_a_mistake_is_told_where_it_stands(text, subject, detail):
    assert (subject, detail) in mistakes(text)


def test_all_mistakes_are_told_at_once_in_the_order_of_lines():
    text = "slots: [kild]\nalert: {chanel: x}\nwords: {any: [a, a]}\n"
    lines = [subject.split(":")[1] for subject, _ in mistakes(text)]
    assert lines == ["1", "1", "2", "3"]


def test_the_sentence_of_an_error_names_every_mistake():
    with pytest.raises(SeedErrors, match=r"x\.yaml:1: colour .*needs a title"):
        parse_topic("colour: red\nwords: {any: [a]}", "x.yaml")


def test_exemplars_are_read_from_files_beside_the_topic():
    text = SMALLEST + "exemplars: [{language: en, file: ports/one.txt}]\n"
    files = {"ports/one.txt": "Cranes stood still.\n"}
    topic = parse_topic(text, "x.yaml", files.get)
    assert topic.exemplars == (Exemplar(language="en", text="Cranes stood still."),)


def test_an_empty_file_of_exemplars_is_a_mistake():
    text = SMALLEST + "exemplars: [{language: en, file: one.txt}]\n"
    found = mistakes(text, read_file={"one.txt": " \n"}.get)
    assert found == [("topics/ports.yaml:3: exemplars[1].file", "nothing in 'one.txt'")]


def test_two_files_may_not_share_an_id():
    texts = {"a.yaml": "id: ports\n" + SMALLEST, "b.yaml": "id: ports\n" + SMALLEST}
    with pytest.raises(SeedErrors) as caught:
        parse_topics(texts)
    assert [e.subject for e in caught.value.mistakes] == ["b.yaml: id"]


def test_the_mistakes_of_all_files_are_told_together():
    texts = {"a.yaml": "title: A\n", "b.yaml": "words: {any: [a]}\n"}
    with pytest.raises(SeedErrors) as caught:
        parse_topics(texts)
    assert [e.subject for e in caught.value.mistakes] == ["a.yaml:1", "b.yaml:1"]


def test_words_that_yaml_would_make_something_of_stay_words():
    text = (
        "language: en\ncertainty: {denial: {no: [no, off]}}\nn: {7: seven, x: [1.50]}"
    )
    lexicon = parse_lexicon(text, "en.yaml")
    assert lexicon.categories == {
        "certainty.denial": {"no": ("no", "off")},
        "n": {"7": ("seven",), "x": ("1.50",)},
    }


def test_a_lexicon_names_a_language_that_is_read():
    assert mistakes("strikes: {a: [b]}", parse_lexicon) == [
        ("topics/ports.yaml:1", "needs a language, one of en, uk, ru, es")
    ]


def test_an_alias_inside_itself_ends():
    found = mistakes("language: en\na: &x {b: *x}\n", parse_lexicon)
    assert found == [("topics/ports.yaml:2", "*x stands inside itself")]


def test_what_is_written_once_may_be_repeated_by_its_name():
    topic = parse_topic(
        "title: Port strikes\nwords: {any: &w [docker, quay], all: *w}\n", "p.yaml"
    )
    assert topic.words.any == topic.words.all == ("docker", "quay")


BOMB = "a0: &a0 {k: word}\n" + "".join(
    f"a{n}: &a{n} {{{', '.join(f'k{i}: *a{n - 1}' for i in range(60))}}}\n"
    for n in range(1, 7)
)
HOSTILE = [
    pytest.param(
        "title: X\nwords: !!python/object/apply:os.system [touch canary]\n",
        "f.yaml:2",
        "a tag, 'tag:yaml.org,2002:python/object/apply:os.system'",
        id="python-object",
    ),
    pytest.param("title: !run ls\n", "f.yaml:1", "a tag, '!run'", id="own-tag"),
    pytest.param(BOMB, "f.yaml:4", "too many values", id="alias-bomb"),
    pytest.param("[" * 500_000, "f.yaml:1", "too deep", id="brackets"),
    pytest.param("- " * 500_000, "f.yaml:1", "too deep", id="dashes"),
    pytest.param("#" * 50_000_000, "f.yaml:1", "too long", id="fifty-megabytes"),
    pytest.param("title: X\0\n", "f.yaml:1", "no YAML", id="nul"),
    pytest.param("a: 1\n---\nb: 2\n", "f.yaml:2", "no YAML", id="two-documents"),
]


@pytest.mark.timeout(10)
@pytest.mark.parametrize(("text", "subject", "detail"), HOSTILE)
@pytest.mark.parametrize("read", [parse_topic, parse_lexicon, parse_owners])
def test_d14_hostile_yaml_is_refused_with_its_line(read, text, subject, detail):
    with pytest.raises(SeedErrors) as caught:
        read(text, "f.yaml")
    (error,) = caught.value.mistakes
    assert error.subject.startswith(subject)
    assert error.detail.startswith(detail)


def test_d14_a_key_that_stands_twice_is_refused_with_both_lines():
    text = "language: en\na: {b: [c]}\na: {d: [e]}\n"
    (found,) = mistakes(text, parse_lexicon)
    assert found == ("topics/ports.yaml:3: a", "stands twice, first on line 2")


def test_a_lexicon_must_have_terms_at_its_leaves():
    found = mistakes("language: en\na: {b: }\n", parse_lexicon)
    assert found == [("topics/ports.yaml:2: a.b", "must be a list, is nothing")]
