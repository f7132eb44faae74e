"""Topics, lexicons, places and background, read from files at each cycle."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from detectors.errors import SeedError
from detectors.facts.places import Gazetteer
from detectors.lexicons import Lexicon
from detectors.model import Exemplar, Topic
from detectors.seeds import parse_lexicon, parse_topics
from detectors.sources import NOTHING_KNOWN, Outlets, parse_owners
from detectors.topics import TopicModel
from flows.damage import Damaged
from flows.meaning import load_encoder
from flows.models import fitted
from flows.version import detectors_version, digest

SHIPPED = Path(__file__).resolve().parent.parent / "seeds"
OWNERS = "owners.yaml"  # beside the topics, and none of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """What to look for, frozen for a run.

    ``version`` names the detectors and the files that decisions are taken under.
    """

    topics: tuple[Topic, ...]
    model: TopicModel
    lexicons: Mapping[str, Lexicon]
    gazetteer: Gazetteer
    outlets: Outlets = NOTHING_KNOWN
    version: str = ""

    def topic(self, topic_id: str) -> Topic:
        """The topic of that id, which must be configured."""
        return next(topic for topic in self.topics if topic.id == topic_id)

    def find(self, topic_id: str) -> Topic | None:
        """The topic of that id, if it is still configured."""
        return next((topic for topic in self.topics if topic.id == topic_id), None)

    def lexicon(self, language: str) -> Lexicon:
        """The words of a language; none for one without a lexicon."""
        return self.lexicons.get(language) or Lexicon(language, {})


def load_seeds(
    folder: Path | None = None,
    *,
    home: Path | None = None,
    meaning: bool = False,
    damaged: Damaged = lambda _: None,
) -> Seeds:
    """Read the topics of ``folder`` (the shipped ones unless given) and the rest.

    Args:
        folder: Of topics, or one file.
        home: Where fitted topics are kept between runs, see `flows.models`.
        meaning: Whether the installed encoder reads for topics of few exemplars.
        damaged: Told where a kept model could not be used.

    Raises:
        SeedErrors: With every mistake of every topic file.
        SeedError: The folder holds no topic, or a file cannot be read.
        SettingsError: No encoder is installed.
    """
    topics = load_topics(folder)
    encoder = load_encoder() if meaning else None
    version = f"{detectors_version()}/{digest(_files(folder))}"
    return Seeds(
        topics=topics,
        model=fitted(topics, load_background(), encoder, home=home, damaged=damaged),
        lexicons=load_lexicons(),
        gazetteer=load_places(),
        outlets=load_owners(folder),
        version=version if encoder is None else f"{version}+{encoder.digest}",
    )


def _files(folder: Path | None) -> list[Path]:
    """Every file that decisions hang on, in one order."""
    place = folder or SHIPPED / "topics"
    own = [place] if place.is_file() else sorted(place.glob("*.yaml"))
    kinds = ("*.yaml", "lexicons/*.yaml", "background/*.txt", "places/*.tsv")
    return [*own, *(f for kind in kinds for f in sorted(SHIPPED.glob(kind)))]


def load_topics(folder: Path | None = None) -> tuple[Topic, ...]:
    """The topics of a folder, or of one file, in the order of their names.

    Raises:
        SeedErrors: With every mistake.
        SeedError: There is no topic there.
    """
    place = folder or SHIPPED / "topics"
    files = [place] if place.is_file() else sorted(place.glob("*.yaml"))
    files = [file for file in files if file.name != OWNERS]
    if not files:
        raise SeedError(str(place), "no topic file (*.yaml) there")
    texts = {str(file): _text(file) for file in files}
    base = place.parent if place.is_file() else place
    return parse_topics(texts, lambda name: _beside(base, name))


def load_owners(folder: Path | None = None) -> Outlets:
    """Who is behind which outlets: as shipped, and as the desk says beside its topics.

    Raises:
        SeedErrors: With every mistake of a file.
    """
    shipped = parse_owners(_text(SHIPPED / OWNERS), str(SHIPPED / OWNERS))
    own = (folder.parent if folder.is_file() else folder) / OWNERS if folder else None
    if own is None or not own.is_file():
        return shipped
    return parse_owners(_text(own), str(own)).over(shipped)


def load_background() -> tuple[Exemplar, ...]:
    """The shipped paragraphs that are on no topic, which probabilities compare with."""
    return tuple(
        Exemplar(language=file.stem, text=paragraph.strip())
        for file in sorted((SHIPPED / "background").glob("*.txt"))
        for paragraph in _text(file).split("\n\n")
        if paragraph.strip()
    )


def load_lexicons() -> dict[str, Lexicon]:
    """Every shipped lexicon, by language."""
    read = [
        parse_lexicon(_text(file), str(file))
        for file in sorted((SHIPPED / "lexicons").glob("*.yaml"))
    ]
    return {lexicon.language: lexicon for lexicon in read}


def load_places() -> Gazetteer:
    """The shipped places, with their usual English names and variants."""
    return Gazetteer.parse(
        "\n".join(_text(file) for file in sorted((SHIPPED / "places").glob("*.tsv")))
    )


def _beside(folder: Path, name: str) -> str | None:
    """The file that an exemplar names; only below the topic file's own folder."""
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        return None
    return _text(file)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError(str(file), f"cannot be read: {error}") from error
