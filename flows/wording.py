"""The words of an alert, whichever door it leaves by: Slack, terminal or report.

Nothing here knows markup. Text from outside is made fit to show (one line, no
control, bidi or invisible characters); each door escapes it in its own way.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote, urlsplit, urlunsplit

from detectors.model import (
    Alert,
    AlertKind,
    Certainty,
    Development,
    DevelopmentKind,
    FactValue,
    Message,
    Severity,
)
from detectors.values import leaps

MAX_URL = 2000  # code points; Slack cuts longer links, mail programs shorter ones
NAMED_SOURCES = 4  # more are counted, not named
RESTORED = "restored"
WITHDRAWN = "taken back"
UNREADABLE = "(no readable text)"
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_BLANKS = re.compile(r"\s+")
_SAFE_IN_URL = "/:?#[]@!$&'()*+,;=%~-._"

LABELS = {
    AlertKind.NEW: "NEW",
    AlertKind.UPDATE: "UPDATE",
    AlertKind.CORRECTION: "CORRECTION",
    AlertKind.NOTICE: "NOTICE",
    AlertKind.RECOVERY: "RECOVERED",
}
_OF_OURS = (AlertKind.NOTICE, AlertKind.RECOVERY)  # told of no article
_SPECIAL_LABELS = {
    DevelopmentKind.CONFLICT: "CONFLICT",
    DevelopmentKind.CONFIRMATION: "CONFIRMED",
}
_NOTES = {
    DevelopmentKind.CORRECTION: "corrected",
    DevelopmentKind.CONFLICT: "sources disagree",
    DevelopmentKind.CONFIRMATION: "confirmed",
}
_SLOTS = {
    "children_killed": "children killed",
    "power_cut": "without power",
    "claimed_by": "claimed by",
    "blamed_on": "blamed on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of an alert: what is so now, what was said before, who says so.

    Args:
        old: "" where the story knew nothing.
        step: By how much a number moved, such as "+2"; "" otherwise.
        note: What kind of change it is where that is not plain: "corrected".
        says: Who is quoted as saying it; "" where the article itself does.
    """

    what: str
    old: str
    new: str
    step: str = ""
    note: str = ""
    says: str = ""

    @property
    def moved(self) -> str:
        """The values in one phrase.

        >>> Change(what="killed", old="4", new="6", step="+2").moved
        '4 → 6 (+2)'
        """
        value = f"{self.old} → {self.new}" if self.old else self.new
        return f"{value} ({self.step})" if self.step else value

    @property
    def aside(self) -> str:
        """Kind and speaker, as they follow the values."""
        says = f"says {self.says}" if self.says else ""
        return ", ".join(part for part in (self.note, says) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """An alert in words, fit to show but not yet escaped for any markup.

    ``ruled`` says who decided it by hand, and why; "" where no person did. A notice
    (``is_notice``) is of no story.
    """

    label: str
    severity: Severity
    topic: str
    headline: str
    changes: tuple[Change, ...]
    quotes: tuple[str, ...]
    source: str
    title: str
    link: str
    host: str
    sources: str
    told_at: datetime
    reply: bool
    ruled: str = ""
    is_notice: bool = False

    @property
    def summary(self) -> str:
        """Everything in one line: notifications, search, screen readers."""
        told = "; ".join(_in_one(change) for change in self.changes)
        head = f"{self.label} · {self.topic} · {self.headline}"
        return f"{head}: {told}" if told else head


def words_of(message: Message) -> Wording:
    """Put the alert of ``message`` into words."""
    alert = message.alert
    link = safe_url(message.url)
    return Wording(
        label=label_of(alert),
        severity=alert.severity,
        topic=shown(message.topic_title) or shown(alert.topic),
        headline=shown(message.headline) or shown(message.article_title) or "Untitled",
        changes=changes_of(alert),
        quotes=quotes_of(alert.developments),
        source=shown(message.article_source),
        title=shown(message.article_title) or ("Read the article" if link else ""),
        link=link,
        host=host_of(link),
        sources=count_sources(alert.sources),
        told_at=message.decided_at,
        reply=bool(message.thread_ts),
        ruled=shown(alert.reason) if alert.by_hand and alert.developments else "",
        is_notice=alert.kind in _OF_OURS,
    )


def label_of(alert: Alert) -> str:
    """What kind of news it is, in a word: sources that differ are no plain update."""
    kinds = {development.kind for development in alert.developments}
    if alert.kind is AlertKind.UPDATE and len(kinds) == 1:
        return _SPECIAL_LABELS.get(kinds.pop(), LABELS[alert.kind])
    return LABELS[alert.kind]


def in_utc(moment: datetime) -> str:
    """A moment for readers whose zone is not known.

    >>> from datetime import UTC
    >>> in_utc(datetime(2026, 3, 1, 6, 5, tzinfo=UTC))
    '06:05 UTC, 1 Mar 2026'
    """
    return f"{moment:%H:%M} UTC, {moment:%-d %b %Y}"


def changes_of(alert: Alert) -> tuple[Change, ...]:
    """What an alert tells; without developments (a topic without slots) its reason.

    Of a notice each line of it.
    """
    if alert.kind in _OF_OURS:
        lines = (shown(line) for line in alert.reason.splitlines())
        return tuple(Change(what="", old="", new=line) for line in lines if line)
    if not alert.developments and alert.reason:
        return (Change(what="why", old="", new=shown(alert.reason)),)
    return changes_in(alert.developments)


def changes_in(developments: Iterable[Development]) -> tuple[Change, ...]:
    """One line a development; new words of one slot share a line."""
    lines: dict[tuple[object, ...], Change] = {}
    for number, development in enumerate(developments):
        change = _change(development)
        words_only = not change.old and isinstance(development.new, str)
        key = (change.what, change.note, change.says) if words_only else (number,)
        known = lines.get(key)
        lines[key] = change if known is None else _joined(known, change)
    return tuple(lines.values())


def quotes_of(developments: Sequence[Development]) -> tuple[str, ...]:
    """Each sentence that proves something, once, in order."""
    quotes = (shown(development.quote) for development in developments)
    return tuple(dict.fromkeys(text for text in quotes if text))


def count_sources(sources: Sequence[str]) -> str:
    """How many independent sources tell it, and the first of them by name.

    >>> count_sources(["Meridian Wire", "Harbour Post"])
    '2 sources: Meridian Wire, Harbour Post'
    """
    names = tuple(dict.fromkeys(text for name in sources if (text := shown(name))))
    if not names:
        return ""
    more = len(names) - NAMED_SOURCES
    listed = ", ".join(names[:NAMED_SOURCES]) + (
        f" and {more} more" if more > 0 else ""
    )
    return f"{counted(len(names), 'source')}: {listed}"


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "topic"), counted(1200, "topic")
    ('1 topic', '1,200 topics')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def slot_name(slot: str) -> str:
    """A slot as people call it."""
    return _SLOTS.get(slot, shown(slot).replace("_", " "))


