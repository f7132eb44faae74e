"""Slack by an incoming webhook, where no token can be had."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.webhook.async_client import AsyncWebhookClient

from detectors.model import Message
from detectors.overviews import Overview
from flows.posting import (
    Absent,
    Dispatch,
    EditResult,
    Incomplete,
    LookResult,
    NotTaken,
    Obstacle,
    PostResult,
    Sent,
    Unknown,
)
from flows.slack.answers import (
    BROKEN,
    GARBLED,
    NO_BYTES_SENT,
    PACE,
    SILENT,
    TIMEOUT,
    content,
    judged,
    named,
)
from flows.slack.blocks import render


class WebhookPoster:
    """Posts to an incoming webhook: no threads, and no way to read back."""

    pace = PACE
    window = timedelta(0)  # waiting would teach nothing
    reads = False
    edits = False

    def __init__(
        self, url: str, *, timeout: timedelta = TIMEOUT, resends: bool = False
    ) -> None:
        """Post to ``url``, which is a secret: it is never logged or shown.

        With ``resends`` a message in doubt is sent again, so that it is told at least
        once; without, it is told at most once and held for a person.
        """
        self._resends = resends
        self._hook = AsyncWebhookClient(
            url,
            timeout=round(timeout.total_seconds()),
            retry_handlers=[],
            logger=SILENT,
        )

    @property
    def addresses(self) -> Mapping[str, str]:
        """Its channel was chosen when it was made."""
        return {}

    def know(self, addresses: Mapping[str, str]) -> None:
        """Its channel was chosen when it was made."""

    async def post(self, dispatch: Dispatch, *, plain: bool = False) -> PostResult:
        """Post once."""
        rendered = render(dispatch, broadcast_from=None)
        body: dict[str, Any] = {
            **content(rendered, plain=plain),
            "unfurl_links": False,
            "unfurl_media": False,
            "mrkdwn": False,
        }
        given = {name: value for name, value in body.items() if value is not None}
        try:
            answer = await self._hook.send_dict(given)
        except NO_BYTES_SENT as error:
            return NotTaken(obstacle=Obstacle.UNREACHABLE, reason=named(error))
        except (*BROKEN, *GARBLED) as error:
            return Unknown(reason=named(error))
        if answer.status_code == 200 and answer.body.strip() == "ok":  # noqa: PLR2004
            return Sent()
        return judged(answer.body.strip(), answer.status_code, answer.headers)

    async def edit(self, channel: str, ts: str, overview: Overview) -> EditResult:
        """A webhook cannot edit."""
        del channel, ts, overview
        return NotTaken(obstacle=Obstacle.FROZEN, reason="a webhook cannot edit")

    async def look(self, message: Message, *, since: datetime) -> LookResult:
        """A webhook cannot read: an unknown message is held for a human, or resent."""
        del message, since
        if self._resends:
            return Absent()
        return Incomplete(reason="a webhook cannot be read back", hopeless=True)

    async def told(self, channel: str, *, since: datetime) -> tuple[str, ...]:
        """A webhook cannot read."""
        del channel, since
        return ()
