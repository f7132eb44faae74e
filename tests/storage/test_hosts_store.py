from datetime import timedelta

import pytest

from detectors.model import Host, RobotRules
from tests.storage.records import AWKWARD, MINUTE, NOW

HOUR = timedelta(hours=1)


def host(name="wire.test", ends_at=NOW + HOUR):
    return Host(name=name, rest_ends_at=ends_at, reason=AWKWARD)


@pytest.fixture
def hosts(store):
    with store.unit() as unit:
        yield unit.hosts


def test_a_host_rests_until_its_rest_ends(hosts):
    hosts.rest(host())
    assert hosts.resting(NOW) == {"wire.test": host()}
    assert hosts.resting(NOW + HOUR) == {}


def test_a_later_wish_stands_over_an_earlier_one(hosts):
    hosts.rest(host())
    hosts.rest(host(ends_at=NOW + MINUTE))
    assert hosts.resting(NOW) == {"wire.test": host()}
    hosts.rest(host(ends_at=NOW + 2 * HOUR))
    assert hosts.resting(NOW + HOUR) == {"wire.test": host(ends_at=NOW + 2 * HOUR)}


def test_hosts_that_rested_are_forgotten(hosts):
    hosts.rest(host())
    hosts.rest(host("other.test", NOW + MINUTE))
    assert hosts.prune(NOW + MINUTE) == 1
    assert set(hosts.resting(NOW)) == {"wire.test"}


def test_only_the_rest_that_was_wrong_is_corrected(hosts):
    hosts.rest(host(ends_at=NOW + 25 * HOUR))
    assert not hosts.correct("wire.test", NOW + HOUR, NOW)
    assert hosts.correct("wire.test", NOW + 25 * HOUR, NOW + HOUR)
    assert hosts.resting(NOW) == {"wire.test": host()}


def test_what_a_site_said_to_robots_is_kept_by_its_origin(hosts):
    said = RobotRules(origin="https://wire.test", asked_at=NOW, rules=AWKWARD)
    hosts.keep_robots(said)
    assert hosts.robots(["https://wire.test", "https://b.test"]) == {said.origin: said}
    later = RobotRules(
        origin=said.origin, asked_at=NOW + HOUR, rules=None, problem="HTTP 500"
    )
    hosts.keep_robots(later)
    assert hosts.robots([said.origin]) == {said.origin: later}
