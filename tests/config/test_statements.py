from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count, Q
from django.utils import timezone

from catalog.models import Catalog, Interaction, Item
from config.statements import Statement

pytestmark = pytest.mark.django_db


def test_the_query_is_built_once_and_runs_with_other_values(items: list[Item]) -> None:
    built: list[int] = []

    def titles(key: int) -> Any:
        built.append(key)
        return Item.objects.filter(pk=key).values_list("title")

    statement = Statement(titles, int)
    assert [statement.rows(item.pk) for item in items[:2]] == [
        [(items[0].title,)],
        [(items[1].title,)],
    ]
    assert len(built) == 1


def test_a_list_stands_for_all_its_members(items: list[Item]) -> None:
    statement = Statement(
        lambda keys: Item.objects.filter(pk__in=[keys]).order_by("pk").values_list("pk"), int
    )
    for n in (1, 3, 2):
        keys = [item.pk for item in items[:n]]
        assert [key for (key,) in statement.rows(keys)] == keys
    with pytest.raises(ValueError, match="empty list"):
        statement.rows([])


def test_a_value_may_stand_at_several_places(items: list[Item]) -> None:
    statement = Statement(
        lambda key, name: (
            Item.objects.filter(Q(pk=key) | Q(pk__lt=key, external_id=name))
            .order_by("pk")
            .values_list("pk")
        ),
        int,
        str,
    )
    first, second = items[:2]
    found = [key for (key,) in statement.rows(second.pk, first.external_id)]
    assert found == [first.pk, second.pk]


def test_columns_come_as_django_reads_them(catalog: Catalog, items: list[Item]) -> None:
    item, now = items[0], timezone.now()
    Item.objects.filter(pk=item.pk).update(
        price="3.50", attributes={"size": [1, 2]}, available_from=now
    )
    rows = Item.objects.values_list("price", "attributes", "available_from", "available")
    statement = Statement(lambda key: rows.filter(pk=key), int)
    assert [tuple(row) for row in statement.rows(item.pk)] == list(rows.filter(pk=item.pk))


def test_a_time_is_compared_as_django_compares_it(items: list[Item]) -> None:
    item, now = items[0], timezone.now()
    Item.objects.filter(pk=item.pk).update(available_from=now)
    statement = Statement(
        lambda moment: Item.objects.filter(available_from__lte=moment).values_list("pk"), type(now)
    )
    assert [tuple(row) for row in statement.rows(now)] == [(item.pk,)]
    assert not statement.rows(now - timedelta(microseconds=1))


def test_instances_are_those_of_the_model(items: list[Item]) -> None:
    statement = Statement(lambda keys: Item.objects.filter(pk__in=[keys]), int)
    found = statement.instances([item.pk for item in items])
    assert found == items
    assert not found[0].get_deferred_fields()
    found[0].title = "Another"
    found[0].save()
    assert Item.objects.get(pk=items[0].pk).title == "Another"


def test_conditions_that_exclude_each_other_ask_nothing(django_assert_num_queries: Any) -> None:
    statement = Statement(lambda key: Item.objects.filter(pk=key, pk__in=[]), int)
    with django_assert_num_queries(0):
        assert statement.rows(1) == []
        assert statement.instances(1) == []


def test_a_stand_in_that_is_not_in_the_query_is_an_error() -> None:
    statement = Statement(lambda key: Interaction.objects.all(), int)
    with pytest.raises(AssertionError):
        statement.rows(1)


def test_counts_are_grouped(items: list[Item]) -> None:
    statement = Statement(
        lambda keys: (
            Item.objects.filter(pk__in=[keys])
            .order_by()
            .values("catalog_id")
            .annotate(n=Count("pk"))
            .values_list("catalog_id", "n")
        ),
        int,
    )
    assert [tuple(row) for row in statement.rows([items[0].pk, items[1].pk])] == [
        (items[0].catalog_id, 2)
    ]
