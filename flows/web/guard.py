"""Which addresses may be connected to, decided where the connection is made.

A check of the URL before the fetch loses: names resolve twice, differently
(DNS rebinding), and one address has a dozen spellings. So the resolver here
answers only with addresses that were checked, and the socket is opened only to
one that passes again, whatever way it came.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias

from aiohttp.abc import AbstractResolver, ResolveResult

from flows.errors import SettingsError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Found: TypeAlias = tuple[int, str]  # address family, address in text
Lookup: TypeAlias = Callable[[str, int], Awaitable[Sequence[Found]]]

LOOKUP_THREADS = 32  # getaddrinfo cannot be cancelled; a stuck name holds one

# IANA special-purpose registries. Not `is_global`: it calls 64:ff9b::7f00:1,
# 2002:7f00:1::, fec0::1 and 224.0.0.1 global on Python 3.11.
_TABLE = """
0.0.0.0/8          this network             | 10.0.0.0/8         private
100.64.0.0/10      carrier NAT              | 127.0.0.0/8        loopback
169.254.0.0/16     link-local               | 172.16.0.0/12      private
192.0.0.0/24       protocol assignments     | 192.0.2.0/24       documentation
192.31.196.0/24    AS112                    | 192.52.193.0/24    AMT
192.88.99.0/24     6to4 relay               | 192.168.0.0/16     private
192.175.48.0/24    AS112                    | 198.18.0.0/15      benchmarks
198.51.100.0/24    documentation            | 203.0.113.0/24     documentation
224.0.0.0/4        multicast                | 240.0.0.0/4        reserved
::/128             unspecified              | ::1/128            loopback
64:ff9b:1::/48     local translation        | 100::/64           discard
2001::/23          protocol assignments     | 2001:db8::/32      documentation
3fff::/20          documentation            | 5f00::/16          segment routing
fc00::/7           unique local             | fe80::/10          link-local
fec0::/10          site-local               | ff00::/8           multicast
"""
_RULES: tuple[tuple[Network, str], ...] = tuple(
    (ipaddress.ip_network(network), rule)
    for network, rule in re.findall(
        r"([\da-f.:]+/\d+)\s+([^|\n]+?)\s*(?:\||\n)", _TABLE
    )
)
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
_EMBEDDED = (  # IPv6 that carries an IPv4 address, and the bits below it
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("::/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)
_TEREDO = ipaddress.IPv6Network("2001::/32")
_WEB_PORTS = frozenset({80, 443})
_FIRST_FREE_PORT = 1024
# Ports of common stores that understand enough of HTTP to be harmed by it.
_FOREIGN_PORTS = frozenset(
    {1433, 2049, 2375, 2379, 3306, 5432, 5984, 6000, 6379, 6666, 6667, 9200, 11211,
     27017}
)  # fmt: skip


class RefusedAddressError(OSError):
    """A connection that may not be made; the text names the rule, not the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Allowed:
    """A network that may be fetched in spite of the table, on one port or on all."""

    network: Network
    port: int | None

    def covers(self, address: Address, port: int) -> bool:
        return self.port in (None, port) and address in self.network


class Guard:
    """The rule for every outgoing request that outside text can steer.

    Args:
        allow: Networks ("10.0.0.0/8"), addresses ("10.1.2.3", "::1") or one port
            of an address ("127.0.0.1:8123", "[::1]:8123") that may be fetched.

    Raises:
        SettingsError: An entry is none of these.
    """

    def __init__(self, allow: Iterable[str] = ()) -> None:
        """Read the allow-list once."""
        self._allowed = tuple(_allowed(entry) for entry in allow)

    def check(self, address: str, port: int) -> None:
        """Refuse an address that is not public, or a port that is not the web's.

        Raises:
            RefusedAddressError: With the rule that refuses it.
        """
        try:
            parsed = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            raise RefusedAddressError("not an address") from None
        inner = embedded(parsed)
        if any(rule.covers(inner, port) for rule in self._allowed):
            return
        if rule := refusal(inner) or (inner != parsed and refusal(parsed)) or "":
            raise RefusedAddressError(rule)
        if _is_foreign(port):
            raise RefusedAddressError(f"port {port} is not the web's")

    def is_own(self, address: str) -> bool:
        """Whether an address is no public one: it is fetched for the list's sake."""
        try:
            parsed = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        inner = embedded(parsed)
        return bool(refusal(inner) or (inner != parsed and refusal(parsed)))

    def open(self, found: tuple[Any, ...]) -> socket.socket:
        """Make the socket for one ``getaddrinfo`` row, if it may be connected.

        aiohttp calls it for every connection, also for addresses that stand in
        the URL itself, which never meet a resolver.
        """
        family, kind, protocol, _, target = found
        self.check(target[0], target[1])
        return socket.socket(family=family, type=kind, proto=protocol)


class GuardedResolver(AbstractResolver):
    """Answers with checked addresses only; one that is refused refuses the name.

    Args:
        guard: The rule.
        lookup: Resolves a name; tests give their own, to rebind it.
    """

    def __init__(self, guard: Guard, lookup: Lookup | None = None) -> None:
        """Start no thread before the first name."""
        self.own: set[str] = set()  # names whose every address is one of our networks
        self._guard = guard
        self._pool: ThreadPoolExecutor | None = None
        self._lookup = lookup or self._system_lookup

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,
    ) -> list[ResolveResult]:
        """Resolve once; the connection goes to exactly what is returned here."""
        found = await self._lookup(host, port)
        for _, address in found:
            self._guard.check(address, port)
        if found and all(self._guard.is_own(address) for _, address in found):
            self.own.add(host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=kind,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, address in found
            if family in (socket.AF_UNSPEC, kind)
        ]

    async def close(self) -> None:
        """Let go of the threads; one that hangs in a name is not waited for."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    async def _system_lookup(self, host: str, port: int) -> Sequence[Found]:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(LOOKUP_THREADS, thread_name_prefix="names")
        rows = await asyncio.get_running_loop().run_in_executor(
            self._pool, _addresses, host, port
        )
        return tuple(dict.fromkeys((row[0], str(row[4][0])) for row in rows))


def embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one carries (mapped, NAT64, 6to4, Teredo)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TEREDO:
        return ipaddress.IPv4Address(~int(address) & 0xFFFFFFFF)
    for network, shift in _EMBEDDED:
        if address in network and int(address) > 1:
            return ipaddress.IPv4Address(int(address) >> shift & 0xFFFFFFFF)
    return address


def refusal(address: Address) -> str:
    """The rule that keeps ``address`` from being fetched; "" for a public one."""
    for network, rule in _RULES:
        if address.version == network.version and address in network:
            return rule
    if address.version == _IPV6 and address not in _GLOBAL_IPV6:
        if embedded(address) != address:
            return ""
        return "not global"
    return ""


_IPV6 = 6


def _addresses(host: str, port: int) -> list[tuple[Any, ...]]:
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def _is_foreign(port: int) -> bool:
    return port in _FOREIGN_PORTS or (
        port < _FIRST_FREE_PORT and port not in _WEB_PORTS
    )


def _allowed(entry: str) -> _Allowed:
    text, port = entry.strip(), None
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(\d{1,5}))?", text)
    if bracketed:
        text, port = bracketed.group(1), bracketed.group(2)
    elif text.count(":") == 1:
        text, _, port = text.partition(":")
    try:
        network = ipaddress.ip_network(text, strict=False)
        return _Allowed(network=network, port=int(port) if port else None)
    except ValueError as error:
        raise SettingsError("TOCSIN_ALLOW_NETWORKS", str(error)) from error
