"""Model versions in the admin: their metrics, promotion and rolling back."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from catalog.admin.confirmation import Confirmation, Done, confirm
from catalog.admin.permissions import CatalogFilter, OfCatalog
from catalog.policy.policy import allows
from recommender.admin.measures import (
    BASELINE,
    BY_KEY,
    CHIEF,
    OURS,
    as_text,
    compare,
    figures,
    number,
)
from recommender.admin.runs import moment, seconds_table
from recommender.admin.version_sheet import sheet_of, was_pruned
from recommender.models import ModelVersion
from recommender.training import run_queries
from recommender.training.versions import promote, roll_back

MAY_PROMOTE = "recommender.change_modelversion"
STATE_LABELS = {"live": "success", "candidate": "info", "retired": None}


def _figure_column(key: str) -> Any:
    measure = BY_KEY[key]

    @display(description=measure.label)
    def column(self: Any, version: ModelVersion) -> str:
        ours, theirs = (
            as_text(measure, number(figures(version, of), key)) for of in (OURS, BASELINE)
        )
        return format_html(
            '<b>{}</b><br><span class="lt-soft lt-nowrap">{} {}</span>', ours, _("kNN"), theirs
        )

    return column


@admin.register(ModelVersion)
class ModelVersionAdmin(OfCatalog, ModelAdmin):
    list_display = (
        "name",
        "catalog",
        "state_label",
        "ndcg",
        "tail_recall",
        "coverage",
        "gate",
        "condition",
        "made_at",
    )
    list_filter = (("catalog", CatalogFilter), ("state", ChoicesDropdownFilter))
    list_filter_submit = True
    list_select_related = ("catalog",)
    list_per_page = 50
    sortable_by = ()
    fields = (
        ("catalog", "number"),
        "run_link",
        ("created_at", "promoted_at"),
        "stages",
        "folder",
        "data_fingerprint",
        "report_text",
    )
    readonly_fields = ("run_link", "stages", "data_fingerprint", "report_text")
    change_form_outer_before_template = "admin/recommender/version.html"
    actions_detail = ("promote", "roll_back")

    ndcg = _figure_column("ndcg")
    tail_recall = _figure_column("tail_recall")
    coverage = _figure_column("coverage")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ModelVersion | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ModelVersion | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ModelVersion]:
        return super().get_queryset(request).select_related("catalog", "run")

    # Columns

    @display(description=gettext_lazy("version"))
    def name(self, version: ModelVersion) -> str:
        return f"v{version.number}"

    @display(description=gettext_lazy("state"), label=STATE_LABELS)
    def state_label(self, version: ModelVersion) -> tuple[str, str]:
        return version.state, version.get_state_display()

    @display(
        description=gettext_lazy("gate"),
        label={"open": None, "passed": "success", "failed": "warning"},
    )
    def gate(self, version: ModelVersion) -> tuple[str, str]:
        if version.gate_passed is None:
            return "open", _("not evaluated")
        return ("passed", _("passed")) if version.gate_passed else ("failed", _("not passed"))

    @display(
        description=gettext_lazy("artifact"),
        label={"damaged": "danger", "deleted": None, "whole": None},
    )
    def condition(self, version: ModelVersion) -> tuple[str, str]:
        if not version.damage:
            return "whole", _("intact")
        return ("deleted", _("deleted")) if was_pruned(version) else ("damaged", _("damaged"))

    @display(description=gettext_lazy("created"))
    def made_at(self, version: ModelVersion) -> str:
        return moment(version.created_at)

    @display(description=gettext_lazy("training run"))
    def run_link(self, version: ModelVersion) -> str:
        if version.run_id is None:
            return "–"
        address = reverse("admin:recommender_trainingrun_change", args=[version.run_id])
        return format_html('<a class="lt-link" href="{}">#{}</a>', address, version.run_id)

    @display(description=gettext_lazy("seconds by stage"))
    def stages(self, version: ModelVersion) -> str:
        return seconds_table(version.run.seconds if version.run else {})

    @display(description=gettext_lazy("report"))
    def report_text(self, version: ModelVersion) -> str:
        text = json.dumps(version.report, indent=2, ensure_ascii=False)
        return format_html(
            '<details><summary>{}</summary><pre class="lt-code">{}</pre></details>',
            _("Show all"),
            text,
        )

    @display(description=gettext_lazy("data fingerprint"))
    def data_fingerprint(self, version: ModelVersion) -> str:
        return format_html('<code class="lt-wrap">{}</code>', version.fingerprint)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        version = self.get_object(request, object_id)
        sheet = sheet_of(version) if version else {}
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), "sheet": sheet}
        )

    # Buttons

    def has_promote_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return allows(request.user, MAY_PROMOTE, self.row(object_id))

    @action(
        description=gettext_lazy("Promote"),
        icon="rocket_launch",
        variant=ActionVariant.PRIMARY,
        permissions=["promote"],
    )
    def promote(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = get_object_or_404(ModelVersion.objects.select_related("catalog"), pk=object_id)
        page = Confirmation(
            title=_("Promote %(version)s?") % {"version": version},
            lines=_promotion_lines(version, run_queries.live_version(version.catalog)),
            button=_("Promote"),
            back=_page_of(version),
            danger=version.gate_passed is False,
            warning=_gate_warning(version),
        )

        def act(_form: Any) -> Done:
            promoted = promote(version=version)
            return Done(_("%(version)s is live now.") % {"version": promoted}, _page_of(promoted))

        return confirm(request, page, act)

    @action(description=gettext_lazy("Roll back"), icon="undo", permissions=["promote"])
    def roll_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = get_object_or_404(ModelVersion.objects.select_related("catalog"), pk=object_id)
        former = run_queries.former_versions(version.catalog).first()
        page = Confirmation(
            title=_("Roll back “%(catalog)s”?") % {"catalog": version.catalog},
            lines=(
                _("The previous live version, %(former)s, goes live again.") % {"former": former}
                if former
                else _("There is no previous live version."),
                _("%(version)s stays available and can be promoted again.") % {"version": version},
            ),
            button=_("Roll back"),
            back=_page_of(version),
        )

        def act(_form: Any) -> Done:
            restored = roll_back(catalog=version.catalog)
            return Done(_("%(version)s is live again.") % {"version": restored}, _page_of(restored))

        return confirm(request, page, act)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """A live version can be rolled back, any other one promoted."""
        is_live = ModelVersion.objects.filter(pk=object_id, state=ModelVersion.State.LIVE).exists()
        wanted = self.model._meta.label_lower.replace(".", "_") + (
            "_roll_back" if is_live else "_promote"
        )
        return [
            each
            for each in super().get_actions_detail(request, object_id)
            if each.action_name == wanted
        ]


def _page_of(version: ModelVersion) -> str:
    return reverse("admin:recommender_modelversion_change", args=[version.pk])


def _promotion_lines(version: ModelVersion, live: ModelVersion | None) -> tuple[str, ...]:
    lines = [
        _("%(live)s, the current live version, is retired. You can roll back to it.")
        % {"live": live}
        if live
        else _("This catalogue has no live version yet.")
    ]
    figure = _(
        "%(measure)s: %(ours)s. Live version at that time: %(live)s. Plain item-kNN: %(baseline)s."
    )
    lines.extend(
        figure % {"measure": row.measure.label, **row.texts} for row in compare(version, CHIEF)
    )
    return tuple(lines)


def _gate_warning(version: ModelVersion) -> str:
    if version.gate_passed is not False:
        return ""
    return _("It did not pass the gate: %(reason)s") % {"reason": version.gate_reason}
