"""An alert or a story as a Slack message: rendered here, sent nowhere.

Three forms: the root of a story's thread shows the story as it stands and is edited;
a reply says what changed; a digest lists what was too much to tell one by one. Text
from outside can neither mention, link nor format (`flows.slack.markup`). Limits hold
after escaping (docs.slack.dev, Block Kit reference).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from detectors.model import Message, Severity
from detectors.overviews import Overview
from flows.overviews import Line, Summary, summary_of
from flows.posting import Dispatch
from flows.slack.markup import (
    Block,
    context,
    cut,
    escape,
    inert,
    length,
    lines,
    link,
    moment,
    name,
    plain,
    quotation,
    section,
    sections,
    target,
)
from flows.wording import Change, Wording, counted, words_of

MAX_HEADER = 150
MAX_SECTION = 3000
MAX_FALLBACK = 3000  # Slack cuts at 40,000 and advises 4,000
MAX_PLAIN = 600  # the form for a Slack that refused the blocks
MAX_CONTEXT = 600  # one line under the message, not a second message
MAX_QUOTE = 600  # a sentence; longer ones are cut, the link leads to the rest
MAX_NAME = 200  # a value, a speaker, a title
MAX_ALL = 13_000  # text of all blocks together; refused from 13,172 (bolt-js #2509)
MAX_IN_DIGEST = 80  # a headline or a source among many
MAX_TOLD = 150  # what is told of a story among many
MAX_LINK_IN_DIGEST = 200  # longer ones are left out: 20 stories of 540 units fit
MAX_CHANGES = 12
MAX_QUOTES = 3

_SIGNS = {Severity.CRITICAL: "🔴", Severity.MAJOR: "🟠", Severity.NOTICE: "⚪"}
_LOUDNESS = (Severity.NOTICE, Severity.MAJOR, Severity.CRITICAL)
_MARKS = {
    "NEW": "🆕",
    "UPDATE": "🔄",
    "CORRECTION": "✏️",
    "CONFLICT": "⚖️",
    "CONFIRMED": "✅",
    "NOTICE": "🔧",
    "RECOVERED": "👍",
}
_CORRECTED = ("corrected", "taken back")


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
    broadcast: bool = False


def render(
    dispatch: Dispatch, *, broadcast_from: Severity | None = Severity.CRITICAL
) -> RenderedMessage:
    """Render a message on its way out.

    Args:
        dispatch: A digest if its message is one, a reply where that answers in a
            thread, else the root of one.
        broadcast_from: How loud a reply is that also shows in the channel; None: none.
    """
    message, every = dispatch.message, (dispatch.message, *dispatch.folded)
    if message.is_digest:
        return _digest(every)
    words = [words_of(each) for each in every]
    if words[0].reply:
        loud = broadcast_from is not None and _is_loud(words, broadcast_from)
        return replace(_reply(words), broadcast=loud)
    if dispatch.overview is None:
        return _reply(words)
    summary = summary_of(dispatch.overview)
    return _rendered(_summed_up(words), summary.link, _root(summary, words))


def render_root(found: Overview) -> RenderedMessage:
    """Render the root of a thread anew: the story as it stands by now."""
    summary = summary_of(found)
    return _rendered(summary.in_one_line, summary.link, _root(summary, ()))


def _rendered(
    told: str, address: str, blocks: Iterable[Block], *, most: int = MAX_PLAIN
) -> RenderedMessage:
    told = inert(told)
    return RenderedMessage(
        text=escape(told, MAX_FALLBACK),
        plain=f"{escape(told, most)}\n{target(address)}".strip(),
        blocks=tuple(blocks),
    )


def _is_loud(words: Iterable[Wording], least: Severity) -> bool:
    return _LOUDNESS.index(_loudest(words)) >= _LOUDNESS.index(least)


def _loudest(words: Iterable[Wording]) -> Severity:
    return max((each.severity for each in words), key=_LOUDNESS.index)


def _summed_up(words: Sequence[Wording]) -> str:
    return " / ".join(dict.fromkeys(each.summary for each in words))


# --- root -------------------------------------------------------------------------


def _root(summary: Summary, words: Sequence[Wording]) -> Iterator[Block]:
    """The story as it stands; a root that tells of a later change says which."""
    yield {"type": "header", "text": plain(_head(summary), MAX_HEADER)}
    topic, carried = name(summary.topic, MAX_NAME), name(summary.sources, MAX_CONTEXT)
    yield context(f"*{summary.severity}* · {topic}", carried)
    if summary.lines:
        yield section(_listed(map(_known, summary.lines)))
    later = [each for each in words if each.label != "NEW"]
    if later:
        yield section(_listed(line for each in later for line in _steps(each)))
    quotes = summary.quotes or tuple(q for each in words for q in each.quotes)
    for quoted in quotes[:MAX_QUOTES]:
        yield quotation(f"“{quoted}”", MAX_QUOTE)
    if summary.title:
        yield context(_origin(summary))
    yield context(
        f"headline as first seen {moment(summary.opened_at)}",
        f"last change {moment(summary.changed_at)}",
    )


def _head(summary: Summary) -> str:
    """The headline as it first was, and what has become of its figures since."""
    sign = f"{_SIGNS[summary.severity]} "
    now = f" · now: {summary.now}" if summary.now else ""
    room = MAX_HEADER - length(sign) - length(now)
    return f"{sign}{cut(summary.headline, room)}{now}"


def _known(line: Line) -> str:
    """One fact: what is so, what was taken back, since when, and who says so."""
    value = f" *{name(line.value, MAX_NAME)}*" if line.value else ""
    gone = "".join(f" ~{name(each, MAX_NAME)}~" for each in line.withdrawn)
    note = f" ({name(line.note, MAX_NAME)})" if line.note else ""
    who = f" · {name(line.who, MAX_NAME)}" if line.who else ""
    return f"{_label(line.what)}:{value}{gone}{note} · {moment(line.since)}{who}"


# --- reply ------------------------------------------------------------------------


def _reply(words: Sequence[Wording]) -> RenderedMessage:
    """What changed, who says so, the sentences that prove it, where to read it.

    What else is told by it says no more, but may be of another topic.
    """
    return _rendered(_summed_up(words), words[0].link, _news(words[0], words[1:]))


def _news(words: Wording, also: Sequence[Wording]) -> Iterator[Block]:
    yield section(_listed(_steps(words)))
    for quoted in words.quotes[:MAX_QUOTES]:
        yield quotation(f"“{quoted}”", MAX_QUOTE)
    topics = dict.fromkeys(each.topic for each in (words, *also))
    yield context(
        _origin(words),
        name(" and ".join(topics), MAX_NAME) if len(topics) > 1 else "",
        name(words.sources, MAX_CONTEXT),
        name(words.ruled, MAX_CONTEXT),
        moment(words.told_at),
    )


def _steps(words: Wording) -> Iterator[str]:
    """What an alert tells, a line each, under its title."""
    yield _title(words)
    yield from map(_change, words.changes)


def _title(words: Wording) -> str:
    """Kind, severity and story: a broadcast reply stands in the channel alone.

    What is wrong with a source is as loud as its kind.
    """
    kind = f"{_MARKS[words.label]} *{words.label}*"
    if words.is_notice:
        return f"{kind} · {name(words.headline, MAX_NAME)}"
    loud = f"{_SIGNS[words.severity]} {words.severity}"
    return f"{kind} · {loud} · {name(words.headline, MAX_NAME)}"


def _change(change: Change) -> str:
    """One change: the slot, was → is in bold, and who says so."""
    gone = change.note in _CORRECTED or change.new in _CORRECTED
    old = name(change.old, MAX_NAME)
    was = (f"~{old}~ → " if gone else f"{old} → ") if old else ""
    step = f" ({change.step})" if change.step else ""
    aside = f", {name(change.aside, MAX_NAME)}" if change.aside else ""
    if not change.what:
        return f"• {name(change.new, MAX_NAME)}"
    return f"{_label(change.what)}: {was}*{name(change.new, MAX_NAME)}*{step}{aside}"


# --- digest -----------------------------------------------------------------------


def _digest(messages: Sequence[Message]) -> RenderedMessage:
    """Many alerts at once, a line a story, the loudest first."""
    by_story: dict[str, list[Wording]] = {}
    for message in sorted(messages, key=lambda each: each.id):
        by_story.setdefault(message.alert.story, []).append(words_of(message))
    stories = sorted(
        by_story.values(),
        key=lambda words: _LOUDNESS.index(_loudest(words)),
        reverse=True,
    )
    told = [_story(each) for each in stories]
    since = min(message.decided_at for message in messages)
    alerts, many = counted(len(messages), "alert"), _of_stories(len(stories))
    head = f"🗞️ {alerts} of {many}"
    blocks: list[Block] = [
        {"type": "header", "text": plain(head, MAX_HEADER)},
        context(f"More than could be told one by one, since {moment(since)}"),
        *sections(told, limit=MAX_SECTION),
    ]
    summed_up = " / ".join(words[-1].summary for words in stories)
    # Many are told by it, and by nothing else: its short form leaves none out.
    return _rendered(
        f"{head}: {summed_up}", stories[0][-1].link, blocks, most=MAX_FALLBACK
    )


def _of_stories(number: int) -> str:
    return "1 story" if number == 1 else f"{number:,} stories"


def _story(words: Sequence[Wording]) -> str:
    """All that is told of one story: its last values, and where they stand."""
    last = words[-1]
    newest = {change.what: change for each in words for change in each.changes}
    told = "; ".join(f"{each.what} {each.moved}".lstrip() for each in newest.values())
    head = f"{_SIGNS[_loudest(words)]} *{name(last.headline, MAX_IN_DIGEST)}*"
    more = f" ({counted(len(words), 'alert')})" if len(words) > 1 else ""
    address = last.link if length(target(last.link)) <= MAX_LINK_IN_DIGEST else ""
    source = link(address, name(last.source or last.host, MAX_IN_DIGEST))
    said = f"{head}{more}: {name(told, MAX_TOLD)}" if told else f"{head}{more}"
    return f"{said} · {source}" if source else said


# --- common -----------------------------------------------------------------------


def _listed(each: Iterable[str]) -> str:
    return lines(each, most=MAX_CHANGES, limit=MAX_SECTION)


def _label(what: str) -> str:
    """A slot's name; with our colon after it, it could be an emoji's."""
    return name(what.replace(":", "∶"), MAX_NAME)


def _origin(words: Wording | Summary) -> str:
    """Source, title as the link, and the host that the link leads to."""
    title = name(words.title, MAX_NAME)
    host = f" ({name(words.host, MAX_NAME)})" if words.link else ""
    parts = (name(words.source, MAX_NAME), f"{link(words.link, title)}{host}")
    return " · ".join(part for part in parts if part)
