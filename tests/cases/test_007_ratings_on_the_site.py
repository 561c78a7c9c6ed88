"""Case 7: low ratings that are imported are dislikes in the lists. Two groups of opposite taste."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from catalog.models import Catalog, Interaction
from tests.api_clients import Program, reader
from tests.cases.doors import run
from tests.cases.test_005_new_items import publish
from tests.recommender.api.answers import ids

DATA = Path(__file__).parent / "data" / "125-site-rate"


def opinions() -> dict[str, dict[str, float]]:
    """Person -> item -> stars."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    with (DATA / "log.csv").open() as file:
        for row in csv.DictReader(file):
            found[row["user_id"]][row["item_id"]] = float(row["value"])
    return found


@pytest.fixture(params=["--kind rate", "a column of ratings"])
def api(
    catalog: Catalog, artifacts: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Program:
    """The site after the import and a training."""
    assert not run("import_items", DATA / "items.csv")[1]
    text, log = (DATA / "log.csv").read_text(), tmp_path / "log.csv"
    if request.param == "--kind rate":
        log.write_text(text)
        said, failed = run("import_interactions", log, "--kind", "rate")
    else:
        log.write_text(text.replace("value", "Stars", 1))
        said, failed = run("import_interactions", log)
        assert "“Stars” makes its rows ratings" in said
    assert not failed, said
    publish(catalog)
    return reader(catalog)


def test_the_lists_of_likers_hold_what_their_group_likes(api: Program) -> None:
    stars = opinions()
    stored = Interaction.objects.values_list(
        "profile__external_id", "item__external_id", "kind", "value"
    )
    assert sorted(stored) == sorted(
        (user, item, "rate", value)
        for user, of_user in stars.items()
        for item, value in of_user.items()
    )
    of_group, places = 0, 0
    for user, of_user in list(stars.items())[::3]:
        liked = Counter(item[0] for item, value in of_user.items() if value > 3)
        assert len(liked) == 1, "everybody likes one group only"
        found = ids(api.get("recommendations", user_id=user, n=5))
        assert len(found) == 5
        assert not set(found) & set(of_user), "what was rated is not listed again"
        places += len(found)
        of_group += sum(item[0] in liked for item in found)
    assert of_group / places > 0.95
