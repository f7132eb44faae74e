"""How well decisions agree with labels: what is found, told, and told twice.

Every figure is 0..1 and higher is better, but for the two shares of needless
alerts. Both sides come as `Marks`, so that labels can be scored against labels.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from detectors.marks import Assertion, Marks, TopicMark
from detectors.model import Span

CONTESTED = frozenset({"participants", "mediator", "agenda item"})
"""Slots on whose repetition two readers seldom agree; "core" leaves them out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Precision, recall and their harmonic mean over ``wanted`` cases."""

    precision: float
    recall: float
    wanted: int

    @property
    def f1(self) -> float:
        """0 when both are."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def rates(hits: int, proposed: int, wanted: int) -> Rates:
    """Count up precision and recall.

    Who proposes nothing is precise only where nothing was wanted.

    >>> rates(3, 4, 6).precision, rates(3, 4, 6).recall
    (0.75, 0.5)
    >>> rates(0, 0, 0).f1
    1.0
    """
    precision = hits / proposed if proposed else float(wanted == 0)
    recall = hits / wanted if wanted else 1.0
    return Rates(precision=precision, recall=recall, wanted=wanted)


def near_duplicate_rates(wanted: Sequence[Marks], got: Mapping[str, Marks]) -> Rates:
    """Score pairs of copies, whichever of a group was called the original.

    A revision beside what it revises, or beside a copy of that, counts neither
    way: it is the same article and yet no repeat.
    """
    family = {m.article_id: m.duplicate_of or m.revision_of for m in wanted}
    revisions = {m.article_id for m in wanted if m.revision_of}
    exempt = {pair for pair in _pairs(family) if pair & revisions}
    truth = _pairs({m.article_id: m.duplicate_of for m in wanted}) - exempt
    said = {m.article_id: _of(got, m.article_id).duplicate_of for m in wanted}
    mine = _pairs(said) - exempt
    return rates(len(truth & mine), len(mine), len(truth))


def _of(got: Mapping[str, Marks], article_id: str) -> Marks:
    """What was decided on an article; left out means silence."""
    return got.get(article_id) or Marks(article_id=article_id)


def _pairs(parents: Mapping[str, str | None]) -> set[frozenset[str]]:
    """Every two articles whose parents lead to the same first one."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for article_id in parents:
        groups[_root(article_id, parents)].append(article_id)
    return {
        frozenset(pair)
        for members in groups.values()
        for pair in combinations(members, 2)
    }


def _root(article_id: str, parents: Mapping[str, str | None]) -> str:
    passed: set[str] = set()
    above = parents.get(article_id)
    while above is not None and above not in passed:
        passed.add(article_id)
        article_id, above = above, parents.get(above)
    return article_id


def average_precision(scored: Iterable[tuple[float, bool]]) -> float | None:
    """Mean precision at each relevant case, from the most probable down.

    Among equals the irrelevant come first, so that a constant score earns
    nothing. None when nothing is relevant.

    >>> average_precision([(0.9, True), (0.8, False), (0.7, True)])
    0.8333333333333333
    """
    ranked = sorted(scored, key=lambda case: (-case[0], case[1]))
    found = 0
    precisions = []
    for rank, (_, relevant) in enumerate(ranked, 1):
        found += relevant
        if relevant:
            precisions.append(found / rank)
    return sum(precisions) / found if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicScore:
    """How a topic's articles, and the passages within them, are found."""

    articles: Rates
    average_precision: float | None
    passages: Rates


def topic_score(
    topic: str, wanted: Sequence[Marks], got: Mapping[str, Marks]
) -> TopicScore:
    """Score one topic; passages by the characters they share, where it applies."""
    silent = TopicMark(matched=False, probability=0.0)
    said = {
        m.article_id: _of(got, m.article_id).topics.get(topic, silent) for m in wanted
    }
    relevant = {m.article_id for m in wanted if topic in m.topics}
    matched = {article_id for article_id, mark in said.items() if mark.matched}
    shared = proposed = marked = 0
    for m in wanted:
        if m.article_id in relevant:
            truth = _positions(m.topics[topic].passages)
            mine = _positions(said[m.article_id].passages)
            shared += len(truth & mine)
            proposed += len(mine)
            marked += len(truth)
    ranked = ((mark.probability, key in relevant) for key, mark in said.items())
    return TopicScore(
        articles=rates(len(relevant & matched), len(matched), len(relevant)),
        average_precision=average_precision(ranked),
        passages=rates(shared, proposed, marked),
    )


def _positions(spans: Iterable[Span]) -> set[int]:
    return {position for start, end in spans for position in range(start, end)}


def b_cubed(
    truth: Mapping[str, frozenset[str]], mine: Mapping[str, frozenset[str]]
) -> Rates:
    """Score a grouping in which one article may belong to several stories.

    For each article: of those put with it, how many belong with it (precision),
    and of those that belong with it, how many were put with it (recall). An
    article that got no story stands alone.

    References:
        Bagga & Baldwin 1998, "Entity-based cross-document coreferencing".

    >>> a, b = frozenset("a"), frozenset("b")
    >>> score = b_cubed({"1": a, "2": a, "3": b}, {"1": a, "2": b, "3": b})
    >>> round(score.precision, 2), round(score.recall, 2)
    (0.67, 0.67)
    """
    placed = {key: mine.get(key) or frozenset({f"alone: {key}"}) for key in truth}
    precision = recall = 0.0
    for key, stories in truth.items():
        together = {other for other in truth if placed[key] & placed[other]}
        related = {other for other in truth if stories & truth[other]}
        precision += len(together & related) / len(together)
        recall += len(together & related) / len(related)
    count = len(truth) or 1
    return Rates(precision=precision / count, recall=recall / count, wanted=len(truth))


