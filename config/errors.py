"""One error class with one shape for programs: ``{"code", "message", "details"}``."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _


class AppError(Exception):
    """An error that the reader can act on.

    ``code`` is for programs and never changes. ``message`` is a sentence. ``details`` has field,
    value and reason.
    """

    def __init__(self, code: str, message: str, status: int = 400, details: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.details = code, message, status, details or {}

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": str(self.message), "details": self.details}


def invalid_field(field: str, value: object, reason: str) -> AppError:
    """The error for one bad field; all code uses this shape."""
    message = _("%(field)s: “%(value)s” %(reason)s.") % {
        "field": field,
        "value": value,
        "reason": reason.rstrip("."),
    }
    return AppError("invalid", message, 400, {"field": field, "value": value, "reason": reason})
