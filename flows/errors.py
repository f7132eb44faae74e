"""What can go wrong at a door."""

from enum import StrEnum

from detectors.errors import MonitorError


class FailureReason(StrEnum):
    """Why a fetch brought nothing; the value is what users read."""

    REFUSED_ADDRESS = "address not allowed"
    BAD_URL = "not a web address"
    NAME = "name does not resolve"
    CONNECT = "no connection"
    TLS = "certificate or TLS failure"
    TIMEOUT = "too slow"
    TOO_LARGE = "too large"
    BROKEN_BODY = "body cut or not decodable"
    REDIRECTS = "too many redirects"
    NOT_FOUND = "not found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    THROTTLED = "asked to wait"
    SERVER = "server error"
    STATUS = "unexpected status"
    NOT_A_FEED = "not a feed"
    UNPARSABLE = "cannot be parsed"
    ROBOTS = "not open to machines"
    OPTED_OUT = "kept from text mining"
    PROXY = "proxy refuses"
    SETTING = "the desk's setting cannot be used"


_OF_THE_HOST = frozenset({429, 503})  # too many requests, overloaded


class FetchError(MonitorError):
    """A request ended without a usable answer; ``reason`` decides what follows."""

    what = "fetch failed"

    def __init__(
        self,
        subject: str,
        reason: FailureReason,
        detail: str = "",
        *,
        retry_after: str | None = None,
        date: str | None = None,
        status: int | None = None,
    ) -> None:
        """Keep what decides whether and when to ask again.

        Args:
            subject: The address.
            reason: Why.
            detail: More than the reason says; shown in brackets.
            retry_after: The header of that name, as the server sent it.
            date: The server's own clock, which ``retry_after`` may refer to.
            status: Of an answer that was none.
        """
        super().__init__(subject, f"{reason}: {detail}" if detail else reason.value)
        self.reason = reason
        self.retry_after = retry_after
        self.date = date
        self.status = status
        self.own = False  # whether the host is in a network that the desk allowed

    @property
    def speaks_for_host(self) -> bool:
        """Whether a wait that it asks for is meant for all requests to its host."""
        return self.status in _OF_THE_HOST


class SettingsError(MonitorError):
    """A setting cannot be used; names the variable."""

    what = "setting is wrong"


class BusyError(MonitorError):
    """Another run holds the lock; exit status 75, try later."""

    what = "another run is at work"
