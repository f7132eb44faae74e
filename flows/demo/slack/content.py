"""What a message may hold: text, blocks and metadata within Slack's limits.

References:
    docs.slack.dev/reference/methods/chat.postMessage and chat.update (their tables
    of errors), docs.slack.dev/messaging/message-metadata, and
    docs.slack.dev/changelog/2018-truncating-really-long-messages.
"""

import json
from collections.abc import Mapping

from flows.demo.slack.blockkit import MAX_ALL, complaints, length
from flows.demo.slack.refusals import Json, RefusedError, complained

MAX_POSTED_TEXT = 40_000  # what goes beyond is cut without a word
MAX_EDITED_TEXT = 4_000  # of chat.update; what goes beyond is refused
MAX_METADATA = 8_000  # bytes; that there is a limit is documented, its size is not
_ENVELOPE = {"event_type", "event_payload"}


def complain(body: Mapping[str, object], *, edit: bool = False) -> str:
    """Slack's word for what a message may not hold; "" if all is within limits.

    >>> complain({"text": ""}), complain({"text": "Fire at the silo"})
    ('no_text', '')
    """
    try:
        checked(body, edit=edit)
    except RefusedError as refusal:
        return refusal.word
    return ""


def checked(body: Mapping[str, object], *, edit: bool = False) -> Json:
    """The text, blocks and metadata of ``body``, as Slack keeps them.

    Blocks and metadata may come as JSON text, as they do in forms. A text that is
    too long for a post is cut.

    Args:
        body: The arguments of a post, an edit or a webhook.
        edit: By the rules of ``chat.update``.

    Raises:
        RefusedError: With the word that the method's page gives.
    """
    text = str(body.get("text") or "")
    blocks = _blocks(body.get("blocks"))
    if body.get("attachments"):  # legacy; this Slack knows none
        raise RefusedError("invalid_attachments")
    if not text and not blocks:
        raise RefusedError("no_text")
    if edit and len(text) > MAX_EDITED_TEXT:
        raise RefusedError("msg_too_long")
    kept: Json = {"text": text[:MAX_POSTED_TEXT]}
    if blocks is not None:
        kept["blocks"] = blocks
    if body.get("metadata") is not None:
        kept["metadata"] = _metadata(body["metadata"])
    return kept


def _blocks(given: object) -> list[Json] | None:
    """Blocks that pass, each with an id of its own; None where none were given."""
    if given is None or given == "":
        return None
    blocks = _parsed(given, "invalid_blocks_format")
    if not isinstance(blocks, list):
        raise RefusedError("invalid_blocks_format")
    if wrong := complaints(blocks):
        raise complained("invalid_blocks", wrong)
    if length(blocks) > MAX_ALL:
        raise RefusedError("msg_blocks_too_long")
    return [{"block_id": f"b{n}", **block} for n, block in enumerate(blocks)]


def _metadata(given: object) -> Json:
    """Metadata of the documented form; an empty object means none."""
    metadata = _parsed(given, "invalid_metadata_format")
    if not isinstance(metadata, dict):
        raise RefusedError("invalid_metadata_format")
    if not metadata:
        return {}
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise RefusedError("invalid_metadata_format")
    if set(metadata) != _ENVELOPE or any(value is None for value in payload.values()):
        raise RefusedError("invalid_metadata_schema")
    if len(json.dumps(metadata).encode()) > MAX_METADATA:
        raise RefusedError("metadata_too_large")
    return metadata


def _parsed(given: object, word: str) -> object:
    """JSON that came as text, as it does in a form."""
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except ValueError:
        raise RefusedError(word) from None
