"""A Slack to test against, over loopback: what Slack documents, and what goes wrong."""

from flows.demo.slack.content import complain
from flows.demo.slack.faults import NO_CURSOR, Fault
from flows.demo.slack.server import APP_TOKEN, TOKEN, LoopbackSlack, loopback_slack
from flows.demo.slack.sockets import SIGNING_SECRET, press, signed
from flows.demo.slack.workspace import BOT, Channel, Orphans

__all__ = [
    "APP_TOKEN",
    "BOT",
    "NO_CURSOR",
    "SIGNING_SECRET",
    "TOKEN",
    "Channel",
    "Fault",
    "LoopbackSlack",
    "Orphans",
    "complain",
    "loopback_slack",
    "press",
    "signed",
]
