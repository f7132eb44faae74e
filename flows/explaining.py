"""A feed that was checked, as people and as programs read it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from detectors.durations import render_duration
from detectors.errors import without_secrets
from detectors.intake import Intake
from detectors.model import FeedDocument, FeedHints
from flows.checking import Check

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def record(made: Check) -> dict[str, object]:
    """As ``--json`` prints it."""
    answer, document, intake = made.answer, made.document, made.intake
    dates, moved_to = _dates(document), answer.moved_to if answer else None
    return {
        "id": made.feed.id or None,
        "url": without_secrets(made.feed.url),
        "is_feed": document is not None,
        "problem": made.problem or None,
        "named": [without_secrets(url) for url in made.named],
        "status": answer.status if answer else None,
        "answered_by": without_secrets(answer.url) if answer else None,
        "moved_to": without_secrets(moved_to) if moved_to else None,
        "type": answer.told.get("content-type") if answer else None,
        "bytes": len(answer.body) if answer else None,
        "parser": document.parser if document else None,
        "title": document.title if document else None,
        "language": document.language if document else None,
        "entries": len(document.entries) if document else None,
        "newest_at": dates[-1].isoformat() if dates else None,
        "oldest_at": dates[0].isoformat() if dates else None,
        "hints": _hints(document.hints) if document else [],
        "fresh_seconds": made.fresh_for.total_seconds() if made.fresh_for else None,
        "validators": made.repeats or None,
        "closed_pages": [{"url": page, "why": why} for page, why in made.closed],
        "fates": _fates(intake) if intake else None,
        "next_due_at": made.due.due_at.isoformat(),
        "due_reason": made.due.why,
        "warnings": list(made.warnings),
    }


def lines(made: Check) -> Iterator[tuple[str, str]]:
    """The same for people: what, and how it is."""
    answer, document = made.answer, made.document
    if answer:
        kind = answer.told.get("content-type", "no type")
        yield "answer", f"HTTP {answer.status}, {kind}, {len(answer.body):,} bytes"
        if answer.url != made.feed.url:
            yield "redirected", f"to {without_secrets(answer.url)}"
    if document is None:
        yield "problem", made.problem
        for url in made.named:
            yield "names", without_secrets(url)
    else:
        yield from _read_lines(made, document)
    yield "next poll", f"{made.due.due_at:%Y-%m-%d %H:%M} UTC: {made.due.why}"
    for warning in made.warnings:
        yield "look", warning


def _read_lines(made: Check, document: FeedDocument) -> Iterator[tuple[str, str]]:
    dates = _dates(document)
    yield "feed", f"{document.title or 'without a title'}, read by {document.parser}"
    newest = f", the newest of {dates[-1]:%Y-%m-%d %H:%M} UTC" if dates else ", no date"
    yield "entries", f"{len(document.entries)}{newest if document.entries else ''}"
    if made.intake:
        fates = (
            f"{count} {name}" for name, count in _fates(made.intake).items() if count
        )
        yield "of them", ", ".join(fates) or "none new"
    yield "hints", "; ".join(_hints(document.hints)) or "none"
    yield "fresh for", _length(made.fresh_for)
    yield "validators", made.repeats
    for page, why in made.closed:
        yield "page closed", f"{page} ({why}): its article is judged by the feed's text"
    if document.entries and not made.closed:
        yield "pages", "open to us, as far as robots.txt says"


def _fates(intake: Intake) -> dict[str, int]:
    """What would become of the entries, by the word that it is told in."""
    return {
        "to be read": len(intake.pending),
        "baseline": len(intake.baseline) + len(intake.beneath),
        "repeated": len(intake.repeated),
        "quarantined": len(intake.quarantined),
        "stated anew": len(intake.restated) + len(intake.retold),
        "known": intake.known,
    }


def _hints(hints: FeedHints) -> list[str]:
    told = []
    if hints.every:
        told.append(f"changes every {render_duration(hints.every)}")
    if hints.skip_hours:
        told.append(
            f"not at {', '.join(map(str, sorted(hints.skip_hours)))} o'clock UTC"
        )
    if hints.skip_days:
        told.append(
            f"not on {', '.join(_DAYS[day] for day in sorted(hints.skip_days))}"
        )
    return told


def _dates(document: FeedDocument | None) -> Sequence[datetime]:
    entries = document.entries if document else ()
    return sorted(entry.published_at for entry in entries if entry.published_at)


def _length(length: timedelta | None) -> str:
    if length is None:
        return "nothing is said of it"
    return render_duration(timedelta(seconds=round(length.total_seconds())))
