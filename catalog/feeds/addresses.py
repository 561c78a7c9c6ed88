"""Where a feed may be fetched from: no private network, no file outside of its folder."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from config.errors import invalid_field

SCHEMES = ("http", "https")


def is_web(address: str) -> bool:
    return address.lower().startswith(tuple(f"{scheme}://" for scheme in SCHEMES))


def public_address(host: str, port: int) -> str:
    """The IP address to connect to: what was checked is what is asked.

    All addresses of the name must be public, unless ``FEED_PRIVATE_HOSTS`` has the name.

    Raises:
        AppError: ``invalid`` for an unknown name and for a private address.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise invalid_field("address", host, _("is no known host")) from None
    addresses = [str(entry[4][0]) for entry in found]
    if host.lower() not in settings.FEED_PRIVATE_HOSTS:
        for address in addresses:
            if not _is_public(address):
                reason = _(
                    "is an address of a private network; FEED_PRIVATE_HOSTS can allow the host"
                )
                raise invalid_field("address", host, reason)
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_global and not ip.is_multicast


def file_below_folder(address: str) -> Path:
    """The file of a path, which must be in ``FEED_DIR`` after all links are followed.

    Raises:
        AppError: ``invalid``.
    """
    folder = Path(settings.FEED_DIR).resolve()
    file = (folder / address.removeprefix("file://")).resolve()
    if not file.is_relative_to(folder) or "\x00" in address:
        reason = _("must be https://… or a file in the folder %(folder)s (FEED_DIR)")
        raise invalid_field("address", address, reason % {"folder": folder})
    return file
