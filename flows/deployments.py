"""Which flow runs when; the only schedules there are.

`deploy/prefect.yaml` says the same for a worker on another machine; a test keeps
the two alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

MONITOR_EVERY = timedelta(minutes=5)
MOST_AT_ONCE = 4  # after downtime every missed run starts at once; this bounds memory
MODULE = "flows.scheduled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A flow that Prefect knows: by the clock where ``every`` is given, else by hand.

    Of two runs at once the newer one is cancelled; the lease in our own database
    is what keeps them apart for certain.
    """

    flow: str
    description: str
    every: timedelta | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How it is called behind the flow's name: ``monitor/scheduled``."""
        return "scheduled" if self.every else "by-hand"


def deployments(every: timedelta = MONITOR_EVERY) -> tuple[Deployment, ...]:
    """Everything that is deployed; ``every`` is the interval of the whole cycle."""
    return (
        Deployment(
            flow="monitor",
            description="One whole cycle: poll, collect, follow, deliver.",
            every=every,
            parameters={"force": False, "backfill_hours": None},
        ),
        Deployment(
            flow="poll",
            description="Ask the feeds that are due; force asks every feed.",
            parameters={"force": False},
        ),
        Deployment(flow="collect", description="Read the pages that wait."),
        Deployment(flow="follow", description="Decide on the articles that wait."),
        Deployment(flow="deliver", description="Send what waits in the outbox."),
    )


async def to_prefect(deployment: Deployment) -> "RunnerDeployment":
    """The deployment as Prefect's runner takes it."""
    from prefect.client.schemas.objects import (
        ConcurrencyLimitConfig,
        ConcurrencyLimitStrategy,
    )
    from prefect.flows import Flow
    from prefect.types.entrypoint import EntrypointType

    from flows import scheduled

    flow = getattr(scheduled, deployment.flow)
    if not isinstance(flow, Flow):
        raise TypeError(f"{deployment.flow} is no flow")
    made: RunnerDeployment = await flow.ato_deployment(
        name=deployment.name,
        description=deployment.description,
        interval=deployment.every,
        parameters=dict(deployment.parameters),
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
        ),
        entrypoint_type=EntrypointType.MODULE_PATH,  # found from any folder
        tags=["tocsin"],
    )
    return made
