"""Column types that keep what SQLite and PostgreSQL each forget.

SQLite drops time zones and PostgreSQL refuses NUL; neither takes a lone surrogate.
What goes in comes out the same, on both.
"""

import json
import re
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

T = TypeVar("T")

# Autoincrement needs SQLite's own INTEGER; PostgreSQL's would end at 2 billion.
RowNumber: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")

ESCAPE = "\x1a"  # SUBSTITUTE: stands for a letter that a database will not take
_UNSTORABLE = re.compile("[\x00\x1a\ud800-\udfff]")
_ESCAPED = re.compile(f"{ESCAPE}([0-9a-f]{{4}})")
_SIGN = 1 << 63
_REPLACED = "\N{REPLACEMENT CHARACTER}".encode()
_MICROSECOND = timedelta(microseconds=1)


def digest(text: str) -> str:
    """Name a text of any length by 32 hex digits, for a unique index.

    PostgreSQL indexes no value above some 2,700 bytes; URLs are longer.
    """
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def escape(text: str) -> str:
    r"""Spell NUL, lone surrogates and the escape itself as ``\x1a`` + 4 hex digits."""
    return _UNSTORABLE.sub(lambda found: f"{ESCAPE}{ord(found[0]):04x}", text)


def unescape(text: str) -> str:
    """Undo `escape`."""
    if ESCAPE not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


class AnyText(TypeDecorator[str]):
    """Text of any length and any code point, also those a database refuses."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Escape what would be refused."""
        del dialect
        return None if value is None else escape(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Give back the text as it came."""
        del dialect
        return None if value is None else unescape(value)


class Word(TypeDecorator[str]):
    """A `StrEnum` member as its own word, so that tables read without the code."""

    impl = String(32)
    cache_ok = True

    def __init__(self, words: type[str]) -> None:
        """Keep the enum, which refuses words that it does not know."""
        super().__init__()
        self.words = words

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Write the word."""
        del dialect
        return None if value is None else str(self.words(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Read the member."""
        del dialect
        return None if value is None else self.words(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware going in, UTC coming out; naive ones are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Turn into UTC, without its zone for SQLite, which would drop it."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"naive datetime: {value.isoformat()}"
            raise ValueError(msg)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Say that it is UTC."""
        del dialect
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Duration(TypeDecorator[timedelta]):
    """A length of time, exact, as whole microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(
        self, value: timedelta | None, dialect: Dialect
    ) -> int | None:
        """Count microseconds."""
        del dialect
        return None if value is None else value // _MICROSECOND

    def process_result_value(
        self, value: int | None, dialect: Dialect
    ) -> timedelta | None:
        """Read microseconds."""
        del dialect
        return None if value is None else value * _MICROSECOND


class DayNumber(TypeDecorator[date]):
    """A day as its proleptic Gregorian ordinal: three bytes in a narrow index."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> int | None:
        """Count days."""
        del dialect
        return None if value is None else value.toordinal()

    def process_result_value(self, value: int | None, dialect: Dialect) -> date | None:
        """Name the day."""
        del dialect
        return None if value is None else date.fromordinal(value)


class Hash64(TypeDecorator[int]):
    """An unsigned 64-bit hash in a signed column; the order is not kept."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        """Shift 0..2**64-1 to the signed range."""
        del dialect
        return None if value is None else value - _SIGN

    def process_result_value(self, value: int | None, dialect: Dialect) -> int | None:
        """Shift back."""
        del dialect
        return None if value is None else value + _SIGN


class Json(TypeDecorator[T], Generic[T]):
    """A typed value as JSON text: ``Json(tuple[Alert, ...])``.

    The declared type decides what comes out, so ``True``, ``1`` and ``"1"`` stay
    apart, enums and moments come back as such. Text rather than a JSON column:
    PostgreSQL's takes neither NUL nor lone surrogates, and sorts keys.
    """

    impl = Text
    cache_ok = True

    def __init__(self, kind: Any) -> None:  # noqa: ANN401  # no type covers X | Y and X[Y]
        """Prepare reading and writing ``kind``."""
        super().__init__()
        self.kind = kind
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)

    def process_bind_param(self, value: T | None, dialect: Dialect) -> str | None:
        """Write JSON; what pydantic's own writer spoils is written by Python's.

        Pydantic refuses lone surrogates in text, and in keys puts U+FFFD for them.
        """
        del dialect
        if value is None:
            return None
        try:
            written = self._adapter.dump_json(value)
        except PydanticSerializationError:
            written = _REPLACED
        if _REPLACED in written:
            plain = self._adapter.dump_python(value)
            return json.dumps(plain, default=datetime.isoformat)
        return written.decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> T | None:
        r"""Read by type; ``\ud…`` needs the reader that takes lone surrogates."""
        del dialect
        if value is None:
            return None
        if "\\ud" in value:
            return self._adapter.validate_python(json.loads(value))
        return self._adapter.validate_json(value)
