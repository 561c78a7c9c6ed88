"""Standard JSON, within limits."""

from __future__ import annotations

import gzip
import io
import json
import math
import zlib
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from config.errors import AppError

#: 10,000 rows of 1,600 bytes. A body is in memory while it is read.
LARGEST_BODY = 16 * 1024 * 1024


class StrictJSONParser(BaseParser):
    """Rejects bodies that are too large, and values that no database can store.

    Such values are 1e999 or half a surrogate pair. REST framework's parser reads under
    DATA_UPLOAD_MAX_MEMORY_SIZE, the limit for forms, so this class does not extend it.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        request = parser_context["request"]
        length = int(request.META["CONTENT_LENGTH"])
        if length > LARGEST_BODY:
            raise too_large(length, LARGEST_BODY, _("bytes"))
        try:
            return parse(decoded(stream.read(), request.headers.get("Content-Encoding", "")))
        except (ValueError, RecursionError) as error:
            raise ParseError(
                _("The body is not valid JSON: %(error)s.") % {"error": error}
            ) from None


def decoded(body: bytes, encoding: str) -> bytes:
    """A body without its Content-Encoding.

    Raises:
        AppError: ``unsupported_media_type`` for an encoding other than gzip; ``too_large``.
        ValueError: with the reason why it is no gzip.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return body
    if name not in ("gzip", "x-gzip"):
        message = _("Content-Encoding: “%(name)s” is not supported. Send gzip, or nothing.")
        details = {
            "field": "Content-Encoding",
            "value": encoding[:100],
            "reason": _("must be gzip or identity"),
        }
        raise AppError("unsupported_media_type", message % {"name": encoding[:100]}, 415, details)
    return _unzipped(body)


def _unzipped(body: bytes) -> bytes:
    """A gzip body, decompressed only as far as the limit allows."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as reader:
            text = reader.read(LARGEST_BODY + 1)
    except EOFError:
        raise ValueError(_("the gzip ends too early")) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(_("the gzip is damaged (%(error)s)") % {"error": error}) from None
    if len(text) > LARGEST_BODY:
        raise too_large(len(text), LARGEST_BODY, _("bytes when decompressed"))
    return text


def parse(body: bytes) -> Any:
    """Parse a body.

    Raises:
        ValueError, RecursionError: with the reason.
    """
    text = body.decode("utf-8")
    data = json.loads(text, parse_constant=_reject_constant, parse_float=_finite)
    if "\\ud" in text.lower():
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    return data


def too_large(given: int, limit: int, unit: str) -> AppError:
    message = _("The body has %(given)d %(unit)s. The limit is %(limit)d.") % {
        "given": given,
        "unit": unit,
        "limit": limit,
    }
    return AppError("too_large", message, status=413, details={"given": given, "limit": limit})


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(_("%(name)s is not a JSON number") % {"name": name})


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(_("the number %(number)s is too large") % {"number": text})
    return value
