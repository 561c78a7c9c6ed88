"""Google Merchant XML (RSS 2.0 or Atom), read product by product."""

from __future__ import annotations

import gzip
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser
from django.utils.translation import gettext as _

from catalog.ingestion.presets.merchant import SOURCE, product
from catalog.ingestion.reading.opening import is_page, readable
from catalog.ingestion.reading.problems import bad_file
from catalog.ingestion.reading.rows import Line

_GZIP = b"\x1f\x8b"
_PIECE = 1 << 16
_PRODUCTS = ("item", "entry")
_OTHER_NAMES = {"summary": "description", "content": "description"}
_FEEDS_OWN = {"updated", "published", "author", "guid", "pubDate", "category"}
MOST_CHARACTERS = 1_000_000
"""Of one product: more is no product."""


def is_xml(start: bytes) -> bool:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").decode("latin-1")
    return text.startswith("<") and not is_page(text)


class _Product(NamedTuple):
    """A line of the feed's own elements; ``number`` and ``position`` as of `Line`."""

    number: int
    row: dict[str, Any]
    position: int


class MerchantRows:
    """The products of a feed as rows of ours; like `Rows`, read as often as needed.

    Attributes:
        notices: elements that nothing reads.
        count: products.
    """

    header: dict[str, str]

    def __init__(self, source: Path | IO[bytes], name: str = "") -> None:
        self.source, self.name = source, name or str(getattr(source, "name", "feed.xml"))
        self.unread: set[str] = set()
        self.count, self.header = 0, {}
        for line in self._lines():
            self.count += 1
            self.header.update({element: element for element in line.row if element != "line"})
            self.unread |= set(line.row) - set(SOURCE.columns) - _FEEDS_OWN
        if not self.count:
            raise bad_file(self.name, None, _("has no products (item or entry elements)"))

    @property
    def notices(self) -> list[str]:
        if not self.unread:
            return []
        return [_("Not read: %(names)s.") % {"names": ", ".join(sorted(self.unread))}]

    def __iter__(self) -> Iterator[Line]:
        for line in self._lines():
            yield Line(line.number, product(line.row), line.position)

    def _lines(self) -> Iterator[_Product]:
        with self._opened() as raw, readable(self.name):
            start = raw.read(2)
            raw.seek(0)
            yield from self._parsed(
                gzip.GzipFile(fileobj=raw, mode="rb") if start == _GZIP else raw, raw
            )

    def _opened(self) -> Any:
        if isinstance(self.source, Path):
            return self.source.open("rb")
        self.source.seek(0)
        return _StaysOpen(self.source)

    def _parsed(self, file: Any, raw: IO[bytes]) -> Iterator[_Product]:
        parser = make_parser()
        handler = _Products(parser.getLineNumber)
        parser.setFeature(feature_namespaces, True)
        parser.setContentHandler(handler)
        try:
            while piece := file.read(_PIECE):
                parser.feed(piece)
                yield from handler.take(raw.tell())
            parser.close()
        except SAXParseException as error:
            reason = _("is not valid XML (%(why)s)") % {"why": error.getMessage()}
            raise bad_file(self.name, error.getLineNumber(), reason) from None
        except DefusedXmlException as error:
            reason = _("holds what a feed never needs (%(why)s)") % {"why": type(error).__name__}
            raise bad_file(self.name, None, reason) from None
        except SAXException as error:
            raise bad_file(self.name, None, str(error)) from None
        yield from handler.take(raw.tell())


class _StaysOpen:
    """An open file as a context that leaves it open."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def __enter__(self) -> IO[bytes]:
        return self.file

    def __exit__(self, *_error: object) -> None:
        """Whoever opened the file closes it."""


class _Products(ContentHandler):
    """Collects the direct children of each product, by local name."""

    def __init__(self, line_number: Callable[[], int]) -> None:
        super().__init__()
        self.line_number = line_number
        self.ready: deque[tuple[int, dict[str, Any]]] = deque()
        self.row: dict[str, Any] | None = None
        self.depth, self.line, self.size = 0, 0, 0
        self.text: list[str] = []

    def take(self, position: int) -> Iterator[_Product]:
        while self.ready:
            number, row = self.ready.popleft()
            yield _Product(number, row, position)

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:
        if self.row is None:
            if name[1] in _PRODUCTS:
                self.row, self.depth, self.size = {}, 0, 0
                self.line = self.line_number()
            return
        self.depth += 1
        self.text = [] if self.depth == 1 else self.text
        if self.depth == 1 and name[1] == "link" and (None, "href") in attrs.getNames():
            self.text.append(attrs.getValue((None, "href")))

    def characters(self, content: str) -> None:
        if self.row is not None and self.depth == 1:
            self.size += len(content)
            if self.size > MOST_CHARACTERS:
                raise SAXException(_("a product is longer than a million characters"))
            self.text.append(content)

    def endElementNS(self, name: Any, qname: Any) -> None:
        if self.row is None:
            return
        if self.depth == 0:
            self.ready.append((self.line, self.row))
            self.row = None
        elif self.depth == 1:
            self._add(_OTHER_NAMES.get(name[1], name[1]), "".join(self.text).strip())
        self.depth -= 1

    def _add(self, name: str, value: str) -> None:
        assert self.row is not None
        before = self.row.get(name)
        if not before:
            self.row[name] = value
        elif name == "product_type" and value:
            self.row[name] = [*(before if isinstance(before, list) else [before]), value]
