"""Topics of few exemplars, known by what they mean.

The encoder here is the real one without a layer: words of one sense have one vector,
so what a passage means is known without 90 MB. What it says of real copy is scored by
``python -m tests.quality --full``.
"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detectors.encoder import HEAD, LONGEST, Encoder
from detectors.errors import ModelError
from detectors.meaning import MOST_READ, USUAL, Look, Meaning, Reader, centred
from detectors.model import Exemplar, Topic, Words
from detectors.stretches import Article
from detectors.text import read
from detectors.topics import TopicModel, digest_of
from flows.errors import SettingsError
from flows.meaning import load_encoder

BACKGROUND = Path(__file__).resolve().parents[2] / "seeds" / "background" / "en.txt"
WIDTH = 2 * HEAD
SENSES = (
    "ferry boat ship vessel",
    "strike walkout stoppage strikers",
    "port dock quay harbour pier",
    "workers crew staff sailors",
    "festival concert parade dancers",
    "museum gallery painting",
    "budget tax council vote",
    "football goal match striker",
    "rain storm flood wind",
    "school pupils teacher lesson",
)
NONE = len(SENSES) + 1
SENSE = {word: n for n, words in enumerate(SENSES, 1) for word in words.split()}


class Counting:
    """Splits words as their senses, and remembers what it was given."""

    def __init__(self):
        self.seen = []

    def __call__(self, text):
        self.seen.append(text)
        words = re.findall(r"\w+", text.lower())
        numbers = [SENSE.get(w.removesuffix("s"), SENSE.get(w, NONE)) for w in words]
        return [0, *numbers[: LONGEST - 1]]


def weights(seed=3):
    chance = np.random.default_rng(seed)
    rows = chance.normal(size=(NONE + 1, WIDTH)).astype(np.float32)
    rows[NONE] = 0
    return {
        "embeddings.word_embeddings.weight": rows,
        "embeddings.position_embeddings.weight": np.zeros((LONGEST, WIDTH), np.float32),
        "embeddings.token_type_embeddings.weight": np.zeros((2, WIDTH), np.float32),
        "embeddings.LayerNorm.weight": np.ones(WIDTH, np.float32),
        "embeddings.LayerNorm.bias": np.zeros(WIDTH, np.float32),
    }


def make(split=None, *, seed=3):
    return Encoder(weights(seed), split or Counting(), digest=f"senses {seed}")


def english(*texts):
    return tuple(Exemplar(language="en", text=text) for text in texts)


USUALLY = english(*BACKGROUND.read_text(encoding="utf-8").split("\n\n"))
STOPPAGES = Topic(
    id="stoppages",
    title="Stoppages at ports",
    words=Words(any=("strike", "port", "dockworker*"), none=("football",)),
    exemplars=english(
        "A walkout of dock workers stopped the ferry.",
        "The crew of the vessel began a stoppage at the quay.",
        "Sailors and strikers closed the harbour.",
    ),
)
PARADES = Topic(
    id="parades",
    title="Parades",
    words=Words(any=("parade", "dancers")),
    exemplars=english("Dancers led the parade.", "A concert closed the festival."),
)
FIRST = (0.056917, 0.043078, -0.036281, -0.068100)
ON = (
    "Staff called a strike. Ships wait near that pier. "
    "Boats had turned back, and more stoppages loom."
)
OFF = (
    "Rain fell before that strike. Two goals decided their match. "
    "Other pupils have cheered."
)
LEAD = "A museum opened. It shows one painting. Its gallery has no roof yet."
AWAY = "The council will vote on the tax. The budget grows. Pupils asked a teacher."


@pytest.fixture(scope="module")
def plain():
    return TopicModel.fit([STOPPAGES, PARADES], USUALLY)


@pytest.fixture(scope="module")
def model():
    return TopicModel.fit([STOPPAGES, PARADES], USUALLY, make())


def judge(model, text, *, title="", language="en", topic="stoppages"):
    verdicts = model.match(read(text, title=title, language=language))
    return next(verdict for verdict in verdicts if verdict.topic == topic)


def test_a_passage_matches_by_what_its_other_words_mean(model, plain):
    assert not judge(plain, ON).matched
    assert judge(model, ON).matched
    assert judge(model, ON).passages == ((0, len(ON)),)


def test_one_word_in_another_sense_does_not_match(model):
    off = judge(model, OFF)
    assert not off.matched
    assert off.probability < judge(model, ON).probability / 2


def test_a_look_alike_stays_one_whatever_it_means(model):
    assert judge(model, f"{ON[:-1]} their football team.").probability == 0


def test_the_reason_tells_what_meaning_added_and_the_nearest_exemplar(model):
    reason = judge(model, ON).reason
    assert re.search(
        r"its meaning adds \+\d+\.\d to the log-odds, nearest to “", reason
    )
    assert any(each.text[:30] in reason for each in STOPPAGES.exemplars)
    assert "rests on 3 exemplars" in reason


def test_the_reason_says_when_meaning_was_not_asked_for(model):
    vetoed = AWAY.replace("council", "football council")
    assert "its meaning was not asked for" in judge(model, vetoed).reason
    assert "meaning" not in judge(model, AWAY, language="es").reason


def test_an_article_is_found_by_one_paragraph_which_is_shown(model):
    text = f"{AWAY}\n\n{LEAD}\n\n{ON}\n\n{AWAY}"
    (span,) = judge(model, text).passages
    assert ON in read(text, language="en").quote(span)
    assert not judge(model, text.replace(ON, OFF)).matched


def test_other_languages_are_judged_as_ever(model, plain):
    for language in ("es", "uk", "ru"):
        reading = read("Huelga strike en el port.", language=language)
        assert model.match(reading) == plain.match(reading)


def test_a_topic_of_many_exemplars_is_judged_as_ever():
    rich = replace(
        STOPPAGES,
        exemplars=(*STOPPAGES.exemplars, *STOPPAGES.exemplars, *STOPPAGES.exemplars),
    )
    without = TopicModel.fit([rich], USUALLY)
    within = TopicModel.fit([rich], USUALLY, make())
    assert judge(within, ON) == judge(without, ON)


def test_another_topic_changes_no_verdict():
    alone = TopicModel.fit([STOPPAGES], USUALLY, make())
    apart = replace(PARADES, exemplars=())  # its exemplars are known texts, too
    both = TopicModel.fit([STOPPAGES, apart], USUALLY, make())
    for text in (ON, OFF, AWAY, f"{AWAY}\n\n{ON}"):
        assert judge(both, text) == judge(alone, text)


def test_a_passage_is_read_once_for_all_topics():
    split = Counting()
    twice = replace(STOPPAGES, id="again")
    model = TopicModel.fit([STOPPAGES, twice], USUALLY, make(split))
    split.seen.clear()
    model.match(read(f"{LEAD}\n\n{AWAY}\n\n{ON}", language="en"))
    assert sorted(split.seen) == sorted([LEAD, AWAY, ON])


def test_of_a_long_article_the_lead_and_what_words_speak_for_most_are_read():
    split = Counting()
    model = TopicModel.fit([STOPPAGES], USUALLY, make(split))
    split.seen.clear()
    asides = [f"{AWAY} Rain fell {n} times." for n in range(3 * MOST_READ)]
    model.match(read("\n\n".join([LEAD, *asides, ON]), language="en"))
    assert {LEAD, ON} < {*split.seen}
    assert len(split.seen) <= MOST_READ + 1


def test_a_sentence_on_the_topic_is_not_diluted_by_the_paragraphs_around(model):
    """No passage of three sentences is all on the topic; one sentence is."""
    around = "A museum opened its gallery.\n\n{}\n\nThe council will vote on the tax."
    assert judge(model, around.format("Boats wait at the port.")).matched
    assert not judge(model, around.format("Rain fell before that strike.")).matched


def test_a_title_is_left_to_its_words():
    """By which a live page's posts take its topic over, whatever else it means."""
    encoder = make()
    meaning = Meaning.learn(encoder, {0: STOPPAGES}, USUALLY)
    plain = TopicModel.fit([STOPPAGES], USUALLY)
    reading = read(f"{AWAY}\n\n{AWAY}", title="Strike at the port", language="en")
    article = Article.of(reading, plain._tongues["en"])
    told = np.full(len(article.stretches.all), 5.0)
    meant = Reader(meaning, article).weigh(0, told, ())
    assert meant is not None
    assert meant.log_odds[-1] == 5.0
    assert meant.log_odds[0] < 5.0


