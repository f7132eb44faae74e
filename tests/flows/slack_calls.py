"""Calls to the loopback Slack, and a clock for it that stands still."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from flows.demo.slack import TOKEN, LoopbackSlack

OPEN = "C0TOCSIN"


class SetClock:
    """A clock that stands still until it is put forward."""

    def __init__(self) -> None:
        self.shown = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """What it shows."""
        return self.shown

    def forward(self, **by: float) -> None:
        """Put it forward."""
        self.shown += timedelta(**by)


async def ask(
    slack: LoopbackSlack, method: str, *, token: str = TOKEN, **body: Any
) -> dict[str, Any]:
    """Call a method with JSON: its answer, with status and headers beside."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            slack.base_url + method,
            json=body,
            headers={"Authorization": f"Bearer {token}"},
        ) as response,
    ):
        answer: dict[str, Any] = await response.json()
        return answer | {
            "status": response.status,
            "headers": response.headers,
        }
