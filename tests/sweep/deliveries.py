"""A delivery with all that there is: roots, replies, folds, a digest, edits, doubt."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from detectors.model import Severity
from flows.demo.slack import Fault, loopback_slack
from storage.database import Store
from tests.flows.outpost import Outpost
from tests.flows.seeding import NO_SEEDS
from tests.sweep import invariants, works
from tests.sweep.dying import BETWEEN_RUNS
from tests.sweep.grounds import Ground
from tests.sweep.points import Shared
from tests.sweep.worlds import DESK, Scenario, Standing, channels


def delivery(ground: Ground, folder: Path, *, name: str = "delivery") -> Scenario:
    """What waits in a store of ours, which ``ground`` gives empty.

    Roots stand of two stories, one of them stale; of two messages nobody knows whether
    Slack took them; of another story two states wait; two stories share an article;
    and one channel is flooded.
    """
    with _post(ground, folder) as (post, shared):
        asyncio.run(_begin(post))
        shared.ahead += BETWEEN_RUNS
        _decide(post)
        scenario = _scenario(name, ground, post, shared)
    return replace(scenario, work=works.deliver_small_digests)


def flood(ground: Ground, folder: Path) -> Scenario:
    """Of 70 stories, some of them critical, three have roots: digests and edits."""
    with _post(ground, folder) as (post, shared):
        for number in range(3):
            post.decide(f"s{number}", 1)
        asyncio.run(post.deliver())
        for number in range(70):
            severity = Severity.CRITICAL if number % 9 == 0 else Severity.NOTICE
            post.decide(f"s{number}", 3, severity=severity)
        return _scenario("flood", ground, post, shared)


@contextmanager
def _post(ground: Ground, folder: Path) -> Iterator[tuple[Outpost, Shared]]:
    with (
        closing(Shared(folder / f"clock-{len(list(folder.iterdir()))}")) as shared,
        loopback_slack(now=shared.now, channels=channels()) as slack,
        closing(Store.open(ground.url)) as store,
    ):
        yield Outpost(store, slack, shared), shared


def _scenario(name: str, ground: Ground, post: Outpost, shared: Shared) -> Scenario:
    return Scenario(
        name=name,
        work=works.deliver,
        ground=ground,
        standing=Standing.of(post.slack, shared),
        invariants=(
            invariants.told_once(each.key for each in post.messages),
            invariants.sound,
            invariants.nothing_waits,
            invariants.one_thread_a_story,
            invariants.roots_are_true(NO_SEEDS),
        ),
    )


async def _begin(post: Outpost) -> None:
    """Two roots, and two posts that Slack took or not: nobody knows."""
    for name in ("s1", "s2"):
        post.decide(name, 3)
    await post.deliver()
    for name in ("s3", "s4"):
        post.decide(name, 3)
    post.slack.faults = [Fault.DROPPED, Fault.INTERNAL]
    await post.deliver()


def _decide(post: Outpost) -> None:
    """What waits when the run begins."""
    post.decide("s1", 5)
    post.decide("s1", 50, severity=Severity.CRITICAL)
    post.decide("s2", 4, speaks=False)
    for killed in (3, 7):
        post.decide("s5", killed)
    for name in ("s6", "s7"):
        post.decide(name, 2, article_id="shared")
    for number in range(works.FEW + 1):
        post.decide(f"d{number}", 1, channel=DESK)
