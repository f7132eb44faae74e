"""What must hold in the end, whoever died: each check tells what does not."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from flows.demo.slack import LoopbackSlack
from flows.overviews import overview_of
from flows.seeds import Seeds
from flows.slack.blocks import render_root
from flows.slack.readings import hashed
from storage.database import UnitOfWork
from tests.sweep.dying import ENDED, threads
from tests.sweep.worlds import End, Invariant

if TYPE_CHECKING:
    from detectors.model import Message


def told_once(keys: Iterable[str]) -> Invariant:
    """Slack holds each key once, alone or within another message, and no other."""
    wanted = {hashed(key): key for key in keys}

    def check(end: End) -> Iterator[str]:
        held = told_in(end.slack)
        for short, key in wanted.items():
            if held[short] != 1:
                yield f"{'doubled' if held[short] else 'lost'}: {key}"
        if strange := held.keys() - wanted.keys():
            yield f"strange: {len(strange)}"

    return check


def told_in(slack: LoopbackSlack) -> Counter[str]:
    """How often Slack holds each key, hashed, alone or within another message."""
    held: Counter[str] = Counter()
    for message in slack.messages:
        payload = message.get("metadata", {}).get("event_payload", {})
        held.update([hashed(payload["k"])] if "k" in payload else [])
        held.update(payload.get("f", ()))
    return held


def sound(end: End) -> Iterator[str]:
    """No damage and no broken promise: entries = the sum of the outcomes + pending."""
    return iter(end.store.check())


def nothing_waits(end: End) -> Iterator[str]:
    """Every entry is decided, and every message told."""
    if pending := end.unit.entries.pending():
        yield f"{pending} entries are left pending"
    for each in end.unit.outbox.all():
        if each.state not in ENDED:
            yield f"left {each.state}: {each.key}"


def one_thread_a_story(end: End) -> Iterator[str]:
    """No story stands twice in a channel, and each is told in order."""
    known = {each.key: each for each in end.unit.outbox.all()}
    told: defaultdict[tuple[str, str], list[tuple[Message, Any]]] = defaultdict(list)
    for posted in end.slack.messages:
        message = known.get(posted["metadata"]["event_payload"]["k"])
        if message is not None and not message.is_digest:
            told[message.alert.story, message.channel].append((message, posted))
    for (story, _), parts in told.items():
        order = [message.id for message, _ in parts]
        if order != sorted(order):
            yield f"out of order: {story}"
        (_, root), *replies = parts
        if "thread_ts" in root or any(
            reply.get("thread_ts") != root["ts"] for _, reply in replies
        ):
            yield f"more than one thread: {story}"


def one_story(end: End) -> Iterator[str]:
    """All of it is of one event."""
    if (count := len(end.unit.stories.all())) != 1:
        yield f"{count} stories"


def roots_are_true(seeds: Seeds) -> Invariant:
    """Every root shows its story as it stands in the end."""

    def check(end: End) -> Iterator[str]:
        for thread in threads(end.unit):
            found = overview_of(end.unit, seeds, thread.story)
            if thread.ts is None or found is None:
                continue
            state = [_bare(block) for block in render_root(found).blocks]
            shown = [_bare(block) for block in end.slack.message(thread.ts)["blocks"]]
            # One never edited may say besides which change it was posted for.
            if [block for block in shown if block in state] != state:
                yield f"an untrue root: {thread.story}"

    return check


def _bare(block: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in block.items() if name != "block_id"}


def ends_as(wanted: object) -> Invariant:
    """The store comes to what it comes to where nobody dies, see `outcome_of`."""

    def check(end: End) -> Iterator[str]:
        if outcome_of(end.unit) != wanted:
            yield "the store ended in another state"

    return check


def outcome_of(unit: UnitOfWork) -> object:
    """What must not depend on who was killed."""
    return (
        unit.entries.counts(),
        [each.key for each in unit.outbox.all()],
        [(s.id, s.articles, s.sources) for s in unit.stories.all()],
    )
