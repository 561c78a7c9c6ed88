"""The client's address behind proxies.

Anybody can send X-Forwarded-For. It counts only when a proxy of ours wrote it (TRUSTED_PROXIES).
After this middleware REMOTE_ADDR is the client's address for all that follows: limits, sign-in
attempts, logs. Headers of others are removed, so that nothing later believes them.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

logger = logging.getLogger(__name__)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
)


class TrustedProxies:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._warned: set[str] = set()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        peer = meta.get("REMOTE_ADDR", "")
        if is_trusted(peer, settings.TRUSTED_PROXIES):
            meta["REMOTE_ADDR"] = client_address(
                peer, meta.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXIES
            )
            meta.pop("HTTP_X_FORWARDED_FOR", None)
        else:
            self._remove(peer, meta)
        return self.get_response(request)

    def _remove(self, peer: str, meta: dict[str, object]) -> None:
        found = [name for name in FORWARDED if meta.pop(name, None) is not None]
        if found and peer not in self._warned and len(self._warned) < 100:
            self._warned.add(peer)
            logger.warning(
                "X-Forwarded headers of %s do not count: it is not in TRUSTED_PROXIES", peer
            )


def is_trusted(peer: str, proxies: Sequence[str] | int) -> bool:
    """Whether the other end of the connection may say who the client is.

    A socket in the file system has no address; who may open it is ours.
    """
    if isinstance(proxies, int) or not peer:
        return bool(proxies)
    address = parsed(peer)
    return address is not None and _within(address, proxies)


def client_address(peer: str, forwarded: str, proxies: Sequence[str] | int) -> str:
    """The nearest address that is no proxy of ours, read from the end; ``peer`` without one."""
    hops = [part.strip() for part in forwarded.split(",") if part.strip()]
    if isinstance(proxies, int):
        return _address_or(peer, hops[-min(proxies, len(hops))]) if hops else peer
    client = peer
    for hop in reversed(hops):
        address = parsed(hop)
        if address is None:
            break
        client = str(address)
        if not _within(address, proxies):
            break
    return client


def parsed(text: str) -> Address | None:
    """An address, also with a port (``1.2.3.4:80``, ``[::1]:80``); None for anything else."""
    host = text.partition("]")[0].removeprefix("[") if text.startswith("[") else text
    host = host.partition(":")[0] if host.count(":") == 1 else host
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _address_or(peer: str, hop: str) -> str:
    address = parsed(hop)
    return peer if address is None else str(address)


def _within(address: Address, networks: Sequence[str]) -> bool:
    return any(address in ipaddress.ip_network(network) for network in networks)
