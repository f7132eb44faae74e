"""Slack's mrkdwn as HTML, as a reader of Slack would see it.

References:
    docs.slack.dev/messaging/formatting-message-text: marks, links, mentions, dates,
    and the three characters that are escaped.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from markupsafe import Markup

EMOJI = {
    "arrows_counterclockwise": "🔄",
    "bell": "🔔",
    "heavy_check_mark": "✔️",
    "large_blue_circle": "🔵",
    "large_orange_circle": "🟠",
    "large_yellow_circle": "🟡",
    "link": "🔗",
    "new": "🆕",
    "newspaper": "📰",
    "no_entry_sign": "🚫",
    "pencil2": "✏️",
    "red_circle": "🔴",
    "rotating_light": "🚨",
    "scales": "⚖️",
    "thread": "🧵",
    "warning": "⚠️",
    "white_check_mark": "✅",
    "white_circle": "⚪",
    "zap": "⚡",
}
_FENCE = re.compile(r"```\n?(.+?)```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_ANGLE = re.compile(r"<([^<>\n]+)>")
_BARE = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)]")
_NAME = re.compile(r":([a-z0-9_+'-]+):")
_TOKEN = re.compile(r"\{(\w+)\}")
_KEPT = re.compile("\ue000(\\d+)\ue001")
_MARKS = (("*", "strong"), ("_", "em"), ("~", "del"))
_SPANS = tuple(
    (
        re.compile(rf"(?<![\w{re.escape(mark)}]){re.escape(mark)}(?!\s)"
                   rf"([^{re.escape(mark)}\n]+?)"
                   rf"(?<!\s){re.escape(mark)}(?![\w{re.escape(mark)}])"),
        tag,
    )
    for mark, tag in _MARKS
)  # fmt: skip
_UNITS = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
)
_EVERYBODY = ("here", "channel", "everyone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who looks: their zone, and what time it is."""

    zone: tzinfo = UTC
    now: datetime


@dataclass(slots=True)
class _Kept:
    """Pieces of finished HTML, taken out of the text while the rest is marked up."""

    pieces: list[str] = field(default_factory=list)

    def keep(self, piece: str) -> str:
        self.pieces.append(piece)
        return f"\ue000{len(self.pieces) - 1}\ue001"

    def back(self, text: str) -> str:
        while _KEPT.search(text):
            text = _KEPT.sub(lambda found: self.pieces[int(found[1])], text)
        return text


def plain(text: str, *, emoji: bool = True) -> Markup:
    """A ``plain_text`` object: nothing is formatted but the names of emoji.

    >>> plain("*Fire* &amp; smoke :warning:")
    Markup('*Fire* &amp; smoke ⚠️')
    """
    shown = html.escape(_unescaped(text), quote=False)
    return Markup(_named(shown) if emoji else shown)  # noqa: S704  # escaped above


def mrkdwn(text: str, reader: Reader, *, verbatim: bool = False) -> Markup:
    """A ``mrkdwn`` object, or the text of a message.

    Args:
        text: As Slack holds it, with ``& < >`` escaped.
        reader: Dates are told in their zone.
        verbatim: Addresses without angle brackets stay text.

    >>> reader = Reader(now=datetime(2026, 3, 1, tzinfo=UTC))
    >>> mrkdwn("*Fire* at <https://silo.test/|the silo>", reader)
    Markup('<strong>Fire</strong> at <a href="https://silo.test/">the silo</a>')
    """
    kept = _Kept()
    text = text.replace("\ue000", "").replace("\ue001", "")
    text = _FENCE.sub(lambda found: kept.keep(f"<pre>{_clean(found[1])}</pre>"), text)
    text = _CODE.sub(lambda found: kept.keep(f"<code>{_clean(found[1])}</code>"), text)
    text = _ANGLE.sub(lambda found: kept.keep(_angled(found[1], reader)), text)
    if not verbatim:
        text = _BARE.sub(lambda found: kept.keep(_link(found[0], found[0])), text)
    text = _named(_clean(text))
    for pattern, tag in _SPANS:
        text = pattern.sub(rf"<{tag}>\1</{tag}>", text)
    return Markup(kept.back(_lines(text)))  # noqa: S704  # every piece was escaped


