"""Caddy with `deploy/Caddyfile`, on ports and a certificate authority of our own."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HOST = "localhost"


@dataclass(frozen=True)
class Proxy:
    """``folder``: of its certificates. ``webs``: the ports that it spreads requests over."""

    caddy: Path
    folder: Path
    http_port: int
    https_port: int
    health_port: int
    webs: Sequence[int]

    @property
    def address(self) -> str:
        return f"https://{HOST}:{self.https_port}/"

    @property
    def authority(self) -> Path:
        """The certificate that vouches for the proxy's."""
        return self.folder / "data" / "caddy" / "pki" / "authorities" / "local" / "root.crt"

    def environment(self) -> dict[str, str]:
        return {
            "SITE_ADDRESS": HOST,
            "WEB_FROM": "addresses",
            "WEB_ADDRESSES": " ".join(f"127.0.0.1:{port}" for port in self.webs),
            "PROXY_BIND": "127.0.0.1",
            "PROXY_HTTP_PORT": str(self.http_port),
            "PROXY_HTTPS_PORT": str(self.https_port),
            "PROXY_HEALTH_PORT": str(self.health_port),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }

    def command(self, code: Path) -> list[str]:
        file = code / "deploy" / "Caddyfile"
        return [str(self.caddy), "run", "--adapter", "caddyfile", "--config", str(file)]

    def answers(self) -> bool:
        """Whether it has its certificate, too, which it makes a moment after the port is open."""
        try:
            trust = ssl.create_default_context(cafile=self.authority)
            with (
                socket.create_connection(("127.0.0.1", self.https_port), timeout=5) as plain,
                trust.wrap_socket(plain, server_hostname=HOST),
            ):
                return True
        except OSError:
            return False
