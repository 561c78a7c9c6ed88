"""Each file of `file_cases` through the command, the admin and the batch: the same rows or
message."""

from __future__ import annotations

import pytest

from catalog.models import Catalog
from tests.cases.doors import ALL_DOORS
from tests.cases.file_cases import CASES, Case


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
