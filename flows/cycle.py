"""One cycle in this process: poll, collect, follow, deliver, under one lease."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from detectors.model import Decision
from flows.collect import collect_entries
from flows.deliver import deliver_messages
from flows.errors import BusyError
from flows.follow import follow_articles, rehearse
from flows.poll import poll_feeds
from flows.wiring import Wiring

LEASE = "cycle"
LEASE_LASTS = timedelta(minutes=2)
LEASE_RENEWED_EVERY = timedelta(seconds=30)


class Stage(StrEnum):
    """The four flows of a cycle, in order."""

    POLL = "poll"
    COLLECT = "collect"
    FOLLOW = "follow"
    DELIVER = "deliver"
