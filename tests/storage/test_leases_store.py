import multiprocessing
from datetime import timedelta

import pytest

from storage.database import Store
from tests.storage.records import MINUTE, NOW

SPAWN = multiprocessing.get_context("spawn")


def test_a_lease_is_held_by_one_until_it_ends(unit):
    leases = unit.leases
    assert leases.acquire("monitor", "one", NOW, MINUTE)
    assert not leases.acquire("monitor", "two", NOW, MINUTE)
    assert leases.acquire("other", "two", NOW, MINUTE)
    assert leases.holder("monitor", NOW) == "one"
    assert leases.holder("monitor", NOW + MINUTE) is None
    assert leases.acquire("monitor", "two", NOW + MINUTE, MINUTE)
    assert leases.holder("monitor", NOW + MINUTE) == "two"


def test_the_holder_may_take_it_again(unit):
    assert unit.leases.acquire("monitor", "one", NOW, MINUTE)
    assert unit.leases.acquire("monitor", "one", NOW, 2 * MINUTE)
    assert not unit.leases.acquire("monitor", "two", NOW + MINUTE, MINUTE)


def test_a_renewed_lease_lasts_longer(unit):
    unit.leases.acquire("monitor", "one", NOW, MINUTE)
    assert unit.leases.renew("monitor", "one", NOW, 3 * MINUTE)
    assert not unit.leases.acquire("monitor", "two", NOW + 2 * MINUTE, MINUTE)


def test_a_lease_that_was_lost_is_neither_renewed_nor_released(unit):
    unit.leases.acquire("monitor", "one", NOW, MINUTE)
    unit.leases.acquire("monitor", "two", NOW + MINUTE, MINUTE)
    assert not unit.leases.renew("monitor", "one", NOW + MINUTE, MINUTE)
    assert not unit.leases.release("monitor", "one")
    assert unit.leases.holder("monitor", NOW + MINUTE) == "two"


def test_a_released_lease_is_free(unit):
    unit.leases.acquire("monitor", "one", NOW, MINUTE)
    assert unit.leases.release("monitor", "one")
    assert unit.leases.acquire("monitor", "two", NOW, MINUTE)


def test_g18_a_lease_of_a_clock_that_ran_ahead_holds_up_nobody(unit):
    unit.leases.acquire("monitor", "one", NOW + timedelta(days=1), MINUTE)
    assert unit.leases.acquire("monitor", "two", NOW, MINUTE)


def test_a_lease_of_a_clock_minutes_ahead_holds(unit):
    unit.leases.acquire("monitor", "one", NOW + 10 * MINUTE, MINUTE)
    assert not unit.leases.acquire("monitor", "two", NOW, MINUTE)


def race(url, holder, start, won):
    """Try for the lease at the same moment as the others."""
    store = Store.open(url)
    start.wait()
    for number in range(20):
        with store.unit() as unit:
            if unit.leases.acquire(f"lease{number}", holder, NOW, timedelta(days=1)):
                won.put(number)
    store.close()
    won.close()
    won.join_thread()


@pytest.mark.slow
def test_of_processes_that_race_for_a_lease_one_gets_it(url):
    start, won = SPAWN.Barrier(2), SPAWN.Queue()
    racers = [
        SPAWN.Process(target=race, args=(url, f"racer{number}", start, won))
        for number in range(2)
    ]
    for racer in racers:
        racer.start()
    winners = [won.get(timeout=30) for _ in range(20)]
    for racer in racers:
        racer.join(timeout=30)
    assert [racer.exitcode for racer in racers] == [0, 0]
    assert won.empty()
    assert sorted(winners) == list(range(20))
