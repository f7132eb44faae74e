"""Tell who speaks for what a sentence says of a meeting.

A speaker is named: a country, a union of countries, a capital or an institution beside
a verb of telling, with its office. "He said" and "those in the building" name none.
"""

from collections.abc import Iterator, Sequence

from detectors.facts.lines import Line
from detectors.facts.places import PlaceKind
from detectors.model import Span

_BEFORE = 2  # tokens from a speaker to the verb: "the Kremlin on Monday | said"
_BEHIND = 4  # tokens from the verb to a speaker: "anunció este martes el ministro"
_LINK = 2  # tokens within a speaker: "officials in Doha", "ministry of Chad"
_OFFICES = ("office", "voice", "authority")
_NAMES = ("institution", "body")
_Run = tuple[int, int]
_Word = tuple[int, int, bool]  # its tokens, and whether it names somebody alone


def find_speaker(line: Line, status: int) -> Span | None:
    """Where the sentence names its source; None where it does not.

    Of several it is the one beside the verb closest to ``status``, a token's number.
    """
    verbs = sorted(
        (*line.of("said"), *line.of("denial")),
        key=lambda verb: abs(verb.first - status),
    )
    words = sorted(_words(line))
    for verb in verbs:
        run = _before(line, verb.first, words) or _behind(line, verb.last, words)
        if run is not None:
            return line.tokens.span(*run)
    return None


def _words(line: Line) -> Iterator[_Word]:
    """Everything that may be part of a speaker."""
    for place in line.places:
        first, last = line.token_at(place.start), line.token_at(place.end - 1) + 1
        yield first, last, place.kind is not PlaceKind.NATIONALITY
    for category in (*_OFFICES, *_NAMES):
        for hit in line.of(category):
            yield hit.first, hit.last, category in _NAMES


def _before(line: Line, verb: int, words: Sequence[_Word]) -> _Run | None:
    """Who stands before the verb, in its clause."""
    start, _ = line.clause(verb)
    near = [word for word in words if start <= word[0] and word[1] <= verb]
    last = max((word[1] for word in near), default=-1)
    passive = any(last <= hit.first < verb for hit in line.of("resumes"))
    if passive or not 0 <= verb - last <= _BEFORE:
        return None
    first = last
    for word in sorted(near, reverse=True):
        if _linked(line, word[1], first):
            first = min(first, word[0])
    return _named((first, last), near)


def _behind(line: Line, verb: int, words: Sequence[_Word]) -> _Run | None:
    """Who stands behind the verb, where what was told does not."""
    _, end = line.clause(verb)
    near = [word for word in words if verb <= word[0] and word[1] <= end]
    first = min((word[0] for word in near), default=-1)
    told = any(verb <= hit.first < first for hit in line.of("that"))
    if told or not 0 <= first - verb <= _BEHIND:
        return None
    last = first
    for word in near:
        if _linked(line, last, word[0]):
            last = max(last, word[1])
    return None if line.starts_at("noun", last) else _named((first, last), near)


def _linked(line: Line, end: int, start: int) -> bool:
    """Whether two parts of a name stand together: "officials in | Doha"."""
    between = line.tokens.words[end:start]
    return start - end <= _LINK and all(
        word.isalpha() or word == "'" for word in between
    )


def _named(run: _Run, words: Sequence[_Word]) -> _Run | None:
    """The run, if a word in it names somebody, or an office follows an adjective."""
    inside = [word for word in words if run[0] <= word[0] and word[1] <= run[1]]
    own = any(names for *_, names in inside)
    return run if own or len({word[:2] for word in inside}) > 1 else None
