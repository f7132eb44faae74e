"""What goes out together: one post for several messages that wait for a channel.

Nothing is told twice where once will do, and after an outage nobody is flooded. What
is told within another message is never lost: it hangs on that one until it is told.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from detectors.model import AlertKind, DevelopmentKind, FactValue, Message, Severity

# More posts than that due at once come from an outage or a flood: of three labelled
# streams the busiest quarter of an hour had 2 alerts, the busiest hour 4.
BURST = 10
# Stories in one part of a digest: as many as Slack takes the text of (`slack.blocks`).
DIGEST_PART = 20
# Critical stories that go on their own before a digest; a fourth is one more headline.
LOUD = 3
# Messages that one post tells: what it tells is marked on it in 20 bytes each, and
# Slack refuses marks beyond a size that it does not document (8 kB is taken here).
MOST_TOLD = 100

_Told: TypeAlias = tuple[str, FactValue | None, DevelopmentKind]
_LEVELS = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One post.

    Args:
        lead: The message that it is known by.
        folded: Those that are told by it as well, in the order of deciding.
        is_digest: It tells of several stories, in the channel and in no thread.
    """

    lead: Message
    folded: tuple[Message, ...] = ()
    is_digest: bool = False


def next_parcel(
    waiting: Sequence[Message],
    *,
    standing: Collection[str],
    loud: Collection[str] | None = None,
) -> Parcel:
    """What goes out next of all that waits for one channel.

    - A story's first message takes along its later ones: its root shows them all.
    - What two topics have of one article in one channel is told once.
    - Too much for single posts goes as a digest, part by part, stories whole as long as
      they fit, the most severe first; the first few critical stories go before it on
      their own.

    Args:
        waiting: At least one message, in the order of deciding.
        standing: Stories that have a root in the channel.
        loud: Critical stories that went before the digest on their own; None unless
            there is a flood, see `is_flood`.
    """
    if loud is None:
        return _first(waiting, standing)
    stories = sorted(_by_story(waiting), key=_rank)
    told = frozenset(loud)
    for story in stories:
        name = story[0].alert.story
        if _loudest(story) is Severity.CRITICAL and (name in told or len(told) < LOUD):
            return _first(story, standing)
    return _part(stories, standing)


def is_flood(
    waiting: Sequence[Message], *, standing: Collection[str], burst: int = BURST
) -> bool:
    """Whether what waits takes more than ``burst`` single posts."""
    left, begun = list(waiting), set(standing)
    for _ in range(burst):
        if not left:
            return False
        parcel = _first(left, begun)
        gone = {parcel.lead.id, *(each.id for each in parcel.folded)}
        begun.add(parcel.lead.alert.story)
        left = [each for each in left if each.id not in gone]
    return bool(left)


def _first(waiting: Sequence[Message], standing: Collection[str]) -> Parcel:
    """The first single post, with all that it tells as well."""
    first = waiting[0]
    rivals = [first, *_same_article(first, waiting)]
    lead = max(rivals, key=lambda each: (len(_told(each)), -each.id))
    within = [each for each in rivals if each.id != lead.id and _covers(lead, each)]
    if lead.alert.story not in standing:
        within += [
            each
            for each in waiting
            if each.alert.story == lead.alert.story
            and each.id != lead.id
            and not _points_on(each)
        ]
    within.sort(key=lambda each: each.id)
    return Parcel(lead=lead, folded=tuple(within[: MOST_TOLD - 1]))


def _same_article(first: Message, waiting: Sequence[Message]) -> Iterator[Message]:
    """What is next in other stories, of the same article, and tells no less or more."""
    if first.article_id is None:
        return
    seen = {first.alert.story}
    for each in waiting:
        story = each.alert.story
        if story in seen:
            continue
        seen.add(story)
        if each.article_id == first.article_id and (
            _covers(each, first) or _covers(first, each)
        ):
            yield each


def _covers(wide: Message, narrow: Message) -> bool:
    """Whether one message tells all that another one does.

    What takes something back is told in each thread where that stands.
    """
    kinds = (wide.alert.kind, narrow.alert.kind)
    return AlertKind.CORRECTION not in kinds and _told(narrow) <= _told(wide)


def _told(message: Message) -> frozenset[_Told]:
    return frozenset(
        (each.slot, each.new, each.kind) for each in message.alert.developments
    )


def _points_on(message: Message) -> bool:
    """Whether it says what no state of a story shows: where it goes on, or is over."""
    alert = message.alert
    if alert.kind is AlertKind.RECOVERY:
        return True
    return alert.kind is AlertKind.CORRECTION and not alert.developments


def _part(stories: Sequence[Sequence[Message]], standing: Collection[str]) -> Parcel:
    """The next part of a digest; what is of one story goes to its own thread."""
    if len(stories) == 1:
        return _first(stories[0], standing)
    whole = (
        each for story in stories[:DIGEST_PART] for each in story[: MOST_TOLD // 2]
    )
    part = list(islice(whole, MOST_TOLD))
    lead, *others = sorted(part, key=lambda each: _rank([each]))
    return Parcel(
        lead=lead,
        folded=tuple(sorted(others, key=lambda m: m.id)),
        is_digest=True,
    )


def _by_story(waiting: Sequence[Message]) -> Sequence[Sequence[Message]]:
    stories: dict[str, list[Message]] = {}
    for each in waiting:
        stories.setdefault(each.alert.story, []).append(each)
    return tuple(stories.values())


def _rank(story: Sequence[Message]) -> tuple[int, int]:
    """The most severe first, then the oldest."""
    return -_LEVELS.index(_loudest(story)), story[0].id


def _loudest(story: Sequence[Message]) -> Severity:
    return max((each.alert.severity for each in story), key=_LEVELS.index)
