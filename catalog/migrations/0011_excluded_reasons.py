import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0010_personal_says_what_is_read'),
    ]

    operations = [
        migrations.RenameModel(old_name='SetAside', new_name='ExcludedReason'),
        migrations.AlterField(
            model_name='excludedreason',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='excluded_by', to='catalog.item', verbose_name='item'),
        ),
        migrations.AlterField(
            model_name='excludedreason',
            name='profile',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='excluded_reasons', to='catalog.profile', verbose_name='profile'),
        ),
        migrations.RemoveConstraint(model_name='excludedreason', name='item_set_aside_once'),
        migrations.AddConstraint(
            model_name='excludedreason',
            constraint=models.UniqueConstraint(fields=('profile', 'item'), name='excluded_reason_once'),
        ),
    ]
