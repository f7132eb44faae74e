"""Places, their mentions, and how a neighbouring word makes another place of a town.

"Kharkiv and Sumy regions" are two regions, "Nikopol district" is none of its town.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from detectors.model import Span

_GOES_ON = re.compile(
    r"(?:San|Santa|Santo|Puerto|Villa|Ciudad) [A-ZÀ-Þ][\w'-]+ (?:del|de la|de los) "
    r"[A-ZÀ-Þ][\w'-]+"
)
_WATCHED = {"UA": 8, "RU": 4}  # of namesakes, the one where the stream's wars are
_SURE_COUNTRY = 10**6  # a country or region beats any town of its name
_LARGEST_WITH_DISTRICT = 2_000  # thousands; capitals' "districts" are quarters
_SMALLEST_WITH_DISTRICT = 10
_REGIONS_AFTER = re.compile(r" (?:regions|oblasts|provinces)\b", re.IGNORECASE)
_LISTED = re.compile(r",? (?:and )?|, ")
_DISTRICT_AFTER = re.compile(r" (?:district|raion|rayon)\b", re.IGNORECASE)


class PlaceKind(StrEnum):
    """What a name names. A nationality names its country by an adjective."""

    CITY = "city"
    REGION = "region"
    DISTRICT = "district"
    COUNTRY = "country"
    NATIONALITY = "nationality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of the gazetteer.

    Args:
        country: ISO 3166-1 alpha-2.
        region: The name of the region it lies in, without "region"; "" unknown.
        inhabitants: In thousands; 0 for anything but a town.
    """

    name: str
    kind: PlaceKind
    country: str
    region: str = ""
    inhabitants: int = 0

    @property
    def weight(self) -> int:
        """How likely a bare name means this place rather than a namesake."""
        if self.kind is not PlaceKind.CITY:
            return _SURE_COUNTRY
        return (self.inhabitants + 1) * _WATCHED.get(self.country, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMention:
    """A place named in a text, and where.

    ``region`` and ``inhabitants`` are those of `Place`.
    """

    name: str
    kind: PlaceKind
    country: str
    start: int
    end: int
    region: str = ""
    inhabitants: int = 0

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.start, self.end

    def moved(self, by: int) -> "PlaceMention":
        """The same in a text that begins so many letters earlier.

        Every place of an article moves so; `replace` takes twice as long.
        """
        return PlaceMention(
            name=self.name,
            kind=self.kind,
            country=self.country,
            start=self.start + by,
            end=self.end + by,
            region=self.region,
            inhabitants=self.inhabitants,
        )


def mention_of(place: Place, start: int, end: int) -> PlaceMention:
    """A place where a text names it."""
    return PlaceMention(
        name=place.name,
        kind=place.kind,
        country=place.country,
        start=start,
        end=end,
        region=place.region,
        inhabitants=place.inhabitants,
    )


def overlaps(span: Span, covered: Iterable[Span]) -> bool:
    """Whether a span shares a letter with any of some others."""
    return any(start < span[1] and span[0] < end for start, end in covered)


def make_regions(text: str, found: list[PlaceMention]) -> None:
    """Read "Kharkiv and Sumy regions" as two regions, in place."""
    if not _REGIONS_AFTER.match(text, found[-1].end):
        return
    for position in range(len(found) - 1, -1, -1):
        place = found[position]
        if place.kind is not PlaceKind.CITY or not place.region:
            return
        found[position] = mention_of(
            Place(
                name=f"{place.region} region",
                kind=PlaceKind.REGION,
                country=place.country,
                region=place.region,
            ),
            place.start,
            place.end,
        )
        before = found[position - 1] if position else None
        if before is None or not _LISTED.fullmatch(text, before.end, place.start):
            return


def is_town(place: Place) -> bool:
    """Whether a city is large enough to have a district named after it."""
    return place.kind is PlaceKind.CITY and place.inhabitants >= _SMALLEST_WITH_DISTRICT


def has_district(place: Place | PlaceMention) -> bool:
    """Whether a district is named after it: in the wars, and no quarter."""
    return (
        place.country in _WATCHED
        and _SMALLEST_WITH_DISTRICT <= place.inhabitants < _LARGEST_WITH_DISTRICT
    )


def with_rest_of_name(mention: PlaceMention, text: str) -> PlaceMention:
    """The town whose name goes on: "San José del Guaviare" is not San José."""
    if mention.kind is not PlaceKind.CITY:
        return mention
    more = _GOES_ON.match(text, mention.start)
    if more is None or more.end() <= mention.end:
        return mention
    return PlaceMention(
        name=more.group(),
        kind=PlaceKind.CITY,
        country="",
        start=mention.start,
        end=more.end(),
    )


def with_district(mention: PlaceMention, text: str) -> PlaceMention | None:
    """The district, where a town's name is followed by that word.

    None for a quarter: "the Tairove district" of Odesa is no place of its own.
    """
    if mention.kind is not PlaceKind.CITY:
        return mention
    after = _DISTRICT_AFTER.match(text, mention.end)
    if after is None:
        return mention
    if not has_district(mention):
        return None
    return PlaceMention(
        name=f"{mention.name} district",
        kind=PlaceKind.DISTRICT,
        country=mention.country,
        start=mention.start,
        end=after.end(),
        region=mention.region,
    )
