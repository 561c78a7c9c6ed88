"""Uploaded files in the database, so that any web host and any worker can read them."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.ingestion.reading.formulas import escape_formula
from catalog.ingestion.reading.rows import NamedFile
from catalog.models import Catalog, FileChunk, FileImport
from catalog.validation.row_parsing import RowError
from config.errors import invalid_field

PIECE = 1 << 20
RETENTION = timedelta(days=7)
"""Of what became of an import. Its bytes go with its end."""

ABANDONED_AFTER = timedelta(days=1)
_SPOOLED = 16 << 20
Content = FileChunk.Content


def store(*, upload: Any, catalog: Catalog, user: User, holds: str) -> FileImport:
    """Store an uploaded file.

    Raises:
        AppError: ``invalid`` for one that is empty or larger than ``IMPORT_MAX_MIB``.
    """
    limit = settings.IMPORT_MAX_MIB
    if upload.size > limit << 20:
        reason = _("is larger than %(limit)s MiB (IMPORT_MAX_MIB); import it by command") % {
            "limit": limit
        }
        raise invalid_field("file", upload.name, reason)
    if not upload.size:
        raise invalid_field("file", upload.name, _("is empty"))
    with transaction.atomic():
        stored = FileImport.objects.create(
            catalog=catalog, user=user, holds=holds, file_name=upload.name[-255:], size=upload.size
        )
        upload.seek(0)
        for position, piece in enumerate(iter(lambda: upload.read(PIECE), b"")):
            FileChunk.objects.create(
                file_import=stored, part=Content.FILE, position=position, content=piece
            )
    return stored


@contextmanager
def opened(stored: FileImport) -> Iterator[NamedFile]:
    """The file, to be read and sought.

    Raises:
        AppError: ``invalid`` if its bytes were deleted.
    """
    with tempfile.SpooledTemporaryFile(max_size=_SPOOLED) as file:
        for piece in _pieces(stored, Content.FILE):
            file.write(piece)
        if not file.tell():
            raise invalid_field("file", stored.file_name, _("is no longer stored: upload it again"))
        file.seek(0)
        yield NamedFile(stored.file_name, file)  # type: ignore[arg-type]


def _pieces(stored: FileImport, part: str) -> Iterator[bytes]:
    rows = stored.chunks.filter(part=part).order_by("position").values_list("content", flat=True)
    for piece in rows.iterator(chunk_size=4):
        yield bytes(piece)


class ErrorList:
    """All bad rows of a check as a CSV file, written piece by piece.

    Ids of people are not stored: the line says which row it is.
    """

    def __init__(self, stored: FileImport) -> None:
        self.stored, self.position = stored, 0
        self.stored.chunks.filter(part=Content.ERRORS).delete()
        self.text = io.StringIO()
        self.writer = csv.writer(self.text)
        self.writer.writerow(["line", "field", "value", "reason"])

    def add(self, error: RowError) -> None:
        cells = [str(error.row), error.field, stored_value(error), error.reason]
        self.writer.writerow([escape_formula(cell) for cell in cells])
        if self.text.tell() > PIECE:
            self.flush()

    def flush(self) -> None:
        if not self.text.tell():
            return
        content = self.text.getvalue().encode("utf-8-sig" if self.position == 0 else "utf-8")
        FileChunk.objects.create(
            file_import=self.stored, part=Content.ERRORS, position=self.position, content=content
        )
        self.position += 1
        self.text.seek(0)
        self.text.truncate()


def stored_value(error: RowError) -> str:
    """The value as it is stored; an id of a person is not."""
    return "" if error.field == "user_id" else error.value


def error_list(stored: FileImport) -> Iterator[bytes]:
    """The pieces of the list of bad rows."""
    return _pieces(stored, Content.ERRORS)


def delete_file(stored: FileImport) -> None:
    """Delete the bytes; what became of the import stays, and the list of bad rows."""
    stored.chunks.filter(part=Content.FILE).delete()


def delete_old() -> int:
    """Delete the bytes of abandoned imports, and imports after a week.

    Returns:
        The number of deleted imports.
    """
    abandoned = FileImport.objects.filter(created_at__lt=now() - ABANDONED_AFTER)
    FileChunk.objects.filter(part=Content.FILE, file_import__in=abandoned).delete()
    return FileImport.objects.filter(created_at__lt=now() - RETENTION).delete()[0]
