"""Decide whether an article's developments make a desk be spoken to, and how loudly.

Materiality and corroboration only: quiet hours, budgets and pacing are applied
later, where messages leave.
"""

from collections.abc import Iterable, Sequence

from detectors.developments import Progress
from detectors.ledger import leaps
from detectors.model import (
    Alert,
    AlertKind,
    AlertVerdict,
    Development,
    DevelopmentKind,
    Outcome,
    Severity,
    SeverityRule,
    Story,
    Topic,
)
from detectors.slots import IMMATERIAL_SLOTS

_LOUDNESS = (Severity.NOTICE, Severity.MAJOR, Severity.CRITICAL)


def decide(
    topic: Topic,
    story: Story,
    progress: Progress,
    *,
    told: bool,
    sources: Sequence[str],
    untold: Sequence[Development] = (),
) -> AlertVerdict:
    """Speak of ``story`` because of ``progress``, or say why not.

    Args:
        topic: Its policy says what is material, how loud, and how many must say so.
        story: As it is with the article in it.
        progress: What the article changed.
        told: Whether the desk was told of this story before.
        sources: The independent voices behind the story, this article's among
            them (`detectors.sources`).
        untold: Developments that waited for another source, oldest first.
    """
    wanted = topic.alert.independent_sources
    developments = (*untold, *progress.developments)
    if not told and (developments or not topic.slots):
        if len(sources) < wanted:
            return _silent(
                Outcome.WAITING, f"{len(sources)} of {wanted} independent sources"
            )
        return _speak(topic, story, developments, sources, AlertKind.NEW)
    material = tuple(one for one in developments if _is_material(topic, one))
    if material:
        corrects = any(one.kind is DevelopmentKind.CORRECTION for one in material)
        kind = AlertKind.CORRECTION if corrects else AlertKind.UPDATE
        return _speak(topic, story, developments, sources, kind)
    return _quiet(progress, developments)


def material_slots(topic: Topic) -> frozenset[str]:
    """The slots whose developments alert on their own."""
    return frozenset(topic.alert.material) or frozenset(topic.slots) - IMMATERIAL_SLOTS


def _is_material(topic: Topic, development: Development) -> bool:
    return development.slot in material_slots(topic)


def _speak(
    topic: Topic,
    story: Story,
    developments: tuple[Development, ...],
    sources: Sequence[str],
    kind: AlertKind,
) -> AlertVerdict:
    severity = _severity(topic.alert.severity, developments)
    reason = ", ".join(map(_words, developments)) or "a new story"
    alert = Alert(
        topic=topic.id,
        story=story.id,
        kind=kind,
        severity=severity,
        developments=developments,
        sources=tuple(sources),
        reason=reason,
    )
    return AlertVerdict(
        outcome=Outcome.ALERTED, reason=f"{kind}: {reason}", alert=alert
    )


def _quiet(progress: Progress, developments: Sequence[Development]) -> AlertVerdict:
    """Why a told story is not spoken of, highest outcome first."""
    if developments:
        slots = ", ".join(sorted({one.slot for one in developments}))
        return _silent(Outcome.IMMATERIAL, f"only {slots} changed")
    if progress.overtaken and not progress.known:
        return _silent(
            Outcome.STALE, f"overtaken before: {', '.join(progress.overtaken)}"
        )
    if progress.overtaken:
        return _silent(
            Outcome.STALE, f"an older state: {', '.join(progress.overtaken)}"
        )
    return _silent(Outcome.KNOWN, f"{progress.known} facts, all known")


def _silent(outcome: Outcome, reason: str) -> AlertVerdict:
    return AlertVerdict(outcome=outcome, reason=reason)


def severity_of(topic: Topic | None, developments: Iterable[Development]) -> Severity:
    """How loud a topic calls some developments; one that is gone calls none loud."""
    return _severity(topic.alert.severity if topic else (), developments)


def _severity(
    rules: Iterable[SeverityRule], developments: Iterable[Development]
) -> Severity:
    reached = {
        rule.severity
        for rule in rules
        for development in developments
        if _applies(rule, development)
    }
    return max(reached or {Severity.NOTICE}, key=_LOUDNESS.index)


def _applies(rule: SeverityRule, development: Development) -> bool:
    if rule.slot != development.slot or _is_doubtful(development):
        return False
    value = development.new
    if rule.at_least is not None:
        if value is None or isinstance(value, bool | str):
            return False
        return value >= rule.at_least
    return not rule.values or str(value) in rule.values


def _is_doubtful(development: Development) -> bool:
    """Whether one source tells of a rise beyond belief: a feed may be hacked.

    A second source that says the same gives a confirmation, which is loud.
    """
    if development.kind is not DevelopmentKind.CHANGE or development.new is None:
        return False
    return leaps(development.slot, development.old, development.new)


def _words(development: Development) -> str:
    if _is_doubtful(development):
        return f"{_change(development)} (single source, unconfirmed)"
    return _change(development)


def _change(development: Development) -> str:
    if development.new is None:
        return f"{development.slot} {development.old} taken back"
    if development.old is None:
        return f"{development.slot} {development.new}"
    return f"{development.slot} {development.old} → {development.new}"
