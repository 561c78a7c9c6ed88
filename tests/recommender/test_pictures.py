"""Items without text, but with vectors of their pictures (the covers that this site draws)."""

from __future__ import annotations

import numpy as np
import pytest

from catalog.covers import Subject, cover
from catalog.models import Catalog, Item
from recommender.engine.data.types import Query
from recommender.engine.scorers.content import Given
from recommender.engine.scorers.item_knn import TextKnn
from recommender.engine.text.item_features import read_texts
from recommender.training import datasets
from tests.api_clients import writer
from tests.catalog.pictures import colour_histogram
from tests.factories import make_interaction, make_item, make_profile

KINDS = ("Mugs", "Lanterns", "Garden")
EACH = 12


@pytest.fixture
def shop(catalog: Catalog) -> list[Item]:
    """Twelve colour histograms of each kind. The last item of each kind has no interactions."""
    items = [
        make_item(catalog, title="", external_id=f"{kind}-{n}")
        for kind in KINDS
        for n in range(EACH)
    ]
    pictures = [cover(Subject(at, "thing", KINDS[kind_of(at)])) for at in range(len(items))]
    rows = [
        {"item_id": item.external_id, "name": "picture", "vector": colour_histogram(picture)}
        for item, picture in zip(items, pictures, strict=True)
    ]
    assert writer(catalog).post("vectors/bulk", {"vectors": rows}, 200)["created"] == len(items)
    for person in range(9):
        profile = make_profile(catalog)
        for n in range(person, person + 4):
            make_interaction(profile, items[person % 3 * EACH + n % (EACH - 1)])
    return items


def kind_of(item: int) -> int:
    return item // EACH


def test_what_looks_alike_is_near(catalog: Catalog, shop: list[Item]) -> None:
    data = datasets.load(catalog).dataset
    texts = read_texts(data, 0)
    assert not texts.vectors.any()
    near = texts.near
    best = [int(near[item].toarray().argmax()) for item in range(len(shop))]
    assert np.mean([kind_of(item) == kind_of(other) for item, other in enumerate(best)]) > 0.8
    assert texts.joined.shape == (
        len(shop),
        texts.vectors.shape[1] + len(texts.given["picture"][0]),
    )


@pytest.mark.parametrize("scorer", [Given, TextKnn])
def test_pictures_bring_what_nobody_ever_took_to_its_people(
    catalog: Catalog, shop: list[Item], scorer
) -> None:
    data = datasets.load(catalog).dataset
    fitted = scorer(texts=read_texts(data, 0)).fit(data, np.random.default_rng(0))
    cold = np.arange(EACH - 1, len(shop), EACH)
    assert not data.counts[cold].any()
    right = []
    for item in range(len(shop) - 1):
        past = [at for at in (item, item + 1) if kind_of(at) == kind_of(item)]
        scores = np.nan_to_num(fitted.score(Query.of(past)))
        right.append(kind_of(cold[scores[cold].argmax()]) == kind_of(item))
    assert np.mean(right) > 0.75  # one third by chance
