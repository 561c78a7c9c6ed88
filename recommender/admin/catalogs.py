"""Extends the catalogue's page of `catalog.admin`: training, live version, cost of the dial."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from catalog.admin.catalogs import CatalogAdmin
from catalog.models import Catalog
from recommender.admin.blocked_words import BlockedWordInline
from recommender.admin.frontier import frontier_of
from recommender.admin.training import MayTrain, ask_to_train
from recommender.models import ModelVersion
from recommender.training import run_queries

admin.site.unregister(Catalog)


@admin.register(Catalog)
class TrainableCatalogAdmin(MayTrain, CatalogAdmin):
    actions_detail = ("train_now",)
    inlines = (*CatalogAdmin.inlines, BlockedWordInline)

    def get_fieldsets(self, request: HttpRequest, obj: Catalog | None = None) -> Any:
        """Shows the cost of the dial beside its setting."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        own = [(title, _with_costs(options)) for title, options in fieldsets]
        return [*own, (_("Training"), {"fields": ("training_due",)})]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Catalog | None = None
    ) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), "dial_costs", "training_due")

    @display(description=gettext_lazy("cost of the tail dial"))
    def dial_costs(self, catalog: Catalog) -> str:
        version = run_queries.live_version(catalog)
        frontier = frontier_of(version) if version else None
        if frontier is None:
            return _("Not measured yet. The next training run measures it.")
        return render_to_string("admin/recommender/frontier.html", {"frontier": frontier})

    @display(description=gettext_lazy("training due"))
    def training_due(self, catalog: Catalog) -> str:
        """Why the schedule trains next, or what it waits for."""
        reasons = "; ".join(run_queries.due_reasons(catalog)) or _("no: little is new")
        end = run_queries.rests_until(catalog)
        return f"{reasons} – {_rest(end)}" if end else reasons

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        *columns, page = super().get_list_display(request)
        return (*columns, "live_version", page)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Catalog]:
        live = ModelVersion.objects.filter(state=ModelVersion.State.LIVE)
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("model_versions", live, to_attr="live_versions"))
        )

    @display(description=gettext_lazy("live version"))
    def live_version(self, catalog: Any) -> str:
        if not catalog.live_versions:
            return _("none yet")
        version = catalog.live_versions[0]
        address = reverse("admin:recommender_modelversion_change", args=[version.pk])
        return format_html('<a class="lt-link" href="{}">v{}</a>', address, version.number)

    @action(
        description=gettext_lazy("Train now"),
        icon="model_training",
        variant=ActionVariant.PRIMARY,
        permissions=["train"],
    )
    def train_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        back = reverse("admin:catalog_catalog_change", args=[object_id])
        return ask_to_train(request, catalog_id=object_id, back=back)


def _with_costs(options: dict[str, Any]) -> dict[str, Any]:
    fields = options["fields"]
    return {**options, "fields": (*fields, "dial_costs")} if "tail_default" in fields else options


def _rest(end: datetime) -> str:
    text = _("the schedule rests after a failure until %(time)s; “Train now” trains at once")
    return text % {"time": date_format(localtime(end), "DATETIME_FORMAT")}
