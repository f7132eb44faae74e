"""Topics and lexicons out of the text of their files; ``seeds/README.md`` explains.

Nothing is read from a disk here: who knows the folder passes texts in, and a way to
read the files that exemplars name. Every mistake of a file is told at once.
"""

import re
from collections.abc import Callable, Mapping

from detectors.errors import SeedError, SeedErrors
from detectors.languages import READABLE
from detectors.lexicons import Lexicon
from detectors.model import (
    AlertPolicy,
    Exemplar,
    Severity,
    SeverityRule,
    Topic,
    Words,
)
from detectors.sheets import Value, open_sheet
from detectors.slots import IMMATERIAL_SLOTS, NUMBER_SLOTS, SLOT_VALUES, SLOTS

ReadFile = Callable[[str], str | None]

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_PREFIX = re.compile(r"(?<=\S)\*(?=[\s|?]|$)")  # frames part words by bars
_TOPIC_KEYS = (
    "id",
    "title",
    "description",
    "languages",
    "words",
    "exemplars",
    "counter_exemplars",
    "slots",
    "alert",
)
_ALERT_KEYS = (
    "channel",
    "min_probability",
    "independent_sources",
    "material",
    "severity",
    "updates",
)
_RULE_KEYS = ("severity", "slot", "at_least", "values")
_COUNTED = NUMBER_SLOTS | {"power_cut"}


def no_files(_: str) -> str | None:
    """The reader of files where there are none: finds nothing."""
    return None


def parse_topics(
    texts: Mapping[str, str], read_file: ReadFile = no_files
) -> tuple[Topic, ...]:
    """Read several topic files together, in the order of ``texts``.

    Args:
        texts: The text of each file by its name.
        read_file: Gives the text of a file that an exemplar names, or None where
            there is no such file.

    Raises:
        SeedErrors: With the mistakes of all files, and ids that stand twice.
    """
    topics: dict[str, Topic] = {}
    mistakes: list[SeedError] = []
    for name, text in texts.items():
        try:
            topic = parse_topic(text, name, read_file)
        except SeedErrors as errors:
            mistakes.extend(errors.mistakes)
            continue
        if topic.id in topics:
            mistakes.append(SeedError(f"{name}: id", f"{topic.id!r} stands twice"))
        topics[topic.id] = topic
    if mistakes:
        raise SeedErrors(", ".join(texts), tuple(mistakes))
    return tuple(topics.values())


def parse_topic(text: str, name: str, read_file: ReadFile = no_files) -> Topic:
    """Read one topic file.

    Args:
        text: The file's YAML.
        name: What complaints call the file; its stem is the topic's id where the
            file gives none.
        read_file: As of `parse_topics`.

    Raises:
        SeedErrors: With every mistake.
    """
    top = open_sheet(text, name)
    keys = top.keys(_TOPIC_KEYS)
    slots = keys["slots"].some_of(SLOTS) if "slots" in keys else ()
    topic = Topic(
        id=_topic_id(keys, top, name),
        title=_title(keys, top),
        description=keys["description"].text() if "description" in keys else "",
        languages=_languages(keys),
        words=_words(keys),
        exemplars=_exemplars(keys.get("exemplars"), read_file),
        counter_exemplars=_exemplars(keys.get("counter_exemplars"), read_file),
        slots=slots,
        alert=_alert(keys.get("alert"), slots),
    )
    if not (topic.words.any or topic.words.all or topic.exemplars):
        top.complain("looks for nothing: needs words (any or all) or exemplars")
    top.sheet.check()
    return topic


def parse_lexicon(text: str, name: str) -> Lexicon:
    """Read one language's lexicon.

    One rule for every section: the last key above a term (or a list of terms) is
    what the terms mean, the keys above it are the category. Keys and terms are
    words as written, also ``6``, ``no`` and ``on``.

    >>> lexicon = parse_lexicon('''
    ... language: en
    ... strikes: {weapons: {drone: [drone, "shahed*"]}}
    ... numbers: {cardinals: {6: six}}
    ... ''', "en.yaml")
    >>> lexicon.categories["strikes.weapons"]["drone"]
    ('drone', 'shahed*')
    >>> lexicon.categories["numbers.cardinals"]["6"]
    ('six',)

    Raises:
        SeedErrors: With every mistake.
    """
    top = open_sheet(text, name)
    keys = top.keys()
    language = ""
    if "language" in keys:
        language = keys.pop("language").one_of(READABLE)
    else:
        top.complain(f"needs a language, one of {', '.join(READABLE)}")
    categories: dict[str, dict[str, tuple[str, ...]]] = {}
    for section, value in keys.items():
        _gather(value, section, categories)
    top.sheet.check()
    return Lexicon(language, categories)


def _gather(
    value: Value, category: str, into: dict[str, dict[str, tuple[str, ...]]]
) -> None:
    for key, below in value.keys().items():
        if below.is_keys:
            _gather(below, f"{category}.{key}", into)
        else:
            into.setdefault(category, {})[key] = _terms(below)


