"""Settings from the environment. A wrong value stops the start: variable, value, what is allowed.

A variable that is empty is not set: that is how Compose files and templates pass on what nobody
gave. `config.env_values` says what each kind of value may be.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

from config import env_values

T = TypeVar("T")
BASE_DIR = Path(__file__).resolve().parent.parent

REQUIRED: Any = object()

DECLARED: dict[str, str] = {}
"""Every variable that was read so far, with what it may be."""

_PASSWORD = re.compile(r"(?<=:)[^:@/]+(?=@)")


class _File(environ.Env):
    """Reads `.env` into a dictionary of its own."""

    ENVIRON: dict[str, str] = {}  # noqa: RUF012 (django-environ's name and place)


def read_file(path: Path = BASE_DIR / ".env") -> None:
    """Take from `.env` what the environment does not set."""
    _File.ENVIRON = {}
    if path.is_file():
        _File.read_env(path)
    for name, value in _File.ENVIRON.items():
        if value.strip() and not is_set(name):
            os.environ[name] = value


def is_set(name: str) -> bool:
    return bool(os.environ.get(name, "").strip())


read_file()


def wrong(name: str, value: str, allowed: str) -> ImproperlyConfigured:
    """The one error for a wrong value. Passwords in addresses are not shown."""
    return ImproperlyConfigured(f"{name}={_PASSWORD.sub('…', value)!r} is not {allowed}")


def _read(name: str, default: Any, allowed: str, parse: Callable[[str], T]) -> T:
    DECLARED[name] = allowed
    if not is_set(name):
        if default is REQUIRED:
            raise ImproperlyConfigured(f"{name} is not set: {allowed} is needed (see .env.example)")
        result: T = default
        return result
    raw = os.environ[name].strip()
    try:
        return parse(raw)
    except (ValueError, TypeError, KeyError, AttributeError, ImproperlyConfigured) as error:
        raise wrong(name, raw, allowed) from error


def text(name: str, default: Any = REQUIRED) -> str:
    return _read(name, default, "a text on one line", env_values.text)


def secret(name: str, default: Any = REQUIRED, *, least: int = 1) -> str:
    """A text that no message shows, of at least ``least`` characters."""
    value = _read(name, default, f"a secret of {least} or more characters", str)
    if is_set(name) and (fault := env_values.weakness(value, least)):
        raise ImproperlyConfigured(
            f"{name} {fault}. Make one: "
            'python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return value


def require(name: str) -> None:
    """Refuse the start without a variable that other settings may leave out."""
    _read(name, REQUIRED, DECLARED[name], str)


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """One of ``allowed``, in any case."""
    by_case = {value.casefold(): value for value in allowed}
    return _read(name, default, f"one of {', '.join(allowed)}", lambda raw: by_case[raw.casefold()])


def words(
    name: str, default: Any, each: Callable[[str], str] = str, allowed: str = "texts"
) -> list[str]:
    """A list, separated by commas; ``each`` checks one entry."""
    return _read(
        name,
        default,
        f"{allowed}, separated by commas",
        lambda raw: [each(part.strip()) for part in raw.split(",") if part.strip()],
    )


def hosts(name: str, default: Any) -> list[str]:
    return words(
        name, default, env_values.host, "names of hosts without scheme and port (.a.org, *)"
    )


def origins(name: str, default: Any) -> list[str]:
    return words(name, default, env_values.origin, "origins with scheme (https://shop.example.org)")


def networks(name: str, default: list[str]) -> list[str]:
    return words(name, default, env_values.network, "addresses or networks (10.0.0.0/8, ::1)")


def proxies(name: str, default: list[str]) -> list[str] | int:
    """The proxies in front of the site: their networks, or how many there are."""
    allowed = "a number of proxies, or their addresses or networks (10.0.0.0/8), with commas"
    return _read(name, default, allowed, env_values.proxies)


def flag(name: str, default: bool) -> bool:
    return _read(name, default, "true or false", env_values.flag)


def whole(name: str, default: int, least: int = 0, most: int = 10**9) -> int:
    """A whole number from ``least`` to ``most``."""
    allowed = f"a whole number from {least} to {most}"
    return _read(name, default, allowed, lambda raw: env_values.whole(raw, least, most))


def folder(name: str, default: Path) -> Path:
    return _read(name, default, "a folder, or the place of a new one", env_values.folder).resolve()


def database(name: str, default: str) -> dict[str, Any]:
    """A database address, as `postgres://user:password@host:5432/name` or `sqlite:///file`."""
    allowed = "a postgres://user:password@host:5432/name or sqlite:///file address"
    parse = lambda raw: env_values.database(raw, BASE_DIR)  # noqa: E731
    return _read(name, None, allowed, parse) or parse(default)


def redis(name: str, default: str) -> str:
    allowed = "a redis://host:6379/0, rediss:// or unix:// address"
    return _read(name, default, allowed, env_values.redis)


def web_address(name: str, default: str) -> str:
    return _read(name, default, "an http:// or https:// address", env_values.web_address)


def issuer(name: str, default: str) -> str:
    allowed = "the https:// address of an OpenID Connect provider (http:// on this machine only)"
    return _read(name, default, allowed, env_values.issuer)


def sign_on_roles(name: str) -> dict[str, list[str]]:
    allowed = (
        "a JSON object of groups and roles: superuser, administrator, manager, analyst, staff,"
        ' or manager:CATALOG and analyst:CATALOG ({"shop-team": ["manager:shop"]})'
    )
    return _read(name, {}, allowed, env_values.sign_on_roles)


def artifact_store(name: str, default: str) -> str:
    """An S3-compatible store, whose client is an optional package."""
    allowed = "an s3://bucket/prefix address"
    return _with_package(name, _read(name, default, allowed, env_values.artifact_store), "s3fs")


def dask_scheduler(name: str, default: str) -> str:
    """The scheduler of a Dask cluster, whose client is an optional package."""
    allowed = "a tcp://host:8786 or tls:// address"
    return _with_package(
        name, _read(name, default, allowed, env_values.dask_scheduler), "distributed"
    )


def _with_package(name: str, value: str, package: str) -> str:
    if value and find_spec(package) is None:
        needed = "pip install -r requirements-scale.txt"
        raise ImproperlyConfigured(f"{name} needs a package that is not installed: {needed}")
    return value


def mail_server(name: str, default: str) -> dict[str, Any]:
    """Django's EMAIL_… settings of an address; empty without one."""
    allowed = (
        "an address of a mail server: smtp://user:password@host:25, smtp+tls://…:587, "
        "smtp+ssl://…:465, consolemail:// or filemail:///folder"
    )
    value = _read(name, None, allowed, env_values.mail_server)
    return value if value is not None else (env_values.mail_server(default) if default else {})


