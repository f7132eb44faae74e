"""An article's text as the detectors read it, with the way back to the original.

Feeds and pages carry script noise: entities left undecoded, soft hyphens, curly
quotes, decomposed accents. A `Reading` is free of it, and every span of the
reading can be told in code points of the text as it was given.
"""

import html
import html.entities
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate

import numpy as np
import snowballstemmer
import xxhash
from numpy.typing import NDArray

from detectors.model import Span

PASSAGE_SENTENCES = 3  # average precision .70, against .47 for whole documents
HEADING_WORDS = 12  # longer lines without a full stop are cut copy
LIVE_ENTRIES = 3  # two paragraphs with a time in front are a timetable
WRAP_WIDTH = 100  # characters; no longer line anywhere: the lines are a typist's
SHINGLE_WORDS = 4  # candidate recall .998 at the smallest 48 hashes
_BASE, _SPREAD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)  # odd
_HALF = np.uint64(32)

_ENTITY = r"&(?:amp;)?(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
_COMBINING = "\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
_DROPPED = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\x00")
_FOLDED = {
    **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
                    "\u200a\u202f\u205f\u3000\t\r\x0b\x0c", " "),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u0060\u00b4\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "\u2028": "\n", "\u2029": "\n", "\u0085": "\n",
}  # fmt: skip
_ODD_ALONE = rf"{_ENTITY}|[{''.join(sorted(_DROPPED | _FOLDED.keys()))}\ud800-\udfff]"
_ODD = re.compile(rf"\w[{_COMBINING}]+|{_ODD_ALONE}")
# Most texts have no combining marks; without asking at every letter it takes half.
_MARK = re.compile(f"[{_COMBINING}]")
_ODD_UNMARKED = re.compile(_ODD_ALONE)
_LETTERS = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0400-\u045f\u0490\u0491"
PLAIN_WORD = rf"[{_LETTERS}]++(?=[ ,])"
"""Four words of five: tried first, as ranges are matched faster than any letter."""
_WORD = re.compile(r"\w++(?:['-]\w++)*+")
_CASED_WORD = re.compile(rf"([.!?\u2026:\n\"(\[][\s\"'(\[-]{{0,8}}+)?({_WORD.pattern})")
_SENTENCE_END = re.compile(
    r"(?<![.!?\u2026])[.!?\u2026]+[\"')\]]{0,8}+(?=\s+[\"'(\[\u00bf\u00a1-]{0,8}+[^\W_])"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|St|Gen|Col|Lt|Sgt|Gov|Sen|Rep|Rev|Prof|No|vs|Jan|Feb|Mar|"
    r"Apr|Aug|Sept?|Oct|Nov|Dec|a\.m|p\.m|Sra?|Dra|Gral|Cnel|D|Dña|Ud|EE|UU|п|м|г|ул|вул|обл|р|тис|тыс|млн|"
    r"руб|грн|кв|ім|им|св|проф|ред|т|д|е|o|i)|\b[A-ZА-ЯІЇЄҐ])\.$"
)
_LINE = re.compile(r"[^\n]+")
_LINES = re.compile(r"[^\n]+(?:\n(?![ ]*\n)[^\n]+)*")
_UNFINISHED = re.compile(r"[^\s.!?:;\u2026\"')\]]\n(?=[^\s])")
_STAMP = re.compile(r"(?:[01]?\d|2[0-3])[:.][0-5]\d\b")
_STAMPED = re.compile(rf"(?:{_STAMP.pattern}[\W_]*)?")
_STOPS = (".", "!", ":", ";", ",", "\u2026")
_CLOSING = "\"')]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a reading, and the number of its paragraph."""

    start: int
    end: int
    paragraph: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.start, self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text without script noise, cut into paragraphs and sentences.

    Args:
        starts: For each character of ``text``, where it began in the text as
            given; one more for its end. ``len(text) + 1`` numbers.
        stops: For each character of ``text``, where it stopped there.
        paragraphs: Spans of ``text``, in order.
        language: ISO 639-1, as far as it is known.
    """

    title: str
    text: str
    language: str
    starts: Sequence[int]
    stops: Sequence[int]
    paragraphs: tuple[Span, ...]
    sentences: tuple[Sentence, ...]

    def original(self, span: Span) -> Span:
        """Tell a span of the reading in code points of the text as given."""
        start, end = span
        if start >= end:
            return self.starts[start], self.starts[start]
        return self.starts[start], self.stops[end - 1]

    def quote(self, span: Span) -> str:
        """The words of a span."""
        return self.text[span[0] : span[1]]

    def windows(self) -> Iterator[range]:
        """Passages as numbers of their sentences: three in a row, or fewer.

        A paragraph of three sentences or more is cut within itself; shorter ones
        are joined with the next, so that a wire's one-sentence paragraphs make a
        passage too. A heading or a live blog's time stamp begins a new one.
        """
        for block in self._blocks():
            last = max(block.stop - PASSAGE_SENTENCES, block.start)
            for start in range(block.start, last + 1):
                yield range(start, min(start + PASSAGE_SENTENCES, block.stop))

    def passages(self) -> Iterator[Span]:
        """The spans of `windows`."""
        for window in self.windows():
            yield self.sentences[window[0]].start, self.sentences[window[-1]].end

    def by_paragraph(self) -> tuple[range, ...]:
        """The numbers of each paragraph's sentences."""
        counts = Counter(sentence.paragraph for sentence in self.sentences)
        stops = [*accumulate(counts[n] for n in range(len(self.paragraphs)))]
        return tuple(map(range, [0, *stops], stops))

    @property
    def is_live(self) -> bool:
        """Whether it is a live blog: entries that each begin with a time."""
        stamped = sum(self.is_stamped(n) for n in range(len(self.paragraphs)))
        return stamped >= LIVE_ENTRIES

    def is_stamped(self, paragraph: int) -> bool:
        """Whether a paragraph begins with the time of day."""
        start, end = self.paragraphs[paragraph]
        return _STAMP.match(self.text, start, end) is not None

    def opening(self, sentence: Sentence) -> int:
        """Where a sentence's first word stands, behind the stamp of a live blog."""
        stamp = _STAMPED.match(self.text, sentence.start, sentence.end)
        return stamp.end() if stamp else sentence.start

    def is_heading(self, paragraph: int) -> bool:
        """Whether a paragraph is a short line without a full stop, above another."""
        start, end = self.paragraphs[paragraph]
        return (
            paragraph + 1 < len(self.paragraphs)
            and not self.text[start:end].rstrip(_CLOSING).endswith(_STOPS)
            and len(_WORD.findall(self.text, start, end)) <= HEADING_WORDS
        )

    def _blocks(self) -> Iterator[range]:
        """Runs of sentences that a passage may join."""
        start = stop = 0
        for number, run in enumerate(self.by_paragraph()):
            opens = self.is_heading(number) or self.is_stamped(number)
            whole = len(run) >= PASSAGE_SENTENCES
            if start < stop and (opens or whole):
                yield range(start, stop)
                start = stop
            stop = run.stop
            if whole:
                yield run
                start = stop
        if start < stop:
            yield range(start, stop)

    def paragraph_of(self, position: int) -> int:
        """The number of the paragraph that holds ``position``."""
        for number, (start, end) in enumerate(self.paragraphs):
            if start <= position < end:
                return number
        return max(len(self.paragraphs) - 1, 0)

    def sentence_at(self, position: int) -> Span:
        """The sentence that holds ``position``; an empty span if none does."""
        for sentence in self.sentences:
            if sentence.start <= position < sentence.end:
                return sentence.span
        return position, position


