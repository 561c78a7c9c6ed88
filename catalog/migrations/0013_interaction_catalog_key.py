"""An event's catalogue is its item's: no constraint and no index of its own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0012_longer_titles")]

    operations = [
        migrations.AlterField(
            model_name="interaction",
            name="catalog",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="interactions",
                to="catalog.catalog",
                verbose_name="catalogue",
            ),
        ),
    ]
