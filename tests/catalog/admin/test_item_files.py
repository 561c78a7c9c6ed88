from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from catalog.models import Catalog, Item
from tests import people
from tests.catalog.admin.pages import page_of
from tests.factories import make_catalog

pytestmark = pytest.mark.django_db


def upload(client: Client, catalog: Catalog, text: str) -> HttpResponse:
    file = SimpleUploadedFile("items.csv", text.encode(), content_type="text/csv")
    data = {"resource": "0", "catalog": catalog.pk, "import_file": file, "format": "0"}
    return client.post(page_of("item_import"), data)


def confirm(client: Client, preview: HttpResponse) -> HttpResponse:
    form = preview.context["confirm_form"]
    return client.post(
        page_of("item_process_import"), {name: form.initial[name] for name in form.fields}
    )


def test_a_file_is_previewed_and_written_after_the_confirmation(
    catalog: Catalog, items: list[Item]
) -> None:
    manager = people.manager()
    text = (
        "item_id,title,categories\n"
        f"{items[0].external_id},Crimson Mug,Mugs|Red things\n"
        "new-1,Wool Hat,Hats\n"
    )
    preview = upload(manager, catalog, text)
    assert ">|Red things</ins>" in preview.content.decode()
    assert not Item.objects.filter(title="Wool Hat").exists()
    assert not Item.objects.filter(title="Crimson Mug").exists()
    confirm(manager, preview)
    assert Item.objects.get(external_id="new-1", catalog=catalog).category_names == ["Hats"]
    items[0].refresh_from_db()
    assert (items[0].title, items[0].category_names) == ("Crimson Mug", ["Mugs", "Red things"])


def test_a_file_changes_only_the_chosen_catalogue(catalog: Catalog, items: list[Item]) -> None:
    manager, other = people.manager(), make_catalog()
    confirm(manager, upload(manager, other, f"item_id,title\n{items[0].external_id},Elsewhere\n"))
    items[0].refresh_from_db()
    assert items[0].title == "Red Mug"
    assert other.items.get().title == "Elsewhere"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("item_id,title\n,Nameless\n", "is empty"),
        ("item_id,available\na,perhaps\n", "“perhaps” must be true or false"),
        ("item_id,attributes\na,[1]\n", "must be a JSON object"),
        ("item_id,colour\na,red\n", "Unknown columns: colour."),
    ],
)
def test_a_bad_file_is_rejected_with_its_reason_and_changes_nothing(
    catalog: Catalog, text: str, reason: str
) -> None:
    response = upload(people.manager(), catalog, text)
    assert reason in response.content.decode()
    assert "confirm_form" not in response.context
    assert not Item.objects.exists()


def test_a_big_file_is_sent_to_the_command_line(catalog: Catalog) -> None:
    text = "item_id,title\n" + "".join(f"{number},Thing\n" for number in range(2_001))
    assert "manage.py import_items" in upload(people.manager(), catalog, text).content.decode()
    assert not Item.objects.exists()


def test_a_viewer_may_export_but_not_import(catalog: Catalog, items: list[Item]) -> None:
    viewer = people.viewer()
    assert viewer.get(page_of("item_import")).status_code == 403
    assert upload(viewer, catalog, "item_id,title\na,A\n").status_code == 403
    assert viewer.get(page_of("item_export")).status_code == 200


def test_an_exported_file_can_be_imported_again(catalog: Catalog, items: list[Item]) -> None:
    owner = people.owner()
    exported = owner.post(page_of("item_export"), {"format": "0", "resource": "0"}).content.decode()
    assert "Red Mug,,Mugs" in exported
    other = make_catalog()
    confirm(owner, upload(owner, other, exported))
    assert sorted(other.items.values_list("title", flat=True)) == sorted(
        item.title for item in items
    )
