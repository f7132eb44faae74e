"""Find the places that a text names, in their usual English form.

A gazetteer is tables of tab-separated lines, ``seeds/places/*.tsv``: name, kind,
country code, the region it lies in, thousands of inhabitants, and other spellings
parted by ``|``. Ukrainian and Russian names are found in every case by the endings
of their declension, so that a table needs the nominative alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from detectors.errors import SeedError
from detectors.facts.declensions import ADJECTIVE, AS_IT_STANDS, decline, fold
from detectors.facts.place_mentions import (
    Place,
    PlaceKind,
    PlaceMention,
    has_district,
    is_town,
    make_regions,
    mention_of,
    overlaps,
    with_district,
    with_rest_of_name,
)
from detectors.text import PLAIN_WORD

_COLUMNS = 6
_LONGEST_ENDING = 3

_WORDS_REMEMBERED = 20_000
_LINES_REMEMBERED = 256  # an article's: facts, recognition and partings ask for each

_folded = lru_cache(_WORDS_REMEMBERED)(fold)

_LINE = re.compile(r"[^\n]+")
_WORD = re.compile(rf"{PLAIN_WORD}|[^\W\d_]+(?:'(?!s\b)[^\W\d_]+)*")
_GAP = re.compile(r"(?: ?- ?| |\. ?)?")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_TOWN_ADJECTIVE = re.compile(r"([а-яіґ']{3,}?)(ськ|цьк|зьк|ск|цк)[а-яії]{1,3}")
_DISTRICT_WORD = "район"
_DISTRICT = re.compile(
    r"\b([А-ЯЁІЇЄҐ][\w']+?)(ськ|цьк|зьк|ск|цк)(?:ий|ого|ому|им|ім|ом) район\w{0,2}\b"
)

_SENTENCE = re.compile(r"[^.!?]+")
_ADJECTIVE_ALONE = re.compile(r"\b[А-ЯЁІЇЄҐ][\w']+(?:ськ|цьк|зьк|ск|цк)\w{1,3}\b")
_ENDS_PHRASE = re.compile(r"\s*(?:[,.;:)-]|(?:и|і|й|та) |$)")
_REGION_WORD = "област"
_CAPITAL = re.compile(r"\bcapital\b")


@dataclass(frozen=True, slots=True)
class _Spelling:
    """One way to write a place: the stem of each word, and what may follow it."""

    words: tuple[tuple[str, frozenset[str]], ...]
    place: Place
    is_small: bool


@dataclass(frozen=True, slots=True)
class _Names:
    """The spellings that may begin with a word.

    Args:
        found: All.
        longer: Those of more words, by the letter that the second begins with; the
            longest first, then the one that a bare name more likely means.
        alone: The likeliest of one word.
    """

    found: tuple[_Spelling, ...]
    longer: Mapping[str, Sequence[_Spelling]]
    alone: _Spelling | None

    @classmethod
    def of(cls, found: Iterable[_Spelling]) -> "_Names":
        """Sort spellings by how well they fit where they fit."""
        known = tuple(found)
        ranked = sorted(known, key=lambda each: (-len(each.words), -each.place.weight))
        longer: dict[str, list[_Spelling]] = {}
        for each in ranked:
            if len(each.words) > 1:
                longer.setdefault(each.words[1][0][:1], []).append(each)
        alone = next((each for each in ranked if len(each.words) == 1), None)
        return cls(known, longer, alone)


class Gazetteer:
    """Every known place by the stem of the first word of its names.

    What stands in the last lines, and what the last words may begin, is remembered:
    words recur, and one article's lines are asked for by every step that reads it.
    """

    def __init__(self, places: Iterable[tuple[Place, Iterable[str]]]) -> None:
        """Index places by all their spellings; a small letter matches both cases."""
        self._in = lru_cache(_LINES_REMEMBERED)(self._in_line)
        self._starting = lru_cache(_WORDS_REMEMBERED)(self._names_of)
        self._index: dict[str, list[_Spelling]] = {}
        self._small: set[str] = set()
        self._capitals: dict[str, Place] = {}
        self._countries: dict[str, Place] = {}
        for place, spellings in places:
            for spelling in spellings:
                self._add(place, spelling)
                if place.kind is PlaceKind.COUNTRY:
                    self._countries.setdefault(place.country, place)
                if _CAPITAL.search(spelling):
                    self._capitals.setdefault(place.country, place)

    @classmethod
    def parse(cls, *tables: str, name: str = "places") -> "Gazetteer":
        r"""Read tables; lines of one name, kind and country add up their spellings.

        Raises:
            SeedError: A line has not six columns, or its kind or number is none.

        >>> table = "Kyiv\tcity\tUA\tKyiv\t2952\tKiev|Київ"
        >>> [place.name for place in Gazetteer.parse(table).find("у Києві, in Kiev")]
        ['Kyiv', 'Kyiv']
        """
        merged: dict[tuple[str, str, str], tuple[Place, list[str]]] = {}
        for table in tables:
            for number, line in enumerate(table.splitlines(), start=1):
                if not line or line.startswith("#"):
                    continue
                place, spellings = _parse_line(line, f"{name}:{number}")
                key = (place.name, place.kind.value, place.country)
                known = merged.get(key)
                if known is None:
                    merged[key] = (place, [place.name, *spellings])
                    continue
                known[1].extend(spellings)
                if place.inhabitants > known[0].inhabitants:
                    merged[key] = (place, known[1])
        return cls(merged.values())

    def find(
        self, text: str, start: int = 0, end: int | None = None
    ) -> tuple[PlaceMention, ...]:
        """Every place named in ``text[start:end]``, in order, never overlapping.

        Of several names at one position the longest wins, then the place that a
        bare name more likely means. Each line is read for itself, so that a
        paragraph's places are the same in whatever text it stands.
        """
        stop = len(text) if end is None else end
        return tuple(
            mention.moved(line.start()) if line.start() else mention
            for line in _LINE.finditer(text, start, stop)
            for mention in self._in(line.group())
        )

    def _in_line(self, text: str) -> tuple[PlaceMention, ...]:
        districts = self._districts(text) if _DISTRICT_WORD in text else []
        covered = [mention.span for mention in districts]
        found = list(districts)
        words = list(_WORD.finditer(text))
        begun = [
            (position, names)
            for position, word in enumerate(words)
            if (names := self._starting(word[0])) is not None
        ]
        behind = 0
        for position, names in begun:
            if position < behind:
                continue
            best = self._at(text, words, position, names)
            if best is None:
                continue
            behind = position + len(best.words)
            span = words[position].start(), words[behind - 1].end()
            if overlaps(span, covered):
                continue
            place = with_rest_of_name(mention_of(best.place, *span), text)
            named = with_district(place, text)
            if named is not None:
                found.append(named)
                make_regions(text, found)
        if _REGION_WORD in text:
            regions = list(self._elliptical(text, found))
            told = [mention.span for mention in regions]
            found = [m for m in found if not overlaps(m.span, told)] + regions
        return tuple(sorted(found, key=lambda mention: mention.start))

    def capital_of(self, country: str) -> Place | None:
        """The city that a table calls the capital of a country, by its ISO code."""
        return self._capitals.get(country)

    def country_of(self, code: str) -> Place | None:
        """The country of an ISO code; None where no table has it."""
        return self._countries.get(code)

    def country_led_from(self, city: PlaceMention) -> Place | None:
        """The country that ``city`` is the capital of; None where it is none."""
        capital = self._capitals.get(city.country)
        is_capital = capital is not None and capital.name == city.name
        return self._countries.get(city.country) if is_capital else None

    def _add(self, place: Place, spelling: str) -> None:
        words = tuple(map(decline, _words(spelling)))
        if not words:
            return
        stem, endings = words[0]
        if place.kind is PlaceKind.NATIONALITY and endings is not AS_IT_STANDS:
            words = ((stem, ADJECTIVE), *words[1:])
        is_small = spelling[0].islower()
        known = self._index.get(stem)
        if known is None:
            self._index[stem] = [_Spelling(words, place, is_small)]
        else:
            known.append(_Spelling(words, place, is_small))
        if is_small:
            self._small.add(stem)

    @staticmethod
    def _at(
        text: str, words: Sequence["re.Match[str]"], position: int, names: _Names
    ) -> _Spelling | None:
        """The best place that begins with a word; None if nothing fits."""
        if names.longer and position + 1 < len(words):
            second = _folded(words[position + 1][0])
            for spelling in names.longer.get(second[:1], ()):
                if _continues(text, words, position, spelling):
                    return spelling
        return names.alone

    def _names_of(self, word: str) -> _Names | None:
        """The spellings whose first word this may be; None for none."""
        small = word[0].islower()
        folded = fold(word)
        longest = _LONGEST_ENDING + 1 if _CYRILLIC.match(folded) else 0
        found: list[_Spelling] = []
        for cut in range(min(longest, max(len(folded) - 1, 0)) + 1):
            stem = folded[: len(folded) - cut]
            if small and stem not in self._small:
                continue
            ending = folded[len(stem) :]
            found += (
                spelling
                for spelling in self._index.get(stem, ())
                if ending in spelling.words[0][1] and (spelling.is_small or not small)
            )
        return _Names.of(found) if found else None

    def town_of(self, adjective: str) -> Place | None:
        """The town that a Ukrainian or Russian adjective is of ("харківський")."""
        match = _TOWN_ADJECTIVE.fullmatch(_folded(adjective))
        return self._town_of(match.group(1), match.group(2)) if match else None

    def _districts(self, text: str) -> list[PlaceMention]:
        """Districts named by a town's adjective ("Нікопольський район")."""
        found = []
        for match in _DISTRICT.finditer(text):
            town = self._town_of(fold(match.group(1)), fold(match.group(2)))
            following = _WORD.match(text, match.end() + 1)
            if (
                town is None
                or not has_district(town)
                or (following and following.group()[0].isupper())
            ):
                continue
            found.append(
                PlaceMention(
                    name=f"{town.name} district",
                    kind=PlaceKind.DISTRICT,
                    country=town.country,
                    start=match.start(),
                    end=match.end(),
                    region=town.region,
                )
            )
        return found

    def _elliptical(
        self, text: str, found: list[PlaceMention]
    ) -> Iterator[PlaceMention]:
        """Regions that leave the word to a neighbour ("над Брянской и Курской").

        Villages are called so as well; beside a region, a region is meant.
        """
        covered = [m.span for m in found if m.kind is not PlaceKind.CITY]
        for sentence in _SENTENCE.finditer(text):
            if _REGION_WORD not in sentence.group():
                continue
            for match in _ADJECTIVE_ALONE.finditer(text, *sentence.span()):
                region = self._region_of(match.group())
                alone = _ENDS_PHRASE.match(text, match.end()) is not None
                if region and alone and not overlaps(match.span(), covered):
                    yield mention_of(region, *match.span())

    def _region_of(self, adjective: str) -> Place | None:
        names = self._starting(adjective)
        spellings = names.found if names is not None else ()
        return next(
            (spelling.place for spelling in spellings if _is_region(spelling)), None
        )

    def _town_of(self, stem: str, suffix: str) -> Place | None:
        stems = (stem, stem.rstrip("ь"), stem + suffix, stem.removesuffix("ів"))
        towns = [
            spelling.place
            for candidate in dict.fromkeys(stems)
            for spelling in self._index.get(candidate, ())
            if len(spelling.words) == 1 and is_town(spelling.place)
        ]
        return max(towns, key=lambda town: town.weight) if towns else None