def _terms(value: Value) -> tuple[str, ...]:
    terms: dict[str, str] = {}
    for row in value.members():
        term = row.text()
        if term.casefold() in terms:
            row.complain(f"{term!r} stands twice")
        if "*" in _PREFIX.sub("", term):
            row.complain(f"{term!r}: a star stands at the end of a word")
        if term:
            terms[term.casefold()] = term
    return tuple(terms.values())


def _topic_id(keys: Mapping[str, Value], top: Value, name: str) -> str:
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    written = keys["id"].text() if "id" in keys else stem
    if not _ID.fullmatch(written):
        place = keys.get("id", top)
        place.complain(f"{written!r} is no id: small letters, digits and hyphens")
    return written


def _title(keys: Mapping[str, Value], top: Value) -> str:
    if "title" in keys:
        return keys["title"].text()
    top.complain("needs a title")
    return ""


def _languages(keys: Mapping[str, Value]) -> tuple[str, ...]:
    return keys["languages"].some_of(READABLE) if "languages" in keys else ()


def _words(keys: Mapping[str, Value]) -> Words:
    if "words" not in keys:
        return Words()
    lists = keys["words"].keys(("any", "all", "each", "none"))
    each = lists.pop("each").rows() if "each" in lists else ()
    terms = {name: _terms(value) for name, value in lists.items()}
    return Words(
        any=terms.get("any", ()),
        all=terms.get("all", ()),
        each=tuple(group for row in each if (group := _terms(row))),
        none=terms.get("none", ()),
    )


def _exemplars(value: Value | None, read_file: ReadFile) -> tuple[Exemplar, ...]:
    if value is None:
        return ()
    return tuple(
        exemplar for row in value.rows() if (exemplar := _exemplar(row, read_file))
    )


def _exemplar(row: Value, read_file: ReadFile) -> Exemplar | None:
    keys = row.keys(("language", "text", "file"))
    if "language" not in keys:
        row.complain(f"needs a language, one of {', '.join(READABLE)}")
        return None
    language = keys["language"].one_of(READABLE)
    if ("text" in keys) == ("file" in keys):
        row.complain("needs either a text or a file")
        return None
    text = keys["text"].text() if "text" in keys else _file(keys["file"], read_file)
    return Exemplar(language=language, text=text) if language and text else None


def _file(value: Value, read_file: ReadFile) -> str:
    name = value.text()
    text = read_file(name) if name else None
    if name and text is None:
        value.complain(f"no such file {name!r}")
    elif text is not None and not text.strip():
        value.complain(f"nothing in {name!r}")
    return (text or "").strip()


def _alert(value: Value | None, slots: tuple[str, ...]) -> AlertPolicy:
    material = tuple(slot for slot in slots if slot not in IMMATERIAL_SLOTS)
    if value is None:
        return AlertPolicy(material=material)
    keys = value.keys(_ALERT_KEYS)
    probability = keys["min_probability"].share() if "min_probability" in keys else None
    sources = keys.get("independent_sources")
    return AlertPolicy(
        channel=keys["channel"].text() if "channel" in keys else None,
        min_probability=probability,
        independent_sources=sources.whole_number(least=1) if sources else 1,
        material=keys["material"].some_of(slots) if "material" in keys else material,
        severity=_rules(keys.get("severity"), slots),
        updates=_updates(keys.get("updates"), slots),
    )


def _updates(value: Value | None, slots: tuple[str, ...]) -> bool:
    if value is None:
        return False
    if slots:
        value.complain("is for topics without slots: those have developments")
    return value.one_of(("true", "false")) == "true"


def _rules(value: Value | None, slots: tuple[str, ...]) -> tuple[SeverityRule, ...]:
    if value is None:
        return ()
    return tuple(rule for row in value.rows() if (rule := _rule(row, slots)))


def _rule(row: Value, slots: tuple[str, ...]) -> SeverityRule | None:
    keys = row.keys(_RULE_KEYS)
    lacking = [key for key in ("severity", "slot") if key not in keys]
    if lacking:
        row.complain(f"needs {' and '.join(lacking)}")
        return None
    severity = keys["severity"].one_of([word.value for word in Severity])
    slot = keys["slot"].one_of(slots)
    at_least = _at_least(keys.get("at_least"), slot)
    values = _slot_values(keys.get("values"), slot)
    if not severity or not slot:
        return None
    return SeverityRule(
        severity=Severity(severity), slot=slot, at_least=at_least, values=values
    )


def _at_least(value: Value | None, slot: str) -> int | None:
    if value is None:
        return None
    if slot and slot not in _COUNTED:
        value.complain(f"{slot} holds no number")
    return value.whole_number(least=1)


def _slot_values(value: Value | None, slot: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if slot in NUMBER_SLOTS:
        value.complain(f"{slot} holds numbers; use at_least")
    return value.some_of(SLOT_VALUES[slot]) if slot in SLOT_VALUES else value.texts()
