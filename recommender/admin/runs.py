"""Training runs in the admin: live progress and a button, read-only otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from catalog.admin.confirmation import Confirmation, Done, confirm
from catalog.admin.permissions import CatalogFilter, OfCatalog
from recommender.admin.training import MayTrain, ask_to_train
from recommender.models import TrainingRun
from recommender.training import runs

PROGRESS = "admin/recommender/run_progress.html"
STAGES = {
    "reading": gettext_lazy("reading interactions"),
    "texts": gettext_lazy("reading texts"),
    "tuning": gettext_lazy("tuning"),
    "evaluating": gettext_lazy("comparing"),
    "fitting": gettext_lazy("fitting"),
    "writing": gettext_lazy("writing"),
}


@admin.register(TrainingRun)
class TrainingRunAdmin(MayTrain, OfCatalog, ModelAdmin):
    list_display = (
        "number",
        "catalog",
        "progress",
        "trigger",
        "requested_by",
        "asked_at",
        "duration",
        "outcome",
    )
    list_display_links = ("number",)
    list_filter = (
        ("catalog", CatalogFilter),
        ("state", ChoicesDropdownFilter),
        ("trigger", ChoicesDropdownFilter),
    )
    list_filter_submit = True
    list_select_related = ("catalog", "requested_by", "version")
    list_per_page = 50
    sortable_by = ()
    fieldsets = (
        (None, {"fields": ("catalog", "progress", "version_link", "warning_list", "error_text")}),
        (
            gettext_lazy("Requested"),
            {"fields": (("trigger", "requested_by"), "created_at", ("seed", "force", "quick"))},
        ),
        (
            gettext_lazy("Time"),
            {"fields": (("started_at", "finished_at"), "duration", "stages", "heartbeat_at")},
        ),
    )
    readonly_fields = (
        "progress", "version_link", "warning_list", "error_text", "duration", "stages",
    )  # fmt: skip
    actions_list = ("train",)
    actions_detail = ("run_again", "cancel")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: TrainingRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TrainingRun | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrainingRun]:
        return super().get_queryset(request).select_related("catalog", "requested_by", "version")

    # Columns

    @display(description=gettext_lazy("run"))
    def number(self, run: TrainingRun) -> str:
        return f"#{run.pk}"

    @display(description=gettext_lazy("state"))
    def progress(self, run: TrainingRun) -> str:
        return render_to_string(PROGRESS, {"run": run, "stage": stage_name(run.stage)})

    @display(description=gettext_lazy("requested"))
    def asked_at(self, run: TrainingRun) -> str:
        return moment(run.created_at)

    @display(description=gettext_lazy("duration"))
    def duration(self, run: TrainingRun) -> str:
        if not run.started_at or not run.finished_at:
            return "–"
        return _("%(seconds).0f s") % {
            "seconds": (run.finished_at - run.started_at).total_seconds()
        }

    @display(description=gettext_lazy("result"))
    def outcome(self, run: TrainingRun) -> str:
        return (
            self.version_link(run) if hasattr(run, "version") else last_line(run.error)[:120] or "–"
        )

    @display(description=gettext_lazy("model version"))
    def version_link(self, run: TrainingRun) -> str:
        version = getattr(run, "version", None)
        if version is None:
            return "–"
        address = reverse("admin:recommender_modelversion_change", args=[version.pk])
        return format_html(
            '<a class="lt-link" href="{}">v{}</a> {}',
            address,
            version.number,
            version.get_state_display(),
        )

    @display(description=gettext_lazy("error"))
    def error_text(self, run: TrainingRun) -> str:
        return (
            format_html('<pre class="lt-code lt-error">{}</pre>', run.error.strip())
            if run.error.strip()
            else "–"
        )

    @display(description=gettext_lazy("left out"))
    def warning_list(self, run: TrainingRun) -> str:
        return left_out(run.warnings)

    @display(description=gettext_lazy("seconds by stage"))
    def stages(self, run: TrainingRun) -> str:
        return seconds_table(run.seconds)

    # Live refresh

    def get_urls(self) -> list[URLPattern]:
        fragment = path(
            "<int:pk>/progress/",
            self.admin_site.admin_view(self.progress_fragment),
            name="recommender_trainingrun_progress",
        )
        return [fragment, *super().get_urls()]

    def progress_fragment(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The progress that a page requests every two seconds. When the run is over, it reloads."""
        run = get_object_or_404(TrainingRun.objects.select_related("catalog"), pk=pk)
        if not self.has_view_permission(request, run):
            raise PermissionDenied
        response = render(request, PROGRESS, {"run": run, "stage": stage_name(run.stage)})
        if run.is_over:
            response["HX-Refresh"] = "true"
        return response

    # Buttons

    @action(
        description=gettext_lazy("Train now"),
        icon="model_training",
        variant=ActionVariant.PRIMARY,
        permissions=["train"],
    )
    def train(self, request: HttpRequest) -> HttpResponse:
        back = reverse("admin:recommender_trainingrun_changelist")
        return ask_to_train(request, catalog_id=request.GET.get("catalog"), back=back)

    @action(
        description=gettext_lazy("Run again"),
        icon="replay",
        variant=ActionVariant.PRIMARY,
        permissions=["train"],
    )
    def run_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        run = get_object_or_404(TrainingRun, pk=object_id)
        back = reverse("admin:recommender_trainingrun_change", args=[object_id])
        return ask_to_train(request, catalog_id=run.catalog_id, force=run.force, back=back)

    @action(
        description=gettext_lazy("Cancel this run"),
        icon="cancel",
        variant=ActionVariant.DANGER,
        permissions=["train"],
    )
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        run = get_object_or_404(self.get_queryset(request), pk=object_id)
        back = reverse("admin:recommender_trainingrun_change", args=[object_id])

        def act(_form: Any) -> Done:
            runs.cancel_run(run_id=run.pk)
            return Done(_("Run #%(number)s is cancelled.") % {"number": run.pk}, back)

        page = Confirmation(
            title=_("Cancel this run"),
            lines=(_("A process that trains ends within seconds. The live version stays live."),),
            button=_("Cancel this run"),
            back=back,
        )
        return confirm(request, page, act)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """ "Run again" for a failed or cancelled run, "Cancel" for one that is not over."""
        run = TrainingRun.objects.filter(pk=object_id).first()
        if run is None:
            return []
        ended = run.state in (TrainingRun.State.FAILED, TrainingRun.State.CANCELLED)
        shown = "cancel" if not run.is_over else "run_again" if ended else ""
        actions = super().get_actions_detail(request, object_id)
        return [each for each in actions if shown and each.action_name.endswith(f"_{shown}")]


def last_line(error: str) -> str:
    """The last line of an error: in a traceback, the reason."""
    lines = error.strip().splitlines()
    return lines[-1] if lines else ""


def left_out(warnings: Sequence[Mapping[str, str]]) -> str:
    """The components that failed, each with its reason."""
    return (
        format_html_join("", "<div>{}: {}</div>", ((w["component"], w["reason"]) for w in warnings))
        or "–"
    )


def stage_name(stage: str) -> str:
    return str(STAGES.get(stage, stage))


def moment(when: datetime) -> str:
    """A date and time on one line, for narrow columns."""
    return format_html(
        '<span class="lt-nowrap">{}</span>', date_format(localtime(when), "SHORT_DATETIME_FORMAT")
    )


def seconds_table(seconds: dict[str, float]) -> str:
    """Stages with their seconds, in the order of the run."""
    if not seconds:
        return "–"
    rows = format_html_join(
        "",
        '<tr><td>{}</td><td class="lt-right">{}</td></tr>',
        ((stage_name(k), f"{v:.1f} s") for k, v in seconds.items()),
    )
    return format_html('<table class="lt-table">{}</table>', rows)