def test_without_an_encoder_nothing_is_added_to_what_is_stored(plain):
    assert digest_of([STOPPAGES], USUALLY) != digest_of([STOPPAGES], USUALLY, make())
    assert not [name for name in plain.arrays() if name.startswith("meaning")]


def test_the_digest_covers_the_encoder():
    digests = {digest_of([STOPPAGES], USUALLY, make(seed=seed)) for seed in (3, 4)}
    assert len(digests) == 2


@pytest.mark.parametrize("topics", [(STOPPAGES, PARADES), (PARADES,)])
def test_a_stored_model_gives_the_same_verdicts(topics):
    fitted = TopicModel.fit(topics, USUALLY, make())
    arrays = fitted.arrays()
    again = TopicModel.from_arrays(arrays, topics, USUALLY, make())
    for text in (ON, OFF, AWAY):
        reading = read(text, language="en")
        assert again.match(reading) == fitted.match(reading)
    for name, array in again.arrays().items():
        assert array.tobytes() == arrays[name].tobytes(), name


def test_a_stored_model_is_not_taken_for_one_of_another_encoder(model):
    topics = (STOPPAGES, PARADES)
    for encoder in (make(seed=4), None):
        with pytest.raises(ModelError, match="other seeds"):
            TopicModel.from_arrays(model.arrays(), topics, USUALLY, encoder)


