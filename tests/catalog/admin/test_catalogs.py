from __future__ import annotations

import pytest

from catalog.models import Catalog, Interaction, Item, Profile
from catalog.models.event_kinds import kinds_of, preset_rows
from tests import people
from tests.catalog.admin.pages import page_of
from tests.factories import make_interaction

pytestmark = pytest.mark.django_db


def catalog_form(catalog: Catalog | None = None, **changes: object) -> dict[str, object]:
    """The fields of the page, with the rows of the kinds as they are stored."""
    fields = {
        "name": "Shop", "slug": "shop", "domain": "shop", "language": "en", "is_public": "on",
        "tail_default": "0.3", "tail_min": "0", "tail_max": "1", "texts": "{}",
        "calibration": "0", "min_provider_share": "0", "rating_scale": "1-5",
        "blocked_words-TOTAL_FORMS": "0", "blocked_words-INITIAL_FORMS": "0",
        "members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0",
    }  # fmt: skip
    kinds = list(catalog.event_kinds.all()) if catalog else []
    rows: dict[str, object] = {
        "event_kinds-TOTAL_FORMS": len(kinds), "event_kinds-INITIAL_FORMS": len(kinds),
    }  # fmt: skip
    for number, kind in enumerate(kinds):
        rows |= kind_row(number, id=kind.pk, position=kind.position, **kind.row)
    return {**fields, **rows, **changes}


def kind_row(number: int, **fields: object) -> dict[str, object]:
    """The fields of one row; what is off or empty is not sent."""
    fields = {**fields, "cancels": ", ".join(fields.get("cancels", ()))}  # type: ignore[arg-type]
    return {f"event_kinds-{number}-{name}": "on" if value is True else value
            for name, value in fields.items() if value is not False and value != ""}  # fmt: skip


def number_of(catalog: Catalog, kind: str) -> int:
    return [row.name for row in catalog.event_kinds.all()].index(kind)


def test_a_catalogue_is_created_with_the_presets() -> None:
    people.owner().post(page_of("catalog_add"), catalog_form(slug="new"))
    catalog = Catalog.objects.get(slug="new")
    assert catalog.kind_rows == preset_rows()
    assert catalog.event_kinds.count() == len(preset_rows())


def test_a_kind_is_changed_and_another_is_added(catalog: Catalog) -> None:
    form = catalog_form(catalog)
    number = number_of(catalog, "view")
    form[f"event_kinds-{number}-weight"] = "0.5"
    form |= {"event_kinds-TOTAL_FORMS": len(catalog.kind_rows) + 1}
    form |= kind_row(
        len(catalog.kind_rows), name="borrow", label_zh_hans="借", weight=2, sign="positive",
        value_meaning="none", repeatable=True, makes_known=True, position=50,
    )  # fmt: skip
    answer = people.owner().post(page_of("catalog_change", catalog.pk), form)
    assert answer.status_code == 302, answer.context["errors"]
    catalog.refresh_from_db()
    kinds = kinds_of(catalog)
    assert kinds["view"].weight == 0.5
    assert (kinds["borrow"].repeatable, kinds["borrow"].weight) == (True, 2.0)
    assert kinds["refund"].cancels == ("purchase", "take")


@pytest.mark.parametrize(
    ("kind", "changes", "shown"),
    [
        ("view", {"weight": "11"}, "less than or equal to 10"),
        ("view", {"DELETE": "on"}, "The pages record “view”; it cannot be deleted."),
        ("purchase", {"DELETE": "on"}, "Events of the kind “purchase” are stored."),
        ("purchase", {"name": "buy"}, "Events of the kind “purchase” are stored."),
        ("refund", {"cancels": "sale"}, "“refund” takes back “sale”, which is no kind"),
        ("click", {"name": "Click on"}, "Lower-case letters a–z"),
    ],
)
def test_a_bad_change_of_a_kind_is_rejected(
    catalog: Catalog, profile: Profile, items: list[Item], kind: str, changes: dict, shown: str
) -> None:
    make_interaction(profile, items[0], "purchase")
    form, number = catalog_form(catalog), number_of(catalog, kind)
    form |= {f"event_kinds-{number}-{name}": value for name, value in changes.items()}
    answer = people.owner().post(page_of("catalog_change", catalog.pk), form)
    assert shown in answer.content.decode()
    catalog.refresh_from_db()
    assert catalog.kind_rows == preset_rows()


def test_the_pages_kinds_stay_what_they_are(catalog: Catalog) -> None:
    form, number = catalog_form(catalog), number_of(catalog, "hide")
    form |= {f"event_kinds-{number}-sign": "positive", f"event_kinds-{number}-name": "mask"}
    people.owner().post(page_of("catalog_change", catalog.pk), form)
    catalog.refresh_from_db()
    assert kinds_of(catalog)["hide"].sign == "negative"


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
