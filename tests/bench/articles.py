"""What near-duplicates and topics cost an article, against extracting it.

``python -m tests.bench.articles near_duplicates 10000`` (``topics``, ``meaning``)
prints the figures as JSON: in a process of its own, so that its memory is its own.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from statistics import median

from detectors import near_duplicates
from detectors.meaning import LANGUAGE
from detectors.model import Article
from detectors.seeds import parse_topics
from detectors.text import Reading, read
from detectors.topics import TopicModel
from flows.errors import SettingsError
from flows.follow import _find_original, _index, _near
from flows.meaning import load_encoder
from flows.seeds import load_background, load_topics
from storage.database import Store, UnitOfWork
from tests.bench import reference
from tests.bench.invented import Newsroom, fill_index, topic_files
from tests.bench.rounds import CannotMeasureError, cpu_seconds, in_turn, peak_memory

TOPICS = Path(__file__).resolve().parents[1] / "quality" / "topics"
ROUNDS = 3
ORIGINALS, ARTICLES = 150, 100
FEW, MANY = 50, 200  # topics


def near_duplicates_in(archived: int) -> dict[str, float]:
    """Fingerprint, candidates, verdict and insert of an article in a full archive.

    Returns:
        CPU an article over trafilatura's a page; the process's peak memory in MB.
    """
    newsroom = Newsroom()
    pages = reference.pages()[::2]
    with _archive(archived, newsroom) as (store, originals):
        batches = [
            [
                (article, _read(article))
                for article in newsroom.following(originals, ARTICLES)
            ]
            for _ in range(ROUNDS + 1)
        ]
        with store.unit() as unit:
            for article, _ in chain.from_iterable(batches):
                unit.articles.add(article)

        def judge() -> None:
            with store.unit() as unit:
                for article, reading in batches.pop():
                    _judge(unit, article, reading)

        extract = partial(reference.extract, pages)
        ratio = in_turn(judge, extract, rounds=ROUNDS) * len(pages) / ARTICLES
    return {"vs_trafilatura": ratio, "peak_mb": peak_memory()}


@contextmanager
def _archive(
    archived: int, newsroom: Newsroom
) -> Iterator[tuple[Store, Sequence[Article]]]:
    """A store on disk with so many articles, a few of them with their texts."""
    originals = [newsroom.article(newsroom.text()) for _ in range(ORIGINALS)]
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'archive.db'}")
        try:
            with store.unit() as unit:
                fill_index(unit, archived, newsroom.phrases)
            with store.unit() as unit:
                for article in originals:
                    unit.articles.add(article)
                    _judge(unit, article, _read(article))
            yield store, originals
        finally:
            store.close()


def _read(article: Article) -> Reading:
    return read(article.text, title=article.title)


def _judge(unit: UnitOfWork, article: Article, reading: Reading) -> None:
    """What `flows.follow` does about copies, and nothing else."""
    mark = near_duplicates.fingerprint(reading)
    near = _near(unit, article, mark)
    _index(unit, article, mark, near, _find_original(article, mark, near))


def topics_of() -> dict[str, float]:
    """Match the texts of the pages with the shipped topics, and with many more.

    Only texts that can be read, and extracting only their pages: another language
    costs topics nothing, which is no merit of theirs.

    Returns:
        CPU an article over trafilatura's; a further topic's CPU over the same; and
        a further topic's cost among `MANY` over that among `FEW`, 1 where it is flat.
    """
    pages = reference.readable()
    readings = [read(each.text, language=each.language) for each in pages]
    extract = partial(reference.extract, pages)
    none, few, many = _models()
    alone = in_turn(partial(_match, none, readings), extract, rounds=ROUNDS)
    # Differences of large times, one model after the other as a process has but one:
    # the least of each, for what else the machine does can only add to it.
    first, middle, last = (
        min(cpu_seconds(partial(_match, model, readings)) for _ in range(ROUNDS + 1))
        for model in (none, few, many)
    )
    return {
        "vs_trafilatura": alone,
        "each_vs_trafilatura": (last - first) / MANY / cpu_seconds(extract),
        "200th_vs_50th": (last - middle) / (MANY - FEW) / ((middle - first) / FEW),
        "peak_mb": peak_memory(),
    }


def _models() -> tuple[TopicModel, ...]:
    """The shipped topics alone, with `FEW` more, and with `MANY`."""
    shipped, background = load_topics(), load_background()
    paragraphs = [each.text for each in background if each.language == "en"]
    invented = parse_topics(topic_files(MANY, paragraphs))
    return tuple(
        TopicModel.fit((*shipped, *invented[:number]), background)
        for number in (0, FEW, MANY)
    )


def meaning_of() -> dict[str, float]:
    """Match English articles with three topics of few exemplars, by meaning as well.

    Returns:
        CPU that meaning adds to an article over trafilatura's, and in milliseconds.
    """
    try:
        encoder = load_encoder()
    except SettingsError as error:
        raise CannotMeasureError(error.detail) from error
    pages = [each for each in reference.readable() if each.language == LANGUAGE]
    readings = [read(each.text, language=LANGUAGE) for each in pages]
    topics, background = load_topics(TOPICS), load_background()
    without = partial(_match, TopicModel.fit(topics, background), readings)
    within = partial(_match, TopicModel.fit(topics, background, encoder), readings)
    without()
    added = [cpu_seconds(within) - cpu_seconds(without) for _ in range(ROUNDS)]
    extracting = cpu_seconds(partial(reference.extract, pages))
    return {
        "vs_trafilatura": median(added) / extracting,
        "ms": 1000 * median(added) / len(pages),
        "peak_mb": peak_memory(),
    }


def _match(model: TopicModel, readings: Sequence[Reading]) -> None:
    for reading in readings:
        model.match(reading)


WHAT: Mapping[str, Callable[..., dict[str, float]]] = {
    "near_duplicates": near_duplicates_in,
    "topics": topics_of,
    "meaning": meaning_of,
}


def main(what: str, *sizes: str) -> None:
    """Print the figures of one bench, or why there are none."""
    try:
        found = WHAT[what](*map(int, sizes))
    except CannotMeasureError as error:
        sys.exit(str(error))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