def _lines(text: str) -> str:
    """Lines, with those that begin with ``>`` as one quotation."""
    shown: list[str] = []
    quoted = False
    for line in text.split("\n"):
        is_quote = line.startswith("&gt;")
        if is_quote is not quoted:
            shown.append("<blockquote>" if is_quote else "</blockquote>")
        elif shown:
            shown.append("<br>")
        shown.append(line.removeprefix("&gt;").strip() if is_quote else line)
        quoted = is_quote
    return "".join(shown) + ("</blockquote>" if quoted else "")


def _angled(inside: str, reader: Reader) -> str:
    """What angle brackets hold: a link, a mention, a date."""
    target, _, label = inside.partition("|")
    if target.startswith("!date^"):
        return _date(target, label, reader)
    if target[0] in "@#!":
        return _mention(target, label)
    return _link(target, label or target)


def _mention(target: str, label: str) -> str:
    """A person, a channel, a group, or everybody: what Slack would notify."""
    sign = "#" if target[0] == "#" else "@"
    name = target.lstrip("@#!").removeprefix("subteam^")
    loud = " loud" if name in _EVERYBODY else ""
    shown = _clean(label.lstrip("@#") or name)
    return f'<span class="mention{loud}">{sign}{shown}</span>'


def _link(target: str, label: str) -> str:
    address = html.escape(_unescaped(target))
    shown = _named(_clean(label))
    if not address.startswith(("http://", "https://", "mailto:")):
        return shown
    return f'<a href="{address}">{shown}</a>'


def _date(target: str, fallback: str, reader: Reader) -> str:
    """``!date^1772347260^{date_short_pretty} {time}``, in the reader's zone."""
    parts = target.split("^")
    if len(parts) < 3 or not parts[1].isdecimal():  # noqa: PLR2004  # name, time, form
        return _clean(fallback)
    at = datetime.fromtimestamp(int(parts[1]), tz=reader.zone)
    told = _TOKEN.sub(lambda found: _moment(found[1], at, reader), parts[2])
    stamp = at.isoformat()
    return f'<time datetime="{stamp}" title="{stamp}">{_clean(told)}</time>'


def _moment(wanted: str, at: datetime, reader: Reader) -> str:
    """One token of a date's form, as docs.slack.dev lists them."""
    if wanted == "ago":
        return _ago(reader.now - at)
    name = wanted.removesuffix("_pretty")
    if name != wanted and (day := near(at, reader)):
        return day
    form = _FORMS.get(name)
    return form(at) if form else f"{{{wanted}}}"


def near(at: datetime, reader: Reader) -> str:
    """The day in a word, if it is this one or next to it."""
    days = at.date() - reader.now.astimezone(reader.zone).date()
    words = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    return words.get(days // timedelta(days=1), "")


def _ago(since: timedelta) -> str:
    """How long ago, in the largest unit that fills."""
    for unit, length in _UNITS:
        count = abs(since) // length
        if count:
            told = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"{told} ago" if since > timedelta(0) else f"in {told}"
    return "just now"


def ordinal(day: int) -> str:
    """``day`` as Slack writes it in dates.

    >>> [ordinal(day) for day in (1, 12, 23)]
    ['1st', '12th', '23rd']
    """
    tens = 10
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % tens, "th")
    return f"{day}{'th' if day // tens % tens == 1 else ending}"


_FORMS: dict[str, Callable[[datetime], str]] = {
    "date_num": lambda at: f"{at:%Y-%m-%d}",
    "date_slash": lambda at: f"{at:%m/%d/%Y}",
    "date": lambda at: f"{at:%B} {ordinal(at.day)}, {at:%Y}",
    "date_short": lambda at: f"{at:%b} {at.day}, {at:%Y}",
    "date_long": lambda at: f"{at:%A}, {at:%B} {ordinal(at.day)}, {at:%Y}",
    "time": lambda at: f"{at:%H:%M}",
    "time_secs": lambda at: f"{at:%H:%M:%S}",
}


def _named(text: str) -> str:
    """``text`` with the emoji that names stand for; unknown names stay."""
    return _NAME.sub(lambda found: EMOJI.get(found[1], found[0]), text)


def _unescaped(text: str) -> str:
    """``text`` without Slack's three entities; any other stays as it is."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _clean(text: str) -> str:
    """``text`` from Slack, as text of HTML."""
    return html.escape(_unescaped(text), quote=False)
