"""Training runs, and the model versions that they produce."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Catalog


class TrainingRun(models.Model):
    """One training of a catalogue's model."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("succeeded")
        SKIPPED = "skipped", _("skipped: no new data")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Trigger(models.TextChoices):
        COMMAND = "command", _("command line")
        ADMIN = "admin", _("admin")
        API = "api", _("API")
        SCHEDULE = "schedule", _("schedule")

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="training_runs", verbose_name=_("catalogue")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    trigger = models.CharField(_("requested by"), max_length=10, choices=Trigger)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("account")
    )
    seed = models.PositiveIntegerField(_("seed"), default=0)
    force = models.BooleanField(_("train even without new data"), default=False)
    quick = models.BooleanField(_("quick: without learning weights"), default=False)
    stage = models.CharField(_("stage"), max_length=60, blank=True)
    fraction = models.FloatField(_("done"), default=0.0, help_text=_("0 to 1"))
    eta_seconds = models.FloatField(_("seconds left"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    warnings = models.JSONField(
        _("warnings"),
        default=list,
        blank=True,
        help_text=_("Parts of the model that failed and were left out, each with its reason."),
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    setbacks = models.PositiveSmallIntegerField(
        _("setbacks"),
        default=0,
        db_default=0,
        help_text=_("Attempts that a lost process or an outage ended."),
    )
    retry_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    fingerprint = models.CharField(_("data fingerprint"), max_length=64, blank=True)
    seconds = models.JSONField(_("seconds by stage"), default=dict, blank=True)
    created_at = models.DateTimeField(_("requested"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last heartbeat"), null=True, blank=True)
    progress_at = models.DateTimeField(_("last progress"), null=True, blank=True)
    data_at = models.DateTimeField(_("data read"), null=True, blank=True)
    erasures_before = models.PositiveIntegerField(
        null=True,
        editable=False,
        help_text="Erasures of the catalogue when its data were read; more now: see `stages`.",
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("training run")
        verbose_name_plural = _("training runs")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["catalog"], condition=Q(state="queued"), name="one_queued_run_per_catalog"
            ),
            models.UniqueConstraint(
                fields=["catalog"], condition=Q(state="running"), name="one_running_run_per_catalog"
            ),
            models.CheckConstraint(
                condition=Q(fraction__gte=0, fraction__lte=1), name="run_fraction_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.catalog.slug} #{self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state not in (self.State.QUEUED, self.State.RUNNING)


class ModelVersion(models.Model):
    """The result of a run: its artifact, its metrics, and whether it is live."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("candidate")
        LIVE = "live", _("live")
        RETIRED = "retired", _("retired")

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="model_versions", verbose_name=_("catalogue")
    )
    run = models.OneToOneField(
        TrainingRun,
        models.SET_NULL,
        null=True,
        related_name="version",
        verbose_name=_("training run"),
    )
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CANDIDATE)
    folder = models.CharField(_("folder"), max_length=200, help_text=_("Below ARTIFACTS_DIR."))
    fingerprint = models.CharField(_("data fingerprint"), max_length=64)
    quick = models.BooleanField(
        _("quick: without learnt weights"),
        default=False,
        help_text=_("The weights of its components are typical ones, and nothing was evaluated."),
    )
    blend = models.JSONField(_("blend"), default=dict)
    metrics = models.JSONField(
        _("metrics"),
        default=dict,
        help_text=_(
            "On the same held-out data: this version, the live version at that time, plain "
            "item-kNN."
        ),
    )
    report = models.JSONField(_("report"), default=dict)
    warnings = models.JSONField(
        _("warnings"),
        default=list,
        blank=True,
        help_text=_("Parts of the model that failed and were left out, each with its reason."),
    )
    gate_passed = models.BooleanField(_("passed the gate"), null=True)
    gate_reason = models.TextField(_("reason of the gate"), blank=True)
    damage = models.TextField(
        _("damage"), blank=True, help_text=_("Why the artifact cannot be read.")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    promoted_at = models.DateTimeField(_("promoted"), null=True, blank=True)

    class Meta:
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["catalog", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["catalog"], condition=Q(state="live"), name="one_live_version_per_catalog"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.catalog.slug} v{self.number}"

    @property
    def path(self) -> Path:
        return Path(settings.ARTIFACTS_DIR) / self.folder
