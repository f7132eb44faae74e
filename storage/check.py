"""What can be wrong inside a store: damage, and promises that do not hold."""

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Select, func, or_, select, text

from detectors.model import MessageState, Outcome
from storage import schema, tables
from storage.errors import SchemaError, StoreBrokenError

_entry = tables.table(tables.Entry)
_article = tables.table(tables.Article)
_decision = tables.table(tables.Decision)
_message = tables.table(tables.Message)
_story = tables.table(tables.Story)
_TELLS_NOTHING = (MessageState.PENDING, MessageState.FOLDED, MessageState.REFUSED)


def find_problems(connection: Connection) -> tuple[str, ...]:
    """Every problem as a sentence; () when all is sound."""
    try:
        schema.require_head(connection)
        problems = (problem for search in _SEARCHES for problem in search(connection))
        return tuple(problems)
    except (SchemaError, StoreBrokenError) as error:
        return (str(error),)


def _damage(connection: Connection) -> Iterator[str]:
    """What SQLite finds in its own file; PostgreSQL has `amcheck` for that."""
    if connection.dialect.name != "sqlite":
        return
    for (line,) in connection.execute(text("PRAGMA integrity_check")):
        if line != "ok":
            yield f"the file is damaged: {line}"
    for table, number, parent, _ in connection.execute(
        text("PRAGMA foreign_key_check")
    ):
        yield f"row {number} of {table} points at no {parent}"


def _lost_entries(connection: Connection) -> Iterator[str]:
    """The conservation law: entries = the sum of the outcomes + pending."""
    total = _count(connection, select(func.count()).select_from(_entry))
    counted = sum(
        _count(connection, select(func.count()).where(_entry.c.outcome == outcome))
        for outcome in Outcome
    )
    pending = _count(connection, select(func.count()).where(_entry.c.outcome.is_(None)))
    if total != counted + pending:
        yield (
            f"{total} entries, but {counted} with an outcome and {pending} pending:"
            " some outcome is no word of ours"
        )


def _unfinished_entries(connection: Connection) -> Iterator[str]:
    """Entries left pending though their article is decided and not read again."""
    number = _count(
        connection,
        select(func.count())
        .select_from(_entry)
        .join(_decision, _decision.c.article_id == _entry.c.article_id)
        .where(_entry.c.outcome.is_(None), _entry.c.restated_at.is_(None)),
    )
    if number:
        yield f"{number} entries are pending though their article is decided"


def _undecided_marks(connection: Connection) -> Iterator[str]:
    """Articles whose mark and decision disagree."""
    number = _count(
        connection,
        select(func.count())
        .select_from(_article)
        .outerjoin(_decision, _decision.c.article_id == _article.c.id)
        .where(_article.c.decided_at.is_(None) != _decision.c.article_id.is_(None)),
    )
    if number:
        yield f"{number} articles are marked decided without a decision, or not marked"


def _untold_alerts(connection: Connection) -> Iterator[str]:
    """Alerts that were decided, and never came to the outbox."""
    told = select(_message.c.id).where(_message.c.article_id == _decision.c.article_id)
    number = _count(
        connection,
        select(func.count())
        .select_from(_decision)
        .where(
            _decision.c.outcome == Outcome.ALERTED,
            _decision.c.dry.is_(False),
            ~told.exists(),
        ),
    )
    if number:
        yield f"{number} alerts were decided but stand in no outbox"


def _lost_within(connection: Connection) -> Iterator[str]:
    """Alerts that are told within a message that is not on its way, or not there."""
    lead = _message.alias("lead")
    number = _count(
        connection,
        select(func.count())
        .select_from(_message)
        .outerjoin(lead, lead.c.id == _message.c.folded_into)
        .where(
            _message.c.state == MessageState.FOLDED,
            or_(
                lead.c.id.is_(None),
                lead.c.state.in_(_TELLS_NOTHING),
            ),
        ),
    )
    if number:
        yield f"{number} alerts are folded into a message that tells nothing"


def _lost_stories(connection: Connection) -> Iterator[str]:
    """Stories that go on in one that is not there, or that ended itself."""
    goes_on = _story.alias("goes_on")
    number = _count(
        connection,
        select(func.count())
        .select_from(_story)
        .outerjoin(goes_on, goes_on.c.id == _story.c.merged_into)
        .where(
            _story.c.merged_into.is_not(None),
            or_(goes_on.c.id.is_(None), goes_on.c.merged_into.is_not(None)),
        ),
    )
    if number:
        yield f"{number} stories go on in a story that does not run"


def _count(connection: Connection, query: Select[tuple[int]]) -> int:
    """The one number that a query gives."""
    return connection.execute(query).scalar_one()


_SEARCHES: tuple[Callable[[Connection], Iterator[str]], ...] = (
    _damage,
    _lost_entries,
    _unfinished_entries,
    _undecided_marks,
    _untold_alerts,
    _lost_within,
    _lost_stories,
)
