import logging

import pytest

from tests.sweep.nursery import Nursery


@pytest.fixture(scope="session")
def nursery():
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _quiet(caplog):
    """A sweep fails on purpose some thousand times, and every one is warned of."""
    caplog.set_level(logging.CRITICAL, logger="flows")
