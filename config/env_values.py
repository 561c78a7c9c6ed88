"""What each kind of setting may be: a text in, a value out, ``ValueError`` for all else."""

from __future__ import annotations

import ipaddress
import json
import re
import zoneinfo
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

WORD_VECTOR_FILES = tuple(
    f"{ending}{packed}" for ending in (".txt", ".vec", ".bin") for packed in ("", ".gz")
)
DATABASES = ("django.db.backends.postgresql", "django.db.backends.sqlite3")

_HOST = re.compile(r"\*|\.?[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?\.?|\[[0-9a-f:.]+\]", re.IGNORECASE)
_RATE = re.compile(r"[1-9][0-9]{0,8}/(s|sec|second|m|min|minute|h|hour|d|day)")
_SIGN_ON_ROLE = re.compile(r"superuser|staff|administrator|(manager|analyst)(:[-a-zA-Z0-9_]+)?")
KNOWN = ("django-insecure", "changeme", "change-me", "secret_key", "secret-key", "your-secret")
"""How keys begin that stand in examples, which everybody knows."""

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def text(raw: str) -> str:
    if any(ord(letter) < 32 for letter in raw):
        raise ValueError("control characters")
    return raw


def weakness(raw: str, least: int) -> str:
    """Why a secret is easy to guess, or an empty text. It never holds the secret."""
    if len(raw) < least:
        return f"has {len(raw)} characters; at least {least} are needed"
    if least > 1 and len(set(raw)) < 5:
        return "repeats fewer than 5 different characters"
    if raw.casefold().startswith(KNOWN):
        return "is a published example"
    return ""


def flag(raw: str) -> bool:
    if raw.casefold() not in _TRUE + _FALSE:
        raise ValueError(raw)
    return raw.casefold() in _TRUE


def whole(raw: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", raw) or not least <= int(raw) <= most:
        raise ValueError(raw)
    return int(raw)


def host(raw: str) -> str:
    if not _HOST.fullmatch(raw):
        raise ValueError(raw)
    return raw


def origin(raw: str) -> str:
    parts = urlsplit(raw)
    has_more = parts.path or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("http", "https") or has_more or parts.port == 0:
        raise ValueError(raw)
    host((parts.hostname or "").removeprefix("*") if "[" not in parts.netloc else "[::1]")
    return raw


def network(raw: str) -> str:
    return str(ipaddress.ip_network(raw, strict=False))


def proxies(raw: str) -> list[str] | int:
    if raw.isdecimal():
        return whole(raw, 0, 20)
    return [network(part.strip()) for part in raw.split(",") if part.strip()]


def folder(raw: str) -> Path:
    path = Path(raw).expanduser().absolute()
    nearest = next(place for place in (path, *path.parents) if place.exists())
    if not nearest.is_dir():
        raise ValueError(raw)
    return path


def database(raw: str, base: Path) -> dict[str, Any]:
    """Django's settings of an address; a relative file of SQLite lies below ``base``."""
    if urlsplit(raw).scheme not in environ.Env.DB_SCHEMES:
        raise ValueError(raw)
    parsed = dict(environ.Env.db_url_config(raw))
    if parsed.get("ENGINE") not in DATABASES or not parsed.get("NAME"):
        raise ValueError(raw)
    if parsed["ENGINE"].endswith("sqlite3") and parsed["NAME"] != ":memory:":
        parsed["NAME"] = str(base / parsed["NAME"])
    return parsed


def redis(raw: str) -> str:
    from redis.connection import parse_url

    parsed = parse_url(raw)
    if raw.startswith("unix://") and not parsed.get("path"):
        raise ValueError(raw)
    return raw


def web_address(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError(raw)
    return raw.rstrip("/")


def issuer(raw: str) -> str:
    """The address of an OpenID Connect provider: encrypted, unless it is on this machine."""
    address, parts = web_address(raw), urlsplit(raw)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError(raw)
    return address.removesuffix("/.well-known/openid-configuration")


def sign_on_roles(raw: str) -> dict[str, list[str]]:
    """The provider's groups -> roles; a role alone may stand without a list."""
    table = {
        group: [roles] if isinstance(roles, str) else list(roles)
        for group, roles in json.loads(raw).items()
    }
    for role in (role for roles in table.values() for role in roles):
        if not _SIGN_ON_ROLE.fullmatch(role):
            raise ValueError(role)
    return table


def artifact_store(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme != "s3" or not parts.netloc or parts.username or parts.query or parts.fragment:
        raise ValueError(raw)
    return raw.rstrip("/")


def dask_scheduler(raw: str) -> str:
    parts = urlsplit(raw)
    if parts.scheme not in ("tcp", "tls") or not parts.hostname or not parts.port or parts.path:
        raise ValueError(raw)
    return raw


def mail_server(raw: str) -> dict[str, Any]:
    parsed = dict(environ.Env.email_url_config(raw))
    parsed.pop("OPTIONS", None)
    if parsed["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not parsed["EMAIL_HOST"]:
        raise ValueError(raw)
    return {name: value for name, value in parsed.items() if value is not None}


def mail_sender(raw: str) -> str:
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    try:
        validate_email(parseaddr(raw)[1])
    except ValidationError as error:
        raise ValueError(raw) from error
    return text(raw)


def rate(raw: str) -> str:
    if not _RATE.fullmatch(raw):
        raise ValueError(raw)
    return raw


def time_zone(raw: str) -> str:
    try:
        return zoneinfo.ZoneInfo(raw).key
    except (zoneinfo.ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(raw) from error


def json_object(raw: str) -> str:
    if not isinstance(json.loads(raw), dict):
        raise ValueError(raw)
    return raw


def text_encoder(raw: str) -> str:
    if raw in ("pretrained", "words"):
        return raw
    if raw.startswith(("http://", "https://")):
        return web_address(raw)
    path = Path(raw).expanduser()
    if path.is_dir() or (path.is_file() and path.name.lower().endswith(WORD_VECTOR_FILES)):
        return str(path.resolve())
    raise ValueError(raw)