def _parse_line(line: str, where: str) -> tuple[Place, list[str]]:
    columns = line.split("\t")
    if len(columns) != _COLUMNS:
        raise SeedError(where, f"{len(columns)} columns, needs {_COLUMNS}")
    name, kind, country, region, inhabitants, spellings = columns
    try:
        place = Place(
            name=name,
            kind=PlaceKind(kind),
            country=country,
            region=region,
            inhabitants=int(inhabitants),
        )
    except ValueError as error:
        raise SeedError(where, str(error)) from error
    return place, [spelling for spelling in spellings.split("|") if spelling]


def _words(spelling: str) -> list[str]:
    return fold(spelling).replace("-", " ").replace(".", " ").split()


def _continues(
    text: str, words: Sequence["re.Match[str]"], position: int, spelling: _Spelling
) -> bool:
    """Whether the words after the first are those of a spelling, with no break."""
    if position + len(spelling.words) > len(words):
        return False
    for number, (stem, endings) in enumerate(spelling.words[1:], start=position):
        before, match = words[number], words[number + 1]
        folded = _folded(match[0])
        if not folded.startswith(stem) or folded[len(stem) :] not in endings:
            return False
        if not _GAP.fullmatch(text, before.end(), match.start()):
            return False
    return True


def _is_region(spelling: _Spelling) -> bool:
    return (
        spelling.place.kind is PlaceKind.REGION
        and len(spelling.words) > 1
        and spelling.words[1][0].startswith(_REGION_WORD)
    )
