"""JSON as the standard writes it, within limits."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from config.errors import AppError

#: 10,000 rows of 1,600 bytes; bodies are held in memory while they are read.
LARGEST_BODY = 16 * 1024 * 1024


class StrictJSONParser(BaseParser):
    """Refuses bodies that are too large, and what no database keeps: 1e999, half a surrogate pair.

    Not a subclass of REST framework's, which reads under DATA_UPLOAD_MAX_MEMORY_SIZE, the limit for forms.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        length = int(parser_context["request"].META["CONTENT_LENGTH"])
        if length > LARGEST_BODY:
            raise too_large(length, LARGEST_BODY, _("bytes"))
        try:
            return parse(stream.read())
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not JSON: %(error)s.") % {"error": error}) from None


def parse(body: bytes) -> Any:
    """
    Raises:
        ValueError, RecursionError: says what is wrong with the text.
    """
    text = body.decode("utf-8")
    data = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    if "\\ud" in text.lower():
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    return data


def too_large(given: int, limit: int, unit: str) -> AppError:
    message = _("The body has %(given)d %(unit)s; the limit is %(limit)d.") % {
        "given": given,
        "unit": unit,
        "limit": limit,
    }
    return AppError("too_large", message, status=413, details={"given": given, "limit": limit})


def _refuse(name: str) -> NoReturn:
    raise ValueError(_("%(name)s is not a JSON number") % {"name": name})


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(_("%(number)s is too large a number") % {"number": text})
    return value
