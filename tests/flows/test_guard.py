import ipaddress
import json
import socket
from pathlib import Path

import pytest

from flows.errors import FailureReason, FetchError, SettingsError
from flows.web.fetch import Want, Web
from flows.web.guard import Guard, GuardedResolver, RefusedAddressError

SHARED = Path(__file__).parents[3] / "shared" / "data" / "ssrf_urls"
VECTORS = SHARED / "ssrf_urls.jsonl"
needs_vectors = pytest.mark.skipif(
    not VECTORS.exists(), reason="the shared list of hostile URLs is not here"
)
PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "address",
    ["0.0.0.1", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.255",
     "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1",
     "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
     "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
     "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:10.0.0.1",
     "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
     "2001:0:0:0:0:0:80ff:fffe", "2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1",
     "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
     "4000::1", "not an address"],
)  # fmt: skip
def test_what_is_not_public_is_refused(address):
    with pytest.raises(RefusedAddressError):
        Guard().check(address, 443)


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "1.1.1.1", "100.63.255.255", "172.32.0.1", "223.255.255.255",
     "2606:2800:220:1::1", "2a00:1450::1", "64:ff9b::5db8:d822", "2002:5db8:d822::1",
     "::ffff:93.184.216.34"],
)  # fmt: skip
def test_what_is_public_may_be_fetched(address):
    Guard().check(address, 443)


@pytest.mark.parametrize("port", [22, 25, 110, 445, 3306, 6379, 11211])
def test_ports_that_are_not_the_webs_are_refused(port):
    with pytest.raises(RefusedAddressError, match=str(port)):
        Guard().check(PUBLIC, port)


@pytest.mark.parametrize("port", [80, 443, 8000, 8080, 8443])
def test_ports_of_the_web_are_free(port):
    Guard().check(PUBLIC, port)


@pytest.mark.parametrize(
    ("entry", "inside", "outside"),
    [
        ("10.0.0.0/8", ("10.1.2.3", 9000), ("11.0.0.1", 22)),
        ("10.1.2.3", ("10.1.2.3", 22), ("10.1.2.4", 80)),
        ("127.0.0.1:8123", ("127.0.0.1", 8123), ("127.0.0.1", 8124)),
        ("127.0.0.1:8123", ("::ffff:127.0.0.1", 8123), ("127.0.0.2", 8123)),
        ("[::1]:8123", ("::1", 8123), ("::1", 80)),
        ("::1", ("::1", 80), ("::", 80)),
        ("fd00::/8", ("fd12::1", 80), ("fc00::1", 80)),
        ("[fd00::1]", ("fd00::1", 81), ("fd00::2", 81)),
    ],
)
def test_the_allow_list_opens_only_what_it_names(entry, inside, outside):
    guard = Guard([entry])
    guard.check(*inside)
    with pytest.raises(RefusedAddressError):
        guard.check(*outside)


@pytest.mark.parametrize("entry", ["", "*", "localhost", "10.0.0.0/40", "[::1", "a:b"])
def test_an_entry_that_is_no_network_is_told(entry):
    with pytest.raises(SettingsError, match="TOCSIN_ALLOW_NETWORKS"):
        Guard([entry])


def test_the_socket_is_the_last_gate():
    row = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("10.0.0.1", 80))
    with pytest.raises(RefusedAddressError, match="private"):
        Guard().open(row)
    with Guard(["10.0.0.1"]).open(row) as opened:
        assert opened.family is socket.AF_INET


async def test_the_resolver_answers_with_the_family_asked_for():
    async def lookup(_host, _port):
        return [(socket.AF_INET6, "2606:2800:220:1::1"), (socket.AF_INET, PUBLIC)]

    resolver = GuardedResolver(Guard(), lookup)
    both = await resolver.resolve("wire.test", 80)
    four = await resolver.resolve("wire.test", 80, socket.AF_INET)
    assert [found["host"] for found in both] == ["2606:2800:220:1::1", PUBLIC]
    assert [found["host"] for found in four] == [PUBLIC]


@pytest.mark.parametrize("inside", ["127.0.0.1", "::1", "fe80::1%1"])
async def test_one_forbidden_address_refuses_the_name(inside):
    async def lookup(_host, _port):
        return [(socket.AF_INET, PUBLIC), (socket.AF_INET6, inside)]

    with pytest.raises(RefusedAddressError):
        await GuardedResolver(Guard(), lookup).resolve("wire.test", 80)


def _vectors():
    if not VECTORS.exists():
        return []
    with VECTORS.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


async def _names(host, _port):
    """A resolver that knows the numeric spellings, and two kinds of names."""
    try:
        rows = socket.getaddrinfo(host, 80, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        hostile = ("internal", "localhost", "nip.io", "sslip.io", "xip.io", "metadata",
                   "instance-data", "rbndr", "1u.ms", "localtest", "lvh.me", "local",
                   "vcap.me")  # fmt: skip
        inside = any(word in host for word in hostile)
        return [(socket.AF_INET, "169.254.169.254" if inside else PUBLIC)]
    return [(row[0], row[4][0]) for row in rows]


class _Shut(Guard):
    """Refuses at the socket whatever passed, so that nothing leaves this machine."""

    def __init__(self):
        super().__init__()
        self.passed: list[str] = []

    def open(self, found):
        self.check(found[4][0], found[4][1])
        self.passed.append(found[4][0])
        raise ConnectionRefusedError


@needs_vectors
async def test_hostile_urls_are_refused_and_honest_ones_are_not(monkeypatch):
    monkeypatch.setattr("flows.web.silence.PATIENCE", 10_000)
    missed, blocked = [], []
    guard = _Shut()
    async with Web(guard, agent="a", lookup=_names) as fetch:
        for vector in _vectors():
            guard.passed.clear()
            with pytest.raises(FetchError) as caught:
                await fetch(vector["url"], Want.FEED)
            reached = caught.value.reason is FailureReason.CONNECT and guard.passed
            if vector["should_block"] and reached:
                missed.append(vector["url"])
            if not vector["should_block"] and not reached:
                blocked.append((vector["url"], str(caught.value)))
    assert missed == []
    # An address in one number is refused even where it is public: nobody links so.
    assert [url for url, _ in blocked if not url.strip("htp:/").isdigit()] == []


def test_the_table_reads_as_networks():
    from flows.web import guard

    networks = [network for network, _ in guard._RULES]
    assert len(networks) == 30
    assert ipaddress.ip_network("3fff::/20") in networks
