"""What `.env` holds in production: secrets that are made once, and the addresses of this start."""

from __future__ import annotations

import json
import secrets
import shlex
import socket
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from deploy.production_local import proxy


@dataclass(frozen=True)
class Secrets:
    secret_key: str
    database_password: str


def secrets_of(folder: Path) -> Secrets:
    """Made with the first start, in a file that only its owner reads."""
    file = folder / "secrets.json"
    if not file.exists():
        file.touch(mode=0o600)
        made = {"secret_key": secrets.token_urlsafe(48), "database_password": secrets.token_hex(24)}
        file.write_text(json.dumps(made))
    return Secrets(**json.loads(file.read_text()))


def free_ports(number: int) -> list[int]:
    """Different ports of the loopback that nobody listens on."""
    sockets = [socket.socket() for _ in range(number)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def environment(folder: Path, *, database: str, redis_port: int, secret_key: str) -> dict[str, str]:
    """The settings of every process, as `deploy/compose.yaml` gives them."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "DATABASE_URL": database,
        "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        "SECRET_KEY": secret_key,
        "ALLOWED_HOSTS": proxy.HOST,
        "TRUSTED_PROXIES": "1",
        "VAR_DIR": str(folder / "site"),
        "ARTIFACTS_DIR": str(folder / "site" / "artifacts"),
        "STATIC_ROOT": str(folder / "static"),
        "PYTHONUNBUFFERED": "1",
    }


def write_manage(folder: Path, code: Path, variables: Mapping[str, str]) -> Path:
    """A script that runs `manage.py` with these settings, for the person at the terminal."""
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    command = f"cd {shlex.quote(str(code))} && exec {shlex.quote(sys.executable)} manage.py"
    script = folder / "manage"
    script.touch(mode=0o700)
    script.write_text(f'#!/bin/sh\n{exports}{command} "$@"\n')
    return script
