"""What is looked for: an erased person's id, in every form in which it may be written."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from catalog.models import Catalog
from catalog.profiles.suppression import digest_of

LONGEST_ID = 255
WEAK = 6
"""Ids below this length, and numbers, stand in many texts that are about nobody."""

MOST = 256 << 20
"""The longest content that is unpacked in memory."""


@dataclass(frozen=True)
class Trace:
    """An id, or only its hash in the list of erased ids.

    Attributes:
        label: how reports name it.
        text: the id; empty if only the hash is known.
        matches: whether a whole value is the id.
        ignore_case: for addresses; ids of catalogues differ by case.
    """

    label: str
    text: str
    matches: Callable[[str], bool]
    ignore_case: bool = False

    @property
    def is_weak(self) -> bool:
        return bool(self.text) and (len(self.text) < WEAK or self.text.isdecimal())

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """As text, in JSON, and in an address."""
        forms = [self.text, json.dumps(self.text)[1:-1], quote(self.text), quote(self.text, "")]
        return tuple(dict.fromkeys(forms)) if self.text else ()

    @property
    def _flags(self) -> re.RegexFlag:
        return re.IGNORECASE if self.ignore_case else re.NOFLAG

    @cached_property
    def _words(self) -> re.Pattern[str]:
        forms = "|".join(map(re.escape, self.spellings))
        return re.compile(rf"(?<!\w)(?:{forms})(?!\w)", self._flags)

    @cached_property
    def _bytes(self) -> re.Pattern[bytes]:
        """The encodings of files and of numpy's arrays of texts."""
        forms = [
            re.escape(form.encode(encoding, "surrogatepass"))
            for form in self.spellings
            for encoding in ("utf-8", "utf-16-le", "utf-32-le", "utf-32-be")
        ]
        return re.compile(b"|".join(dict.fromkeys(forms)), self._flags)

    def in_value(self, value: str) -> bool:
        """Whether a value of a column is the id, or a text or JSON that holds it."""
        if self.matches(value) or any(map(self.matches, _leaves(value))):
            return True
        if self.is_weak:
            return False
        if self.text:
            return bool(self._words.search(value))
        return any(map(self.matches, set(re.findall(r"[^\s,;:\"'|=&/<>()\[\]{}]+", value))))

    def in_bytes(self, content: bytes) -> bool:
        """Whether bytes hold the id as a word of its own, in any encoding."""
        if not self.text:
            return self.in_value(content.decode("utf-8", "replace"))
        if not self._bytes.search(content):
            return False
        if self._words.search(content.decode("utf-8", "replace")):
            return True
        return any(
            self._words.search(content[start:].decode(encoding, "replace"))
            for encoding, width in (("utf-16-le", 2), ("utf-32-le", 4), ("utf-32-be", 4))
            for start in range(width)
        )


def of_id(external_id: str) -> Trace:
    return Trace(external_id, external_id, lambda value: value == external_id)


def of_digest(catalog: Catalog, digest: str) -> Trace:
    """Every value is hashed as the list of erased ids does it, which takes a while."""
    return Trace(
        f"hash {digest[:12]}",
        "",
        lambda value: len(value) <= LONGEST_ID and digest_of(catalog, value) == digest,
    )


def of_address(email: str) -> Trace:
    return Trace(email, email, lambda value: value.casefold() == email.casefold(), True)


def unpacked(content: bytes) -> Iterator[bytes]:
    """The bytes, and what is packed in them: gzip, zlib, and the members of a ZIP or .npz."""
    yield content
    try:
        if content[:2] == b"\x1f\x8b":
            yield gzip.GzipFile(fileobj=io.BytesIO(content)).read(MOST)
        elif content[:1] == b"\x78":
            yield zlib.decompressobj().decompress(content, MOST)
        elif content[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for name in archive.namelist():
                    yield name.encode()
                    yield archive.read(name)[:MOST]
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile):
        return


def _leaves(value: str) -> Iterator[str]:
    """The texts and keys of a JSON value."""
    if value[:1] not in '[{"':
        return
    try:
        waiting: list[Any] = [json.loads(value)]
    except ValueError:
        return
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            yield from each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
