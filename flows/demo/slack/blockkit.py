"""Block Kit's documented limits, checked offline, in the words that Slack uses.

Known are the blocks and elements that an alert may be made of; every other type is
"unsupported" here even where Slack has it. A property that a type does not have is an
error, as it is in Slack.

References:
    docs.slack.dev/reference/block-kit: blocks, block-elements, composition-objects.
    bolt-js #2509 for the limit on all blocks together, which is not documented.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

Check: TypeAlias = Callable[[object, str], Iterator[str]]
Properties: TypeAlias = Mapping[str, Check]

MAX_BLOCKS = 50
MAX_ID = 255
MAX_HEADER = 150
MAX_TEXT = 3000
MAX_FIELD = 2000
MAX_FIELDS = 10
MAX_CONTEXT_ELEMENTS = 10
MAX_ACTIONS = 25
MAX_OVERFLOW = 5
MAX_OPTIONS = 100
MAX_LABEL = 75  # of buttons and options
MAX_PLACEHOLDER = 150
MAX_OPTION_VALUE = 150
MAX_VALUE = 2000
MAX_URL = 3000
MAX_ALT = 2000
_STYLES = ("bold", "italic", "strike", "code")
MAX_ALL = 13_000  # bolt-js #2509: refused from 13,172 characters on


def complaints(blocks: object) -> tuple[str, ...]:
    """What is wrong with ``blocks``, each with a pointer to where.

    >>> complaints([{"type": "header", "text": {"type": "mrkdwn", "text": "Fire"}}])
    ('unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',)
    """
    wrong = tuple(_BLOCKS(blocks, "/blocks"))
    return wrong or tuple(_twice(blocks))


def length(blocks: object) -> int:
    """All text in ``blocks`` together, in UTF-16 units as JavaScript counts."""
    return sum(
        units(value)
        for node, _ in _nodes(blocks, "")
        for name, value in node.items()
        if name == "text" and isinstance(value, str)
    )


def units(text: str) -> int:
    """Length as JavaScript counts it: characters beyond the BMP are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _at(pointer: str, complaint: str) -> str:
    return f"{complaint} [json-pointer:{pointer}]"


