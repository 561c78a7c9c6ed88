"""Each file of `file_cases` through the doors command and batch: the same rows or message."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Catalog, Interaction, Item
from config.errors import AppError
from recommender.training import file_datasets
from tests.cases.file_cases import BASE, CASES, Case, Door, Outcome
from tests.factories import make_item


def command(catalog: Catalog) -> Door:
    """``manage.py import_items`` or ``import_interactions``, checked first by ``--dry-run``."""

    def run(name: str, path: Path, *options: str) -> tuple[str, bool]:
        said, error = io.StringIO(), ""
        try:
            call_command(name, "shop", str(path), *options, stdout=said, stderr=said, verbosity=0)
        except CommandError as failure:
            error = str(failure)
        return said.getvalue() + error, bool(error)

    def door(holds: str, path: Path) -> Outcome:
        name = "import_items" if holds == "items" else "import_interactions"
        for item in ("i1", "i2", "i3", "3") if holds == "log" else ():
            make_item(catalog, external_id=item)
        checked = run(name, path, "--dry-run")
        said, failed = run(name, path)
        assert checked[1] == failed, "the check and the write disagree"
        events = Interaction.objects.values_list(
            "profile__external_id", "item__external_id", "created_at"
        )
        items = {} if holds == "log" else dict(Item.objects.values_list("external_id", "title"))
        found = sorted((user, item, int(when.timestamp())) for user, item, when in events)
        return Outcome(items, found, said, failed)

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


ALL_DOORS = {"command": command, "batch": batch}


@pytest.mark.parametrize(
    ("name", "case"), [(name, case) for case in CASES for name in case.doors], ids=str
)
def test_a_file_gives_its_rows_or_its_message(catalog: Catalog, name: str, case: Case) -> None:
    outcome = ALL_DOORS[name](catalog)(case.holds, case.path)
    assert all(part in outcome.said for part in case.said), outcome.said
    assert outcome.failed == (case.rows is None), outcome.said
    if case.holds == "items":
        assert outcome.items == (case.rows or {})
    else:
        assert outcome.events == (case.rows or [])
