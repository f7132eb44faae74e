"""Decide whether an article's developments make a desk be spoken to, and how loudly.

Materiality and corroboration only: quiet hours, budgets and pacing are applied
later, where messages leave.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from detectors.corroboration import bearers, takes_back_own
from detectors.developments import Progress
from detectors.model import (
    Alert,
    AlertKind,
    AlertVerdict,
    Certainty,
    Claim,
    Development,
    DevelopmentKind,
    Outcome,
    Severity,
    SeverityRule,
    Story,
    Topic,
)
from detectors.novelty import RETOLD
from detectors.slots import IMMATERIAL_SLOTS, is_single
from detectors.values import leaps

_MOVES = frozenset(
    {DevelopmentKind.NEW, DevelopmentKind.CHANGE, DevelopmentKind.CORRECTION}
)
_NO_EVENT = frozenset({"weapon", "blamed_on"})
"""Slots that show no event alone: no story of nine labelled streams is told by them,
and the two that were are a trial and an arms deal."""
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

    A topic that asks for several sources has them for a new story, and again for each
    development of one that was told.

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
    if not told and developments and not _shows_event(topic, developments):
        return _quiet(topic, progress, developments)
    if not told and (developments or not topic.slots):
        if len(sources) < wanted:
            return _waits(wanted, sources, progress.developments)
        verdict = _speak(topic, story, developments, sources, AlertKind.NEW)
        return replace(verdict, settled=tuple(untold))
    if told and progress.likeness is not None:
        return _in_words(topic, story, progress.likeness, sources)
    waiting: tuple[Development, ...] = ()
    if told and wanted > 1:
        developments, waiting = _borne_out(topic, developments, progress.ledger)
    material = tuple(one for one in developments if _is_material(topic, one))
    if material:
        corrects = any(one.kind is DevelopmentKind.CORRECTION for one in material)
        kind = AlertKind.CORRECTION if corrects else AlertKind.UPDATE
        verdict = _speak(topic, story, _in_one(developments), sources, kind)
    elif waiting:
        verdict = _waits(wanted, bearers(progress.ledger, waiting[-1]), ())
    else:
        verdict = _quiet(topic, progress, developments)
    return replace(
        verdict,
        waiting=tuple(one for one in waiting if one not in untold),
        settled=tuple(one for one in untold if one not in waiting),
    )


def _shows_event(topic: Topic, developments: Iterable[Development]) -> bool:
    """Whether something happened: a weapon may be sold, and a trial names who fired."""
    return any(
        _is_material(topic, one) or one.slot not in _NO_EVENT for one in developments
    )


def _borne_out(
    topic: Topic, developments: Iterable[Development], ledger: Sequence[Claim]
) -> tuple[tuple[Development, ...], tuple[Development, ...]]:
    """Developments that enough sources bear out, and material ones that wait for it.

    What nobody claims any more, since it was struck out, is neither.
    """
    borne: list[Development] = []
    waiting: list[Development] = []
    for one in developments:
        voices = bearers(ledger, one)
        enough = len(voices) >= topic.alert.independent_sources
        if enough or takes_back_own(ledger, one):
            borne.append(replace(one, certainty=Certainty.ASSERTED))
        elif voices and _is_material(topic, one):
            waiting.append(one)
    return tuple(borne), tuple(waiting)


def _in_one(developments: Iterable[Development]) -> tuple[Development, ...]:
    """Steps of one figure that are told together, as one step."""
    steps: dict[tuple[object, ...], Development] = {}
    for number, one in enumerate(developments):
        moves = is_single(one.slot) and one.kind in _MOVES
        key = (one.slot,) if moves else (one.slot, number)
        first = steps.get(key, one)
        steps[key] = replace(one, old=first.old, kind=_kind_of(first, one))
    return tuple(steps.values())


def _kind_of(first: Development, last: Development) -> DevelopmentKind:
    """What two steps are together: a rise after a first figure is a first figure."""
    return first.kind if first.old is None else last.kind


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


def _in_words(
    topic: Topic, story: Story, likeness: float, sources: Sequence[str]
) -> AlertVerdict:
    """Speak of an article that adds to a told story, by its words alone."""
    measured = f"likeness {likeness:.2f}, retold from {RETOLD:.2f}"
    if likeness < RETOLD:
        verdict = _speak(topic, story, (), sources, AlertKind.UPDATE)
        more = "tells more of a known story"
        alert = replace(verdict.alert, reason=more) if verdict.alert else None
        reason = f"{AlertKind.UPDATE}: {more} ({measured})"
        return replace(verdict, reason=reason, alert=alert)
    return AlertVerdict(
        outcome=Outcome.KNOWN,
        reason=f"retells what is known ({measured})",
        tipping="a report in other words, of something that the story has not told",
    )


def _waits(
    wanted: int, voices: Sequence[str], waiting: tuple[Development, ...]
) -> AlertVerdict:
    missing = wanted - len(voices)
    more = "one more source" if missing == 1 else f"{missing} more sources"
    return AlertVerdict(
        outcome=Outcome.WAITING,
        reason=f"{len(voices)} of {wanted} independent sources",
        waiting=waiting,
        tipping=f"{more}, independent of {', '.join(voices) or 'each other'}",
    )


def _quiet(
    topic: Topic, progress: Progress, developments: Sequence[Development]
) -> AlertVerdict:
    """Why a told story is not spoken of, highest outcome first."""
    if developments:
        slots = ", ".join(sorted({one.slot for one in developments}))
        return AlertVerdict(
            outcome=Outcome.IMMATERIAL,
            reason=f"only {slots} changed",
            tipping=f"a change of {', '.join(sorted(material_slots(topic)))}",
        )
    if progress.overtaken:
        older = "an older state" if progress.known else "overtaken before"
        return AlertVerdict(
            outcome=Outcome.STALE,
            reason=f"{older}: {', '.join(progress.overtaken)}",
            tipping="a word that it corrects the newer figure, or a second source",
        )
    known = ", ".join(progress.repeated)
    return AlertVerdict(
        outcome=Outcome.KNOWN,
        reason=f"{progress.known} facts, all known{f': {known}' if known else ''}",
        tipping=f"{_another(topic)} that the story does not know",
    )


def _another(topic: Topic) -> str:
    """What a topic calls material, as a wish."""
    if not topic.slots:
        return "another event: this topic tells of new stories alone, not of anything"
    return f"a value of {', '.join(sorted(material_slots(topic)))}"


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
    if development.certainty is not Certainty.UNCONFIRMED or development.new is None:
        return False
    return development.kind in _MOVES and leaps(
        development.slot, development.old, development.new
    )


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
