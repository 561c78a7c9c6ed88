from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from catalog.models import Catalog, EventKind
from catalog.models.event_kinds import PAGE_KINDS, Kinds, kinds_of, preset_rows
from tests.factories import change_kind, make_catalog

PRESETS = Kinds(preset_rows())


def test_the_presets_have_the_sevens_signs_and_the_shops_kinds() -> None:
    assert set(PAGE_KINDS) < set(PRESETS)
    assert PRESETS.negative == {"dislike", "hide"}
    assert {name for name in PRESETS if PRESETS[name].sign == "neutral"} == {
        "view", "click", "refund", "remove_from_cart",
    }  # fmt: skip
    assert PRESETS.known - PRESETS.negative == PRESETS.chosen
    assert PRESETS.chosen == {"like", "save", "take", "rate", "purchase", "complete"}
    assert PRESETS.repeatable == {"purchase"}
    assert PRESETS["refund"].cancels == ("purchase", "take")
    assert PRESETS.ratings == {"rate"}


def test_a_view_weighs_least_of_what_counts() -> None:
    assert 0 < PRESETS.weights["view"] < min(PRESETS.weights[kind] for kind in PRESETS.chosen)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("take", "take"),
        ("Take", "take"),
        ("BUY", "purchase"),
        ("pv", "view"),
        ("PV", "view"),
        ("cart", "add_to_cart"),
        ("addtocart", "add_to_cart"),
        ("Add to cart", "add_to_cart"),
        ("transaction", "purchase"),
        ("order", "purchase"),
        ("fav", "save"),
        ("bought a car", None),
        ("", None),
    ],
)
def test_words_of_other_systems_are_read(word: str, kind: str | None) -> None:
    assert PRESETS.resolve(word) == kind


def test_an_own_kind_comes_before_an_alias() -> None:
    own = Kinds([*preset_rows(), {"name": "buy", "weight": 2.0}])
    assert own.resolve("Buy") == "buy"


@pytest.mark.django_db
def test_a_new_catalogue_has_a_row_for_each_preset() -> None:
    catalog = make_catalog()
    rows = list(catalog.event_kinds.all())
    assert [row.name for row in rows] == list(PRESETS)
    assert [row.row for row in rows] == catalog.kind_rows == preset_rows()


@pytest.mark.django_db
def test_a_changed_row_is_read_without_a_query(django_assert_num_queries) -> None:
    catalog = make_catalog()
    change_kind(catalog, "take", repeatable=True, label_en="Borrowed", label_zh_hans="借过")
    EventKind.objects.create(catalog=catalog, name="borrow", weight=2)
    fresh = Catalog.objects.get(pk=catalog.pk)
    with django_assert_num_queries(0):
        kinds = kinds_of(fresh)
        assert kinds.repeatable == {"purchase", "take"}
        assert kinds["borrow"].weight == 2
        assert kinds.label("take") == "Borrowed"
        with translation.override("zh-hans"):
            assert kinds.label("take") == "借过"
        assert kinds.label("gone") == "gone"
    EventKind.objects.get(catalog=catalog, name="borrow").delete()
    assert "borrow" not in kinds_of(Catalog.objects.get(pk=catalog.pk))


@pytest.mark.django_db
def test_saving_an_old_copy_of_the_catalogue_loses_no_kind() -> None:
    old = Catalog.objects.get(pk=make_catalog().pk)
    EventKind.objects.create(catalog_id=old.pk, name="borrow")
    old.save()
    assert "borrow" in kinds_of(Catalog.objects.get(pk=old.pk))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Borrow"),
        ("name", "bor row"),
        ("name", "1st"),
        ("name", "b" * 41),
        ("weight", -0.1),
        ("weight", 10.1),
        ("sign", "good"),
        ("value_meaning", "price"),
    ],
)
def test_a_bad_row_is_rejected(field: str, value: object) -> None:
    kind = EventKind(**{"catalog": make_catalog(), "name": "borrow", field: value})
    with pytest.raises(ValidationError) as error:
        kind.full_clean()
    assert field in error.value.message_dict
