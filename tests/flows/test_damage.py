"""D16: a learned model that is damaged is refused, alerts go on, one notice is told."""

import io
import logging

import pytest
from rich.console import Console

from detectors.model import MessageState
from flows import meaning
from flows.cycle import run_cycle
from flows.meaning import PIECES, WEIGHTS, load_encoder
from flows.models import KEPT
from flows.settings import Settings
from flows.terminal import TerminalPoster
from flows.wiring import Wiring

SENTENCE = "The model of the topics was damaged"
TOPIC = """
id: ferries
title: Ferries
description: Ferries that run aground.
words: {any: [ferry, aground]}
"""


class Watch:
    """A desk that watches no feed, and what it is told."""

    def __init__(self, home):
        self.home, self.printed = home, io.StringIO()
        (home / "topics").mkdir()
        (home / "topics" / "ferries.yaml").write_text(TOPIC)

    async def look(self, **more):
        """Run once; what the outbox holds by then."""
        topics = {"TOCSIN_HOME": self.home, "TOCSIN_TOPICS": self.home / "topics"}
        poster = TerminalPoster(Console(file=self.printed, width=200))
        settings = Settings.model_validate(topics | more)
        async with Wiring(settings, poster=poster) as wiring:
            cycle = await run_cycle(wiring)
            with wiring.store.unit(reading=True) as unit:
                told = unit.outbox.all()
        assert {each.state for each in told} <= {MessageState.SENT}
        return [each.headline for each in told], cycle.notices

    def kept(self):
        (file,) = (self.home / KEPT).glob("*.npz")
        return file


@pytest.fixture
def watch(tmp_path):
    return Watch(tmp_path)


async def test_d16_a_damaged_model_is_fitted_anew_and_told_once(watch, caplog):
    assert await watch.look() == ([], ())
    watch.kept().write_bytes(watch.kept().read_bytes()[:600])
    with caplog.at_level(logging.WARNING, logger="flows.damage"):
        first, open_then = await watch.look()
    assert len(first) == 1
    assert SENTENCE in first[0]
    assert "alerts go on" in first[0]
    assert [SENTENCE in each.getMessage() for each in caplog.records] == [True]
    assert open_then == ()
    assert (await watch.look())[0] == first
    assert watch.printed.getvalue().count(SENTENCE) == 1


async def test_d16_a_model_that_stays_damaged_is_told_once_and_its_end_too(watch):
    await watch.look()
    file = watch.kept()
    file.unlink()
    file.mkdir()  # what can neither be read nor be replaced
    for _ in range(3):
        told, notices = await watch.look()
        assert len(told) == len(notices) == 1
    file.rmdir()
    told, notices = await watch.look()
    assert len(told) == 2
    assert "kept between runs again" in told[1]
    assert notices == ()


async def test_d16_an_encoder_that_is_damaged_stops_no_alert(
    watch, tmp_path, monkeypatch
):
    pytest.importorskip("safetensors", reason="the extra `meaning` is not installed")
    monkeypatch.setattr(meaning, "_file", lambda name: tmp_path / name)
    (tmp_path / WEIGHTS).write_bytes(b"cut off")
    (tmp_path / PIECES).write_text("{}")
    load_encoder.cache_clear()
    for _ in range(2):
        told, notices = await watch.look(TOCSIN_MEANING=True)
        assert len(told) == len(notices) == 1
        assert "known by their words alone" in told[0]
    load_encoder.cache_clear()
    told, _ = await watch.look()
    assert "known by their words alone" not in told[-1]