def value_name(slot: str, value: FactValue | None) -> str:
    """A value as people write it; "" for none.

    >>> value_name("killed", 1200), value_name("power_cut", 0)
    ('1,200', 'restored')
    """
    if value is None:
        return ""
    if slot == "power_cut" and value in (True, 0):
        return RESTORED if value is not True else "yes, number unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return _day(value) or shown(value) or UNREADABLE


def _day(value: str) -> str:
    """An ISO date as people write it; "" for anything else."""
    if not _ISO_DAY.fullmatch(value):
        return ""
    try:
        return f"{date.fromisoformat(value):%-d %b %Y}"
    except ValueError:
        return ""


def shown(text: str) -> str:
    r"""``text`` on one line, without what is invisible or turns text around.

    Drops control, format (bidi, zero width, tags), private and unassigned code
    points and lone surrogates; blanks of every kind become one space.

    >>> shown("Six\u202e dead\x1b[31m\nin  harbour")
    'Six dead[31m in harbour'
    """
    spaced = _BLANKS.sub(" ", text)
    if not (spaced.isascii() and spaced.isprintable()):
        kept = (c for c in spaced if unicodedata.category(c) not in _UNSHOWN)
        spaced = _BLANKS.sub(" ", "".join(kept))
    return spaced.strip()


def safe_url(url: str) -> str:
    """``url`` as it may be linked; "" unless it is plain http(s) with a host.

    User and password are cut off; a host beyond ASCII is shown in punycode, so
    that no look-alike letters pass; whatever could end a link is per cent encoded.

    >>> safe_url("https://user:pw@wire.test/a|b<c>")
    'https://wire.test/a%7Cb%3Cc%3E'
    >>> safe_url("javascript:alert(1)")
    ''
    """
    try:
        parts = urlsplit(shown(url))
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = f":{parts.port}" if parts.port else ""
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host:
        return ""
    if not re.fullmatch(r"[a-z0-9.:_-]+", host):
        return ""
    host = f"[{host}]" if ":" in host else host
    link = urlunsplit(
        (
            parts.scheme.lower(),
            host + port,
            *(quote(part, safe=_SAFE_IN_URL) for part in parts[2:]),
        )
    )
    return link if len(link) <= MAX_URL else ""


def host_of(link: str) -> str:
    """Whose page a link opens, without a leading "www."."""
    return (urlsplit(link).hostname or "").removeprefix("www.")


def _change(development: Development) -> Change:
    """One development as a line; of a conflict both values, neither as the old."""
    slot, old, new = development.slot, development.old, development.new
    before = value_name(slot, old) if old != new else ""
    after = WITHDRAWN if new is None else value_name(slot, new)
    conflict = development.kind is DevelopmentKind.CONFLICT
    return Change(
        what=slot_name(slot),
        old="" if conflict else before,
        new=" or ".join(filter(None, (before, after))) if conflict else after,
        step="" if conflict or after == RESTORED else _step(old, new),
        note=_note(development),
        says=shown(development.attribution or ""),
    )


def _note(development: Development) -> str:
    """What kind of change it is, and whether to believe it yet."""
    slot, old, new = development.slot, development.old, development.new
    note = _NOTES.get(development.kind, "")
    if development.certainty is not Certainty.UNCONFIRMED or note:
        return note
    leap = new is not None and leaps(slot, old, new)
    return "single source, unconfirmed" if leap else "unconfirmed"


def _step(old: FactValue | None, new: FactValue | None) -> str:
    """By how much a number moved, signed; "" for words and first figures."""
    if isinstance(old, bool) or isinstance(new, bool):
        return ""
    if not isinstance(old, int) or not isinstance(new, int) or old == new:
        return ""
    return f"{new - old:+,}".replace("-", "−")


def _joined(known: Change, more: Change) -> Change:
    """Two words of one slot on one line, none twice."""
    values = dict.fromkeys((*known.new.split(", "), more.new))
    return Change(
        what=known.what,
        old="",
        new=", ".join(values),
        note=known.note,
        says=known.says,
    )


def _in_one(change: Change) -> str:
    """A change as part of a sentence."""
    told = f"{change.what} {change.moved}".lstrip()
    return f"{told}, {change.aside}" if change.aside else told
