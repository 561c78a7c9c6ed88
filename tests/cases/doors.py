"""The three doors of a file: the command, the admin, and the batch. Each gives an `Outcome`."""

from __future__ import annotations

import io
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from catalog.admin.file_import_forms import ReadingForm, initial_of
from catalog.ingestion import upload_runs
from catalog.ingestion.upload_previews import preview
from catalog.models import Catalog, FileImport, Interaction, Item
from config.errors import AppError
from recommender.training import file_datasets
from tests import people
from tests.cases.file_cases import BASE, Door, Outcome
from tests.factories import make_item

LOG_ITEMS = ("i1", "i2", "i3", "3")
"""What the logs name."""


def run(name: str, path: Path, *options: str) -> tuple[str, bool]:
    """What an import command said, and whether it failed."""
    said, error = io.StringIO(), ""
    try:
        call_command(name, "shop", str(path), *options, stdout=said, stderr=said, verbosity=0)
    except CommandError as failure:
        error = str(failure)
    return said.getvalue() + error, bool(error)


def command(catalog: Catalog) -> Door:
    """``manage.py import_items`` or ``import_interactions``, checked first by ``--dry-run``."""

    def door(holds: str, path: Path) -> Outcome:
        name = "import_items" if holds == "items" else "import_interactions"
        make_log_items(catalog, holds)
        checked = run(name, path, "--dry-run")
        said, failed = run(name, path)
        assert checked[1] == failed, "the check and the write disagree"
        return stored(holds, said, failed)

    return door


def admin(catalog: Catalog) -> Door:
    """Upload, check and import in the browser, with the form as the page shows it."""

    def door(holds: str, path: Path) -> Outcome:
        make_log_items(catalog, holds)
        client = people.manager()
        upload = reverse(f"admin:catalog_{'item' if holds == 'items' else 'interaction'}_import")
        file = SimpleUploadedFile(path.name, path.read_bytes())
        answer = client.post(upload, {"catalog": catalog.pk, "file": file})
        if answer.status_code == 200:
            return stored(holds, str(answer.context["form"].errors), failed=True)
        client.post(answer.url, shown_form(FileImport.objects.get()))
        checked = FileImport.objects.get()
        client.post(answer.url, {"import": "1"})
        found = FileImport.objects.get()
        failed = found.state != FileImport.State.SUCCEEDED
        could = checked.state == FileImport.State.CHECKED and not checked.bad
        assert could != failed, "the check and the write disagree"
        return stored(holds, words_of(checked), failed)

    return door


def batch(_catalog: Catalog) -> Door:
    """What ``manage.py batch_recommend`` reads; the other file is the plain one."""

    def door(holds: str, path: Path) -> Outcome:
        items = path if holds == "items" else BASE / "items.csv"
        log = path if holds == "log" else BASE / "log.csv"
        try:
            loaded = file_datasets.load(interactions=log, items=items)
        except AppError as failure:
            return Outcome(said=str(failure), failed=True)
        said = "\n".join(loaded.warnings)
        ids, texts, rows = loaded.item_ids, loaded.dataset.items.titles, loaded.dataset.log
        if holds == "items":
            listed = [item for item, is_listed in enumerate(loaded.listed) if is_listed]
            return Outcome({str(ids[item]): texts[item] for item in listed}, [], said)
        columns = zip(rows.users, rows.items, rows.times, strict=True)
        events = {(loaded.user_ids[user], ids[item], int(time)) for user, item, time in columns}
        return Outcome({}, sorted(events), said)

    return door


ALL_DOORS = {"command": command, "admin": admin, "batch": batch}


def make_log_items(catalog: Catalog, holds: str) -> None:
    """A log names items that must be there."""
    for item in LOG_ITEMS if holds == "log" else ():
        make_item(catalog, external_id=item)


def stored(holds: str, said: str, failed: bool) -> Outcome:
    """What the database holds after an import."""
    events = Interaction.objects.values_list(
        "profile__external_id", "item__external_id", "created_at"
    )
    items = {} if holds == "log" else dict(Item.objects.values_list("external_id", "title"))
    found = sorted((user, item, int(when.timestamp())) for user, item, when in events)
    return Outcome(items, found, said, failed)


def shown_form(upload: FileImport) -> dict[str, str]:
    """The fields of an upload's page as they are shown, without the time to draw the page."""
    seen = preview(upload, upload_runs.options_of(upload))
    form = ReadingForm(stored=upload, preview=seen, initial=initial_of(upload, seen))
    shown = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in shown.items() if value}


def words_of(upload: FileImport) -> str:
    """What the page of an upload says, as the command would."""
    lines = [
        f"line {error['row']}: {error['field']}: “{error['value']}” {error['reason']}"
        for error in upload.errors
    ]
    return "\n".join([*upload.notices, *lines, upload.message])