def story_rates(topic: str, wanted: Sequence[Marks], got: Mapping[str, Marks]) -> Rates:
    """B-cubed over the articles for which the labels name a story of ``topic``."""
    truth = {m.article_id: m.stories[topic] for m in wanted if m.stories.get(topic)}
    mine = {key: _of(got, key).stories.get(topic, frozenset()) for key in truth}
    return b_cubed(truth, mine)


def slot_rates(
    wanted: Collection[Assertion], got: Collection[Assertion]
) -> dict[str, Rates]:
    """Score assertions: all, the core slots, and each slot that was wanted."""
    truth, mine = set(wanted), set(got)

    def within(keep: Collection[str]) -> Rates:
        want = {one for one in truth if one[2] in keep}
        have = {one for one in mine if one[2] in keep}
        return rates(len(want & have), len(have), len(want))

    slots = sorted({one[2] for one in truth})
    everywhere = {one[2] for one in truth | mine}
    scores = {"all": within(everywhere), "core": within(everywhere - CONTESTED)}
    return scores | {slot: within({slot}) for slot in slots}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertScore:
    """What a desk hears of what it wants to hear.

    ``redundant`` is the share of alerts that repeat what was told, ``false`` of
    those on articles that are not on the topic; both want to be low.
    ``recall_by_kind`` asks for the right kind, ``recall_new`` for any alert
    where a story opens.
    """

    rates: Rates
    sent: int
    redundant: float
    false: float
    recall_new: float | None
    kind_right: float
    recall_by_kind: Mapping[str, float]


def alert_score(
    topics: Iterable[str], wanted: Sequence[Marks], got: Mapping[str, Marks]
) -> AlertScore:
    """Score alerts: an article owes one a topic and story that develops."""
    tally: Counter[str] = Counter()
    owed_kinds: Counter[str] = Counter()
    right_kinds: Counter[str] = Counter()
    for topic in topics:
        for m in wanted:
            owed = [kind for told, kind in m.alerts if told == topic]
            sent = [k for t, k in _of(got, m.article_id).alerts if t == topic]
            told = min(len(owed), len(sent))
            needless = "repeats" if topic in m.topics else "false"
            tally.update(
                hits=told,
                sent=len(sent),
                owed=len(owed),
                told_new=min(told, owed.count("new")),
            )
            tally[needless] += len(sent) - told
            owed_kinds.update(owed)
            right_kinds.update(Counter(owed) & Counter(sent))
    return _alert_score(tally, owed_kinds, right_kinds)


def _alert_score(
    tally: Counter[str], owed: Counter[str], right: Counter[str]
) -> AlertScore:
    sent = tally["sent"]
    return AlertScore(
        rates=rates(tally["hits"], sent, tally["owed"]),
        sent=sent,
        redundant=tally["repeats"] / sent if sent else 0.0,
        false=tally["false"] / sent if sent else 0.0,
        recall_new=tally["told_new"] / owed["new"] if owed["new"] else None,
        kind_right=right.total() / tally["hits"] if tally["hits"] else 0.0,
        recall_by_kind={kind: right[kind] / owed[kind] for kind in sorted(owed)},
    )


# --- everything at once -------------------------------------------------------


def scoreboard(wanted: Sequence[Marks], decisions: Iterable[Marks]) -> dict[str, float]:
    """Every measure under a dotted name, such as ``facts.core.f1``.

    Topics that no label names are left out, and so is a figure that has no case.
    An article without a decision counts as silence.
    """
    got = {marks.article_id: marks for marks in decisions}
    topics = sorted({topic for m in wanted for topic in m.topics})
    board = _spread("near_duplicates", near_duplicate_rates(wanted, got))
    for topic in topics:
        board |= _topic_figures(topic, topic_score(topic, wanted, got))
        if any(fact[1] == topic for m in wanted for fact in m.facts):
            board |= _spread(f"stories.{topic}", story_rates(topic, wanted, got))
    for area, said in (("facts", _facts), ("developments", _developments)):
        truth = {one for m in wanted for one in said(m)}
        mine = {
            one
            for m in wanted
            for one in said(_of(got, m.article_id))
            if one[1] in topics
        }
        for slot, score in slot_rates(truth, mine).items():
            board |= _spread(f"{area}.{slot}", score)
    return board | _alert_figures(alert_score(topics, wanted, got))


def _facts(marks: Marks) -> frozenset[Assertion]:
    return marks.facts


def _developments(marks: Marks) -> frozenset[Assertion]:
    return marks.developments


def _spread(name: str, score: Rates) -> dict[str, float]:
    return {
        f"{name}.precision": score.precision,
        f"{name}.recall": score.recall,
        f"{name}.f1": score.f1,
    }


def _topic_figures(topic: str, score: TopicScore) -> dict[str, float]:
    board = _spread(f"topics.{topic}", score.articles)
    board[f"topics.{topic}.passage_f1"] = score.passages.f1
    if score.average_precision is not None:
        board[f"topics.{topic}.average_precision"] = score.average_precision
    return board


def _alert_figures(score: AlertScore) -> dict[str, float]:
    board = _spread("alerts", score.rates) | {
        "alerts.redundant": score.redundant,
        "alerts.false": score.false,
        "alerts.kind_right": score.kind_right,
    }
    if score.recall_new is not None:
        board["alerts.recall_new"] = score.recall_new
    for kind, recall in score.recall_by_kind.items():
        board[f"alerts.recall.{kind}"] = recall
    return board
