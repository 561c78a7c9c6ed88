"""A worker reads new items, and the serving process lists them, over Redis and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recommender.models import ItemEncoding
from recommender.serving import background, live_models
from tests.api_clients import writer
from tests.cases.test_005_new_items import add, publish
from tests.factories import make_catalog
from tests.recommender.api.answers import ids
from tests.recommender.worlds import two_camps
from tests.services.conftest import wait_until

pytestmark = pytest.mark.services


def test_new_items_reach_every_list(
    start_worker: Callable[[], Any], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_models, "background", background.background)
    settings.MODEL_REFRESH_SECONDS = 2.0
    catalog = make_catalog()
    two_camps(catalog)
    publish(catalog)
    start_worker()
    api = writer(catalog)
    lists = [{"user_id": "person-0"}, {}, {"category": "Mugs"}]
    for who in lists:
        api.get("recommendations", n=100, **who)
    new = add(api, 200)

    def are_listed() -> bool:
        found = [ids(api.get("recommendations", n=100, **who)) for who in lists]
        return all(set(new) & set(each) for each in found)

    wait_until(are_listed, f"not listed: {ItemEncoding.objects.values_list('state').first()}")
    near = api.get(f"items/{new[0]}/similar", n=10)
    assert (near["version"], len(near["items"])) == (1, 10)
    assert set(new) & set(ids(api.get("items/mug-red/similar", n=50)))