def read(text: str, *, title: str = "", language: str = "") -> Reading:
    r"""Free ``text`` of script noise and cut it.

    >>> reading = read("Six&nbsp;dead.\n\nA ho\u00adtel burned.")
    >>> reading.text
    'Six dead.\n\nA hotel burned.'
    >>> reading.original((13, 18))
    (18, 24)
    """
    clean, starts, stops = _clean(text)
    paragraphs = tuple(_paragraphs(clean))
    sentences = tuple(
        Sentence(start=start, end=end, paragraph=number)
        for number, span in enumerate(paragraphs)
        for start, end in _sentences(clean, span)
    )
    return Reading(
        title=_clean(title)[0].strip(),
        text=clean,
        language=language,
        starts=starts,
        stops=stops,
        paragraphs=paragraphs,
        sentences=sentences,
    )


def words(text: str) -> tuple[str, ...]:
    """The words of ``text``, case-folded, in order.

    >>> words("Six of Kyiv's 12-storey flats")
    ('six', 'of', "kyiv's", '12-storey', 'flats')
    """
    return tuple(map(str.casefold, _WORD.findall(text)))


def cased_words(text: str) -> tuple[str, ...]:
    """The words of ``text``, in order; only names keep their capitals.

    A capital that merely opens a sentence or a quotation is no name's.

    >>> cased_words("Debris fell. Two died in Sumy.")
    ('debris', 'fell', 'two', 'died', 'in', 'Sumy')
    """
    # The line break stands for the beginning: so what opens is never empty.
    found = _CASED_WORD.findall(f"\n{text}")
    return tuple(word.casefold() if opens else word for opens, word in found)


def stems(text: str, language: str) -> tuple[str, ...]:
    """The stemmed words of ``text``, in order; unstemmed where no stemmer is known."""
    return stem_words(words(text), language)


def stem_words(run: Iterable[str], language: str) -> tuple[str, ...]:
    """The stem of each of some case-folded words."""
    return tuple(map(_stemming(language), run))


def runs_of(words: Sequence[str]) -> NDArray[np.uint64]:
    """64-bit hashes of every run of four words, in order (Broder 1997).

    A run's hash is a polynomial of its words' hashes, mixed once more so that the
    smallest of many are a fair sample.
    """
    last = max(len(words) - SHINGLE_WORDS + 1, 0)
    hashes = np.fromiter(map(_hash, words), dtype=np.uint64, count=len(words))
    mixed = np.zeros(last, dtype=np.uint64)
    for place in range(SHINGLE_WORDS if last else 0):
        mixed = mixed * _BASE + hashes[place : place + last]
    mixed ^= mixed >> _HALF
    mixed *= _SPREAD
    mixed ^= mixed >> _HALF
    return mixed


