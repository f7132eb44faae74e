"""What a person decides on a story by hand: reject a claim, merge, split, undo.

Each is one transaction, written down with who, when and why, and reversible. What the
desk was told and must believe no longer is told in the thread where it stands: a
story that was told keeps its thread, whatever becomes of its articles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import xxhash

from detectors import lookup, rulings
from detectors.alerting import material_slots
from detectors.ledger import fold
from detectors.model import (
    AlertKind,
    Claim,
    Development,
    FactValue,
    Ruling,
    RulingKind,
    Story,
    StoryProfile,
)
from flows.desk import Desk
from flows.retelling import retold
from flows.ruled import (
    Clerk,
    Matter,
    Ruled,
    RulingError,
    latest,
    point_out,
    tell,
    told_of,
)
from storage.database import UnitOfWork


def reject(
    unit: UnitOfWork,
    clerk: Clerk,
    story_id: str,
    slot: str,
    value: FactValue,
    *,
    article_id: str | None = None,
) -> Ruled:
    """Strike a wrong value out of a story; the state is that of the other claims.

    Args:
        unit: Nothing of it is kept when an error leaves it.
        clerk: Who says so.
        story_id: Whose ledger.
        slot: Of which slot.
        value: As the ledger has it.
        article_id: Only this article's claim; None: everybody's.

    Raises:
        RulingError: No such claim stands there; names those that do.
    """
    story = _running(unit, story_id)
    before = unit.stories.claims(story.id)
    ruling = _write(
        unit,
        replace(
            _ruling(clerk, story, RulingKind.REJECT),
            slot=slot,
            value=value,
            article_id=article_id,
        ),
    )
    whole = (story.id, *unit.rulings.ended_in(story.id))
    if not unit.rulings.strike_out(
        ruling.id, whole, slot, value, article_id=article_id
    ):
        raise RulingError(f"{slot} {value}", _standing(before, slot, story))
    matter = Matter(unit=unit, clerk=clerk, ruling=ruling)
    return _settle(matter, story, before)


def merge(unit: UnitOfWork, clerk: Clerk, story_ids: Sequence[str]) -> Ruled:
    """Let two stories go on as one; later articles of either join it.

    The one that the desk was told of first goes on, or that opened first, so that the
    thread it speaks in is kept. The other's thread is told where it goes on.

    Raises:
        RulingError: They are one already, or of two topics.
    """
    one, two = (_running(unit, story_id) for story_id in story_ids)
    if one.id == two.id or one.topic != two.topic:
        same = "one story" if one.id == two.id else "of two topics"
        raise RulingError(f"{one.id}, {two.id}", f"they are {same}")
    goes_on, ends = sorted((one, two), key=_seniority)
    ended = (ends.id, *unit.rulings.ended_in(ends.id))
    drawn_up = _ruling(clerk, goes_on, RulingKind.MERGE)
    ruling = _write(unit, replace(drawn_up, other=ends.id, ended=ended))
    unit.rulings.point(ended, goes_on.id)
    unit.stories.index(ends.id, (), changed_at=ends.changed_at)
    joined = _refresh(unit, clerk.desk, goes_on, once=(ends.id,))
    matter = Matter(unit=unit, clerk=clerk, ruling=ruling)
    changes = _gained(matter, joined)
    messages = tell(matter, joined, changes, AlertKind.UPDATE)
    messages += point_out(matter, ends, f"goes on in “{joined.headline}”")
    return Ruled(ruling=ruling, changes=changes, messages=messages)


def split(
    unit: UnitOfWork, clerk: Clerk, story_id: str, article_ids: Sequence[str]
) -> Ruled:
    """Take articles out of a story, with all they claim, into one of their own.

    The story keeps its thread, where what only they had said is taken back; the new
    story begins a thread where the old one was told.

    Raises:
        RulingError: An article does not tell of the story, or none would be left.
    """
    story = _running(unit, story_id)
    members = unit.stories.members(story.id)
    strange = [each for each in article_ids if each not in members]
    if strange:
        raise RulingError(strange[0], f"no article of story {story.id}")
    if set(article_ids) >= set(members):
        raise RulingError(story.id, "no article would be left in it")
    before, told = unit.stories.claims(story.id), told_of(unit, story.id)
    taken = tuple(each for each in members if each in set(article_ids))
    other = _split_off(unit, story, taken, clerk.now)
    drawn_up = _ruling(clerk, story, RulingKind.SPLIT)
    ruling = _write(unit, replace(drawn_up, other=other.id, articles=taken))
    whole = (story.id, *unit.rulings.ended_in(story.id))
    unit.rulings.hand_over(taken, source=whole, target=other.id)
    other = _refresh(unit, clerk.desk, other, once=whole)
    matter = Matter(unit=unit, clerk=clerk, ruling=ruling)
    ruled = _settle(matter, _refresh(unit, clerk.desk, story), before)
    if not told:
        return ruled
    _save(unit, replace(other, told_at=clerk.now))
    opened = rulings.stated(other, unit.stories.claims(other.id))
    messages = tell(matter, other, opened, AlertKind.NEW, beside=story)
    return replace(ruled, messages=ruled.messages + messages)


def undo(unit: UnitOfWork, clerk: Clerk, number: int) -> Ruled:
    """Take a ruling back: claims stand again, stories part or come together again.

    Raises:
        RulingError: There is none of that number, it was undone before, or a later
            ruling on its stories stands in the way.
    """
    ruling = unit.rulings.get(number)
    if ruling is None:
        raise RulingError(str(number), "no ruling of that number")
    if not unit.rulings.end(number, at=clerk.now, by=clerk.by):
        raise RulingError(str(number), "it was undone before")
    _refuse_later(unit, ruling)
    story = _goes_on(unit, ruling.story)
    _move(unit, ruling, story)
    before = unit.stories.claims(story.id)
    undone = replace(
        ruling, undone_at=clerk.now, undone_by=clerk.by, reason=clerk.reason
    )
    matter = Matter(unit=unit, clerk=clerk, ruling=undone)
    pointed_out = 0
    match ruling.kind:
        case RulingKind.REJECT:
            unit.rulings.restore(number)
        case RulingKind.MERGE:
            pointed_out = _part(matter)
        case RulingKind.SPLIT:
            pointed_out = _bring_back(matter, story)
    fresh = _refresh(unit, clerk.desk, story, once=(ruling.other or story.id,))
    ruled = _settle(matter, fresh, before)
    return replace(ruled, messages=ruled.messages + pointed_out)


def _part(matter: Matter) -> int:
    """Let the story that a merge ended run again, with those that had gone on in it.

    How many messages say so in its thread.
    """
    unit, ruling = matter.unit, matter.ruling
    unit.rulings.point([str(ruling.other)], None)
    within = [each for each in ruling.ended if each != ruling.other]
    if within:
        unit.rulings.point(within, ruling.other)
    ended = _running(unit, str(ruling.other))
    _refresh(unit, matter.clerk.desk, ended)
    return point_out(matter, ended, "is a story of its own again")


def _bring_back(matter: Matter, story: Story) -> int:
    """Let the story that a split opened go on in the one it came from.

    How many messages say so in its thread.
    """
    unit = matter.unit
    other = _running(unit, str(matter.ruling.other))
    unit.rulings.point((other.id, *unit.rulings.ended_in(other.id)), story.id)
    unit.stories.index(other.id, (), changed_at=other.changed_at)
    return point_out(matter, other, f"goes on in “{story.headline}” again")


def _refuse_later(unit: UnitOfWork, ruling: Ruling) -> None:
    """A ruling that moved stories is undone before those that built on it."""
    if ruling.kind is RulingKind.REJECT:
        return
    for story_id in filter(None, (ruling.story, ruling.other)):
        for later in unit.rulings.of_story(story_id):
            moves = later.kind is not RulingKind.REJECT and later.undone_at is None
            if moves and later.id > ruling.id:
                raise RulingError(
                    str(ruling.id), f"undo ruling {later.id} first, which came after it"
                )


def _settle(matter: Matter, story: Story, before: Sequence[Claim]) -> Ruled:
    """Write down and tell what the desk must believe no longer."""
    unit, ruling = matter.unit, matter.ruling
    after = unit.stories.claims(story.id)
    if ruling.slot is not None:
        profile = rulings.without(story.profile, ruling.slot, fold(after))
        story = replace(story, profile=profile)
        _save(unit, story)
    changes = rulings.taken_back(
        story, ruling, before=before, after=after, told=told_of(unit, story.id)
    )
    _drop_waiting(unit, story, after)
    if changes:
        read = latest(unit, story, changes)
        at = matter.clerk.now
        unit.stories.add_developments(story.id, read.id, changes, at, ruling=ruling.id)
    messages = tell(matter, story, changes, AlertKind.CORRECTION)
    return Ruled(ruling=ruling, changes=changes, messages=messages)


def _gained(matter: Matter, story: Story) -> tuple[Development, ...]:
    """What a told story states since the merge, if any of it is material."""
    unit = matter.unit
    told = told_of(unit, story.id)
    topic = matter.clerk.desk.seeds.find(story.topic)
    if not told or topic is None:
        return ()
    after = unit.stories.claims(story.id)
    changes = rulings.gained(story, matter.ruling, after=after, told=told)
    material = material_slots(topic)
    return changes if any(one.slot in material for one in changes) else ()


def _drop_waiting(unit: UnitOfWork, story: Story, after: Iterable[Claim]) -> None:
    """What nobody claims any more is not told once a second source comes."""
    standing = {(claim.slot, claim.value) for claim in after if claim.stands}
    unit.stories.settle(
        story.id,
        [
            each.development
            for each in unit.stories.waiting(story.id)
            if (each.development.slot, each.development.new) not in standing
        ],
    )


def _refresh(
    unit: UnitOfWork, desk: Desk, story: Story, *, once: Iterable[str] = ()
) -> Story:
    """Tell a story anew from its articles, and let it be found by what they say."""
    known = frozenset((story.id, *once, *unit.rulings.ended_in(story.id)))
    fresh = retold(unit, desk, story, once=known)
    _save(unit, fresh)
    return fresh


def _save(unit: UnitOfWork, story: Story) -> None:
    unit.stories.save(story)
    found_by = lookup.keys(story.profile, topic=story.topic)
    unit.stories.index(story.id, found_by, changed_at=story.changed_at)


def _running(unit: UnitOfWork, story_id: str) -> Story:
    story = unit.stories.get(story_id)
    if story is None:
        raise RulingError(story_id, "no such story")
    if story.merged_into is not None:
        raise RulingError(story_id, f"it goes on in {story.merged_into}")
    return story


def _goes_on(unit: UnitOfWork, story_id: str) -> Story:
    """The story, or the one that it went on in since."""
    story = unit.stories.get(story_id)
    return _running(unit, story.merged_into or story_id if story else story_id)


def _ruling(clerk: Clerk, story: Story, kind: RulingKind) -> Ruling:
    return Ruling(
        id=0,
        story=story.id,
        kind=kind,
        made_at=clerk.now,
        made_by=clerk.by,
        reason=clerk.reason,
    )


def _write(unit: UnitOfWork, ruling: Ruling) -> Ruling:
    _move(unit, ruling)
    return replace(ruling, id=unit.rulings.add(ruling))


def _move(unit: UnitOfWork, ruling: Ruling, *stories: Story) -> None:
    """What the threads of its stories show is not all any more."""
    ids = (ruling.story, ruling.other, *(story.id for story in stories))
    for story_id in set(filter(None, ids)):
        unit.threads.move(story_id)


def _seniority(story: Story) -> tuple[bool, datetime, datetime, str]:
    """Told before untold, then by when it was told, then by when it opened."""
    told_at = story.told_at or story.opened_at
    return story.told_at is None, told_at, story.opened_at, story.id


def _split_off(
    unit: UnitOfWork, story: Story, taken: Sequence[str], now: datetime
) -> Story:
    """Open a story for some articles; its id hangs on them and on the moment."""
    first = next(iter(unit.articles.get_many(taken[:1]).values()))
    seed = "|".join((story.id, *taken, now.isoformat()))
    key = f"{xxhash.xxh3_64_intdigest(seed.encode()):016x}"[:10]
    other = Story(
        id=f"{first.published_at:%Y%m%d}-{key}",
        topic=story.topic,
        headline=first.title or story.headline,
        opened_at=first.published_at,
        changed_at=first.published_at,
        profile=StoryProfile(),
    )
    unit.stories.add(other)
    return other


def _standing(claims: Iterable[Claim], slot: str, story: Story) -> str:
    """Why there is nothing to strike out, with what could be."""
    values = dict.fromkeys(c.value for c in claims if c.stands and c.slot == slot)
    if not values:
        slots = ", ".join(dict.fromkeys(c.slot for c in claims if c.stands))
        return f"story {story.id} has no claim of that slot; it has {slots or 'none'}"
    told = ", ".join(map(str, values))
    return f"no claim of story {story.id} says so; of {slot} it has {told}"
