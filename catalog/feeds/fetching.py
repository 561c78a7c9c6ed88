"""Fetches a feed's file: bounded in size, time and redirects, and only if it changed."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.feeds.addresses import SCHEMES, file_below_folder, is_web, public_address
from catalog.models import Feed
from config.errors import AppError, invalid_field

MOST_REDIRECTS = 5
CONNECT_SECONDS, SILENCE_SECONDS = 10, 60
MOST_SECONDS = 3600
"""A server that sends a byte a minute would hold the worker for ever."""

_PIECE = 1 << 20
_SPOOLED = 16 << 20
Beat = Callable[[], Any]

logging.getLogger("httpx2").setLevel(logging.WARNING)  # its lines would hold whole addresses


@dataclass(frozen=True)
class Fetched:
    """A file with a name; ``file`` is None if nothing changed since the last good run."""

    name: str
    file: IO[bytes] | None
    etag: str = ""
    last_modified: str = ""


@contextmanager
def fetched(
    feed: Feed, beat: Beat = lambda: None, *, is_conditional: bool = False
) -> Iterator[Fetched]:
    """Fetch a feed's file, or open it; ``is_conditional``: only if it is another than last time.

    Raises:
        AppError: ``invalid`` for an address that may not be read, ``feed_unreachable`` for a server
            that does not answer with the file.
    """
    if not is_web(feed.address):
        path = file_below_folder(feed.address)
        try:
            opened = path.open("rb")
        except OSError as error:
            reason = _("cannot be opened (%(why)s)") % {"why": error.strerror}
            raise invalid_field("address", feed.address, reason) from None
        with opened:
            state = path.stat()
            tag = f"{state.st_mtime_ns}-{state.st_size}"
            is_same = is_conditional and tag == feed.etag
            yield Fetched(_named(path.name, feed), None if is_same else opened, tag)
        return
    with tempfile.SpooledTemporaryFile(max_size=_SPOOLED) as file:
        yield _download(feed, file, beat, is_conditional)


def _download(feed: Feed, file: IO[bytes], beat: Beat, is_conditional: bool) -> Fetched:
    import httpx2  # only workers and commands fetch; web processes never load it

    timeout = httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    # No proxy from the environment: it would connect where the check below has not looked.
    with httpx2.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client:
        try:
            return _follow(client, feed, file, beat, is_conditional)
        except httpx2.HTTPError as error:
            raise _unreachable(str(error) or type(error).__name__) from None
        except (httpx2.InvalidURL, UnicodeError):
            raise invalid_field("address", feed.address, _("is no web address")) from None


def _follow(client: Any, feed: Feed, file: IO[bytes], beat: Beat, is_conditional: bool) -> Fetched:
    import httpx2

    address, end = httpx2.URL(feed.address), time.monotonic() + MOST_SECONDS
    for _hop in range(MOST_REDIRECTS + 1):
        with client.stream(**_request(address, feed, is_conditional)) as answer:
            if answer.status_code == httpx2.codes.NOT_MODIFIED:
                return Fetched("", None)
            if answer.has_redirect_location:
                address = address.join(answer.headers["Location"])
                continue
            if answer.status_code != httpx2.codes.OK:
                raise _unreachable(f"HTTP {answer.status_code}")
            _write(answer, file, end, beat)
            etag, changed = map(answer.headers.get, ("ETag", "Last-Modified"), ("", ""))
            kind = answer.headers.get("Content-Type", "")
            name = _named(PurePosixPath(address.path).name, feed, kind)
            return Fetched(name, file, etag[:500], changed[:100])
    raise _unreachable(_("more than %(limit)s redirects") % {"limit": MOST_REDIRECTS})


def _request(address: Any, feed: Feed, is_conditional: bool) -> dict[str, Any]:
    """The request to the address that was checked; the name stays for TLS and for the server."""
    if address.scheme not in SCHEMES or not address.host:
        raise invalid_field("address", feed.address, _("leads to what is no web address"))
    port = address.port or (443 if address.scheme == "https" else 80)
    ip = public_address(address.host, port)
    headers = {
        "Host": address.netloc.decode("ascii"),
        "User-Agent": "longtail",
        "Accept-Encoding": "identity",
    }
    if is_conditional and feed.etag:
        headers["If-None-Match"] = feed.etag
    if is_conditional and feed.last_modified:
        headers["If-Modified-Since"] = feed.last_modified
    return {
        "method": "GET",
        "url": address.copy_with(host=ip),
        "headers": headers,
        "extensions": {"sni_hostname": address.host},
    }


def _write(answer: Any, file: IO[bytes], end: float, beat: Beat) -> None:
    limit = settings.FEED_MAX_MIB << 20
    size, reported = 0, 0
    for piece in answer.iter_bytes(_PIECE):
        size += len(piece)
        if size > limit:
            reason = _("the file is larger than %(limit)s MiB (FEED_MAX_MIB)")
            raise _unreachable(reason % {"limit": settings.FEED_MAX_MIB})
        if time.monotonic() > end:
            raise _unreachable(_("the file was not complete after an hour"))
        file.write(piece)
        if size - reported >= _PIECE:
            reported = size
            beat()
    file.seek(0)


def _named(name: str, feed: Feed, content_type: str = "") -> str:
    """A name whose ending says what the file is, for the reader."""
    known = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx", ".xml")
    plain = name.lower().removesuffix(".gz")
    if feed.format != Feed.Format.AUTO:
        return f"{feed.name}.{'xml' if feed.format == Feed.Format.MERCHANT else feed.format}"
    if plain.endswith(known):
        return name
    by_type = {"xml": ".xml", "ndjson": ".jsonl", "json": ".json", "tab-separated": ".tsv"}
    ending = next((each for part, each in by_type.items() if part in content_type), ".csv")
    return f"{name or feed.name}{ending}"


def _unreachable(reason: str) -> AppError:
    message = _("The feed could not be fetched: %(reason)s.") % {"reason": reason.rstrip(".")}
    return AppError("feed_unreachable", message, 502, {"field": "address", "reason": reason})
