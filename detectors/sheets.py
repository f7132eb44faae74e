"""A YAML file read by hand: every complaint names file, line and key.

`compose` gives the file's nodes with their lines, and scalars as they were
written: ``no`` stays a word and ``06`` keeps its nought, whatever YAML would make
of them. A reader asks each `Value` for what it must be; what it is not is noted on
the `Sheet` and reading goes on, so that one run names all mistakes.
"""

import difflib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    Event,
    NodeEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from detectors.errors import SeedError, SeedErrors

DEEPEST = 6  # our deepest file has four levels
LONGEST = 2_000_000  # characters; the longest shipped file has 160,000
MOST_VALUES = 500_000  # aliases spelled out; the longest shipped file has 10,000
MOST_NESTED = 32  # YAML's reader dies of 200,000 brackets, and takes us with it

_WHOLE = re.compile(r"-?[0-9]{1,9}")
_SHARE = re.compile(r"[0-9]{0,2}(?:\.[0-9]{1,9})?")
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "seq", "map")
)
_KINDS = ((MappingNode, "keys"), (SequenceNode, "a list"))


@dataclass(slots=True)
class Sheet:
    """One file being read, and what was found wrong with it so far."""

    name: str
    mistakes: list[tuple[int, SeedError]] = field(default_factory=list)

    def complain(self, line: int, path: str, detail: str) -> None:
        """Note a mistake at a line (counted from 1) and a key's dotted path."""
        subject = f"{self.name}:{line}: {path}" if path else f"{self.name}:{line}"
        self.mistakes.append((line, SeedError(subject, detail)))

    def check(self) -> None:
        """Raise everything that was noted, in the order of the lines.

        Raises:
            SeedErrors: If anything was.
        """
        if self.mistakes:
            self.mistakes.sort(key=lambda mistake: mistake[0])
            raise SeedErrors(self.name, tuple(error for _, error in self.mistakes))


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a sheet, where it stands, and how to read it."""

    sheet: Sheet
    path: str
    line: int
    node: Node | None

    def complain(self, detail: str) -> None:
        """Note that this value is wrong."""
        self.sheet.complain(self.line, self.path, detail)

    @property
    def kind(self) -> str:
        """What it is, in a user's words."""
        for kind, words in _KINDS:
            if isinstance(self.node, kind):
                return words
        return "text" if self.node is not None and self.node.value else "nothing"

    @property
    def is_keys(self) -> bool:
        """Whether it is a mapping."""
        return isinstance(self.node, MappingNode)

    def keys(self, known: Collection[str] = ()) -> dict[str, "Value"]:
        """Its keys; those not ``known`` are noted with the nearest that is."""
        if not isinstance(self.node, MappingNode):
            self.complain(f"must hold keys, holds {self.kind}")
            return {}
        found: dict[str, Value] = {}
        for key, node in self.node.value:
            value = self._below(str(key.value), key.start_mark.line + 1, node)
            if value is None:
                continue
            if known and key.value not in known:
                value.complain(f"no such key{nearest(key.value, known)}")
            elif key.value in found:
                value.complain(f"stands twice, first on line {found[key.value].line}")
            else:
                found[key.value] = value
        return found

    def rows(self) -> Iterator["Value"]:
        """The members of its list."""
        if not isinstance(self.node, SequenceNode):
            self.complain(f"must be a list, is {self.kind}")
            return
        for number, node in enumerate(self.node.value, 1):
            value = self._below(f"[{number}]", node.start_mark.line + 1, node)
            if value is not None:
                yield value

    def text(self) -> str:
        """Its words without white space around; noted when there are none."""
        if not isinstance(self.node, ScalarNode) or not self.node.value.strip():
            self.complain(f"must be text, is {self.kind}")
            return ""
        return str(self.node.value).strip()

    def members(self) -> Iterator["Value"]:
        """The members of its list; one text alone is a list of one."""
        if isinstance(self.node, ScalarNode) and self.node.value:
            yield self
        else:
            yield from self.rows()

    def texts(self) -> tuple[str, ...]:
        """The texts of its list."""
        return tuple(text for row in self.members() if (text := row.text()))

    def one_of(self, choices: Collection[str]) -> str:
        """Its word, which must be one of ``choices``."""
        word = self.text()
        if word and word not in choices:
            self.complain(f"no such word {word!r}{nearest(word, choices)}")
            return ""
        return word

    def some_of(self, choices: Collection[str]) -> tuple[str, ...]:
        """The words of its list, each of which must be one of ``choices``."""
        return tuple(word for row in self.members() if (word := row.one_of(choices)))

    def whole_number(self, least: int) -> int:
        """Its whole number, at least ``least``."""
        what = f"a whole number of at least {least}"
        written = self.text()
        if written and not _WHOLE.fullmatch(written):
            self.complain(f"must be {what}, is {written!r}")
        elif written and int(written) < least:
            self.complain(f"must be {what}, is {written}")
        elif written:
            return int(written)
        return least

    def share(self) -> float | None:
        """Its number between 0 and 1."""
        written = self.text()
        if written and not (_SHARE.fullmatch(written) and float(written) <= 1):
            self.complain(f"must be a number between 0 and 1, is {written!r}")
            return None
        return float(written) if written else None

    def _below(self, step: str, line: int, node: Node) -> "Value | None":
        joint = "." if self.path and not step.startswith("[") else ""
        path = f"{self.path}{joint}{step}"
        if path.count(".") > DEEPEST:
            self.sheet.complain(line, path, "too deep")
            return None
        return Value(self.sheet, path, line, node)


