"""The roots of threads, edited in place as their stories move.

An edit may be repeated: it shows the story as it stands in the store at that moment.
So it is claimed for a while rather than guarded like a post; one whose outcome nobody
knows is not tried again before it must have happened, lest it undo a later one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from detectors.model import Thread
from detectors.overviews import Overview
from flows.delivery import LEASE, Round, Step, back_off
from flows.overviews import overview_of
from flows.posting import EditResult, NotTaken, Obstacle, Sent, Unknown
from storage.database import UnitOfWork

GONE = "its root was deleted"
# A run: a minute of Slack's tier 3, a fifth of the time between two cycles. The busiest
# of 229 runs over the labelled stream edits 6; the rest is for the next cycle.
MOST_EDITS = 50

_NOTHING_TO_SHOW: EditResult = Sent()
# Of this root, or of its channel: another may well be edited.
_OF_ONE_PLACE = (
    Obstacle.GONE,
    Obstacle.FROZEN,
    Obstacle.CONTENT,
    Obstacle.SETUP,
)
TOO_LATE_TO_EDIT = 8.0  # seconds after the claim; later, another may have edited


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A root to be edited.

    Args:
        overview: What it is to show; None where nothing is known of its story.
        begun: When it was claimed, by the clock that never jumps.
    """

    thread: Thread
    overview: Overview | None
    begun: float


def may_edit(run: Round, thread: Thread, now: datetime) -> bool:
    """Whether a root is stale and may be edited now."""
    waits = thread.not_before_at is not None and thread.not_before_at > now
    return run.poster.edits and thread.is_stale and not thread.problem and not waits


def claim_edit(run: Round, unit: UnitOfWork, thread: Thread, now: datetime) -> Edit:
    """Keep others from editing a root for as long as an edit can be on its way."""
    unit.threads.put_off(thread, until=now + LEASE + run.poster.window)
    overview = overview_of(unit, run.seeds, thread.story)
    return Edit(thread=thread, overview=overview, begun=run.clock.elapsed())


async def edit_stale(run: Round) -> None:
    """Let stale roots show their stories as they stand, the youngest first.

    The first edit that Slack does not answer ends it: the next would fare no better.
    """
    for _ in range(MOST_EDITS if run.poster.edits else 0):
        await run.keep_edit_pace()
        now = run.now()
        with run.store.unit() as unit:
            thread = unit.threads.next_stale(now)
            if thread is None:
                return
            job = claim_edit(run, unit, thread, now)
        if not await edit(run, job):
            return


async def edit(run: Round, job: Edit) -> bool:
    """Edit one root and record what became of it; whether others may be edited."""
    if run.clock.elapsed() - job.begun > TOO_LATE_TO_EDIT:
        return True
    thread, result = job.thread, _NOTHING_TO_SHOW
    if job.overview is not None and thread.ts is not None:
        result = await run.poster.edit(thread.channel, thread.ts, job.overview)
        run.edited_at = run.now()
    _record(run, thread, result)
    if isinstance(result, Sent):
        run.took(Step.EDITED)
    else:
        run.note(Step.UNEDITED, thread.channel, result.reason)
    return isinstance(result, Sent) or (
        isinstance(result, NotTaken) and result.obstacle in _OF_ONE_PLACE
    )


def _record(run: Round, thread: Thread, result: EditResult) -> None:
    """Write down what became of an edit."""
    now = run.now()
    with run.store.unit() as unit:
        match result:
            case Sent() | NotTaken(obstacle=Obstacle.CONTENT):
                # What was refused is refused again; the next move is another state.
                unit.threads.show(thread)
            case NotTaken(obstacle=Obstacle.GONE):
                story, channel = thread.story, thread.channel
                unit.threads.lose(story, channel, ts=thread.ts, problem=GONE)
            case NotTaken(obstacle=Obstacle.FROZEN):
                unit.threads.freeze(thread, problem=result.reason)
            case NotTaken():
                until = now + (result.retry_after or back_off(1))
                unit.threads.put_off_channel(thread.channel, until=until)
            case Unknown():
                unit.threads.put_off(thread, until=now + run.poster.window)
            case _:
                assert_never(result)
