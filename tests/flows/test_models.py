"""Fitted topics are kept between runs."""

import os

import pytest

from detectors.model import Topic, Words
from detectors.text import read
from detectors.topics import TopicModel
from flows import models
from flows.models import KEPT, MOST, fitted

TOPICS = (Topic(id="ferries", title="Ferries", words=Words(any=("ferry", "aground"))),)
READING = read("The ferry ran aground.", language="en")


@pytest.fixture
def fits(monkeypatch):
    """The topics that were fitted; fitting goes on as ever."""
    seen = []
    fit = TopicModel.fit

    def counted(topics, background, encoder=None):
        seen.append(topics)
        return fit(topics, background, encoder)

    monkeypatch.setattr(TopicModel, "fit", counted)
    return seen


def files(home):
    return sorted((home / KEPT).glob("*"))


def test_a_second_run_loads_what_the_first_fitted(tmp_path, fits):
    first = fitted(TOPICS, (), home=tmp_path)
    second = fitted(TOPICS, (), home=tmp_path)
    assert fits == [TOPICS]
    assert second.match(READING) == first.match(READING)
    (file,) = files(tmp_path)
    assert file.name.startswith(first.digest)


def test_changed_topics_are_fitted_again(tmp_path, fits):
    changed = (Topic(id="ferries", title="Ferries", words=Words(any=("ferry",))),)
    for topics in (TOPICS, changed, TOPICS):
        fitted(topics, (), home=tmp_path)
    assert fits == [TOPICS, changed]


def test_other_detectors_fit_again(tmp_path, fits, monkeypatch):
    fitted(TOPICS, (), home=tmp_path)
    monkeypatch.setattr(models, "detectors_version", lambda: "0.1.0+0badf00d")
    fitted(TOPICS, (), home=tmp_path)
    assert len(fits) == len(files(tmp_path)) == 2


@pytest.mark.parametrize("left", [0, 20, 600, -1])
def test_a_damaged_file_is_fitted_again_and_mended(tmp_path, fits, left):
    """D16: truncated."""
    model = fitted(TOPICS, (), home=tmp_path)
    (file,) = files(tmp_path)
    file.write_bytes(file.read_bytes()[:left])
    for _ in range(2):
        assert fitted(TOPICS, (), home=tmp_path).match(READING) == model.match(READING)
    assert len(fits) == 2
    assert files(tmp_path) == [file]


@pytest.mark.parametrize(
    ("place", "byte"),
    [
        pytest.param(8, 0x01, id="asks-for-a-password"),
        pytest.param(10, 0x63, id="packed-in-another-way"),
        pytest.param(6, 0xFF, id="of-a-later-version"),
    ],
)
def test_a_changed_byte_is_damage_too(tmp_path, fits, place, byte):
    model = fitted(TOPICS, (), home=tmp_path)
    (file,) = files(tmp_path)
    whole = bytearray(file.read_bytes())
    whole[whole.find(b"PK\x01\x02") + place] = byte
    file.write_bytes(whole)

    assert fitted(TOPICS, (), home=tmp_path).match(READING) == model.match(READING)
    assert len(fits) == 2


@pytest.mark.parametrize("home", [None, "not there"])
def test_without_a_home_nothing_is_kept(tmp_path, home):
    place = home and tmp_path / home
    assert fitted(TOPICS, (), home=place).match(READING)
    assert [*tmp_path.iterdir()] == []


def test_a_home_that_cannot_be_written_is_done_without(tmp_path):
    (tmp_path / KEPT).write_text("no folder")
    assert fitted(TOPICS, (), home=tmp_path).match(READING)
    assert [file.name for file in tmp_path.iterdir()] == [KEPT]


def test_only_the_models_used_last_are_kept(tmp_path):
    (tmp_path / KEPT).mkdir()
    for age in range(MOST + 3):
        old = tmp_path / KEPT / f"old{age}.npz"
        old.touch()
        os.utime(old, (1000 - age, 1000 - age))
    fitted(TOPICS, (), home=tmp_path)
    names = [file.name for file in files(tmp_path)]
    assert len(names) == MOST
    assert "old0.npz" in names
    assert f"old{MOST + 2}.npz" not in names
