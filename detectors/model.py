"""The nouns that cross between layers: frozen records, no behaviour but reading.

Every moment is an aware UTC ``datetime`` and ends in ``_at``. Every span is
half-open and counts code points.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
FactValue: TypeAlias = bool | int | str


class Outcome(StrEnum):
    """The one word an article (and its entry) ends with, highest first."""

    ALERTED = "alerted"
    HELD = "held"
    WAITING = "waiting"
    KNOWN = "known"
    IMMATERIAL = "immaterial"
    STALE = "stale"
    SILENCED = "silenced"
    DUPLICATE = "duplicate"
    REVISION = "revision"
    OFF_TOPIC = "off-topic"
    UNREADABLE_LANGUAGE = "unreadable-language"
    BASELINE = "baseline"
    QUARANTINED = "quarantined"
    FAILED = "failed"


# --- collection ---------------------------------------------------------------


class FeedState(StrEnum):
    """Whether a feed is asked again."""

    ACTIVE = "active"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave to ask again with; opaque, byte-exact (RFC 9110 §13)."""

    etag: bytes | None = None
    last_modified: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHints:
    """What a document says about when it changes: its publisher's wish.

    Args:
        every: The time between two changes, by ``ttl`` or the syndication module.
        skip_hours: Hours of the day, 0..23 UTC, in which nothing changes.
        skip_days: Days of the week, 0 (Monday) to 6, on which nothing changes.
    """

    every: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


