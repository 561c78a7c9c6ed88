"""Feeds: files of items that are read again and again, by a schedule."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Feed(models.Model):
    """Where a catalogue's items come from, how they are read, and when."""

    class Format(models.TextChoices):
        AUTO = "auto", _("by its content")
        CSV = "csv", _("CSV")
        JSON_LINES = "jsonl", _("JSON lines")
        MERCHANT = "merchant", _("Google Merchant XML")

    class Mode(models.TextChoices):
        FULL = "full", _("all items: what is missing becomes unavailable")
        INCREMENTAL = "incremental", _("changes only: what is missing stays")

    catalog = models.ForeignKey(
        "catalog.Catalog", models.CASCADE, related_name="feeds", verbose_name=_("catalogue")
    )
    name = models.SlugField(_("name"), max_length=60, help_text=_("Letters, digits, - and _."))
    address = models.CharField(
        _("address"),
        max_length=1000,
        help_text=_("https://…, or the path of a file in the folder FEED_DIR."),
    )
    format = models.CharField(_("format"), max_length=10, choices=Format, default=Format.AUTO)
    mode = models.CharField(_("content"), max_length=15, choices=Mode, default=Mode.FULL)
    preset = models.CharField(
        _("preset"), max_length=40, blank=True, help_text=_("The program that writes the file.")
    )
    mapping = models.JSONField(
        _("columns"),
        default=dict,
        blank=True,
        help_text=_('Our column and the name in the file, such as {"title": "Name"}.'),
    )
    at = models.TimeField(
        _("every day at"),
        null=True,
        blank=True,
        help_text=_("In the time zone of the site. Empty: only when somebody runs it."),
    )
    active = models.BooleanField(
        _("active"), default=True, help_text=_("If off, the schedule passes it over.")
    )
    next_at = models.DateTimeField(_("next run"), null=True, blank=True, editable=False)
    etag = models.CharField(max_length=500, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        ordering: ClassVar = ["catalog", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["catalog", "name"], name="one_feed_per_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_full(self) -> bool:
        return self.mode == self.Mode.FULL

    def next_after(self, moment: datetime) -> datetime | None:
        """The first time of the schedule after a moment; None without a schedule."""
        if self.at is None or not self.active:
            return None
        local = timezone.localtime(moment)
        today = local.replace(
            hour=self.at.hour, minute=self.at.minute, second=self.at.second, microsecond=0
        )
        if today <= local:  # by calendar day, so that a change of the clock shifts nothing
            today = timezone.make_aware(today.replace(tzinfo=None) + timedelta(days=1))
        return today


class FeedRun(models.Model):
    """One reading of a feed."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        WAITING = "waiting", _("waits for a confirmation")
        SUCCEEDED = "succeeded", _("succeeded")
        UNCHANGED = "unchanged", _("nothing new at its address")
        FAILED = "failed", _("failed")

    class Trigger(models.TextChoices):
        COMMAND = "command", _("command line")
        ADMIN = "admin", _("admin")
        SCHEDULE = "schedule", _("schedule")

    OPEN = (State.QUEUED, State.RUNNING)

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="runs", verbose_name=_("feed"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    trigger = models.CharField(_("requested by"), max_length=10, choices=Trigger)
    may_remove = models.PositiveIntegerField(
        _("may make unavailable"),
        default=0,
        help_text=_("Somebody confirmed that this many missing items become unavailable."),
    )
    rows = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("new"), default=0)
    updated = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("same"), default=0)
    bad = models.PositiveIntegerField(_("bad"), default=0)
    missing = models.PositiveIntegerField(_("missing"), default=0)
    errors = models.JSONField(_("bad rows"), default=list, blank=True)
    notices = models.JSONField(_("notices"), default=list, blank=True)
    message = models.TextField(_("message"), blank=True)
    created_at = models.DateTimeField(_("requested"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last heartbeat"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("feed run")
        verbose_name_plural = _("feed runs")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["feed"],
                condition=Q(state__in=["queued", "running"]),
                name="one_open_run_per_feed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feed} #{self.pk}"


class FeedItem(models.Model):
    """An item that a feed brought, so that only this feed can make it unavailable."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="feed_items")
    item = models.ForeignKey("catalog.Item", models.CASCADE, related_name="feed_items")
    withdrawn = models.BooleanField(
        default=False, help_text=_("Missing in the last full file, and unavailable because of it.")
    )

    class Meta:
        verbose_name = _("item of a feed")
        verbose_name_plural = _("items of feeds")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["feed", "item"], name="one_row_per_feed_and_item"),
        ]

    def __str__(self) -> str:
        return f"{self.feed_id} {self.item_id}"
