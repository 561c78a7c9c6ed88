from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import ApiKey, Catalog


def test_the_key_is_printed_once_and_works(catalog: Catalog) -> None:
    out = StringIO()
    call_command("create_api_key", "shop", "nightly job", "--scope", "read", stdout=out)
    key = ApiKey.objects.get_from_key(out.getvalue().strip())
    assert (key.catalog, key.scope, key.name) == (catalog, "read", "nightly job")


@pytest.mark.parametrize(
    ("slug", "name", "part"), [("nothing", "x", "nothing"), ("shop", "x" * 51, "name")]
)
def test_an_error_names_the_field(catalog: Catalog, slug: str, name: str, part: str) -> None:
    with pytest.raises(CommandError, match=part):
        call_command("create_api_key", slug, name)
    assert not ApiKey.objects.exists()
