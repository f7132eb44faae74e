"""Everything that can be wrong with an installation, each with its cure."""

import os

from detectors.errors import MonitorError
from detectors.model import Topic
from flows.doctor.environment import look_at_settings
from flows.doctor.finding import Finding
from flows.doctor.slack import look_at_slack, sound_channels
from flows.doctor.store import look_at_store
from flows.settings import Settings
from flows.wording import counted

__all__ = ["Finding", "examine"]


def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at everything; a check that fails is a finding, never an error."""
    seeds, topics = _seeds(settings)
    slack = tuple(look_at_slack(settings, topics))
    return (
        look_at_settings(),
        _home(settings),
        *look_at_store(settings, sound=sound_channels(slack)),
        seeds,
        _meaning(settings),
        *slack,
        _contact(settings),
    )


def _home(settings: Settings) -> Finding:
    home = settings.home
    nearest = next(path for path in (home, *home.parents) if path.exists())
    if os.access(nearest, os.W_OK):
        return Finding(what="data directory", says=f"{home} can be written")
    return Finding(
        what="data directory",
        says=f"{home} cannot be written",
        cure="set TOCSIN_HOME to a folder of this user's, or give this user the folder",
    )


def _seeds(settings: Settings) -> tuple[Finding, tuple[Topic, ...]]:
    from flows.seeds import load_seeds

    try:
        seeds = load_seeds(settings.topics)
    except MonitorError as error:
        cure = "run `tocsin topics check`"
        return Finding(what="topics", says=str(error), cure=cure), ()
    topics = counted(len(seeds.topics), "topic")
    languages = counted(len(seeds.lexicons), "language")
    return Finding(what="topics", says=f"{topics}, {languages}"), seeds.topics


def _meaning(settings: Settings) -> Finding:
    if not settings.meaning:
        return Finding(what="meaning", says="off: topics are known by their words")
    from flows.meaning import CURE, load_encoder

    try:
        encoder = load_encoder()
    except MonitorError as error:
        return Finding(what="meaning", says=str(error), cure=CURE)
    return Finding(what="meaning", says=f"read by the encoder {encoder.digest}")


def _contact(settings: Settings) -> Finding:
    if settings.contact:
        return Finding(what="contact", says=f"{settings.contact} in the User-Agent")
    return Finding(
        what="contact",
        says="publishers cannot tell who polls them",
        cure="set TOCSIN_CONTACT to an e-mail address or a page",
    )
