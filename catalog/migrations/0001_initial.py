

import catalog.models.catalog_texts
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Catalog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(help_text='Used in the URL: /c/…/', unique=True, verbose_name='address')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('domain', models.CharField(choices=[('shop', 'Shop'), ('courses', 'Courses'), ('health', 'Health'), ('community', 'Community')], default='shop', max_length=20, verbose_name='domain')),
                ('language', models.CharField(choices=[('en', 'English'), ('zh-hans', '简体中文')], default='en', max_length=10, verbose_name='language')),
                ('is_public', models.BooleanField(default=True, help_text='Open to everybody. Otherwise only staff and API keys have access.', verbose_name='public')),
                ('log_is_simulated', models.BooleanField(default=False, help_text='Shown wherever figures from this data are shown.', verbose_name='people are simulated')),
                ('weights', models.JSONField(default=dict, help_text='How much one interaction of each kind counts, 0 to 10.', verbose_name='weights by kind')),
                ('tail_default', models.FloatField(default=0.3, validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)], verbose_name='tail dial, default')),
                ('tail_min', models.FloatField(default=0.0, validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)], verbose_name='tail dial, lowest')),
                ('tail_max', models.FloatField(default=1.0, validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)], verbose_name='tail dial, highest')),
                ('calibration', models.FloatField(default=0.0, help_text='How closely lists follow the categories of the person’s own history: 0 as tuned, 1 above all else.', validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)], verbose_name='mix of categories')),
                ('min_provider_share', models.FloatField(default=0.0, help_text='Share of every list, 0 to 1, reserved for providers whose share of people is smaller than their share of items.', validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)], verbose_name='quota for rarely shown providers')),
                ('texts', models.JSONField(blank=True, default=dict, help_text='By language: {"en": {"name": …, "tagline": …}, "zh-hans": {…}}.', validators=[catalog.models.catalog_texts.validate_texts], verbose_name='texts')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
            ],
            options={
                'verbose_name': 'catalogue',
                'verbose_name_plural': 'catalogues',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('tail_min__gte', 0), ('tail_min__lte', models.F('tail_default')), ('tail_default__lte', models.F('tail_max')), ('tail_max__lte', 1)), name='tail_dial_in_order', violation_error_message='The dial requires 0 ≤ lowest ≤ default ≤ highest ≤ 1.')],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.CharField(editable=False, max_length=150, primary_key=True, serialize=False, unique=True)),
                ('prefix', models.CharField(editable=False, max_length=8, unique=True)),
                ('hashed_key', models.CharField(editable=False, max_length=150)),
                ('created', models.DateTimeField(auto_now_add=True, db_index=True)),
                ('name', models.CharField(default=None, help_text='A free-form name for the API key. Need not be unique. 50 characters max.', max_length=50)),
                ('revoked', models.BooleanField(blank=True, default=False, help_text='If the API key is revoked, clients cannot use it anymore. (This cannot be undone.)')),
                ('expiry_date', models.DateTimeField(blank=True, help_text='Once API key expires, clients cannot use it anymore.', null=True, verbose_name='Expires')),
                ('scope', models.CharField(choices=[('read', 'read'), ('write', 'read and write')], default='write', max_length=10, verbose_name='scope')),
                ('catalog', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_keys', to='catalog.catalog', verbose_name='catalogue')),
            ],
            options={
                'verbose_name': 'API key',
                'verbose_name_plural': 'API keys',
                'ordering': ('-created',),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('catalog', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='categories', to='catalog.catalog', verbose_name='catalogue')),
            ],
            options={
                'verbose_name': 'category',
                'verbose_name_plural': 'categories',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=255, verbose_name='external ID')),
                ('title', models.CharField(blank=True, max_length=500, verbose_name='title')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('provider', models.CharField(blank=True, help_text='Brand, author or school.', max_length=200, verbose_name='provider')),
                ('language', models.CharField(blank=True, max_length=10, verbose_name='language')),
                ('attributes', models.JSONField(blank=True, default=dict, verbose_name='attributes')),
                ('available', models.BooleanField(default=True, verbose_name='available')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                ('catalog', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='catalog.catalog', verbose_name='catalogue')),
            ],
            options={
                'verbose_name': 'item',
                'verbose_name_plural': 'items',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ItemCategory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='item_categories', to='catalog.category', verbose_name='category')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='item_categories', to='catalog.item')),
            ],
            options={
                'verbose_name': 'category of an item',
                'verbose_name_plural': 'categories of items',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.AddField(
            model_name='item',
            name='categories',
            field=models.ManyToManyField(related_name='items', through='catalog.ItemCategory', to='catalog.category', verbose_name='categories'),
        ),
        migrations.CreateModel(
            name='ItemVector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('values', models.BinaryField(help_text='32-bit floats, little-endian.', verbose_name='numbers')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='vectors', to='catalog.item', verbose_name='item')),
            ],
            options={
                'verbose_name': 'vector of an item',
                'verbose_name_plural': 'vectors of items',
                'ordering': ['name', 'item_id'],
            },
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(blank=True, max_length=255, null=True, verbose_name='external ID')),
                ('tail', models.FloatField(blank=True, help_text='Empty: the catalogue’s default.', null=True, validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)], verbose_name='tail dial')),
                ('listing', models.CharField(blank=True, choices=[('personal', 'For you'), ('category', 'By category'), ('newest', 'Newest'), ('popular', 'Popular'), ('random', 'At random')], help_text='Empty: personal.', max_length=10, verbose_name='list order')),
                ('personal', models.BooleanField(default=True, help_text='If off, lists only use what the person hid, training runs use none of their data, and views are not recorded.', verbose_name='personal lists')),
                ('hides', models.BooleanField(default=False, editable=False, verbose_name='has hidden categories or providers')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('catalog', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='profiles', to='catalog.catalog', verbose_name='catalogue')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='profiles', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'profile',
                'verbose_name_plural': 'profiles',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Interaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('view', 'viewed'), ('like', 'liked'), ('save', 'saved'), ('take', 'chosen'), ('rate', 'rated'), ('dislike', 'disliked'), ('hide', 'hidden')], max_length=10, verbose_name='kind')),
                ('value', models.FloatField(blank=True, help_text='Stars, quantity or minutes, depending on the kind.', null=True, verbose_name='value')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('event_id', models.CharField(blank=True, max_length=100, null=True, verbose_name='event ID')),
                ('catalog', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='interactions', to='catalog.catalog', verbose_name='catalogue')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='interactions', to='catalog.item', verbose_name='item')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='interactions', to='catalog.profile', verbose_name='profile')),
            ],
            options={
                'verbose_name': 'interaction',
                'verbose_name_plural': 'interactions',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Hidden',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('category', 'category'), ('provider', 'provider')], max_length=10, verbose_name='what')),
                ('value', models.CharField(max_length=200, verbose_name='name')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='when')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hidden', to='catalog.profile', verbose_name='profile')),
            ],
            options={
                'verbose_name': 'hidden category or provider',
                'verbose_name_plural': 'hidden categories and providers',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ExcludedReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='when')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='excluded_by', to='catalog.item', verbose_name='item')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='excluded_reasons', to='catalog.profile', verbose_name='profile')),
            ],
            options={
                'verbose_name': 'excluded reason',
                'verbose_name_plural': 'excluded reasons',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.UniqueConstraint(fields=('catalog', 'name'), name='one_category_per_name'),
        ),
        migrations.AddConstraint(
            model_name='itemcategory',
            constraint=models.UniqueConstraint(fields=('item', 'category'), name='item_once_per_category'),
        ),
        migrations.AddIndex(
            model_name='item',
            index=models.Index(fields=['catalog', 'available', '-created_at'], name='item_newest'),
        ),
        migrations.AddIndex(
            model_name='item',
            index=models.Index(fields=['catalog', 'provider'], name='item_by_provider'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.UniqueConstraint(fields=('catalog', 'external_id'), name='one_item_per_external_id'),
        ),
        migrations.AddConstraint(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('external_id', ''), _negated=True), name='item_has_external_id'),
        ),
        migrations.AddIndex(
            model_name='itemvector',
            index=models.Index(fields=['name', 'item'], name='vector_by_name'),
        ),
        migrations.AddConstraint(
            model_name='itemvector',
            constraint=models.UniqueConstraint(fields=('item', 'name'), name='one_vector_per_name'),
        ),
        migrations.AddIndex(
            model_name='profile',
            index=models.Index(condition=models.Q(('personal', False)), fields=['catalog'], name='profile_without_profiling'),
        ),
        migrations.AddConstraint(
            model_name='profile',
            constraint=models.UniqueConstraint(fields=('catalog', 'external_id'), name='one_profile_per_external_id'),
        ),
        migrations.AddConstraint(
            model_name='profile',
            constraint=models.UniqueConstraint(fields=('catalog', 'user'), name='one_profile_per_account'),
        ),
        migrations.AddConstraint(
            model_name='profile',
            constraint=models.CheckConstraint(condition=models.Q(('external_id__isnull', True), models.Q(('external_id', ''), _negated=True), _connector='OR'), name='profile_external_id_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='profile',
            constraint=models.CheckConstraint(condition=models.Q(('tail__isnull', True), models.Q(('tail__gte', 0), ('tail__lte', 1)), _connector='OR'), name='profile_tail_in_range'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(fields=['profile', '-created_at'], name='interaction_history'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(fields=['catalog', 'created_at'], name='interaction_log'),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(fields=['item', 'kind', 'profile'], name='interaction_people'),
        ),
        migrations.AddConstraint(
            model_name='interaction',
            constraint=models.UniqueConstraint(fields=('catalog', 'event_id'), name='one_interaction_per_event_id'),
        ),
        migrations.AddConstraint(
            model_name='interaction',
            constraint=models.CheckConstraint(condition=models.Q(('event_id__isnull', True), models.Q(('event_id', ''), _negated=True), _connector='OR'), name='event_id_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='interaction',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['view', 'like', 'save', 'take', 'rate', 'dislike', 'hide'])), name='interaction_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='interaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'rate'), _negated=True), ('value__isnull', False), _connector='OR'), name='rating_has_value'),
        ),
        migrations.AddConstraint(
            model_name='hidden',
            constraint=models.UniqueConstraint(fields=('profile', 'what', 'value'), name='hidden_once'),
        ),
        migrations.AddConstraint(
            model_name='hidden',
            constraint=models.CheckConstraint(condition=models.Q(('what__in', ['category', 'provider'])), name='hidden_what_known'),
        ),
        migrations.AddConstraint(
            model_name='hidden',
            constraint=models.CheckConstraint(condition=models.Q(('value', ''), _negated=True), name='hidden_has_name'),
        ),
        migrations.AddConstraint(
            model_name='excludedreason',
            constraint=models.UniqueConstraint(fields=('profile', 'item'), name='excluded_reason_once'),
        ),
    ]
