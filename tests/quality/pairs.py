"""Labelled pairs of articles: what the near-duplicate verdict says of them.

Every pair is judged twice: by itself, and (``stream.``) in a store, with all the other
articles around it, found by the index or not at all.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any, TypeAlias
from zlib import crc32

from detectors.model import Article, DuplicateVerdict, Likeness
from detectors.near_duplicates import Candidate, find_original, fingerprint
from detectors.text import read
from flows.desk import Desk
from flows.replay import replay
from flows.seeds import load_seeds
from storage.database import Store

Text: TypeAlias = Mapping[str, Any]
MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)


def copies(path: Path) -> dict[str, float]:
    """Score pairs of ``label`` copy, update, same_event or different, and furniture.

    Args:
        path: Pairs ``a`` and ``b``; ``boilerplate_pages.jsonl`` beside it has pages
            that hold nothing but what many of their site do, by ``incident``.

    Returns:
        How many copies were found, how many others folded; which share of the
        furniture's pairs of unlike incidents folded, and of its pages in a stream;
        which share of updates and same events was called related.
    """
    pairs = [pair for pair in _lines(path) if pair["label"] != "ambiguous"]
    pages = _lines(path.with_name("boilerplate_pages.jsonl"))
    alone = [_judge(pair["a"], pair["b"]) for pair in pairs]
    roots = _roots([pair[side] for pair in pairs for side in ("a", "b")])
    labels = [str(pair["label"]) for pair in pairs]
    together = [roots[p["a"]["id"]] == roots[p["b"]["id"]] for p in pairs]
    figures = {"copies": float(labels.count("copy"))}
    for label in ("copy", "update", "same_event", "different"):
        figures[f"{label}.folded"] = float(
            sum(v.original is not None for v in _of(label, labels, alone))
        )
        figures[f"stream.{label}.folded"] = float(sum(_of(label, labels, together)))
    related = ("update", "same_event")
    told = [v.likeness for label in related for v in _of(label, labels, alone)]
    figures["related.recall"] = _share(
        [each is not Likeness.DIFFERENT for each in told]
    )
    figures["furniture.folded"] = _share(list(_furniture(pages)))
    incidents = {str(page["id"]): page["incident"] for page in pages}
    figures["stream.furniture.folded"] = _share(
        [incidents[key] != incidents[root] for key, root in _roots(pages).items()]
    )
    return figures


def clusters(path: Path) -> dict[str, float]:
    """Score pairs of one news cluster (``gold`` OK) or two, by language.

    One cluster is no copy: a pair counts as found where it is called related at all.
    """
    figures = {}
    pairs = _lines(path)
    for language in sorted({str(pair["lang"]) for pair in pairs}):
        some = [pair for pair in pairs if pair["lang"] == language]
        related = [
            _judge(p["first"], p["second"]).likeness is not Likeness.DIFFERENT
            for p in some
        ]
        right = [pair["gold"] == "OK" for pair in some]
        both = sum(a and b for a, b in zip(related, right, strict=True))
        figures[f"{language}.precision"] = both / max(1, sum(related))
        figures[f"{language}.recall"] = both / max(1, sum(right))
    return figures


def _judge(earlier: Text, later: Text) -> DuplicateVerdict:
    first, second = (
        fingerprint(read(each["text"], title=each["title"]))
        for each in (earlier, later)
    )
    candidate = Candidate(
        article_id="a", root="a", published_at=MIDNIGHT, fingerprint=first
    )
    return find_original(second, [candidate])


def _furniture(pages: Sequence[Text]) -> Iterator[bool]:
    """For each pair of pages of unlike incidents, whether one is taken for a copy."""
    for one, other in combinations(pages, 2):
        if one["incident"] != other["incident"]:
            yield _judge(one, other).original is not None


def _roots(texts: Sequence[Text]) -> dict[str, str]:
    """The first of its copies for each text, in a stream of an article a minute."""
    known = {str(text["id"]): text for text in texts}
    articles = [
        Article(
            id=key,
            url=text.get("url_original") or f"https://{_label(text['group'])}.test/",
            source="",
            title=text["title"],
            text=text["text"],
            published_at=MIDNIGHT + timedelta(minutes=minute),
            fetched_at=MIDNIGHT + timedelta(minutes=minute),
        )
        for minute, (key, text) in enumerate(known.items())
    ]
    store = Store.open("sqlite://")
    try:
        decided = list(replay(store, Desk(seeds=load_seeds(), dry=True), articles))
    finally:
        store.close()
    return {
        each.article_id: each.duplicate.original or each.article_id for each in decided
    }


def _label(group: str) -> str:
    """A site for pages of one kind."""
    return f"s{crc32(group.encode()):x}"


def _of(label: str, labels: Sequence[str], verdicts: Sequence[Any]) -> list[Any]:
    return [each for name, each in zip(labels, verdicts, strict=True) if name == label]


def _share(which: Sequence[bool]) -> float:
    return sum(which) / max(1, len(which))


def _lines(path: Path) -> list[Any]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
