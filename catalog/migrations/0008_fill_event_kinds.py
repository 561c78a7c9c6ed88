from django.db import migrations

from catalog.models.event_kinds import preset_rows


def fill(apps, schema_editor):
    """Every catalogue gets the presets, with the weights that it had."""
    Catalog = apps.get_model("catalog", "Catalog")
    EventKind = apps.get_model("catalog", "EventKind")
    for catalog in Catalog.objects.all():
        weights = catalog.weights or {}
        rows = preset_rows(**{name: {"weight": weight} for name, weight in weights.items()})
        EventKind.objects.bulk_create(
            EventKind(catalog=catalog, position=position, **row)
            for position, row in enumerate(rows)
        )
        Catalog.objects.filter(pk=catalog.pk).update(kind_rows=rows)


def empty(apps, schema_editor):
    """The table of weights comes back, with the seven kinds that it knew."""
    Catalog = apps.get_model("catalog", "Catalog")
    names = ("view", "like", "save", "take", "rate", "dislike", "hide")
    for catalog in Catalog.objects.all():
        weights = {row["name"]: row["weight"] for row in catalog.kind_rows}
        table = {name: weights.get(name, 0.0) for name in names}
        Catalog.objects.filter(pk=catalog.pk).update(weights=table)
    apps.get_model("catalog", "EventKind").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [('catalog', '0007_event_kinds')]

    operations = [migrations.RunPython(fill, empty)]
