"""Content-Security-Policy: a page runs only our own files.

https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP
https://django-csp.readthedocs.io/en/latest/configuration.html
"""

from __future__ import annotations

from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
    }
}

INLINE_ALLOWED = {
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}
"""Replaces the two directives for a library's own pages. Other hosts stay blocked."""

INLINE_ALLOWED_BELOW = ("/admin/", "/api/docs")
"""The admin's theme (Alpine.js) and Swagger UI evaluate expressions and set styles inline."""
