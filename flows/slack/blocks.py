"""An alert as a Slack message: rendered here, sent nowhere.

Text from outside can neither mention, link nor format: in ``plain_text`` objects
Slack formats nothing; in ``mrkdwn`` objects and the fallback the characters that
format are replaced by look-alikes, and ``& < >`` are escaped everywhere. Links are
built here alone. Limits hold after escaping (docs.slack.dev, Block Kit reference).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from detectors.model import Message, Severity
from flows.wording import Change, Wording, words_of

Block: TypeAlias = dict[str, Any]  # JSON

MAX_HEADER = 150
MAX_SECTION = 3000
MAX_FALLBACK = 3000  # Slack cuts at 40,000 and advises 4,000
MAX_PLAIN = 600  # the form for a Slack that refused the blocks
MAX_CONTEXT = 600  # one line under the message, not a second message
MAX_QUOTE = 600  # a sentence; longer ones are cut, the link leads to the rest
MAX_NAME = 200  # a value, a speaker, a title
MAX_CHANGES = 12
MAX_QUOTES = 3
ELLIPSIS = "…"

_SIGNS = {Severity.CRITICAL: "🔴", Severity.MAJOR: "🟠", Severity.NOTICE: "⚪"}
_MARKS = {"NEW": "🆕", "UPDATE": "🔄", "CORRECTION": "✏️"}
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# A zero-width character beside "*" would not stop Slack from formatting.
_LOOK_ALIKES = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ", "|": "¦"})
_MENTION = re.compile(r"[@＠](?=\w)")
_EMOJI = re.compile(r":(?=[\w+'-]+:)")
_ZERO_WIDTH_STOP = "\u2060"  # breaks the name of a mention, shows nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedMessage:
    """What Slack is given.

    Args:
        text: Fallback for notifications and search; holds the whole alert.
        plain: A short form, sent without blocks if Slack refuses them.
        broadcast: Whether a reply also shows in the channel.
    """

    text: str
    plain: str
    blocks: tuple[Block, ...]
    broadcast: bool


def render(message: Message) -> RenderedMessage:
    """Render ``message``; a reply is broadcast only if it is critical."""
    words = words_of(message)
    summary = inert(words.summary)
    return RenderedMessage(
        text=escape(summary, MAX_FALLBACK),
        plain=f"{escape(summary, MAX_PLAIN)}\n{_target(words.link)}".strip(),
        blocks=tuple(_blocks(words)),
        broadcast=words.reply and words.severity is Severity.CRITICAL,
    )


def inert(text: str) -> str:
    r"""``text`` with nothing in it that Slack would format or take for a name.

    >>> inert("*breaking* by @here")
    '∗breaking∗ by @\u2060here'
    """
    text = text.translate(_LOOK_ALIKES)
    text = _EMOJI.sub("∶", text)
    return _MENTION.sub(lambda match: match.group() + _ZERO_WIDTH_STOP, text)


def escape(text: str, limit: int) -> str:
    """``text`` escaped for Slack and cut to ``limit``, between graphemes.

    Astral characters count twice, as in JavaScript: the stricter reading.

    >>> escape("AT&T <b>", 100), escape("a & b & c", 9)
    ('AT&amp;T &lt;b&gt;', 'a &amp; …')
    """
    kept: list[str] = []
    room = limit - len(ELLIPSIS)
    size = 0
    fits = 0  # how many pieces leave room for an ellipsis
    for grapheme in _graphemes(text):
        piece = "".join(_ESCAPED.get(character, character) for character in grapheme)
        size += len(piece.encode("utf-16-le")) // 2
        if size > limit:
            return "".join(kept[:fits]) + ELLIPSIS
        kept.append(piece)
        fits = len(kept) if size <= room else fits
    return "".join(kept)


def _graphemes(text: str) -> Iterator[str]:
    """Characters with the marks that belong to them."""
    start = 0
    for position in range(1, len(text)):
        if not unicodedata.combining(text[position]) and text[position] != "\ufe0f":
            yield text[start:position]
            start = position
    if text:
        yield text[start:]


def _blocks(words: Wording) -> Iterator[Block]:
    """Header, topic, what changed, the sentences that prove it, where to read it."""
    head = f"{_MARKS[words.label]} {words.label} · {words.headline}"
    yield {"type": "header", "text": _plain(head, MAX_HEADER)}
    yield _context(
        f"{_SIGNS[words.severity]} *{words.severity}* · "
        f"{escape(inert(words.topic), MAX_NAME)} · {words.told_at}"
    )
    if words.changes:
        yield {"type": "section", "text": _mrkdwn("\n".join(_lines(words.changes)))}
    for quoted in words.quotes[:MAX_QUOTES]:
        yield {"type": "section", "text": _plain(f"“{quoted}”", MAX_QUOTE)}
    yield _context(_origin(words))
    if words.sources:
        yield _context(escape(inert(words.sources), MAX_CONTEXT))


def _lines(changes: tuple[Change, ...]) -> Iterator[str]:
    """What changed, one line each, within one section; the rest is counted."""
    room = MAX_SECTION - len("\n_and 9999 more_")
    for number, change in enumerate(changes):
        line = _line(change)
        room -= len(line.encode("utf-16-le")) // 2 + 1
        if number == MAX_CHANGES or room < 0:
            yield f"_and {len(changes) - number} more_"
            return
        yield line


def _line(change: Change) -> str:
    """One change: the slot, was → is in bold, and who says so."""
    was = f"{_name(change.old)} → " if change.old else ""
    step = f" ({change.step})" if change.step else ""
    aside = f", {_name(change.aside)}" if change.aside else ""
    what = _name(change.what.replace(":", "∶"))  # with ours it could be an emoji's name
    return f"{what}: {was}*{_name(change.new)}*{step}{aside}"


def _origin(words: Wording) -> str:
    """Source, title as the link, and the host that the link leads to."""
    title = _name(words.title)
    link = f"<{_target(words.link)}|{title}> ({_name(words.host)})"
    parts = (_name(words.source), link if words.link else title)
    return " · ".join(part for part in parts if part)


def _target(link: str) -> str:
    """A safe link as the first half of ``<url|text>``."""
    return link.replace("&", "&amp;")


def _name(text: str) -> str:
    """A short text from outside, for a mrkdwn object."""
    return escape(inert(text), MAX_NAME)


def _plain(text: str, limit: int) -> Block:
    """A text object in which nothing is formatted; emoji codes stay as they are."""
    text = _EMOJI.sub("∶", _MENTION.sub(lambda m: m.group() + _ZERO_WIDTH_STOP, text))
    return {"type": "plain_text", "text": escape(text, limit), "emoji": False}


def _mrkdwn(text: str) -> Block:
    """A text object with our own formatting; no name or address becomes a link."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _context(text: str) -> Block:
    """A small grey line."""
    return {"type": "context", "elements": [_mrkdwn(text)]}
