"""Feeds: set up, run now, confirmed; and what became of each run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget

from catalog.admin.confirmation import Confirmation, Done, confirm
from catalog.admin.permissions import CatalogFilter, OfCatalog
from catalog.feeds import runs
from catalog.feeds.feeds import check_feed, save_feed
from catalog.ingestion.mapping_presets import presets_of
from catalog.models import Feed, FeedRun
from catalog.policy.policy import allows

STATES = {"failed": "danger", "succeeded": "success", "waiting": "warning"}
SHOWN_RUNS = 10


class FeedForm(forms.ModelForm):
    preset = forms.ChoiceField(
        label=gettext_lazy("preset"),
        required=False,
        choices=lambda: [
            ("", _("none: our own columns")),
            *((each.name, each.label) for each in presets_of("items")),
        ],
        widget=UnfoldAdminSelectWidget,
        help_text=Feed._meta.get_field("preset").help_text,
    )

    def clean_mapping(self) -> Any:
        return self.cleaned_data["mapping"] or {}

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if not self.errors:
            for name in ("address", "preset", "mapping"):
                setattr(self.instance, name, self.cleaned_data[name])
            check_feed(self.instance)
        return data


@admin.register(Feed)
class FeedAdmin(OfCatalog, ModelAdmin):
    form = FeedForm
    list_display = ("name", "catalog", "host", "mode", "state", "last_run", "next_at", "active")
    list_filter = (("catalog", CatalogFilter), "active")
    list_filter_submit = True
    list_select_related = ("catalog",)
    list_per_page = 50
    search_fields = ("name", "address")
    autocomplete_fields = ("catalog",)
    readonly_fields = ("next_at", "last_runs")
    fieldsets = (
        (None, {"fields": ("catalog", ("name", "active"), "address", ("format", "mode"), "at")}),
        (gettext_lazy("How the file is read"), {"fields": ("preset", "mapping")}),
        (gettext_lazy("Runs"), {"fields": ("next_at", "last_runs")}),
    )
    actions_detail = ("run_now", "confirm_run")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Feed]:
        newest = FeedRun.objects.filter(feed=OuterRef("pk")).order_by("-pk")
        return (
            super()
            .get_queryset(request)
            .annotate(
                newest_state=Subquery(newest.values("state")[:1]),
                newest_at=Subquery(newest.values("created_at")[:1]),
            )
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Feed | None = None) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, "catalog") if obj else fields

    def save_model(self, request: HttpRequest, obj: Feed, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        save_feed(obj)

    # Columns

    @display(description=gettext_lazy("address"))
    def host(self, feed: Feed) -> str:
        """Without a password that the address may hold."""
        address = feed.address.partition("?")[0]
        scheme, found, rest = address.rpartition("@")
        return f"{scheme.partition('//')[0]}//{rest}" if found else address

    @display(description=gettext_lazy("last run"), label=STATES)
    def state(self, feed: Any) -> tuple[str, str] | str:
        if not feed.newest_state:
            return "–"
        return feed.newest_state, str(FeedRun.State(feed.newest_state).label)

    @display(description=gettext_lazy("when"))
    def last_run(self, feed: Any) -> str:
        return moment(feed.newest_at)

    @display(description=gettext_lazy("last runs"))
    def last_runs(self, feed: Feed) -> str:
        rows = format_html_join(
            "",
            '<tr><td><a class="lt-link" href="{}">{}</a></td>'
            "<td>{}</td><td>{}</td><td>{}</td></tr>",
            (
                (
                    reverse("admin:catalog_feedrun_change", args=[run.pk]),
                    moment(run.created_at),
                    run.get_state_display(),
                    counts(run),
                    run.message,
                )
                for run in (feed.runs.all()[:SHOWN_RUNS] if feed.pk else ())
            ),
        )
        return format_html('<table class="lt-table lt-wide">{}</table>', rows) if rows else "–"

    # Buttons

    @action(
        description=gettext_lazy("Run now"),
        icon="sync",
        variant=ActionVariant.PRIMARY,
        permissions=["change"],
    )
    def run_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        feed = get_object_or_404(self.get_queryset(request), pk=object_id)
        page = Confirmation(
            title=_("Run “%(feed)s” now?") % {"feed": feed},
            lines=(_("A worker fetches the file and changes the items of this catalogue."),),
            button=_("Run now"),
            back=reverse("admin:catalog_feed_change", args=[object_id]),
        )

        def act(_form: Any) -> Done:
            runs.request_run(feed=feed, trigger=FeedRun.Trigger.ADMIN)
            return Done(_("The feed waits for a worker."), page.back)

        return confirm(request, page, act)

    @action(
        description=gettext_lazy("Confirm the missing items"),
        icon="done_all",
        variant=ActionVariant.DANGER,
        permissions=["change"],
    )
    def confirm_run(self, request: HttpRequest, object_id: str) -> HttpResponse:
        feed = get_object_or_404(self.get_queryset(request), pk=object_id)
        back = reverse("admin:catalog_feed_change", args=[object_id])
        run = feed.runs.filter(state=FeedRun.State.WAITING).first()
        page = Confirmation(
            title=_("Make the missing items unavailable?"),
            lines=(run.message if run else _("No run of this feed waits for a confirmation."),),
            button=_("Make them unavailable"),
            back=back,
            danger=True,
        )

        def act(_form: Any) -> Done:
            runs.confirm_run(run=run or FeedRun())
            return Done(_("The run goes on as soon as a worker is free."), back)

        return confirm(request, page, act)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """*Confirm* is there while a run waits."""
        waits = FeedRun.objects.filter(feed=object_id, state=FeedRun.State.WAITING).exists()
        return [
            each
            for each in super().get_actions_detail(request, object_id)
            if waits or "confirm_run" not in each.action_name
        ]


@admin.register(FeedRun)
class FeedRunAdmin(OfCatalog, ModelAdmin):
    list_display = ("created_at", "feed", "state_label", "result", "trigger")
    list_filter = (("feed__catalog", CatalogFilter), "state")
    list_filter_submit = True
    list_select_related = ("feed__catalog",)
    list_per_page = 50
    fields = (
        "feed",
        ("state", "trigger"),
        "message",
        "result",
        "bad_rows",
        "notice_list",
        ("created_at", "started_at", "finished_at"),
    )
    readonly_fields = ("result", "bad_rows", "notice_list")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        row = obj if isinstance(obj, FeedRun) else self.row(obj)
        return allows(request.user, "catalog.view_feedrun", row)

    @display(description=gettext_lazy("state"), label=STATES)
    def state_label(self, run: FeedRun) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @display(description=gettext_lazy("result"))
    def result(self, run: FeedRun) -> str:
        return counts(run) or run.message or "–"

    @display(description=gettext_lazy("bad rows"))
    def bad_rows(self, run: FeedRun) -> str:
        rows = format_html_join(
            "",
            '<tr><td>{}</td><td>{}</td><td dir="auto">{}</td><td>{}</td></tr>',
            ((each["row"], each["field"], each["value"], each["reason"]) for each in run.errors),
        )
        return format_html('<table class="lt-table lt-wide">{}</table>', rows) if rows else "–"

    @display(description=gettext_lazy("notices"))
    def notice_list(self, run: FeedRun) -> str:
        return format_html_join("", "<p>{}</p>", ((notice,) for notice in run.notices)) or "–"


def moment(at: Any) -> str:
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT") if at else "–"


def counts(run: FeedRun) -> str:
    """What a run read, in words; empty before it read anything."""
    if not run.rows:
        return ""
    text = _(
        "%(rows)s rows: %(created)s new, %(updated)s changed, %(unchanged)s the same, "
        "%(bad)s bad, %(missing)s missing"
    )
    names = ("rows", "created", "updated", "unchanged", "bad", "missing")
    return text % {name: f"{getattr(run, name):,}" for name in names}
