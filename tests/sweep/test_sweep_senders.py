"""Two processes over one outbox, at once or one frozen; and deaths on PostgreSQL."""

import signal

import pytest

from tests.servers.postgres import find_binaries, running_postgres
from tests.sweep.deliveries import delivery, flood
from tests.sweep.grounds import PostgresGround, SqliteGround
from tests.sweep.sweeping import MODES, Sweep

# Where no transaction and no request is open, and none is about to begin.
FREEZING = frozenset({"after writing", "after chat.postMessage"})
SOME = 6  # points a mode on PostgreSQL: copying its database takes 0.1 s
BINARIES = find_binaries()
BOTH = ["sqlite", "postgresql"]


@pytest.fixture(scope="module")
def postgres():
    if BINARIES is None:
        pytest.skip("PostgreSQL (initdb, postgres) is not installed here")
    with running_postgres(BINARIES) as server:
        yield server


@pytest.fixture(scope="module")
def ground(request, tmp_path_factory):
    """Empty stores of the kind that a test asks for."""

    def made(where):
        if where == "sqlite":
            return SqliteGround(tmp_path_factory.mktemp("ground") / "tocsin.db")
        server = request.getfixturevalue("postgres")
        return PostgresGround(server, server.create())

    return made


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", MODES)
def test_a_delivery_killed_on_postgres_loses_nothing_and_doubles_nothing(
    mode, ground, nursery, tmp_path
):
    scenario = delivery(ground("postgresql"), tmp_path, name="delivery-on-postgres")
    sweep = Sweep(scenario=scenario, nursery=nursery, folder=tmp_path, most=SOME)
    swept = sweep.run(mode)
    assert not swept.wrong, swept
    assert swept.deaths


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("where", BOTH)
def test_a_sender_frozen_past_its_lease_and_woken_doubles_nothing(
    where, ground, nursery, tmp_path
):
    """E22 at every point outside of a request; on PostgreSQL at some of them."""
    swept = Sweep(
        scenario=delivery(ground(where), tmp_path, name=f"frozen-on-{where}"),
        nursery=nursery,
        folder=tmp_path,
        at=FREEZING,
        most=None if where == "sqlite" else SOME,
        by=signal.SIGSTOP,
    ).run("ok")
    assert not swept.wrong, swept
    assert swept.deaths


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", ["ok", "dropped", "refusing"])
@pytest.mark.parametrize("where", BOTH)
@pytest.mark.parametrize("begin", [delivery, flood])
def test_two_senders_at_once_send_each_message_once(
    begin, where, mode, ground, nursery, tmp_path
):
    """E21, and with E34: digests, critical stories, replies, doubts and edits."""
    scenario = begin(ground(where), tmp_path)
    sweep = Sweep(scenario=scenario, nursery=nursery, folder=tmp_path)
    assert sweep.together(mode) == ()
