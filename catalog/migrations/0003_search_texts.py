"""Texts become plain and get a column folded for searching."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from config.text_forms import SearchTextField, for_search, plain_text

PORTION = 1_000


def fill(apps: Any, schema_editor: Any) -> None:
    Item, Category = apps.get_model("catalog", "Item"), apps.get_model("catalog", "Category")
    for items in _portions(Item.objects.only("title", "description", "provider")):
        for item in items:
            item.title = plain_text(item.title)
            item.description = plain_text(item.description)
            item.search_title = for_search(item.title)
            item.search_text = for_search(
                "\n".join(filter(None, (item.description, item.provider)))
            )
        Item.objects.bulk_update(items, ["title", "description", "search_title", "search_text"])
    for categories in _portions(Category.objects.only("name")):
        for category in categories:
            category.search_name = for_search(category.name)
        Category.objects.bulk_update(categories, ["search_name"])


def _portions(rows: Any) -> Any:
    last = 0
    while portion := list(rows.filter(pk__gt=last).order_by("pk")[:PORTION]):
        yield portion
        last = portion[-1].pk


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_suppressed_ids")]

    operations = [
        migrations.AddField(
            model_name="category",
            name="search_name",
            field=SearchTextField(sources=("name",)),
        ),
        migrations.AddField(
            model_name="item",
            name="search_text",
            field=SearchTextField(sources=("description", "provider")),
        ),
        migrations.AddField(
            model_name="item",
            name="search_title",
            field=SearchTextField(sources=("title",)),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
