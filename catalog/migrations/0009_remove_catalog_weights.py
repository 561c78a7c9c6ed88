from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [('catalog', '0008_fill_event_kinds')]

    operations = [migrations.RemoveField(model_name="catalog", name="weights")]