class WaitScope(StrEnum):
    """Who rests when a server asks one feed to wait."""

    HOST = "host"
    FEED = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedWishes:
    """How the desk wants one feed to be asked; what is None is as for all feeds.

    Args:
        headers: More headers, by name. Values are references, ``env:NAME`` or
            ``file:/path``: the store holds no secret.
        agent: The User-Agent line.
        proxy: Through which proxy, as a URL or a reference.
        authority: A file of certificates to trust besides the usual ones.
        waits: Who rests when its server asks to wait.
        dates_only: Send ``If-Modified-Since`` alone, to a server that mistakes ETags.
        weight: Feeds with more are asked first where not all can be.
        why: Why the desk watches it, in its own words.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    agent: str | None = None
    proxy: str | None = None
    authority: str | None = None
    waits: WaitScope | None = None
    dates_only: bool = False
    weight: float = 1.0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCourse:
    """What the polls of a feed have told of it; `detectors.polling` goes by it.

    Args:
        answered_at: The last good answer, with or without news.
        read_at: The last answer whose body was read: what a server that says "not
            modified" for ever is checked against.
        changed_at: The last answer with an entry not seen before.
        pace: The usual time between two new entries; None until two came.
        window: How much time its last document spanned, newest to oldest entry.
        entries: How many entries its last document had.
        hints: What that document said about itself.
        goes_stale_at: Until when its server calls its answer fresh.
        rest_ends_at: Before then its server wants no request: no haste goes below it.
        first_failed_at: The first of the failures that it is in.
        moved_to: Where permanent redirects lead now, since ``moved_at``, seen in
            ``moved_polls`` answers in a row.
        came_from: Where it was before it moved, the latest last.
        distrusted: Its validators lied: they are not sent any more.
        gap_at: When entries may last have come and gone between two polls.
        hurry: How often it is asked for the sake of that, at least.
        lull: The longest time between two new entries that is usual for it.
        issuer: The address that gave the validators, after redirects; None: not known,
            so its own.
        throttled: It is left alone because its server said "too many requests".
        odd_polls: How often in a row it gave something that is no feed, or a feed
            without entries where there had been some.
    """

    answered_at: datetime | None = None
    read_at: datetime | None = None
    changed_at: datetime | None = None
    pace: timedelta | None = None
    window: timedelta | None = None
    entries: int = 0
    hints: FeedHints = field(default_factory=FeedHints)
    goes_stale_at: datetime | None = None
    rest_ends_at: datetime | None = None
    first_failed_at: datetime | None = None
    moved_to: str | None = None
    moved_at: datetime | None = None
    moved_polls: int = 0
    came_from: tuple[str, ...] = ()
    distrusted: bool = False
    gap_at: datetime | None = None
    hurry: timedelta | None = None
    lull: timedelta | None = None
    issuer: str | None = None
    throttled: bool = False
    odd_polls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One RSS, Atom, RDF or JSON document of a source, polled at one URL.

    Args:
        due_reason: Why it is due when it is, in a sentence's words.
        interval: How often the desk wants it asked; None leaves that to its pace.
        tags: The folders of its list.
        owner: Who speaks through its source, where the desk says so.
        alerted_at: When an entry of it last made us speak.
    """

    id: int
    url: str
    title: str
    source: str
    state: FeedState
    added_at: datetime
    next_due_at: datetime
    due_reason: str = ""
    baseline_at: datetime | None = None
    polled_at: datetime | None = None
    validators: Validators = field(default_factory=Validators)
    body_hash: str | None = None
    backfill: timedelta | None = None
    interval: timedelta | None = None
    tags: tuple[str, ...] = ()
    owner: str | None = None
    wishes: FeedWishes = field(default_factory=FeedWishes)
    course: FeedCourse = field(default_factory=FeedCourse)
    alerted_at: datetime | None = None
    failures: int = 0
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A server that many feeds share, where it asked all of us to wait."""

    name: str
    rest_ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotRules:
    """What a site's robots.txt said, and when; None: it has none that can be had."""

    origin: str
    asked_at: datetime
    rules: str | None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A page that is asked again, conditionally, while its story lives.

    Args:
        article_id: The first version of its article.
        times: How often it was asked again.
        next_at: When it is asked the next time; None: not any more.
        is_live: It calls itself live: asked with each cycle.
    """

    article_id: str
    url: str
    opened_at: datetime
    next_at: datetime | None
    times: int = 0
    validators: Validators = field(default_factory=Validators)
    body_hash: str | None = None
    is_live: bool = False


class NoticeKind(StrEnum):
    """What can be wrong with a source, or with us, that the desk must know."""

    FAILING = "failing"
    SILENT = "silent"
    GONE = "gone"
    EMPTY = "empty"
    FLOOD = "flood"
    GAP = "gap"
    MOVED = "moved"
    DISTRUSTED = "distrusted"
    MODEL = "model"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that the desk must know and that is no news; told once.

    Args:
        subject: What it is about, such as ``feed:12``; with ``kind`` it names the
            notice, of which one at a time is open.
        text: A sentence for people.
        ended_at: When it was over; None while it is not. What only happened, and
            does not last, is over at once.
        ending: A sentence that says so.
        told_as: By what name its messages go together; None until it was told.
        end_told: Whether its end was told, or needs not to be.
    """

    id: int
    kind: NoticeKind
    subject: str
    text: str
    raised_at: datetime
    ended_at: datetime | None = None
    ending: str = ""
    told_as: str | None = None
    end_told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """What a feed document states about one article, as parsed.

    ``text`` is the feed's own summary or content as plain text, paragraphs
    parted by a blank line.
    """

    entry_id: str
    url: str
    title: str
    text: str = ""
    language: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    author: str = ""

    @property
    def touched_at(self) -> datetime | None:
        """The later of its two dates; None without any."""
        dates = [date for date in (self.published_at, self.updated_at) if date]
        return max(dates, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDocument:
    """A parsed feed: its own title and language, and its entries in order.

    Args:
        title: Of the feed.
        language: Of the feed, if it states one.
        entries: The newest ones, where there are too many to take.
        parser: Which one read it.
        hints: When it wants to be asked.
        is_cut: It breaks off: what was to follow is not known.
        left_out: How many entries were too many.
    """

    title: str
    language: str | None
    entries: tuple[FeedEntry, ...]
    parser: str
    hints: FeedHints = field(default_factory=FeedHints)
    is_cut: bool = False
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A feed entry that we remember, with how far it has come.

    ``updated_at`` is the latest date that the feed gave it. ``restated_at`` is when
    it was told anew, while its page is still to be read again; it is None otherwise.
    """

    id: int
    feed_id: int
    source: str
    entry_id: str
    url: str
    title: str
    text: str
    language: str | None
    published_at: datetime | None
    seen_at: datetime
    updated_at: datetime | None = None
    restated_at: datetime | None = None
    article_id: str | None = None
    outcome: Outcome | None = None
    reason: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a feed said of one entry before, and how that entry ended (None: not yet).

    ``updated_at`` is as in `Entry`; ``text`` is None where it was not asked for.
    """

    entry_id: str
    url: str
    title: str
    published_at: datetime | None = None
    updated_at: datetime | None = None
    seen_at: datetime | None = None
    article_id: str | None = None
    outcome: Outcome | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What an HTML page says once its furniture is gone.

    ``refusal`` is empty for an article; otherwise it says why the page is none
    (``teaser``, ``cookie wall``, ``login``, ``empty``), and the feed's own text
    is used in its place. ``is_live`` says that it declares itself a live blog,
    ``author`` who signed it.
    """

    url: str
    title: str
    text: str
    language: str | None
    published_at: datetime | None
    refusal: str = ""
    is_live: bool = False
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The readable text behind an entry; the unit that is decided on.

    ``flags`` say how it was degraded, such as ``feed-text`` or ``page-failed``.
    ``revision_of`` is the id of the first article read at the same URL. ``author`` is
    who signed it, if anyone did. ``origins`` says of title, published_at, author and
    language where each came from, as far as they are known: the ``feed``, the ``page``,
    the ``text``, or ``seen`` for the moment that the feed listed it.
    """

    id: str
    url: str
    source: str
    title: str
    text: str
    published_at: datetime
    fetched_at: datetime
    language: str | None = None
    revision_of: str | None = None
    flags: tuple[str, ...] = ()
    author: str = ""
    origins: tuple[tuple[str, str], ...] = ()


# --- topics -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A keyword query: ``any`` raise, ``all`` are needed, ``none`` veto.

    Of each list of ``each`` a passage should hold a term, and its article must.
    A term is a word, a phrase, or a ``prefix*``.
    """

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    each: tuple[tuple[str, ...], ...] = ()
    none: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemplar:
    """A passage that is (or, as a counter-exemplar, is not) on the topic."""

    language: str
    text: str


class Severity(StrEnum):
    """How loud an alert is, lowest first."""

    NOTICE = "notice"
    MAJOR = "major"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityRule:
    """A development of ``slot`` makes an alert at least ``severity``.

    ``at_least`` bounds a number; ``values`` are the words that count. With
    neither, every development of the slot counts.
    """

    severity: Severity
    slot: str
    at_least: int | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPolicy:
    """When a topic speaks, where, and how loudly.

    ``min_probability`` None leaves the threshold to the model. ``material`` are
    the slots whose developments alert on their own. ``updates`` says that a topic
    without slots also tells what an article adds in words to a story that was told.
    """

    channel: str | None = None
    min_probability: float | None = None
    independent_sources: int = 1
    material: tuple[str, ...] = ()
    severity: tuple[SeverityRule, ...] = ()
    updates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A standing interest written in ``seeds/topics``."""

    id: str
    title: str
    description: str = ""
    languages: tuple[str, ...] = ()
    words: Words = field(default_factory=Words)
    exemplars: tuple[Exemplar, ...] = ()
    counter_exemplars: tuple[Exemplar, ...] = ()
    slots: tuple[str, ...] = ()
    alert: AlertPolicy = field(default_factory=AlertPolicy)


# --- verdicts -----------------------------------------------------------------


class Likeness(StrEnum):
    """What an article is to the nearest earlier one; only a copy is silenced."""

    COPY = "copy"
    REVISION = "revision"
    SAME_EVENT = "same event"
    DIFFERENT = "different"


class DuplicateReason(StrEnum):
    """Why an article is, or is not, a copy of an earlier one."""

    SAME_COPY = "same copy"
    CHANGED_NUMBERS = "same words, other numbers or places"
    TELLS_MORE = "same copy, and a figure that it lacks"
    REVISION = "same address, read again"
    PARTLY_SAME = "partly the same words"
    SAME_EVENT = "other words on the same matter"
    LOW_CONTAINMENT = "other words"
    FURNITURE = "only words that stand on many pages"
    TOO_SHORT = "too few words to tell"
    NO_CANDIDATE = "shares no run of words"

    @property
    def likeness(self) -> Likeness:
        """The verdict that it stands for."""
        match self:
            case DuplicateReason.SAME_COPY:
                return Likeness.COPY
            case (
                DuplicateReason.CHANGED_NUMBERS
                | DuplicateReason.TELLS_MORE
                | DuplicateReason.REVISION
                | DuplicateReason.PARTLY_SAME
            ):
                return Likeness.REVISION
            case DuplicateReason.SAME_EVENT:
                return Likeness.SAME_EVENT
            case _:
                return Likeness.DIFFERENT


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateVerdict:
    """Whether an article repeats earlier copy; ``containment`` 0..1 is evidence.

    ``original`` is None unless certain; ``nearest`` is the closest candidate
    whatever the verdict. ``original`` is never itself a duplicate.
    """

    original: str | None
    nearest: str | None
    containment: float
    reason: DuplicateReason

    @property
    def likeness(self) -> Likeness:
        """What the article is to the nearest one."""
        return self.reason.likeness


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageVerdict:
    """Which language a text is in; ``language`` None when it cannot be read."""

    language: str | None
    detected: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicVerdict:
    """How well an article matches a topic, by its best passage.

    Args:
        probability: 0..1; ``threshold`` is what it had to reach.
        passages: Whole paragraphs of the reading that match, in order.
        because: The words that counted most.
        nearest_exemplar: The start of the closest exemplar; "" if none.
        reason: A sentence for ``tocsin why``.
        nearly: Paragraphs that would match if a little less were asked of them.
        carries_on: The running stories for whose sake some of them match all the same.
    """

    topic: str
    probability: float
    threshold: float
    matched: bool
    passages: tuple[Span, ...]
    because: tuple[str, ...]
    nearest_exemplar: str = ""
    reason: str = ""
    nearly: tuple[Span, ...] = ()
    carries_on: tuple[str, ...] = ()

    @property
    def only_carries_on(self) -> bool:
        """Whether nothing but running stories made it match: it opens none."""
        return bool(self.carries_on) and self.probability < self.threshold


class Certainty(StrEnum):
    """How firmly an article states a fact; the last three give no development."""

    ASSERTED = "asserted"
    CLAIMED = "claimed"
    UNCONFIRMED = "unconfirmed"
    DENIED = "denied"
    HYPOTHETICAL = "hypothetical"
    BACKGROUND = "background"

    @property
    def counts(self) -> bool:
        """Whether such a fact can change a story."""
        return self not in (
            Certainty.DENIED,
            Certainty.HYPOTHETICAL,
            Certainty.BACKGROUND,
        )


class Bound(StrEnum):
    """What a number bounds: "at least six", "up to six", "about six"."""

    EXACT = "exact"
    AT_LEAST = "at least"
    UP_TO = "up to"
    ABOUT = "about"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A claim found in an article: one slot, one value, and the words that say it.

    ``place`` is where the fact holds when that is not the whole event.
    ``authority`` is the role of its ``attribution``, one word for all languages.
    ``corrects`` is the value that the text takes back ("six, not seven"), or
    True when it says that it corrects without naming the old value. ``side`` is the
    country whose plan a meeting's status is, if it is that of one alone.
    """

    topic: str
    slot: str
    value: FactValue
    evidence: Span
    quote: str
    certainty: Certainty = Certainty.ASSERTED
    bound: Bound = Bound.EXACT
    attribution: str | None = None
    authority: str | None = None
    place: str | None = None
    as_of: datetime | None = None
    corrects: FactValue | None = None
    side: str | None = None


class DevelopmentKind(StrEnum):
    """How a fact moves its story."""

    NEW = "new"
    CHANGE = "change"
    CORRECTION = "correction"
    CONFLICT = "conflict"
    CONFIRMATION = "confirmation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Development:
    """A change of a story's state, with the sentence that proves it.

    ``new`` is None where a person took a value back and nothing stands in its place.
    ``certainty`` is how firmly it is stated; a leap of one source is unconfirmed.
    """

    topic: str
    story: str
    slot: str
    old: FactValue | None
    new: FactValue | None
    kind: DevelopmentKind
    quote: str = ""
    attribution: str | None = None
    certainty: Certainty = Certainty.ASSERTED


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDevelopment:
    """A development beside the article that brought it, and when.

    It is ``waiting`` while the desk is to be told of it, once another source says so.
    """

    development: Development
    article_id: str
    developed_at: datetime
    waiting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One fact in a story's ledger: who said what, when, in which article.

    ``stands`` is False once it was struck out, by the `Ruling` ``struck_by``.
    ``corrects`` is as in `Fact`; ``aside`` marks a passing word far below the lead,
    which supports a state but moves none. ``voice`` is who really speaks, shared by
    sister sites and by those who relay an outlet; None for the source itself.
    ``authority`` and ``side`` are as in `Fact`.
    """

    story: str
    slot: str
    value: FactValue
    bound: Bound
    certainty: Certainty
    source: str
    attribution: str | None
    article_id: str
    claimed_at: datetime
    quote: str
    stands: bool = True
    corrects: FactValue | None = None
    aside: bool = False
    voice: str | None = None
    struck_by: int | None = None
    authority: str | None = None
    side: str | None = None

    @property
    def speaker(self) -> str:
        """Who really speaks; of two claims with one speaker, one confirms nothing."""
        return self.voice or self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryProfile:
    """What a story is recognised by; grows with its articles, bounded.

    ``terms`` weigh the stemmed words of its passages; ``days`` are ISO dates on
    which its event happened or is set; ``numbers`` are its latest figures and
    ``figures`` the last few that each slot ever had, oldest first.
    """

    places: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    terms: Mapping[str, float] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles about one event and what follows from it, within one topic.

    ``told_at`` is when the desk was first told of it; None while it never was.
    ``merged_into`` is the story that goes on for it, once a `Ruling` merged them.
    """

    id: str
    topic: str
    headline: str
    opened_at: datetime
    changed_at: datetime
    profile: StoryProfile
    articles: int = 0
    sources: tuple[str, ...] = ()
    told_at: datetime | None = None
    merged_into: str | None = None


class RulingKind(StrEnum):
    """What a person ruled on a story."""

    REJECT = "reject"
    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a person decided on a story by hand: who, when and why. It can be undone.

    Args:
        story: That it is about; of a merge the one that goes on.
        slot: Of a rejected claim, with its ``value``.
        article_id: Only this article's claim was rejected; None: everybody's.
        other: The story that a merge ended, or that a split opened.
        articles: Those that a split took along.
        ended: Stories that the merge pointed elsewhere, ``other`` among them.
    """

    id: int
    story: str
    kind: RulingKind
    made_at: datetime
    made_by: str
    reason: str
    slot: str | None = None
    value: FactValue | None = None
    article_id: str | None = None
    other: str | None = None
    articles: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    undone_at: datetime | None = None
    undone_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """In how many of a topic's articles each word stood; see `vocabulary`.

    ``counts`` is a sketch of fixed size; empty before the first of ``articles``.
    """

    topic: str
    articles: int = 0
    counts: bytes = b""


class AlertKind(StrEnum):
    """What an alert tells; a notice and its recovery are of no story and no topic."""

    NEW = "new"
    UPDATE = "update"
    CORRECTION = "correction"
    NOTICE = "notice"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A decision to tell a channel what developed in one story by one article.

    ``by_hand``: a person decided it, not the article; ``reason`` says who, and why.
    """

    topic: str
    story: str
    kind: AlertKind
    severity: Severity
    developments: tuple[Development, ...]
    sources: tuple[str, ...]
    reason: str = ""
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertVerdict:
    """Speak (``alert`` given) or stay silent, and why, as an outcome.

    Args:
        waiting: Developments that are to be told once another source says so.
        settled: Of those that had waited, the ones that wait no more.
        tipping: What would have made it speak; "" when it does.
    """

    outcome: Outcome
    reason: str
    alert: Alert | None = None
    waiting: tuple[Development, ...] = ()
    settled: tuple[Development, ...] = ()
    tipping: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryVerdict:
    """Which story a part of an article belongs to, and why.

    ``story`` is the id of a known story, or None: then a new one opens when
    ``opens``, and the part belongs to no single event otherwise. ``vetoes`` name
    the rivals that similarity alone would have joined.
    """

    story: str | None
    opens: bool
    score: float
    threshold: float
    reason: str
    vetoes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFact:
    """A fact beside the id of the story it tells of (None: of no single event)."""

    fact: Fact
    story: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Everything decided on one article, with the reason of every step.

    Spans here count code points of the article's text as given. ``trace`` holds
    one line a stage, in order, for ``tocsin why``; ``tipping`` says what would have
    made it alert, and ``version`` under which detectors and seeds it was taken.
    """

    article_id: str
    language: LanguageVerdict
    duplicate: DuplicateVerdict
    topics: tuple[TopicVerdict, ...]
    stories: Mapping[str, tuple[str, ...]]
    facts: tuple[StoryFact, ...]
    developments: tuple[Development, ...]
    alerts: tuple[Alert, ...]
    outcome: Outcome
    trace: tuple[str, ...]
    tipping: tuple[str, ...] = ()
    version: str = ""

    @property
    def is_carried_on(self) -> bool:
        """Whether some of it matched a topic only for the sake of a running story."""
        return any(verdict.carries_on for verdict in self.topics)


# --- delivery -----------------------------------------------------------------


class MessageState(StrEnum):
    """How far a message to Slack has come (the outbox's state machine).

    pending → sending → sent | pending (definitely not taken) | unknown;
    unknown → sent | pending, once the channel's history was read, or held.
    pending → folded, with the claim of the message that tells it as well, and back
    with it; what becomes of that message becomes of the folded one, unless it is
    refused: that says nothing of the other.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    HELD = "held"
    REFUSED = "refused"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One row of the outbox: an alert on its way to one channel.

    ``key`` is unique: one (story, article, channel). ``headline`` is the
    story's, ``url`` and ``article_source`` the article's that made it speak.
    ``thread_ts`` is the story's root in the channel, once there is one.
    ``folded_into`` is the id of the message that tells this one too. A digest
    (``is_digest``) tells of several stories, in the channel and in no thread.
    ``sought_to`` is how far back a channel was read for it while it is in doubt.
    """

    id: int
    key: str
    channel: str
    alert: Alert
    headline: str
    topic_title: str
    article_id: str | None
    article_title: str
    article_source: str
    url: str
    decided_at: datetime
    state: MessageState = MessageState.PENDING
    attempt: int = 0
    started_at: datetime | None = None
    sent_at: datetime | None = None
    ts: str | None = None
    thread_ts: str | None = None
    problem: str = ""
    folded_into: int | None = None
    is_digest: bool = False
    sought_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Where a story stands in a channel: its root, edited as the story moves.

    Args:
        ts: Slack's name of the root; None while it is on its way, or was deleted.
        moves: How often the story's state has moved since the thread was begun.
        shown: Of those, how many the root tells.
        not_before_at: When it may be edited again.
        problem: Why it is edited no more; "" while it is.
    """

    story: str
    channel: str
    opened_at: datetime
    ts: str | None = None
    moves: int = 0
    shown: int = 0
    not_before_at: datetime | None = None
    problem: str = ""

    @property
    def is_stale(self) -> bool:
        """Whether the root tells less than is known."""
        return self.ts is not None and self.moves != self.shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """How a channel takes messages just now.

    Args:
        name: As topics and settings write it.
        free_at: When the next message may go there: one a second is Slack's pace.
        opens_at: Nothing goes there before: it asked to wait, or refuses.
        failures: Refusals in a row.
        problem: The last of them, in the other side's word; "" while it is open.
        address: What it is reached by, once its name was looked up: names change.
    """

    name: str
    free_at: datetime | None = None
    opens_at: datetime | None = None
    failures: int = 0
    problem: str = ""
    address: str | None = None


# --- orchestration ------------------------------------------------------------


class RunKind(StrEnum):
    """What a run did."""

    CYCLE = "cycle"
    FORGET = "forget"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a flow; ``counts`` say what it did, once it finished."""

    id: int
    kind: str
    started_at: datetime
    finished_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
