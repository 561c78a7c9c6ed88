"""Settings from the environment. A wrong value stops the start with the variable's name."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
BASE_DIR = Path(__file__).resolve().parent.parent
_environment = environ.Env()
environ.Env.read_env(BASE_DIR / ".env", overwrite=False)


def is_set(name: str) -> bool:
    return bool(_environment.ENVIRON.get(name))


def _read(name: str, reader: Callable[..., T], default: Any, expected: str) -> T:
    raw = _environment.ENVIRON.get(name)
    if raw is None and default is REQUIRED:
        raise ImproperlyConfigured(f"{name} is not set: {expected} is needed (see .env.example)")
    try:
        return reader(name, default=default)
    except (ValueError, TypeError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"{name}={raw!r} is not {expected}") from error


REQUIRED: Any = object()


def text(name: str, default: Any = REQUIRED) -> str:
    return _read(name, _environment.str, default, "a text")


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value!r} is not one of {', '.join(allowed)}")
    return value


def words(name: str, default: list[str]) -> list[str]:
    """A list, separated by commas."""
    return _read(name, _environment.list, default, "a list separated by commas")


def flag(name: str, default: bool) -> bool:
    value = text(name, str(default)).strip().lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off", ""):
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is not true or false")


def whole(name: str, default: int, least: int = 0) -> int:
    value = _read(name, _environment.int, default, "a whole number")
    if value < least:
        raise ImproperlyConfigured(f"{name}={value} is less than {least}")
    return value


def folder(name: str, default: Path) -> Path:
    return Path(text(name, str(default))).expanduser().resolve()


def database(name: str, default: str) -> dict[str, Any]:
    """A database address, as `postgres://user:password@host:5432/name` or `sqlite:///file`."""
    parsed: dict[str, Any] = dict(_read(name, _environment.db_url, default, "a database address"))
    if parsed.get("ENGINE") not in ("django.db.backends.postgresql", "django.db.backends.sqlite3"):
        raise ImproperlyConfigured(
            f"{name}={text(name, default)!r} is not a postgres:// or sqlite:// address"
        )
    return parsed


def redis(name: str, default: str) -> str:
    value = text(name, default)
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(
            f"{name}={value!r} is not a redis://, rediss:// or unix:// address"
        )
    return value


def web_address(name: str, default: str) -> str:
    value = text(name, default).rstrip("/")
    if value and not value.startswith(("http://", "https://")):
        raise ImproperlyConfigured(f"{name}={value!r} is not an http:// or https:// address")
    return value


WORD_VECTOR_FILES = tuple(
    f"{ending}{packed}" for ending in (".txt", ".vec", ".bin") for packed in ("", ".gz")
)


def text_encoder(name: str, default: str) -> str:
    """``pretrained``, ``words``, an http(s):// address, or an existing folder or vector file."""
    value = text(name, default)
    if value in ("pretrained", "words") or value.startswith(("http://", "https://")):
        return value
    path = Path(value).expanduser()
    if path.is_dir() or (path.is_file() and path.name.lower().endswith(WORD_VECTOR_FILES)):
        return str(path.resolve())
    raise ImproperlyConfigured(
        f"{name}={value!r} is not pretrained, words, an http(s):// address, an existing folder"
        f" or an existing file of word vectors ({', '.join(WORD_VECTOR_FILES)})"
    )


def short_socket(wanted: Path) -> str:
    """``wanted``, or a temporary name if it exceeds the kernel's 107 bytes for a socket's path."""
    if len(os.fsencode(wanted)) <= 100:
        return str(wanted)
    digest = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:16]
    return str(Path(tempfile.gettempdir()) / f"longtail-{os.getuid()}-{digest}.sock")
