from __future__ import annotations

import pytest

from catalog.models import Catalog, Interaction, Item, Profile
from catalog.models.event_kinds import default_weights
from tests import people
from tests.catalog.admin.pages import page_of
from tests.factories import make_interaction

pytestmark = pytest.mark.django_db


def catalog_form(catalog: Catalog | None = None, **changes: object) -> dict[str, object]:
    weights = {f"weights_{kind}": weight for kind, weight in default_weights().items()}
    fields = {
        "name": "Shop", "slug": "shop", "domain": "shop", "language": "en", "is_public": "on",
        "tail_default": "0.3", "tail_min": "0", "tail_max": "1", "texts": "{}",
        "calibration": "0", "min_provider_share": "0",
        "blocked_words-TOTAL_FORMS": "0", "blocked_words-INITIAL_FORMS": "0",
        "members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0",
    }  # fmt: skip
    return {**fields, **weights, **changes}


def test_a_catalogue_is_created_with_its_weights() -> None:
    people.owner().post(page_of("catalog_add"), catalog_form(slug="new", weights_view="0.5"))
    catalog = Catalog.objects.get(slug="new")
    assert catalog.weights == {**default_weights(), "view": 0.5}


@pytest.mark.parametrize(
    ("text", "shown"),
    [("eleven", "“eleven”"), ("11", "11.0"), ("-1", "-1.0"), ("", "“”"), ("nan", "nan")],
)
def test_a_bad_weight_is_rejected_by_kind_and_value(
    catalog: Catalog, text: str, shown: str
) -> None:
    response = people.owner().post(
        page_of("catalog_change", catalog.pk), catalog_form(weights_save=text)
    )
    page = response.content.decode()
    assert f"The weight of “save” is {shown}. It must be a number from 0 to 10." in page
    catalog.refresh_from_db()
    assert catalog.weights == default_weights()


def test_typed_values_stay_in_the_form_after_an_error(catalog: Catalog) -> None:
    response = people.owner().post(
        page_of("catalog_change", catalog.pk), catalog_form(weights_save="11", weights_like="7.5")
    )
    assert 'value="7.5"' in response.content.decode()


def test_a_dial_out_of_order_is_rejected(catalog: Catalog) -> None:
    response = people.owner().post(
        page_of("catalog_change", catalog.pk), catalog_form(tail_default="0.2", tail_min="0.4")
    )
    assert "The dial requires 0 ≤ lowest ≤ default ≤ highest ≤ 1." in response.content.decode()


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ("[1]", "The texts must be an object with one entry per language."),
        ('{"en": "Shop"}', "The texts for “en” must be an object."),
        ('{"en": {"name": 3}}', "The text “name” for “en” is 3. It must be text."),
    ],
)
def test_texts_of_another_shape_are_rejected(catalog: Catalog, texts: str, reason: str) -> None:
    response = people.owner().post(page_of("catalog_change", catalog.pk), catalog_form(texts=texts))
    assert reason in response.content.decode()


def test_empty_texts_are_an_empty_table(catalog: Catalog) -> None:
    people.manager().post(page_of("catalog_change", catalog.pk), catalog_form(texts=""))
    catalog.refresh_from_db()
    assert catalog.texts == {}


def test_texts_are_written_by_language(catalog: Catalog) -> None:
    texts = '{"zh-hans": {"name": "小店", "categories": {"Mugs": "杯子"}}}'
    people.manager().post(page_of("catalog_change", catalog.pk), catalog_form(texts=texts))
    catalog.refresh_from_db()
    assert catalog.texts == {"zh-hans": {"name": "小店", "categories": {"Mugs": "杯子"}}}


def test_deleting_a_catalogue_shows_the_number_of_dependent_rows(
    catalog: Catalog, items: list[Item], profile: Profile
) -> None:
    for item in items:
        make_interaction(profile, item)
    owner = people.owner()
    page = owner.get(page_of("catalog_delete", catalog.pk)).content.decode()
    assert "Interactions: 6" in page
    assert "Beach Towel" not in page
    owner.post(page_of("catalog_delete", catalog.pk), {"post": "yes"})
    assert not Catalog.objects.exists()
    assert not Interaction.objects.exists()
