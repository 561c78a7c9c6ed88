"""Kind 11 on trained demo catalogues: lists of ten for typed negations."""

from __future__ import annotations

import pytest

from catalog.demo import loading
from catalog.models import Catalog
from recommender.engine.exclusions.searchable_item import SearchableItem
from recommender.models import TrainingRun
from recommender.models.interest_words import Interests
from recommender.preferences import selectors
from recommender.serving import live_models, recommend
from recommender.serving.left_out import left_out_of
from recommender.serving.user_context import user_context_of
from recommender.training import execution, runs
from tests.cases.typed_texts import ALL, TypedText, typed_texts

pytestmark = [pytest.mark.quality, pytest.mark.django_db]

LONG = 10


@pytest.fixture
def trained(artifacts):
    """The four demo catalogues with a live model each."""
    for slug in loading.BUILDERS:
        loading.load(slug)
        run = runs.request_training(
            catalog=Catalog.objects.get(slug=slug), trigger=TrainingRun.Trigger.COMMAND, send=False
        )
        execution.carry_out(runs.claim_run(run_id=run.pk))
    live_models.forget()


def against(typed: TypedText) -> list[str]:
    """Titles of a stranger's list that are against what they typed; a short list counts whole."""
    catalog = Catalog.objects.get(slug=typed.catalog)
    stated = selectors.preferences_of(Interests(typed.text), catalog)
    user = user_context_of(None, catalog).with_preferences(stated)
    found = recommend.recommend_for(None, catalog=catalog, n=LONG, record=False, user=user)
    items = [card.item for card in found.cards]
    wrong = [
        item.title
        for item in items
        if typed.is_against(
            SearchableItem.of(
                item.pk,
                item.title,
                item.description,
                categories=item.category_names,
                provider=item.provider,
                attributes=item.attributes,
                language=item.language,
            )
        )
    ]
    return wrong if len(items) == LONG else [*wrong, f"{len(items)} items"]


def test_nine_in_ten_lists_hold_nothing_against_what_was_typed(trained):
    for file in ALL:
        negated = typed_texts("negated", file)
        wrong = {typed.id: found for typed in negated if (found := against(typed))}
        good = f"{file.stem}: {len(negated) - len(wrong)} of {len(negated)} lists without a fault"
        print(good)  # noqa: T201 (the figures are wanted: make test-quality)
        assert len(wrong) <= len(negated) // 10, wrong


def test_harmless_texts_filter_nothing_in_them():
    for slug in loading.BUILDERS:
        loading.load(slug)
    for file in ALL:
        filtered = {}
        for typed in typed_texts("harmless", file):
            catalog = Catalog.objects.get(slug=typed.catalog)
            stated = selectors.preferences_of(Interests(typed.text), catalog)
            if size := len(left_out_of(catalog, stated.exclusions)):
                filtered[typed.id] = size
        assert len(filtered) <= 1, filtered
