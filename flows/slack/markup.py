"""Slack's markup, made here alone: escaped text, links, moments, text objects.

In ``plain_text`` and ``rich_text`` Slack formats nothing; in ``mrkdwn`` and in the
fallback the characters that format are replaced by look-alikes, and ``& < >`` are
escaped everywhere (docs.slack.dev, "Formatting message text").
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from flows.wording import in_utc

Block: TypeAlias = dict[str, Any]  # JSON

ELLIPSIS = "…"

_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_AS_IT_IS: Mapping[str, str] = {}
_BRACKETS = {"<": "‹", ">": "›"}  # where an entity would be shown as it is written
# A zero-width character beside "*" would not stop Slack from formatting.
_LOOK_ALIKES = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ", "|": "¦"})
_MENTION = re.compile(r"[@＠](?=\w)")
_EMOJI = re.compile(r":(?=[\w+'-]+:)")
_ZERO_WIDTH_STOP = "\u2060"  # breaks the name of a mention, shows nothing


def inert(text: str) -> str:
    r"""``text`` with nothing in it that Slack would format or take for a name.

    >>> inert("*breaking* by @here")
    '∗breaking∗ by @\u2060here'
    """
    return _unnamed(text.translate(_LOOK_ALIKES))


def _unnamed(text: str) -> str:
    """``text`` without mentions and codes of emoji."""
    text = _EMOJI.sub("∶", text)
    return _MENTION.sub(lambda match: match.group() + _ZERO_WIDTH_STOP, text)


def escape(text: str, limit: int) -> str:
    """``text`` escaped for Slack and cut to ``limit``, between graphemes.

    Astral characters count twice, as in JavaScript: the stricter reading.

    >>> escape("AT&T <b>", 100), escape("a & b & c", 9)
    ('AT&amp;T &lt;b&gt;', 'a &amp; …')
    """
    return cut(text, limit, _ESCAPED)


def cut(text: str, limit: int, escaped: Mapping[str, str] = _AS_IT_IS) -> str:
    """``text`` cut to ``limit`` between graphemes, some characters replaced.

    >>> cut("Grain silo burns", 10)
    'Grain sil…'
    """
    kept: list[str] = []
    room = limit - len(ELLIPSIS)
    size = 0
    fits = 0  # how many pieces leave room for an ellipsis
    for grapheme in _graphemes(text):
        piece = "".join(escaped.get(character, character) for character in grapheme)
        size += length(piece)
        if size > limit:
            return "".join(kept[:fits]) + ELLIPSIS
        kept.append(piece)
        fits = len(kept) if size <= room else fits
    return "".join(kept)


def length(text: str) -> int:
    """How long ``text`` is to Slack.

    >>> length("🔥!")
    3
    """
    return len(text.encode("utf-16-le")) // 2


def _graphemes(text: str) -> Iterator[str]:
    """Characters with the marks that belong to them."""
    start = 0
    for position in range(1, len(text)):
        if not unicodedata.combining(text[position]) and text[position] != "\ufe0f":
            yield text[start:position]
            start = position
    if text:
        yield text[start:]


def name(text: str, limit: int) -> str:
    """A short text from outside, for a mrkdwn object."""
    return escape(inert(text), limit)


def link(address: str, text: str) -> str:
    """A link to a safe ``address`` (`flows.wording.safe_url`); ``text`` is escaped."""
    return f"<{target(address)}|{text}>" if address else text


def target(address: str) -> str:
    """A safe address as the first half of ``<url|text>``."""
    return address.replace("&", "&amp;")


def moment(at: datetime) -> str:
    """``at`` in the zone of whoever reads it; in UTC where that is not known.

    >>> from datetime import UTC
    >>> moment(datetime(2026, 3, 1, 6, 40, tzinfo=UTC))
    '<!date^1772347200^{date_short_pretty} {time}|06:40 UTC, 1 Mar 2026>'
    """
    return f"<!date^{at.timestamp():.0f}^{{date_short_pretty}} {{time}}|{in_utc(at)}>"


def plain(text: str, limit: int) -> Block:
    """A text object in which nothing is formatted; emoji codes stay as they are."""
    return {
        "type": "plain_text",
        "text": escape(_unnamed(text), limit),
        "emoji": False,
    }


def mrkdwn(text: str) -> Block:
    """A text object with our own formatting; no name or address becomes a link."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str) -> Block:
    """A paragraph."""
    return {"type": "section", "text": mrkdwn(text)}


def context(*texts: str) -> Block:
    """A small grey line of one or more parts."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts if text]}


def quotation(text: str, limit: int) -> Block:
    """Words from outside, set off by a bar; Slack shows them as they are."""
    words = {"type": "text", "text": cut(_unnamed(text), limit, _BRACKETS)}
    quoted = {"type": "rich_text_quote", "elements": [words]}
    return {"type": "rich_text", "elements": [quoted]}


def sections(each: Iterable[str], *, limit: int) -> Iterator[Block]:
    """Paragraphs that hold all lines, each as many as fit into ``limit``."""
    held: list[str] = []
    size = 0
    for line in each:
        size += length(line) + 1
        if held and size > limit:
            yield section("\n".join(held))
            held, size = [], length(line) + 1
        held.append(line)
    if held:
        yield section("\n".join(held))


def lines(each: Iterable[str], *, most: int, limit: int) -> str:
    r"""Lines that fit into ``limit``, at most so many; the rest is counted.

    >>> lines(["a", "b", "c"], most=2, limit=100)
    'a\nb\n_and 1 more_'
    """
    every = list(each)
    room = limit - len("\n_and 9999 more_")
    kept: list[str] = []
    for line in every[:most]:
        room -= length(line) + 1
        if room < 0:
            break
        kept.append(line)
    if len(kept) < len(every):
        kept.append(f"_and {len(every) - len(kept)} more_")
    return "\n".join(kept)