def open_sheet(text: str, name: str) -> Value:
    """The whole of a file, to be read from its top.

    Raises:
        SeedErrors: If ``text`` is no YAML, or one that is made to wear a reader out.
    """
    sheet = Sheet(name)
    try:
        _look_over(text, sheet)
        sheet.check()
        node = YAML(typ="safe").compose(text)
    except YAMLError as error:
        line, problem = _problem(error)
        mistake = SeedError(f"{name}:{line}", f"no YAML, {problem}")
        raise SeedErrors(name, (mistake,)) from error
    return Value(sheet, "", 1, node)


def _look_over(text: str, sheet: Sheet) -> None:
    """Complain of the first thing that must not be read; nothing is built for it."""
    if len(text) > LONGEST:
        sheet.complain(1, "", f"too long: {len(text):,} characters, {LONGEST:,} do")
        return
    extent = _Extent()
    for event in YAML(typ="safe").parse(text):
        if problem := extent.take(event):
            sheet.complain(event.start_mark.line + 1, "", problem)
            return


@dataclass(slots=True)
class _Extent:
    """How much a file comes to with its aliases spelled out, event by event.

    ``begun`` has the anchor and the count of every list and mapping that is open;
    ``sizes`` how many values stand under each anchor, itself counted.
    """

    count: int = 0
    begun: list[tuple[str | None, int]] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)

    def take(self, event: Event) -> str:
        """Count one event; what is wrong with it, "" if nothing."""
        if isinstance(event, AliasEvent):
            if any(anchor == event.anchor for anchor, _ in self.begun):
                return f"*{event.anchor} stands inside itself"
            self.count += self.sizes.get(event.anchor, 0)
        elif isinstance(event, CollectionEndEvent):
            self._end(*self.begun.pop())
        elif isinstance(event, NodeEvent):
            self._begin(event)
            tag = getattr(event, "tag", None)
            if tag is not None and tag not in _PLAIN_TAGS:
                return f"a tag, {tag!r}: words, lists and keys need none"
        if len(self.begun) > MOST_NESTED:
            return "too deep"
        return "too many values" if self.count > MOST_VALUES else ""

    def _begin(self, event: NodeEvent) -> None:
        if isinstance(event, CollectionStartEvent):
            self.begun.append((event.anchor, self.count))
            self.count += 1
        else:
            self.count += 1
            self._end(event.anchor, self.count - 1)

    def _end(self, anchor: str | None, before: int) -> None:
        if anchor is not None:
            self.sizes[anchor] = self.count - before


def _problem(error: YAMLError) -> tuple[int, str]:
    """Which line is no YAML, and why."""
    if not isinstance(error, MarkedYAMLError):
        return 1, str(error).splitlines()[0]
    mark = error.problem_mark or error.context_mark
    problem = error.problem or error.context or "unreadable"
    return (mark.line + 1 if mark else 1), str(problem)


def nearest(word: str, choices: Collection[str]) -> str:
    """The end of a complaint that names the nearest right word, if one is near.

    >>> nearest("anny", ["any", "all", "none"])
    ", nearest is 'any'"
    """
    close = difflib.get_close_matches(word, sorted(choices), n=1, cutoff=0.5)
    if close:
        return f", nearest is {close[0]!r}"
    return f", there are {', '.join(sorted(choices))}"
