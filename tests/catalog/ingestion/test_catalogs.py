from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Catalog

pytestmark = pytest.mark.django_db


def create(*arguments: str) -> str:
    out = StringIO()
    call_command("create_catalog", *arguments, stdout=out)
    return out.getvalue().strip()


def test_the_catalogue_is_created_and_its_address_printed() -> None:
    assert (
        create("books", "--name", "My books", "--domain", "courses") == "My books is at /c/books/"
    )
    catalog = Catalog.objects.get(slug="books")
    assert (catalog.name, catalog.domain, catalog.is_public) == ("My books", "courses", True)


def test_a_private_catalogue_is_named_by_its_address_when_no_name_is_given() -> None:
    create("staff-books", "--private", "--language", "zh-hans")
    catalog = Catalog.objects.get()
    assert (catalog.name, catalog.language, catalog.is_public) == (
        "staff-books",
        "zh-hans",
        False,
    )


@pytest.mark.parametrize(
    ("arguments", "field"),
    [(["no spaces"], "slug"), (["shop"], "slug"), (["new", "--name", "x" * 121], "name")],
)
def test_the_error_names_the_field_and_nothing_is_created(
    catalog: Catalog, arguments: list[str], field: str
) -> None:
    with pytest.raises(CommandError, match=rf"^{field}: “"):
        create(*arguments)
    assert Catalog.objects.get() == catalog
