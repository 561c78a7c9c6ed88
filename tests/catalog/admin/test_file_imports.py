"""Imports in the browser: what is shown, what changes, whose upload it is."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils.timezone import now
from openpyxl import Workbook

from catalog.ingestion import upload_runs
from catalog.models import (
    Catalog,
    FileChunk,
    FileImport,
    Interaction,
    Item,
    Profile,
    RememberedMapping,
)
from catalog.profiles.services import delete_profile
from catalog.tasks import forget_old_uploads
from tests import people
from tests.catalog.admin.pages import page_of
from tests.factories import make_catalog, make_profile

pytestmark = pytest.mark.django_db
State = FileImport.State
DATA = Path(__file__).parents[1] / "ingestion" / "data"


def upload(
    client: Client,
    catalog: Catalog,
    content: str | bytes,
    name: str = "items.csv",
    to: str = "item",
) -> HttpResponse:
    """The page of the uploaded file."""
    data = content if isinstance(content, bytes) else content.encode()
    answer = client.post(
        page_of(f"{to}_import"),
        {"catalog": catalog.pk, "file": SimpleUploadedFile(name, data)},
        follow=True,
    )
    assert answer.status_code == 200
    return answer


def check(client: Client, page: HttpResponse, **chosen: Any) -> HttpResponse:
    """Press “Check the file”, with the form as it is shown but for ``chosen``."""
    form = page.context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data = {name: value for name, value in data.items() if value is not False}
    return client.post(address(page), {**data, **chosen}, follow=True)


def confirm(client: Client, page: HttpResponse, **chosen: Any) -> HttpResponse:
    return client.post(address(page), {"import": "1", **chosen}, follow=True)


def address(page: HttpResponse) -> str:
    return page.redirect_chain[-1][0] if page.redirect_chain else page.request["PATH_INFO"]


def only() -> FileImport:
    return FileImport.objects.get()


def counts(stored: FileImport) -> tuple[int, int, int, int]:
    return stored.created, stored.updated, stored.unchanged, stored.bad


def test_a_file_is_shown_checked_and_imported(catalog: Catalog, items: list[Item]) -> None:
    manager = people.manager()
    text = (
        "Item ID;Title;Categories;Colour\n"
        f"{items[0].external_id};Crimson Mug;Mugs|Red things;red\n"
        f"{items[1].external_id};{items[1].title};Mugs;blue\n"
        "new-1;Wool Hat;Hats;grey\n"
    )
    page = upload(manager, catalog, text)
    assert page.context["preview"].names == ["Item ID", "Title", "Categories", "Colour"]
    assert page.context["preview"].rows[0][1] == "Crimson Mug"
    assert page.context["form"]["map_title"].value() == "Title"
    page = check(manager, page)
    stored = only()
    assert (stored.state, counts(stored)) == (State.CHECKED, (1, 1, 1, 0))
    assert any("Colour" in notice for notice in stored.notices)
    assert any("separated by ;" in notice for notice in stored.notices)
    assert not Item.objects.filter(title__in=["Wool Hat", "Crimson Mug"]).exists()
    confirm(manager, page)
    assert Item.objects.get(external_id="new-1", catalog=catalog).category_names == ["Hats"]
    items[0].refresh_from_db()
    assert (items[0].title, items[0].category_names) == ("Crimson Mug", ["Mugs", "Red things"])
    assert only().state == State.SUCCEEDED
    assert not FileChunk.objects.filter(part="file").exists(), "the bytes go with the import"


def test_events_are_imported_in_the_browser(catalog: Catalog, items: list[Item]) -> None:
    owner = people.owner()
    text = f"user,item,date,stars\nann,{items[0].external_id},2024-05-01,4\n"
    page = upload(owner, catalog, text, "log.csv", to="interaction")
    confirm(owner, check(owner, page))
    row = Interaction.objects.get()
    assert (row.profile.external_id, row.kind, row.value) == ("ann", "rate", 4.0)


@pytest.mark.parametrize(
    "name", ["a.csv.gz", "a.xlsx", "a.json", "a.jsonl", "a.tsv", "gb.csv", "16.csv"]
)
def test_every_form_of_file_is_taken(catalog: Catalog, name: str) -> None:
    book = Workbook()
    book.active.append(["item_id", "title"])
    book.active.append(["x", "茶杯很好看的"])
    buffer = io.BytesIO()
    book.save(buffer)
    table = "item_id,title\nx,茶杯很好看的\n"
    more = "".join(f"y{n},这是一个很好看的茶杯，适合送给朋友和家人\n" for n in range(9))
    content = {
        "a.csv.gz": gzip.compress(table.encode()),
        "a.xlsx": buffer.getvalue(),
        "a.json": '[{"item_id": "x", "title": "茶杯很好看的"}]'.encode(),
        "a.jsonl": '{"item_id": "x", "title": "茶杯很好看的"}\n'.encode(),
        "a.tsv": table.replace(",", "\t").encode(),
        "gb.csv": f"{table}{more}".encode("gb18030"),
        "16.csv": table.encode("utf-16"),
    }[name]
    owner = people.owner()
    page = upload(owner, catalog, content, name)
    assert page.context["preview"].names == ["item_id", "title"]
    confirm(owner, check(owner, page))
    assert catalog.items.get(external_id="x").title == "茶杯很好看的"


def test_columns_are_chosen_and_remembered(catalog: Catalog) -> None:
    owner = people.owner()
    text = "Ref,Heading\na,Mug\n"
    page = check(owner, upload(owner, catalog, text), map_item_id="Ref", map_title="Heading")
    confirm(owner, page)
    assert catalog.items.get().title == "Mug"
    assert RememberedMapping.objects.get().options["mapping"] == {
        "item_id": "Ref", "title": "Heading",
    }  # fmt: skip
    page = upload(owner, catalog, "Ref,Heading\nb,Hat\n", "next.csv")
    assert page.context["form"]["map_item_id"].value() == "Ref"
    confirm(owner, check(owner, page))
    assert catalog.items.count() == 2
    page = upload(owner, make_catalog(), text, "other.csv")
    assert not page.context["form"]["map_item_id"].value(), "of another catalogue"


def test_one_name_for_two_columns_is_rejected(catalog: Catalog) -> None:
    owner = people.owner()
    page = check(owner, upload(owner, catalog, "a,b\n1,2\n"), map_item_id="a", map_title="a")
    assert "is chosen for item_id, title" in page.content.decode()
    assert only().state == State.UPLOADED


def test_a_preset_knows_the_columns(catalog: Catalog) -> None:
    owner = people.owner()
    page = upload(owner, catalog, (DATA / "shopify.csv").read_bytes(), "products_export.csv")
    confirm(owner, check(owner, page, preset="shopify"))
    assert catalog.items.get(external_id="ocean-tee").provider == "Partners Demo"
    page = upload(owner, catalog, (DATA / "merchant.xml").read_bytes(), "feed.xml")
    assert page.context["preview"].is_xml
    confirm(owner, check(owner, page, preset=""))
    assert catalog.items.filter(external_id="TV_123456").exists()


def test_a_file_without_a_header_needs_its_columns(catalog: Catalog) -> None:
    owner = people.owner()
    page = check(owner, upload(owner, catalog, "a,Mug\nb,Hat\n"), columns="item_id,title")
    confirm(owner, page)
    assert set(catalog.items.values_list("title", flat=True)) == {"Mug", "Hat"}


# Bad rows


def test_bad_rows_are_listed_and_passed_over_on_request(catalog: Catalog) -> None:
    owner = people.owner()
    bad = "".join(f",Nameless {number}\n" for number in range(30))
    page = check(owner, upload(owner, catalog, f"item_id,title\na,Mug\n{bad}"))
    stored = only()
    assert (stored.bad, len(stored.errors)) == (30, 20)
    listed = owner.get(f"{address(page)}bad-rows.csv")
    rows = list(csv.reader(io.StringIO(b"".join(listed).decode("utf-8-sig"))))
    assert len(rows) == 31
    assert rows[1][:2] == ["3", "item_id"]
    page = confirm(owner, page)
    assert not catalog.items.exists(), "not without the choice"
    confirm(owner, page, skip_bad="on")
    assert (catalog.items.count(), only().state) == (1, State.SUCCEEDED)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("item_id,title\n,Nameless\n", "is empty"),
        ("item_id,available\na,perhaps\n", "must be true or false"),
        ("item_id,attributes\na,[1]\n", "must be a JSON object"),
        ("item_id,title\na,Mug,more\n", "has 3 cells"),
        ("title\nMug\n", "no column item_id"),
        ("item_id,item_id\na,b\n", "twice"),
        ("item_id\n", "has no rows"),
        (b"PK\x03\x04 no workbook", "Excel"),
        (b"\x1f\x8b\x08cut", "gzip"),
        (bytes(range(256)) * 4, ""),
    ],
)
def test_a_bad_file_is_a_clear_page_and_changes_nothing(
    catalog: Catalog, content: str | bytes, reason: str
) -> None:
    owner = people.owner()
    page = check(owner, upload(owner, catalog, content))
    assert page.status_code == 200
    assert reason in page.content.decode()
    assert not Item.objects.exists()


@pytest.mark.parametrize(("name", "content"), [("a.csv", b""), ("a.csv", None)])
def test_an_empty_or_absent_file_is_rejected_at_once(
    catalog: Catalog, name: str, content: bytes | None
) -> None:
    data: dict[str, Any] = {"catalog": catalog.pk}
    if content is not None:
        data["file"] = SimpleUploadedFile(name, content)
    answer = people.owner().post(page_of("item_import"), data)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not FileImport.objects.exists()


def test_a_file_beyond_the_limit_is_rejected(catalog: Catalog, settings: Any) -> None:
    settings.IMPORT_MAX_MIB = 0
    page = upload(people.owner(), catalog, "item_id\na\n")
    assert "IMPORT_MAX_MIB" in page.content.decode()


def test_erased_people_are_left_out_and_not_stored(catalog: Catalog, items: list[Item]) -> None:
    delete_profile(profile=make_profile(catalog, external_id="ann-erased"))
    owner, item = people.owner(), items[0].external_id
    text = f"user_id,item_id,timestamp\nann-erased,{item},2024-05-01\nbob,{item},2024-05-01\n"
    page = check(owner, upload(owner, catalog, text, "log.csv", to="interaction"))
    stored = only()
    assert (stored.created, stored.bad, stored.suppressed) == (1, 0, 1)
    confirm(owner, page)
    assert Profile.objects.get().external_id == "bob"
    chunks = b"".join(bytes(chunk.content) for chunk in FileChunk.objects.all())
    assert b"ann-erased" not in chunks


# Big files


def test_a_big_file_is_read_by_a_worker(
    catalog: Catalog,
    monkeypatch: pytest.MonkeyPatch,
    tasks_in_place: None,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(upload_runs, "AT_ONCE", 10)
    owner = people.owner()
    page = upload(owner, catalog, "item_id,title\na,Mug\n")
    waiting = check(owner, page)
    assert waiting.context["is_working"]
    assert 'hx-trigger="every 2s"' in waiting.content.decode()
    assert only().state == State.CHECKING
    upload_runs.carry_out(only())
    assert only().state == State.CHECKED
    with django_capture_on_commit_callbacks(execute=True):
        confirm(owner, page)
    assert only().state == State.SUCCEEDED
    assert catalog.items.count() == 1


def test_a_stopped_worker_is_said(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_runs, "AT_ONCE", 10)
    owner = people.owner()
    page = check(owner, upload(owner, catalog, "item_id,title\na,Mug\n"))
    FileImport.objects.update(heartbeat_at=now() - timedelta(minutes=11))
    forget_old_uploads()
    assert "The worker stopped" in owner.get(address(page)).content.decode()


def test_abandoned_uploads_are_deleted(catalog: Catalog) -> None:
    owner = people.owner()
    page = upload(owner, catalog, "item_id\na\n")
    FileImport.objects.update(created_at=now() - timedelta(days=2))
    forget_old_uploads()
    assert not FileChunk.objects.exists()
    assert "upload it again" in owner.get(address(page)).content.decode()
    FileImport.objects.update(created_at=now() - timedelta(days=8))
    forget_old_uploads()
    assert not FileImport.objects.exists()


# Whose upload it is


def test_another_accounts_upload_is_not_there(catalog: Catalog) -> None:
    page = upload(people.owner(), catalog, "item_id\na\n")
    for other in (people.owner(), people.manager()):
        assert other.get(address(page)).status_code == 404
        assert other.post(address(page), {"import": "1"}).status_code == 404
        assert other.get(f"{address(page)}bad-rows.csv").status_code == 404
    assert not Item.objects.exists()


def test_an_absent_upload_is_a_clear_404(catalog: Catalog) -> None:
    answer = people.owner().get(page_of("item_import_file", 999))
    assert answer.status_code == 404


def test_no_file_of_the_host_is_read_by_name(catalog: Catalog, tmp_path: Path) -> None:
    """The former confirmation trusted any base name in the temporary folder."""
    (tmp_path / "secret.csv").write_text("item_id\nsecret\n")
    page = upload(people.owner(), catalog, "item_id\na\n", name="../secret.csv")
    assert only().file_name == "secret.csv"
    assert page.context["preview"].rows == [["a"]]


def test_who_may_not_write_items_may_not_import(catalog: Catalog) -> None:
    viewer = people.viewer()
    assert viewer.get(page_of("item_import")).status_code == 403
    assert viewer.get(page_of("interaction_import")).status_code == 403
    assert viewer.get(page_of("item_export")).status_code == 200


def test_an_upload_is_deleted_on_request(catalog: Catalog) -> None:
    owner = people.owner()
    page = upload(owner, catalog, "item_id\na\n")
    owner.post(address(page), {"discard": "1"})
    assert not FileImport.objects.exists()


def test_the_lists_lead_to_the_import(catalog: Catalog) -> None:
    owner = people.owner()
    for model in ("item", "interaction"):
        assert page_of(f"{model}_import_file", 1).endswith("/import/1/")
        assert "import" in owner.get(page_of(f"{model}_changelist")).content.decode().lower()
