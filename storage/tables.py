"""The schema, one class a table. Rows stay in this folder; records leave it.

Columns are named like the fields of the records in `detectors.model`. A column that
ends in ``_hash`` stands for its neighbour in an index (see `storage.columns.digest`).
Indexes that begin with ``open_`` hold only what still waits for something, so that
asking "what is due?" costs the same however old the archive is.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, Table, text
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel

from detectors.model import (
    Alert,
    Bound,
    Certainty,
    DevelopmentKind,
    FactValue,
    FeedCourse,
    FeedState,
    FeedWishes,
    MessageState,
    NoticeKind,
    Outcome,
    RulingKind,
    StoryProfile,
)
from detectors.model import (
    Decision as DecisionRecord,
)
from storage.columns import (
    AnyText,
    DayNumber,
    Duration,
    Hash64,
    Json,
    RowNumber,
    UtcDateTime,
    Word,
)


def _column(kind: TypeEngine[Any] | type[TypeEngine[Any]], **more: Any) -> Any:  # noqa: ANN401  # as SQLModel's Field
    """A column that may not be empty, unless its annotation says so."""
    return Field(sa_type=kind, **more)


def _number() -> Any:  # noqa: ANN401  # as SQLModel's Field
    """A primary key that counts up and is never used twice."""
    return Field(
        default=None,
        sa_column=Column(RowNumber, primary_key=True, autoincrement=True),
    )


def _waiting(name: str, *columns: str, where: str) -> Index:
    """An index over the rows that still wait, in the order they are taken."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


