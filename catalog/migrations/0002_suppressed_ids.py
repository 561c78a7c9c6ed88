"""The ids of erased people, and a salt for each catalogue."""

from __future__ import annotations

from typing import Any, ClassVar

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import catalog.models.suppressed_ids


def give_each_catalog_a_salt(apps: Any, schema_editor: Any) -> None:
    """A new column has one default for all rows."""
    for row in apps.get_model("catalog", "Catalog").objects.all():
        row.suppression_salt = catalog.models.suppressed_ids.new_salt()
        row.save(update_fields=["suppression_salt"])


class Migration(migrations.Migration):
    dependencies: ClassVar = [("catalog", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="catalog",
            name="suppression_salt",
            field=models.BinaryField(
                default=catalog.models.suppressed_ids.new_salt,
                editable=False,
                help_text=(
                    "Random, made once: without it, the list of erased IDs finds nobody."
                ),
                verbose_name="salt of the erased IDs",
            ),
        ),
        migrations.RunPython(give_each_catalog_a_salt, migrations.RunPython.noop),
        migrations.CreateModel(
            name="SuppressedId",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, verbose_name="hash")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="erased")),
                ("returns", models.PositiveIntegerField(default=0, help_text="How many rows with this ID were left out since.", verbose_name="came back")),
                ("last_return_at", models.DateTimeField(blank=True, null=True, verbose_name="last came back")),
                ("catalog", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="suppressed_ids", to="catalog.catalog", verbose_name="catalogue")),
            ],
            options={
                "verbose_name": "erased ID",
                "verbose_name_plural": "erased IDs",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("catalog", "digest"), name="one_row_per_erased_id"),
                ],
            },
        ),
    ]