@pytest.mark.parametrize(
    "name", ["mean", "topics", "exemplars", "sizes", "words", "usual"]
)
def test_damaged_arrays_are_refused(model, name):
    topics = (STOPPAGES, PARADES)
    arrays = model.arrays()
    lacking = {k: v for k, v in arrays.items() if k != f"meaning.{name}"}
    cut = arrays | {f"meaning.{name}": arrays[f"meaning.{name}"][:-1]}
    for damaged in (lacking, cut):
        with pytest.raises(ModelError, match="damaged"):
            TopicModel.from_arrays(damaged, topics, USUALLY, make())


def test_too_little_background_leaves_words_alone(plain):
    few = TopicModel.fit([STOPPAGES], USUALLY[:9], make())
    assert judge(few, ON) == judge(TopicModel.fit([STOPPAGES], USUALLY[:9]), ON)


def test_a_topic_of_words_alone_is_known_by_them():
    bare = replace(STOPPAGES, exemplars=())
    model = TopicModel.fit([bare], USUALLY, make())
    assert judge(model, ON).probability > judge(model, OFF).probability
    assert "adds" in judge(model, ON).reason
    assert "nearest" not in judge(model, ON).reason


def test_words_of_another_script_do_not_blur_what_a_topic_means():
    more = replace(STOPPAGES.words, any=(*STOPPAGES.words.any, "страйк*", "порт"))
    one = Meaning.learn(make(), {0: STOPPAGES}, USUALLY).looks[0]
    other = Meaning.learn(make(), {0: replace(STOPPAGES, words=more)}, USUALLY).looks[0]
    assert (one.words == other.words).all()


def test_exemplars_are_weighed_without_themselves():
    """One that is like no other pulls down what passages on the topic should have."""
    encoder = make()
    usual = encoder.embed_all([each.text for each in USUALLY])
    mean = usual.mean(axis=0)
    around = centred(usual, mean)

    def expected(*texts):
        words = np.zeros(WIDTH, dtype=np.float32)
        return Look.learn(centred(encoder.embed_all(texts), mean), words, around)

    alike = expected(*(each.text for each in STOPPAGES.exemplars))
    mixed = expected(STOPPAGES.exemplars[0].text, AWAY, "Pupils play in the rain.")
    assert alike.expected > mixed.expected + 1
    assert expected().expected == USUAL


@pytest.fixture(scope="module")
def installed():
    try:
        return load_encoder()
    except SettingsError as error:
        pytest.skip(f"the sentence encoder: {error.detail}")


def test_the_installed_encoder_says_what_it_says_elsewhere(installed):
    """As its forward pass in NumPy was found to agree with PyTorch's to 2e-7."""
    vector = installed.embed("Six people were killed by a drone.")
    assert vector.shape == (384,)
    assert vector[:4] == pytest.approx(FIRST, abs=1e-5)


@pytest.mark.parametrize(
    ("one", "alike", "other"),
    [
        pytest.param(
            "The summit was put off until June.",
            "Leaders will not meet before the summer, officials said.",
            "The museum was flooded after a night of rain.",
            id="postponed",
        ),
        pytest.param(
            "Dockers walked out over pay.",
            "A strike over wages has closed the harbour.",
            "A missile struck the harbour.",
            id="walkout",
        ),
    ],
)
def test_the_installed_encoder_puts_what_means_alike_together(
    installed, one, alike, other
):
    first, near, far = installed.embed_all([one, alike, other])
    assert first @ near > first @ far + 0.1
