"""Takes personal data and secrets out of what is logged or reported.

Two nets: values under known names are dropped, and texts lose what looks like an address of mail or
network, a query string, a token, an id in a path, or a row that the database quotes.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

MASK = "[…]"

DROPPED = frozenset({
    "authorization", "body", "cookie", "cookies", "data", "dsn", "email", "env", "external_id",
    "form", "headers", "ip", "ip_address", "password", "profile", "query", "query_string",
    "referer", "remote_addr", "secret", "session", "sessionid", "token", "user", "user_agent",
    "user_id", "username",
})  # fmt: skip
"""Names whose values are never logged."""

_PATTERNS = (
    (re.compile(r"(?<=://)[^/@\s]+(?=@)"), MASK),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), MASK),
    (re.compile(r"\?[^\s\"'<>?]*=[^\s\"'<>]*"), f"?{MASK}"),
    (re.compile(r"(?i)\b(api-key|bearer|basic)\s+[\w.~+/=-]{6,}"), rf"\1 {MASK}"),
    (
        re.compile(
            r"(?i)\b(passw(?:or)?d|secret|token|api[_-]?key|sessionid|csrftoken|cookie)"
            r"(['\"]?\s*[=:]\s*)['\"]?[^\s'\",;&]+"
        ),
        rf"\1\2{MASK}",
    ),
    (re.compile(r"(/(?:profiles|interactions|key|confirm-email)/)[^/\s\"'?]+"), rf"\1{MASK}"),
    # PostgreSQL quotes the row that broke a constraint.
    (re.compile(r"(Key \([^)]*\)=\().*(\))"), rf"\1{MASK}\2"),
    (re.compile(r"(Failing row contains \().*(\))"), rf"\1{MASK}\2"),
)
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]+)(?!\w)"
)


def masked(text: str) -> str:
    """The text without what may be personal or secret."""
    if text.isidentifier():
        return text
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return _ADDRESS.sub(_address, text)


def _address(found: re.Match[str]) -> str:
    """Times have colons, too; and this machine's own address is nobody's."""
    try:
        address = ipaddress.ip_address(found[0])
    except ValueError:
        return found[0]
    return found[0] if address.is_loopback or address.is_unspecified else MASK


def without_personal_data(value: Any) -> Any:
    """Mappings, lists and texts, at any depth, without personal data."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {
            name: without_personal_data(each)
            for name, each in value.items()
            if str(name).lower().replace("-", "_") not in DROPPED
        }
    if isinstance(value, list | tuple):
        return [without_personal_data(each) for each in value]
    return value if isinstance(value, int | float | datetime | None) else masked(str(value))
