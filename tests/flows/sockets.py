"""What this process does at its sockets and files, as Python itself reports it.

An audit hook hears of every connection before it is made, whoever makes it and by
whatever library; nothing that is tested here can forget to tell.
"""

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Log:
    """Addresses that sockets were told to connect to, and files that were opened."""

    connections: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


_listening: list[Log] = []


@contextmanager
def watched() -> Iterator[Log]:
    """Listen; a connection that would leave this machine is noted and not made."""
    log = Log()
    _listening.append(log)
    try:
        yield log
    finally:
        _listening.remove(log)


def _hear(event: str, details: tuple[Any, ...]) -> None:
    if not _listening:
        return
    if event == "socket.connect" and isinstance(details[1], tuple):
        host = str(details[1][0])
        for log in _listening:
            log.connections.append(host)
        if not ipaddress.ip_address(host.partition("%")[0]).is_loopback:
            raise ConnectionRefusedError(host)
    elif event == "open":
        for log in _listening:
            log.files.append(str(details[0]))


sys.addaudithook(_hear)