def _string(least: int, most: int) -> Check:
    """A string of ``least`` to ``most`` UTF-16 units."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield _at(pointer, "must be a string")
        elif units(value) < least:
            yield _at(pointer, f"must be more than {least - 1} characters")
        elif units(value) > most:
            yield _at(pointer, f"must be less than {most + 1} characters")

    return check


def _word(*words: str) -> Check:
    """One of ``words``."""

    def check(value: object, pointer: str) -> Iterator[str]:
        if value not in words:
            yield _at(pointer, "must be a valid enum value")

    return check


def _boolean(value: object, pointer: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield _at(pointer, "must be a boolean")


def _whole(value: object, pointer: str) -> Iterator[str]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield _at(pointer, "must be an integer")


def _web_address(value: object, pointer: str) -> Iterator[str]:
    yield from _string(1, MAX_URL)(value, pointer)
    if isinstance(value, str) and not value.startswith(("http://", "https://")):
        yield _at(pointer, "must be a valid url")


def _array(check: Check, least: int, most: int) -> Check:
    """A list of ``least`` to ``most`` values that each pass ``check``."""

    def check_all(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield _at(pointer, "must be an array")
            return
        if len(value) > most:
            yield _at(pointer, f"no more than {most} items allowed")
        if len(value) < least:
            yield _at(pointer, f"no fewer than {least} items allowed")
        for number, each in enumerate(value):
            yield from check(each, f"{pointer}/{number}")

    return check_all


def _object(needed: Properties, allowed: Properties) -> Check:
    """An object with all of ``needed``, and else at most ``allowed``."""
    known = {**needed, **allowed}

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield _at(pointer, "must provide an object")
            return
        for name in needed:
            if name not in value:
                yield _at(pointer, f"missing required field: {name}")
        for name, each in value.items():
            if name in known:
                yield from known[name](each, f"{pointer}/{name}")
            else:
                yield _at(pointer, f"invalid additional property: {name}")

    return check


def _typed(kinds: Mapping[str, tuple[Properties, Properties]]) -> Check:
    """An object whose ``type`` decides what it needs and what it may have."""
    checks = {
        kind: _object({"type": _word(kind), **needed}, allowed)
        for kind, (needed, allowed) in kinds.items()
    }

    def check(value: object, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield _at(pointer, "must provide an object")
        elif "type" not in value:
            yield _at(pointer, "missing required field: type")
        elif value["type"] not in checks:
            yield _at(f"{pointer}/type", f"unsupported type: {value['type']}")
        else:
            yield from checks[value["type"]](value, pointer)

    return check


def _text(most: int, *, formatted: bool = True) -> Check:
    """A text object; without ``formatted`` it must be plain."""
    return _typed(_texts(most, formatted=formatted))


def _texts(
    most: int, *, formatted: bool = True
) -> dict[str, tuple[Properties, Properties]]:
    needed = {"text": _string(1, most)}
    kinds: dict[str, tuple[Properties, Properties]] = {
        "plain_text": (needed, {"emoji": _boolean})
    }
    if formatted:
        kinds["mrkdwn"] = (needed, {"verbatim": _boolean})
    return kinds


_ID = _string(1, MAX_ID)
_IMAGE: tuple[Properties, Properties] = (
    {"image_url": _web_address, "alt_text": _string(1, MAX_ALT)},
    {},
)
_OPTION = _object(
    {"text": _text(MAX_LABEL), "value": _string(1, MAX_OPTION_VALUE)},
    {"description": _text(MAX_LABEL, formatted=False), "url": _web_address},
)
_CONFIRM = _object(
    {
        "title": _text(100, formatted=False),
        "text": _text(300),
        "confirm": _text(30, formatted=False),
        "deny": _text(30, formatted=False),
    },
    {"style": _word("primary", "danger")},
)
_ASKED: Properties = {"action_id": _ID, "confirm": _CONFIRM}
_ELEMENTS: dict[str, tuple[Properties, Properties]] = {
    "button": (
        {"text": _text(MAX_LABEL, formatted=False)},
        {
            **_ASKED,
            "url": _web_address,
            "value": _string(0, MAX_VALUE),
            "style": _word("primary", "danger"),
            "accessibility_label": _string(1, MAX_LABEL),
        },
    ),
    "overflow": ({"options": _array(_OPTION, 1, MAX_OVERFLOW)}, _ASKED),
    "static_select": (
        {"options": _array(_OPTION, 1, MAX_OPTIONS)},
        {
            **_ASKED,
            "placeholder": _text(MAX_PLACEHOLDER, formatted=False),
            "initial_option": _OPTION,
        },
    ),
}
_BLOCK_ID: Properties = {"block_id": _ID}
_SECTION = _typed(
    {
        "section": (
            {},
            {
                **_BLOCK_ID,
                "text": _text(MAX_TEXT),
                "fields": _array(_text(MAX_FIELD), 1, MAX_FIELDS),
                "accessory": _typed({**_ELEMENTS, "image": _IMAGE}),
                "expand": _boolean,
            },
        )
    }
)
_RICH = _typed(
    {
        "text": (
            {"text": _string(1, MAX_TEXT)},
            {"style": _object({}, dict.fromkeys(_STYLES, _boolean))},
        ),
        "link": ({"url": _web_address}, {"text": _string(1, MAX_TEXT)}),
    }
)
_RICH_PARTS: Properties = {"elements": _array(_RICH, 1, MAX_ALL)}
_OTHER_BLOCKS = _typed(
    {
        "header": ({"text": _text(MAX_HEADER, formatted=False)}, _BLOCK_ID),
        "context": (
            {
                "elements": _array(
                    _typed({**_texts(MAX_TEXT), "image": _IMAGE}),
                    1,
                    MAX_CONTEXT_ELEMENTS,
                )
            },
            _BLOCK_ID,
        ),
        "divider": ({}, _BLOCK_ID),
        "rich_text": (
            {
                "elements": _array(
                    _typed(
                        {
                            "rich_text_section": (_RICH_PARTS, {}),
                            "rich_text_quote": (_RICH_PARTS, {"border": _whole}),
                        }
                    ),
                    1,
                    MAX_ALL,
                )
            },
            _BLOCK_ID,
        ),
        "actions": (
            {"elements": _array(_typed(_ELEMENTS), 1, MAX_ACTIONS)},
            _BLOCK_ID,
        ),
        "image": (
            _IMAGE[0],
            {**_BLOCK_ID, "title": _text(MAX_VALUE, formatted=False)},
        ),
    }
)


def _block(value: object, pointer: str) -> Iterator[str]:
    """One block; a section needs a text or fields."""
    if not isinstance(value, dict) or value.get("type") != "section":
        yield from _OTHER_BLOCKS(value, pointer)
        return
    yield from _SECTION(value, pointer)
    if "text" not in value and "fields" not in value:
        yield _at(pointer, "missing required field: text")


_BLOCKS = _array(_block, 0, MAX_BLOCKS)


def _twice(blocks: object) -> Iterator[str]:
    """Identifiers that stand more than once in a message."""
    for name in ("block_id", "action_id"):
        found = [
            (str(node[name]), pointer)
            for node, pointer in _nodes(blocks, "/blocks")
            if name in node
        ]
        count = Counter(value for value, _ in found)
        for value, pointer in found:
            if count[value] > 1:
                yield _at(f"{pointer}/{name}", f'`{name}` "{value}" already exists')
                break


def _nodes(value: object, pointer: str) -> Iterator[tuple[Mapping[str, object], str]]:
    """Every object in ``value`` with the way to it."""
    if isinstance(value, Mapping):
        yield value, pointer
        for name, each in value.items():
            yield from _nodes(each, f"{pointer}/{name}")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, each in enumerate(value):
            yield from _nodes(each, f"{pointer}/{number}")
