import ipaddress
import socket

import pytest

from flows.errors import SettingsError
from flows.web.guard import Guard, GuardedResolver, RefusedAddressError

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


def test_the_table_reads_as_networks():
    from flows.web import guard

    networks = [network for network, _ in guard._RULES]
    assert len(networks) == 30
    assert ipaddress.ip_network("3fff::/20") in networks
