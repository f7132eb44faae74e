"""Log records that stay one line each, whatever a stranger's text has in it (D12).

Records are made here for every logger of the process, those of libraries too, so
that no handler of Prefect's or of an operator's can be reached around it.
"""

import logging
import traceback

from flows.wording import shown

_IN_TRACE = "  | "  # so that no line of a trace can be taken for a record


class Record(logging.LogRecord):
    """A record whose message is one line; the lines of a traceback are marked."""

    def getMessage(self) -> str:  # noqa: N802  # logging's own name
        """The message, without line breaks and all that could steer a terminal."""
        return shown(super().getMessage())


def _record(*given: object, **more: object) -> logging.LogRecord:
    """A record, with its traceback written out already where it has one."""
    record = Record(*given, **more)  # type: ignore[arg-type]
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = _lines(record.exc_info[1])
    return record


def _lines(error: BaseException) -> str:
    """A traceback, each line marked as one."""
    told = "".join(traceback.format_exception(error))
    return "\n".join(f"{_IN_TRACE}{_indented(line)}" for line in told.splitlines())


def _indented(line: str) -> str:
    bare = line.lstrip(" ")
    return " " * (len(line) - len(bare)) + shown(bare)


def keep_to_lines() -> None:
    """Have every record of this process made here; once or often is the same."""
    logging.setLogRecordFactory(_record)