def mail_sender(name: str, default: str) -> str:
    allowed = "a mail address, as shop@example.org or Shop <shop@example.org>"
    return _read(name, default, allowed, env_values.mail_sender)


def rate(name: str, default: str) -> str:
    allowed = "a number of requests by sec, min, hour or day, as 6000/min"
    return _read(name, default, allowed, env_values.rate)


def time_zone(name: str, default: str) -> str:
    allowed = "the name of a time zone, as Europe/Vienna or UTC"
    return _read(name, default, allowed, env_values.time_zone)


def json_object(name: str, default: str) -> str:
    return _read(name, default, "a JSON object", env_values.json_object)


def text_encoder(name: str, default: str) -> str:
    """``pretrained``, ``words``, an http(s):// address, or an existing folder or vector file."""
    allowed = (
        "pretrained, words, an http(s):// address, an existing folder"
        f" or an existing file of word vectors ({', '.join(env_values.WORD_VECTOR_FILES)})"
    )
    return _read(name, default, allowed, env_values.text_encoder)


def short_socket(wanted: Path) -> str:
    """``wanted``, or a temporary name if it exceeds the kernel's 107 bytes for a socket's path."""
    if len(os.fsencode(wanted)) <= 100:
        return str(wanted)
    digest = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:16]
    return str(Path(tempfile.gettempdir()) / f"longtail-{os.getuid()}-{digest}.sock")