def shingles(text: str) -> frozenset[int]:
    """`runs_of` the words of a cleaned text, as a set."""
    return frozenset(runs_of(words(text)).tolist())


@lru_cache(maxsize=1 << 16)
def _hash(word: str) -> int:
    return xxhash.xxh3_64_intdigest(word.encode())


def _clean(text: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """The text without noise; where each of its characters began, and stopped."""
    odds = (_ODD if _MARK.search(text) else _ODD_UNMARKED).finditer(text)
    kept: list[str] = []
    starts: list[int] = []
    stops: list[int] = []
    position = 0
    for odd in odds:
        start, end = odd.span()
        piece = _plain(odd.group())
        kept += text[position:start], piece
        starts += range(position, start)
        stops += range(position + 1, start + 1)
        starts += [start] * len(piece)
        stops += [end] * len(piece)
        position = end
    if not position:
        return text, range(len(text) + 1), range(1, len(text) + 1)
    kept.append(text[position:])
    starts.extend(range(position, len(text) + 1))
    stops.extend(range(position + 1, len(text) + 1))
    return "".join(kept), tuple(starts), tuple(stops)


@lru_cache(maxsize=4096)
def _plain(odd: str) -> str:
    """What an entity, an accented letter or a typographic character reads as."""
    decoded = html.unescape(html.unescape(odd)) if _is_entity(odd) else odd
    composed = unicodedata.normalize("NFC", decoded)
    return "".join(
        _FOLDED.get(character, character)
        for character in composed
        if character not in _DROPPED and not "\ud800" <= character <= "\udfff"
    )


def _is_entity(odd: str) -> bool:
    """Whether it is one: ``&notes;`` is not, though browsers would read ``¬es;``."""
    if not odd.startswith("&"):
        return False
    name = odd.removeprefix("&amp;").removeprefix("&")
    return name.startswith("#") or not name or name in html.entities.html5


def _paragraphs(text: str) -> Iterator[Span]:
    """Lines; or blocks of lines, where a typist or an editor wrapped them."""
    pattern = _LINES if _is_wrapped(text) else _LINE
    for match in pattern.finditer(text):
        start, end = match.span()
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start < end:
            yield start, end


def _is_wrapped(text: str) -> bool:
    """Whether lines end where the page did, amid sentences."""
    widest = max((len(line) for line in text.split("\n")), default=0)
    return widest <= WRAP_WIDTH and len(_UNFINISHED.findall(text)) > 1


def _sentences(text: str, paragraph: Span) -> Iterator[Span]:
    start, end = paragraph
    for match in _SENTENCE_END.finditer(text, start, end):
        stop = match.end()
        if _goes_on(text, start, match):
            continue
        if text[start:stop].strip():
            yield start, stop
        start = stop
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _goes_on(text: str, start: int, match: "re.Match[str]") -> bool:
    """Whether a sentence goes on behind what looks like its end."""
    if match.group()[0] != ".":
        return False
    behind = _WORD.search(text, match.end())
    if behind is not None and behind.group()[0].islower():
        return True
    stop = match.start() + 1
    return _ABBREVIATION.search(text, max(start, stop - 8), stop) is not None


_SNOWBALL = {"en": "english", "es": "spanish", "ru": "russian"}
_UKRAINIAN = (
    # adjectives of places and peoples: київський, українського
    re.compile(
        r"(\w{4,}?)(?:[сзц]ьк(?:ий|ого|ому|им|ими|их|а|у|ої|ій|ою|е|і|о))(?:ся)?"
    ),
    re.compile(
        r"(\w{3,}?)(?:уванн[яію]|уванням|ованого|ованому|ованими|ований|ована|ованих|овані"
        r"|енням|енн[яію]|ами|ями|ові|еві|єві|ого|ому|ими|іми|ання|анням|ій|ий|им|их|іх|ою"
        r"|ею|єю|ах|ях|ам|ям|ом|ем|єм|ів|їв|ся|сь|ть|ла|ло|ли|в|а|я|о|е|є|и|і|ї|у|ю|ь|й)?"
    ),
)


@cache
def _stemming(language: str) -> Callable[[str], str]:
    """The stemmer of a language, which remembers words; they come again and again."""
    if language == "uk":
        return lru_cache(maxsize=1 << 16)(_ukrainian)
    if language not in _SNOWBALL:
        return str
    stemmer = snowballstemmer.stemmer(_SNOWBALL[language])
    return lru_cache(maxsize=1 << 16)(lambda word: str(stemmer.stemWord(word)))


def _ukrainian(word: str) -> str:
    cuts = (pattern.fullmatch(word) for pattern in _UKRAINIAN)
    return next((cut.group(1) for cut in cuts if cut), word)
