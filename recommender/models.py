"""Training runs, the versions they produce, what was shown to whom, and what is written of people's interests."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Catalog, Item, Profile
from recommender.preferences.interests import MAX_TEXT, MAX_WORD, Interests, Word, folded


class TrainingRun(models.Model):
    """An attempt to train a catalogue's model."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("succeeded")
        SKIPPED = "skipped", _("skipped: nothing new")
        FAILED = "failed", _("failed")

    class Trigger(models.TextChoices):
        COMMAND = "command", _("command line")
        ADMIN = "admin", _("admin")
        API = "api", _("API")
        SCHEDULE = "schedule", _("schedule")

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="training_runs", verbose_name=_("catalogue")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    trigger = models.CharField(_("asked for by"), max_length=10, choices=Trigger)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("account")
    )
    seed = models.PositiveIntegerField(_("seed"), default=0)
    force = models.BooleanField(_("train even if nothing is new"), default=False)
    stage = models.CharField(_("stage"), max_length=60, blank=True)
    fraction = models.FloatField(_("done"), default=0.0, help_text=_("0 to 1"))
    eta_seconds = models.FloatField(_("seconds left"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    fingerprint = models.CharField(_("data fingerprint"), max_length=64, blank=True)
    seconds = models.JSONField(_("seconds by stage"), default=dict, blank=True)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
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
    """What a run produced: a folder of numbers, its measures, and whether it serves."""

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
    blend = models.JSONField(_("blend"), default=dict)
    metrics = models.JSONField(
        _("metrics"),
        default=dict,
        help_text=_("On one held-out split: this version, the live one then, plain item-kNN."),
    )
    report = models.JSONField(_("report"), default=dict)
    gate_passed = models.BooleanField(_("passed the gate"), null=True)
    gate_reason = models.TextField(_("the gate's reason"), blank=True)
    damage = models.TextField(
        _("damage"), blank=True, help_text=_("Why the artifact could not be read, if so.")
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


class Impression(models.Model):
    """An item shown at a place of a list, by a version, with its sources."""

    profile = models.ForeignKey(
        Profile, models.CASCADE, related_name="impressions", verbose_name=_("profile")
    )
    item = models.ForeignKey(
        Item, models.CASCADE, related_name="impressions", verbose_name=_("item")
    )
    version = models.ForeignKey(
        ModelVersion, models.SET_NULL, null=True, blank=True, verbose_name=_("model version")
    )
    surface = models.CharField(_("where"), max_length=30)
    position = models.PositiveSmallIntegerField(_("position"))
    sources = models.JSONField(_("sources"), default=list)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("impression")
        verbose_name_plural = _("impressions")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["profile", "-created_at"], name="impression_by_profile"),
            models.Index(fields=["item", "-created_at"], name="impression_by_item"),
        ]

    def __str__(self) -> str:
        return f"{self.surface} {self.position}: {self.item_id}"


class InterestText(models.Model):
    """What is written of a person's interest: by the language model, and by the person, whose part stays.

    ``words`` and ``unwanted`` are read through ``interests``. Whoever writes compares ``revision`` and ``basis`` with
    what was read, so that neither an edit nor a fresher text is overwritten.
    """

    profile = models.OneToOneField(
        Profile, models.CASCADE, related_name="interest_text", verbose_name=_("profile")
    )
    text = models.TextField(
        _("typed"),
        max_length=MAX_TEXT,
        blank=True,
        help_text=_("In the person's own words; answers of a questionnaire."),
    )
    words = models.JSONField(
        _("words"),
        default=list,
        help_text=_(
            "Each with its weight, 0 to 1, and whether the person pinned, added or changed it."
        ),
    )
    unwanted = models.JSONField(_("muted words"), default=list)
    sentence = models.TextField(_("sentence"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=Catalog.Language)
    worded_by = models.CharField(
        _("worded by"),
        max_length=200,
        blank=True,
        help_text=_("The external language model; empty: none."),
    )
    version = models.ForeignKey(
        ModelVersion,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("model version"),
    )
    revision = models.PositiveIntegerField(_("edits"), default=0)
    basis = models.CharField(
        _("written from"),
        max_length=64,
        blank=True,
        help_text=_("Fingerprint of history, version and edits."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    refreshed_at = models.DateTimeField(_("written"), null=True, blank=True)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)

    class Meta:
        verbose_name = _("interest text")
        verbose_name_plural = _("interest texts")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["refreshed_at"], name="interest_text_refreshed")]

    def __str__(self) -> str:
        return self.sentence or self.text or f"#{self.pk}"

    @property
    def interests(self) -> Interests:
        return Interests(self.text, tuple(map(Word.of, self.words)), tuple(self.unwanted))

    @property
    def is_edited(self) -> bool:
        return self.interests.is_edited


class HealthAnswers(models.Model):
    """What somebody answered about their health, apart from everything else.

    See `recommender.preferences.health_answers`.

    There while the person agrees, gone with the consent. Not in the administration.
    """

    profile = models.OneToOneField(
        Profile, models.CASCADE, related_name="health_answers", verbose_name=_("profile")
    )
    answers = models.JSONField(_("answers"), default=dict)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta:
        verbose_name = _("health answers")
        verbose_name_plural = _("health answers")

    def __str__(self) -> str:
        return f"#{self.pk}"


class BlockedWord(models.Model):
    """A word that no interest text of a catalogue may hold, alone or within a longer name."""

    catalog = models.ForeignKey(
        Catalog, models.CASCADE, related_name="blocked_words", verbose_name=_("catalogue")
    )
    word = models.CharField(_("word"), max_length=MAX_WORD)

    class Meta:
        verbose_name = _("blocked word")
        verbose_name_plural = _("blocked words")
        ordering: ClassVar = ["word"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["catalog", "word"], name="one_blocked_word_per_catalog"
            ),
            models.CheckConstraint(condition=~Q(word=""), name="blocked_word_not_empty"),
        ]

    def __str__(self) -> str:
        return self.word

    def clean(self) -> None:
        self.word = folded(self.word)


class ItemEnrichment(models.Model):
    """What an external language model wrote about an item of few words; trainings read it after the description."""

    item = models.OneToOneField(
        Item, models.CASCADE, related_name="enrichment", verbose_name=_("item")
    )
    text = models.TextField(
        _("text"), blank=True, help_text=_("Empty: nothing usable was answered.")
    )
    model = models.CharField(_("language model"), max_length=200)
    source = models.CharField(
        _("written from"), max_length=64, help_text=_("Fingerprint of the item's own text.")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("enriched item")
        verbose_name_plural = _("enriched items")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.text
