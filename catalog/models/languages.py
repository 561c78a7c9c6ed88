"""Language codes of items and of people."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_LANGUAGES = 20
#: "en", "zh-hans", "gsw-ch": as long as the column.
LONGEST_CODE = 10
_CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]+)*", re.ASCII)


def is_language(code: object) -> bool:
    """Whether a text is a lower-case code that the column holds."""
    return isinstance(code, str) and len(code) <= LONGEST_CODE and bool(_CODE.fullmatch(code))


def validate_languages(value: Any) -> None:
    """Reject anything but a list of at most 20 different codes."""
    if not isinstance(value, list) or not all(map(is_language, value)):
        raise ValidationError(_("The languages must be a list of codes such as en or zh-hans."))
    if len(value) > MOST_LANGUAGES or len(set(value)) < len(value):
        raise ValidationError(
            _("At most %(most)s languages, each once.") % {"most": MOST_LANGUAGES}
        )


def is_read(code: str, reads: Collection[str]) -> bool:
    """Whether a person who reads these languages reads a text in ``code``.

    ``en`` and ``en-gb`` read each other; ``zh-hans`` and ``zh-hant`` do not.
    """
    own = code.lower()
    return any(
        own == other or own.startswith(f"{other}-") or other.startswith(f"{own}-")
        for other in map(str.lower, reads)
    )