# Named constraints can be changed by a later migration; SQLite names none itself.
SQLModel.metadata.naming_convention = {
    "ix": "%(table_name)s_%(column_0_name)s",
    "uq": "%(table_name)s_%(column_0_name)s_key",
    "fk": "%(table_name)s_%(column_0_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}

_COUNTING = {"sqlite_autoincrement": True}


class Feed(SQLModel, table=True):
    """A feed; ``removed_at`` marks one that the desk took out."""

    __tablename__ = "feed"
    __table_args__ = (
        _waiting("open_feed", "next_due_at", "id", where="removed_at IS NULL"),
        _COUNTING,
    )

    id: int | None = _number()
    url: str = _column(AnyText)
    url_hash: str = Field(max_length=32, unique=True)
    title: str = _column(AnyText)
    source: str = _column(AnyText)
    state: FeedState = _column(Word(FeedState))
    added_at: datetime = _column(UtcDateTime)
    next_due_at: datetime = _column(UtcDateTime)
    due_reason: str = _column(AnyText)
    baseline_at: datetime | None = _column(UtcDateTime, default=None)
    polled_at: datetime | None = _column(UtcDateTime, default=None)
    etag: bytes | None = _column(LargeBinary, default=None)
    last_modified: bytes | None = _column(LargeBinary, default=None)
    body_hash: str | None = _column(AnyText, default=None)
    backfill: timedelta | None = _column(Duration, default=None)
    interval: timedelta | None = _column(Duration, default=None)
    tags: tuple[str, ...] = _column(Json(tuple[str, ...]))
    owner: str | None = _column(AnyText, default=None)
    wishes: FeedWishes = _column(Json(FeedWishes))
    course: FeedCourse = _column(Json(FeedCourse))
    alerted_at: datetime | None = _column(UtcDateTime, default=None)
    failures: int = 0
    failure: str | None = _column(AnyText, default=None)
    removed_at: datetime | None = _column(UtcDateTime, default=None)


class Host(SQLModel, table=True):
    """A server that asked all of us to wait."""

    __tablename__ = "host"

    name: str = _column(AnyText, primary_key=True)
    rest_ends_at: datetime = _column(UtcDateTime)
    reason: str = _column(AnyText)


class Robots(SQLModel, table=True):
    """What a site's robots.txt said."""

    __tablename__ = "robots"

    origin: str = _column(AnyText, primary_key=True)
    asked_at: datetime = _column(UtcDateTime)
    rules: str | None = _column(AnyText, default=None)
    problem: str = _column(AnyText)


class Notice(SQLModel, table=True):
    """Something that the desk must know; ``key`` is of the one that is open."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("notice_open", "key", unique=True),
        Index("notice_lately", "raised_at"),
        _waiting("open_notice", "id", where="told_as IS NULL OR NOT end_told"),
        _COUNTING,
    )

    id: int | None = _number()
    key: str | None = Field(default=None, max_length=32)
    kind: NoticeKind = _column(Word(NoticeKind))
    subject: str = _column(AnyText)
    text: str = _column(AnyText)
    raised_at: datetime = _column(UtcDateTime)
    ended_at: datetime | None = _column(UtcDateTime, default=None)
    ending: str = _column(AnyText)
    told_as: str | None = _column(AnyText, default=None)
    end_told: bool = False


class Entry(SQLModel, table=True):
    """An entry; pending while ``outcome`` is empty."""

    __tablename__ = "entry"
    __table_args__ = (
        Index("entry_identity", "feed_id", "entry_hash", unique=True),
        Index("entry_lately", "feed_id", "id"),
        Index("entry_ended", "outcome", "seen_at"),
        # SQLite takes it only where it is as good a key as that of entry_ended.
        _waiting("open_entry", "outcome", "id", where="outcome IS NULL"),
        _COUNTING,
    )

    id: int | None = _number()
    feed_id: int = _column(RowNumber, foreign_key="feed.id")
    source: str = _column(AnyText)
    entry_id: str = _column(AnyText)
    entry_hash: str = Field(max_length=32)
    url: str = _column(AnyText)
    url_hash: str = Field(max_length=32, index=True)
    title: str = _column(AnyText)
    text: str = _column(AnyText)
    language: str | None = _column(AnyText, default=None)
    published_at: datetime | None = _column(UtcDateTime, default=None)
    seen_at: datetime = _column(UtcDateTime)
    updated_at: datetime | None = _column(UtcDateTime, default=None)
    restated_at: datetime | None = _column(UtcDateTime, default=None)
    article_id: str | None = _column(
        AnyText, default=None, foreign_key="article.id", index=True
    )
    outcome: Outcome | None = _column(Word(Outcome), default=None)
    reason: str = _column(AnyText)
    author: str = _column(AnyText)


class Article(SQLModel, table=True):
    """An article; ``number`` is the order of arrival, which is that of deciding."""

    __tablename__ = "article"
    __table_args__ = (
        _waiting("open_article", "number", where="decided_at IS NULL"),
        _COUNTING,
    )

    number: int | None = _number()
    id: str = _column(AnyText, unique=True)
    url: str = _column(AnyText)
    url_hash: str = Field(max_length=32, index=True)
    source: str = _column(AnyText)
    title: str = _column(AnyText)
    text: str = _column(AnyText)
    published_at: datetime = _column(UtcDateTime)
    fetched_at: datetime = _column(UtcDateTime)
    language: str | None = _column(AnyText, default=None)
    revision_of: str | None = _column(AnyText, default=None)
    flags: tuple[str, ...] = _column(Json(tuple[str, ...]))
    author: str = _column(AnyText)
    origins: tuple[tuple[str, str], ...] = _column(Json(tuple[tuple[str, str], ...]))
    text_hash: str | None = Field(default=None, max_length=32, index=True)
    decided_at: datetime | None = _column(UtcDateTime, default=None)


class Visit(SQLModel, table=True):
    """A page that is asked again while its story lives."""

    __tablename__ = "visit"
    __table_args__ = (_waiting("open_visit", "next_at", where="next_at IS NOT NULL"),)

    article_id: str = _column(AnyText, primary_key=True, foreign_key="article.id")
    url: str = _column(AnyText)
    opened_at: datetime = _column(UtcDateTime)
    next_at: datetime | None = _column(UtcDateTime, default=None)
    times: int = 0
    etag: bytes | None = _column(LargeBinary, default=None)
    last_modified: bytes | None = _column(LargeBinary, default=None)
    body_hash: str | None = _column(AnyText, default=None)
    is_live: bool = False


class Shingle(SQLModel, table=True):
    """One of the smallest shingle hashes of one article: the near-duplicate index.

    It can be made again from the articles, and has 48 rows for each: so it has no
    index but its key, and no references that every row would have to prove.
    """

    __tablename__ = "shingle"
    __table_args__ = {"sqlite_with_rowid": False}

    hash: int = _column(Hash64, primary_key=True)
    article: int = _column(RowNumber, primary_key=True)
    root: int = _column(RowNumber)
    day: date = _column(DayNumber)
    site: int


class Decision(SQLModel, table=True):
    """Everything decided on an article; ``dry`` ones put nothing in the outbox."""

    __tablename__ = "decision"

    article_id: str = _column(AnyText, primary_key=True, foreign_key="article.id")
    decided_at: datetime = _column(UtcDateTime)
    outcome: Outcome = _column(Word(Outcome), index=True)
    duplicate_of: str | None = _column(
        AnyText, default=None, foreign_key="article.id", index=True
    )
    dry: bool
    decision: DecisionRecord = _column(Json(DecisionRecord))


class Story(SQLModel, table=True):
    """A story with its profile; ``number`` is the order of opening."""

    __tablename__ = "story"
    __table_args__ = (
        Index("story_recent", "topic", "changed_at"),
        _waiting("story_merged", "merged_into", where="merged_into IS NOT NULL"),
        _COUNTING,
    )

    number: int | None = _number()
    id: str = _column(AnyText, unique=True)
    topic: str = _column(AnyText)
    headline: str = _column(AnyText)
    opened_at: datetime = _column(UtcDateTime)
    changed_at: datetime = _column(UtcDateTime, index=True)
    profile: StoryProfile = _column(Json(StoryProfile))
    articles: int
    sources: tuple[str, ...] = _column(Json(tuple[str, ...]))
    told_at: datetime | None = _column(UtcDateTime, default=None)
    merged_into: str | None = _column(AnyText, default=None)


class Ruling(SQLModel, table=True):
    """What a person decided on a story, and whether it was undone."""

    __tablename__ = "ruling"
    __table_args__ = (
        Index("ruling_story", "story", "id"),
        Index("ruling_other", "other", "id"),
        _COUNTING,
    )

    id: int | None = _number()
    story: str = _column(AnyText, foreign_key="story.id")
    kind: RulingKind = _column(Word(RulingKind))
    made_at: datetime = _column(UtcDateTime)
    made_by: str = _column(AnyText)
    reason: str = _column(AnyText)
    slot: str | None = _column(AnyText, default=None)
    value: FactValue | None = _column(Json(FactValue), default=None)
    article_id: str | None = _column(AnyText, default=None)
    other: str | None = _column(AnyText, default=None)
    articles: tuple[str, ...] = _column(Json(tuple[str, ...]))
    ended: tuple[str, ...] = _column(Json(tuple[str, ...]))
    undone_at: datetime | None = _column(UtcDateTime, default=None)
    undone_by: str | None = _column(AnyText, default=None)


class StoryKey(SQLModel, table=True):
    """What a running story is found by; it can be made again from the profiles."""

    __tablename__ = "story_key"
    __table_args__ = (
        Index("story_key_recent", "hash", "day", "story"),
        {"sqlite_with_rowid": False},
    )

    story: int = _column(RowNumber, primary_key=True)
    hash: int = _column(Hash64, primary_key=True)
    day: date = _column(DayNumber)


class StoryMember(SQLModel, table=True):
    """An article that tells of a story."""

    __tablename__ = "story_member"
    __table_args__ = (
        Index("story_member_identity", "story", "article_id", unique=True),
        _COUNTING,
    )

    id: int | None = _number()
    story: str = _column(AnyText, foreign_key="story.id")
    article_id: str = _column(AnyText, foreign_key="article.id", index=True)


class Claim(SQLModel, table=True):
    """A line of a story's ledger."""

    __tablename__ = "claim"
    __table_args__ = (Index("claim_ledger", "story", "id"), _COUNTING)

    id: int | None = _number()
    story: str = _column(AnyText, foreign_key="story.id")
    slot: str = _column(AnyText)
    value: FactValue = _column(Json(FactValue))
    bound: Bound = _column(Word(Bound))
    certainty: Certainty = _column(Word(Certainty))
    source: str = _column(AnyText)
    attribution: str | None = _column(AnyText, default=None)
    article_id: str = _column(AnyText, foreign_key="article.id", index=True)
    claimed_at: datetime = _column(UtcDateTime)
    quote: str = _column(AnyText)
    stands: bool
    corrects: FactValue | None = _column(Json(FactValue), default=None)
    aside: bool
    voice: str | None = _column(AnyText, default=None)
    struck_by: int | None = _column(RowNumber, default=None)
    authority: str | None = _column(AnyText, default=None)
    side: str | None = _column(AnyText, default=None)


class Development(SQLModel, table=True):
    """A change of a story's state, and the article that brought it.

    ``once`` names the change within its story (see `storage.stories`): the unique
    index keeps any two runs from telling it twice.
    """

    __tablename__ = "development"
    __table_args__ = (
        Index("development_course", "story", "id"),
        Index("development_once", "story", "once", unique=True),
        _waiting("open_development", "story", "id", where="waiting"),
        _COUNTING,
    )

    id: int | None = _number()
    topic: str = _column(AnyText)
    story: str = _column(AnyText, foreign_key="story.id")
    slot: str = _column(AnyText)
    old: FactValue | None = _column(Json(FactValue), default=None)
    new: FactValue | None = _column(Json(FactValue), default=None)
    kind: DevelopmentKind = _column(Word(DevelopmentKind))
    quote: str = _column(AnyText)
    attribution: str | None = _column(AnyText, default=None)
    article_id: str = _column(AnyText, foreign_key="article.id", index=True)
    developed_at: datetime = _column(UtcDateTime)
    certainty: Certainty = _column(Word(Certainty))
    waiting: bool = False
    once: str = Field(max_length=32)


class Message(SQLModel, table=True):
    """A row of the outbox; ``lease_ends_at`` bounds one attempt to send it."""

    __tablename__ = "message"
    __table_args__ = (
        Index("message_thread", "story", "channel", "id"),
        Index("message_state", "state", "id"),
        _waiting("message_folded", "folded_into", where="folded_into IS NOT NULL"),
        _COUNTING,
    )

    id: int | None = _number()
    key: str = _column(AnyText)
    key_hash: str = Field(max_length=32, unique=True)
    story: str = _column(AnyText)
    channel: str = _column(AnyText)
    alert: Alert = _column(Json(Alert))
    headline: str = _column(AnyText)
    topic_title: str = _column(AnyText)
    article_id: str | None = _column(
        AnyText, default=None, foreign_key="article.id", index=True
    )
    article_title: str = _column(AnyText)
    article_source: str = _column(AnyText)
    url: str = _column(AnyText)
    decided_at: datetime = _column(UtcDateTime)
    state: MessageState = _column(Word(MessageState))
    attempt: int
    started_at: datetime | None = _column(UtcDateTime, default=None)
    lease_ends_at: datetime | None = _column(UtcDateTime, default=None)
    sent_at: datetime | None = _column(UtcDateTime, default=None)
    ts: str | None = _column(AnyText, default=None)
    thread_ts: str | None = _column(AnyText, default=None)
    problem: str = _column(AnyText)
    folded_into: int | None = _column(RowNumber, default=None)
    is_digest: bool = False
    sought_to: str | None = _column(AnyText, default=None)


class Thread(SQLModel, table=True):
    """The root of a story in a channel, and what it tells of the story's moves."""

    __tablename__ = "thread"
    __table_args__ = (
        _waiting(
            "open_thread",
            "opened_at",
            where="ts IS NOT NULL AND moves <> shown AND problem = ''",
        ),
    )

    story: str = _column(AnyText, primary_key=True)
    channel: str = _column(AnyText, primary_key=True)
    opened_at: datetime = _column(UtcDateTime)
    ts: str | None = _column(AnyText, default=None)
    moves: int
    shown: int
    not_before_at: datetime | None = _column(UtcDateTime, default=None)
    problem: str = _column(AnyText)


class Channel(SQLModel, table=True):
    """How a channel takes messages just now."""

    __tablename__ = "channel"

    name: str = _column(AnyText, primary_key=True)
    free_at: datetime | None = _column(UtcDateTime, default=None)
    opens_at: datetime | None = _column(UtcDateTime, default=None)
    failures: int
    problem: str = _column(AnyText)
    address: str | None = _column(AnyText, default=None)


class Vocabulary(SQLModel, table=True):
    """How common words are in a topic; ``counts`` is a sketch of fixed size."""

    __tablename__ = "vocabulary"

    topic: str = _column(AnyText, primary_key=True)
    articles: int
    counts: bytes = _column(LargeBinary)


class Lease(SQLModel, table=True):
    """The right to do one thing alone, until ``ends_at``."""

    __tablename__ = "lease"

    name: str = _column(AnyText, primary_key=True)
    holder: str = _column(AnyText)
    acquired_at: datetime = _column(UtcDateTime)
    ends_at: datetime = _column(UtcDateTime)


class Run(SQLModel, table=True):
    """One run of a flow; unfinished while ``finished_at`` is empty."""

    __tablename__ = "run"
    __table_args__ = (Index("run_finished", "kind", "finished_at", "id"), _COUNTING)

    id: int | None = _number()
    kind: str = _column(AnyText)
    started_at: datetime = _column(UtcDateTime)
    finished_at: datetime | None = _column(UtcDateTime, default=None)
    counts: Mapping[str, int] = _column(Json(Mapping[str, int]))


def table(row: type[SQLModel]) -> Table:
    """The table behind a class, for statements over its columns (``.c``)."""
    return SQLModel.metadata.tables[str(row.__tablename__)]
