"""A news stand in a thread of its own, for commands that bring their own loop."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

from tests.servers.stand import Stand, open_stand


@contextlib.contextmanager
def open_threaded_stand() -> Iterator[Stand]:
    opened: list[Stand] = []
    ready, over = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with open_stand() as stand:
            opened.append(stand)
            ready.set()
            await over.wait()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield opened[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
