"""The process that Prefect's scheduled runs start from: ``python -m flows.runner``.

A child of `tocsin serve`. It registers every deployment and starts each run in a
process of its own.
"""

import asyncio
import os
import signal
from datetime import timedelta

import click
from prefect import get_client
from prefect.runner import Runner

from flows.deployments import MOST_AT_ONCE, deployments, to_prefect
from flows.settings import load


async def run(every: timedelta) -> None:
    """Serve every deployment until SIGTERM or SIGINT; runs at work are cancelled.

    Schedules stay active when this stops: Prefect's own default would pause them.
    """
    runner = Runner(name="tocsin", limit=MOST_AT_ONCE, pause_on_shutdown=False)
    made = [await to_prefect(deployment) for deployment in deployments(every)]
    numbers = [await runner.aadd_deployment(each) for each in made]
    async with get_client() as client:  # nobody waits an interval for the first cycle
        await client.create_flow_run_from_deployment(numbers[0])
    page = os.environ.get("PREFECT_API_URL", "").removesuffix("/api")
    click.echo(f"serving, every {every}; runs are shown at {page}", err=True)
    serving = asyncio.create_task(runner.start())
    # start() begins by installing a handler that exits out of the loop: ours after it.
    await asyncio.sleep(0)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not serving.done():
        await runner.astop()
    stopping.cancel()
    await serving


if __name__ == "__main__":
    asyncio.run(run(load().poll_every))
