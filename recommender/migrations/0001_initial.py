

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HealthAnswers',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answers', models.JSONField(default=dict, verbose_name='answers')),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='changed')),
                ('profile', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='health_answers', to='catalog.profile', verbose_name='profile')),
            ],
            options={
                'verbose_name': 'health answers',
                'verbose_name_plural': 'health answers',
            },
        ),
        migrations.CreateModel(
            name='ItemEnrichment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True, help_text='Empty: there was no usable answer.', verbose_name='text')),
                ('model', models.CharField(max_length=200, verbose_name='language model')),
                ('source', models.CharField(help_text='Fingerprint of the item’s own text.', max_length=64, verbose_name='source fingerprint')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='enrichment', to='catalog.item', verbose_name='item')),
            ],
            options={
                'verbose_name': 'enriched item',
                'verbose_name_plural': 'enriched items',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='TrainingRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('queued', 'queued'), ('running', 'running'), ('succeeded', 'succeeded'), ('skipped', 'skipped: no new data'), ('failed', 'failed')], default='queued', max_length=10, verbose_name='state')),
                ('trigger', models.CharField(choices=[('command', 'command line'), ('admin', 'admin'), ('api', 'API'), ('schedule', 'schedule')], max_length=10, verbose_name='requested by')),
                ('seed', models.PositiveIntegerField(default=0, verbose_name='seed')),
                ('force', models.BooleanField(default=False, verbose_name='train even without new data')),
                ('stage', models.CharField(blank=True, max_length=60, verbose_name='stage')),
                ('fraction', models.FloatField(default=0.0, help_text='0 to 1', verbose_name='done')),
                ('eta_seconds', models.FloatField(blank=True, null=True, verbose_name='seconds left')),
                ('error', models.TextField(blank=True, verbose_name='error')),
                ('fingerprint', models.CharField(blank=True, max_length=64, verbose_name='data fingerprint')),
                ('seconds', models.JSONField(blank=True, default=dict, verbose_name='seconds by stage')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='requested')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                ('heartbeat_at', models.DateTimeField(blank=True, null=True, verbose_name='last heartbeat')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('catalog', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='training_runs', to='catalog.catalog', verbose_name='catalogue')),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'training run',
                'verbose_name_plural': 'training runs',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ModelVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('state', models.CharField(choices=[('candidate', 'candidate'), ('live', 'live'), ('retired', 'retired')], default='candidate', max_length=10, verbose_name='state')),
                ('folder', models.CharField(help_text='Below ARTIFACTS_DIR.', max_length=200, verbose_name='folder')),
                ('fingerprint', models.CharField(max_length=64, verbose_name='data fingerprint')),
                ('blend', models.JSONField(default=dict, verbose_name='blend')),
                ('metrics', models.JSONField(default=dict, help_text='On the same held-out data: this version, the live version at that time, plain item-kNN.', verbose_name='metrics')),
                ('report', models.JSONField(default=dict, verbose_name='report')),
                ('gate_passed', models.BooleanField(null=True, verbose_name='passed the gate')),
                ('gate_reason', models.TextField(blank=True, verbose_name='reason of the gate')),
                ('damage', models.TextField(blank=True, help_text='Why the artifact cannot be read.', verbose_name='damage')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('promoted_at', models.DateTimeField(blank=True, null=True, verbose_name='promoted')),
                ('catalog', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='model_versions', to='catalog.catalog', verbose_name='catalogue')),
                ('run', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='version', to='recommender.trainingrun', verbose_name='training run')),
            ],
            options={
                'verbose_name': 'model version',
                'verbose_name_plural': 'model versions',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='BlockedWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=60, verbose_name='word')),
                ('catalog', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='blocked_words', to='catalog.catalog', verbose_name='catalogue')),
            ],
            options={
                'verbose_name': 'blocked word',
                'verbose_name_plural': 'blocked words',
                'ordering': ['word'],
                'constraints': [models.UniqueConstraint(fields=('catalog', 'word'), name='one_blocked_word_per_catalog'), models.CheckConstraint(condition=models.Q(('word', ''), _negated=True), name='blocked_word_not_empty')],
            },
        ),
        migrations.CreateModel(
            name='InterestText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True, help_text='The person’s own words, or answers from a questionnaire.', max_length=2000, verbose_name='typed text')),
                ('words', models.JSONField(default=list, help_text='Each with its weight, 0 to 1, and whether the person pinned, added or changed it.', verbose_name='words')),
                ('unwanted', models.JSONField(default=list, verbose_name='muted words')),
                ('sentence', models.TextField(blank=True, verbose_name='sentence')),
                ('language', models.CharField(choices=[('en', 'English'), ('zh-hans', '简体中文')], max_length=10, verbose_name='language')),
                ('worded_by', models.CharField(blank=True, help_text='The external language model. Empty: none.', max_length=200, verbose_name='worded by')),
                ('revision', models.PositiveIntegerField(default=0, verbose_name='edits')),
                ('basis', models.CharField(blank=True, help_text='Fingerprint of the history, the version and the edits.', max_length=64, verbose_name='source fingerprint')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created')),
                ('refreshed_at', models.DateTimeField(blank=True, null=True, verbose_name='written')),
                ('edited_at', models.DateTimeField(blank=True, null=True, verbose_name='edited')),
                ('profile', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='interest_text', to='catalog.profile', verbose_name='profile')),
                ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='recommender.modelversion', verbose_name='model version')),
            ],
            options={
                'verbose_name': 'interest text',
                'verbose_name_plural': 'interest texts',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['refreshed_at'], name='interest_text_refreshed')],
            },
        ),
        migrations.CreateModel(
            name='Impression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('surface', models.CharField(max_length=30, verbose_name='where')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('sources', models.JSONField(default=list, verbose_name='sources')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='impressions', to='catalog.item', verbose_name='item')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='impressions', to='catalog.profile', verbose_name='profile')),
                ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to='recommender.modelversion', verbose_name='model version')),
            ],
            options={
                'verbose_name': 'impression',
                'verbose_name_plural': 'impressions',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['profile', '-created_at'], name='impression_by_profile'), models.Index(fields=['item', '-created_at'], name='impression_by_item')],
            },
        ),
        migrations.AddConstraint(
            model_name='trainingrun',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'queued')), fields=('catalog',), name='one_queued_run_per_catalog'),
        ),
        migrations.AddConstraint(
            model_name='trainingrun',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('catalog',), name='one_running_run_per_catalog'),
        ),
        migrations.AddConstraint(
            model_name='trainingrun',
            constraint=models.CheckConstraint(condition=models.Q(('fraction__gte', 0), ('fraction__lte', 1)), name='run_fraction_in_range'),
        ),
        migrations.AddConstraint(
            model_name='modelversion',
            constraint=models.UniqueConstraint(fields=('catalog', 'number'), name='one_version_per_number'),
        ),
        migrations.AddConstraint(
            model_name='modelversion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'live')), fields=('catalog',), name='one_live_version_per_catalog'),
        ),
    ]
