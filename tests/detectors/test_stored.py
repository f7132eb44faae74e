"""A fitted model as plain arrays."""

import io
from dataclasses import replace

import numpy as np
import pytest

from detectors.errors import ModelError, MonitorError
from detectors.model import Exemplar, Topic, Words
from detectors.text import read
from detectors.topics import TopicModel

FERRIES = Topic(
    id="ferries",
    title="Ferries",
    words=Words(
        any=("ferry*", "паром*", "sailing cancelled"),
        all=(),
        each=(("ferry*", "паром*"), ("cancel*", "скасов*", "aground")),
        none=("fairy",),
    ),
    exemplars=(
        Exemplar(language="en", text="The ferry ran aground off the mole at dusk."),
        Exemplar(language="en", text="All ferries to the isles are cancelled."),
        Exemplar(language="uk", text="Паром на острови скасовано через шторм."),
    ),
    counter_exemplars=(Exemplar(language="en", text="She sang of a fairy ferry."),),
)
BAKERS = Topic(id="bakers", title="Bakers", words=Words(any=("baker", "oven", "хліб")))
TOPICS = (FERRIES, BAKERS)
USUAL = (
    Exemplar(language="en", text="The council voted on the budget for parks."),
    Exemplar(language="en", text="A baker opened his third shop by the lake."),
    Exemplar(language="uk", text="Рада ухвалила бюджет на наступний рік."),
)
TEXTS = (
    ("en", "Ferry aground", "A ferry is aground again.\n\nThe baker lit his oven."),
    ("en", "", "The budget passed, and the sailing cancelled last week was found."),
    ("uk", "Острови", "Паром скасовано. Хліб привезли човнами."),
    ("es", "Islas", "El barco no salió del puerto."),
    ("de", "Fähre", "Die Fähre lief auf Grund."),
)


@pytest.fixture(scope="module")
def model():
    return TopicModel.fit(TOPICS, USUAL)


def stored(model):
    """As a file holds it: no objects, nothing that would have to be run."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **model.arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays}


@pytest.mark.parametrize(("language", "title", "text"), TEXTS)
def test_a_stored_model_gives_the_same_verdicts(model, language, title, text):
    again = TopicModel.from_arrays(stored(model), TOPICS, USUAL)
    reading = read(text, title=title, language=language)
    assert again.match(reading) == model.match(reading)
    assert again.digest == model.digest


def test_what_was_loaded_stores_the_same_again(model):
    arrays = stored(model)
    again = stored(TopicModel.from_arrays(arrays, TOPICS, USUAL))
    assert arrays.keys() == again.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, again[name], err_msg=name)


@pytest.mark.parametrize(
    ("topics", "background"),
    [
        pytest.param((BAKERS, FERRIES), USUAL, id="another-order"),
        pytest.param((FERRIES,), USUAL, id="a-topic-less"),
        pytest.param(
            (FERRIES, replace(BAKERS, title="B")), USUAL, id="a-topic-changed"
        ),
        pytest.param(TOPICS, USUAL[:2], id="another-background"),
    ],
)
def test_a_model_of_other_seeds_is_refused(model, topics, background):
    with pytest.raises(ModelError, match=model.digest) as refused:
        TopicModel.from_arrays(stored(model), topics, background)
    assert isinstance(refused.value, MonitorError)
    assert "other seeds" in str(refused.value)


@pytest.mark.parametrize("name", stored(TopicModel.fit(TOPICS, USUAL)))
def test_a_model_that_lacks_anything_is_refused(model, name):
    arrays = stored(model)
    del arrays[name]
    with pytest.raises(ModelError):
        TopicModel.from_arrays(arrays, TOPICS, USUAL)


@pytest.mark.parametrize(
    "name",
    ["slopes", "en.weights", "en.like.means", "uk.exemplars.indptr", "topics"],
)
def test_a_model_cut_short_is_refused(model, name):
    arrays = stored(model)
    arrays[name] = arrays[name][:-1]
    with pytest.raises(ModelError):
        TopicModel.from_arrays(arrays, TOPICS, USUAL)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    "name",
    [
        "slopes",
        "biases",
        "thresholds",
        "en.idf.unseen",
        "en.idf.weights",
        "uk.weights",
        "en.like.means",
        "en.unlike.deviations",
        "en.like.centres.data",
        "uk.exemplars.data",
    ],
)
def test_d16_a_weight_that_is_no_number_is_refused(model, name, wrong):
    arrays = stored(model)
    arrays[name] = arrays[name].copy()
    arrays[name].flat[0] = wrong
    with pytest.raises(ModelError):
        TopicModel.from_arrays(arrays, TOPICS, USUAL)


def test_a_bucket_that_does_not_exist_is_refused(model):
    arrays = stored(model)
    arrays["en.exemplars.indices"] = arrays["en.exemplars.indices"] + 10**6
    with pytest.raises(ModelError):
        TopicModel.from_arrays(arrays, TOPICS, USUAL)
