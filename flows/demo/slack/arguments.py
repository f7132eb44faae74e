"""What a request to Slack says: its token and its arguments, as form or as JSON.

References:
    docs.slack.dev/apis/web-api/using-the-slack-web-api (content types, tokens).
"""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from flows.demo.slack.refusals import Json, RefusedError

_JSON = "application/json"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_NONE = ("", "application/octet-stream")  # what aiohttp calls no type at all


def token_of(request: web.Request, body: Json) -> str:
    """The token of a request, from its header or from its form; "" if none."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind == "Bearer" else str(body.get("token") or "")


async def body_of(request: web.Request) -> Json:
    """The arguments of a request: of its query, and of its form or its JSON.

    Raises:
        RefusedError: They cannot be read.
    """
    asked: Json = dict(request.query)
    if request.content_type == _JSON:
        return asked | _object(await request.read())
    if request.content_type in _FORMS:
        return asked | _form(await request.post())
    if request.content_type not in _NONE or await request.read():
        raise RefusedError("invalid_post_type")
    return asked


def _form(fields: Mapping[str, Any]) -> Json:
    """The fields of a form; a webhook's ``payload`` is its whole body as JSON."""
    return _object(str(fields["payload"])) if "payload" in fields else dict(fields)


def _object(text: str | bytes) -> Json:
    try:
        body = json.loads(text)
    except ValueError:
        raise RefusedError("invalid_json") from None
    if not isinstance(body, dict):
        raise RefusedError("json_not_object")
    return body
