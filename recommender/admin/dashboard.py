"""The admin's first page: each catalogue's size, live version, warnings and curve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from catalog.models import Catalog, Interaction, Item
from catalog.policy.policy import allows, catalogs_for
from catalog.profiles.people_counts import people_by_catalog
from config import health
from recommender.admin.measures import CHIEF, MeasureRow, compare
from recommender.admin.popularity import Curve, curves
from recommender.admin.runs import last_line, stage_name
from recommender.admin.training import MAY_TRAIN
from recommender.models import ModelVersion, TrainingRun

MOST = 12
"""Cards on the page. The list of catalogues has the others."""


@dataclass(frozen=True)
class Warning:
    text: str
    link: str


@dataclass
class Card:
    """One catalogue on the page."""

    catalog: Catalog
    page: str
    items: int
    people: int
    interactions: int
    curve: Curve | None
    live: ModelVersion | None = None
    open_run: TrainingRun | None = None
    may_train: bool = False
    rows: list[MeasureRow] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)

    @property
    def stage(self) -> str:
        return stage_name(self.open_run.stage) if self.open_run else ""


def add_dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The DASHBOARD_CALLBACK of UNFOLD."""
    seen = catalogs_for(request.user, "catalog.view_catalog", "catalog.change_catalog")
    cards = dashboard(seen)
    for card in cards:
        card.may_train = allows(request.user, MAY_TRAIN, card.catalog)
    silent = silent_services() if cards or request.user.is_superuser else []
    context.update(title=_("Overview"), cards=cards, silent=silent)
    return context


def silent_services() -> list[str]:
    """What does not work, as sentences; one query beside the checks."""
    names = {
        "cache": _("Redis (cache and queues)"),
        "artifacts": _("The folder of the artifacts"),
        health.WORKER: _("The worker of the default queue"),
        health.LONG: _("The worker of texts, files and feeds"),
        health.TRAINING: _("The worker that trains"),
        health.BEAT: _("The scheduler (beat)"),
    }
    lacking = _("The database lacks migrations of this code: %(details)s")
    silent = _("%(service)s does not answer: %(details)s")
    return [
        (lacking if name == health.MIGRATIONS else silent)
        % {"service": names.get(name, name), "details": details or word}
        for name, (word, details) in health.states().items()
        if word != health.OK
    ]


def dashboard(seen: QuerySet[Catalog]) -> list[Card]:
    """About a dozen queries, however many catalogues there are."""
    catalogs = list(seen[:MOST])
    items, interactions = (_per_catalog(model) for model in (Item, Interaction))
    people = people_by_catalog(catalogs)
    drawn = curves() if catalogs else {}
    cards = {
        catalog.pk: Card(
            catalog=catalog,
            page=_page_of(catalog),
            items=items.get(catalog.pk, 0),
            people=people.get(catalog.pk, 0),
            interactions=interactions.get(catalog.pk, 0),
            curve=drawn.get(catalog.pk),
        )
        for catalog in catalogs
    }
    _add_versions(cards)
    _add_runs(cards)
    return list(cards.values())


def _per_catalog(model: Any) -> dict[int, int]:
    return dict(model.objects.order_by().values_list("catalog").annotate(Count("pk")))


def _page_of(catalog: Catalog) -> str:
    try:
        return catalog.get_absolute_url()
    except NoReverseMatch:
        return ""


def _add_versions(cards: dict[int, Card]) -> None:
    for version in _of(ModelVersion.objects.filter(state=ModelVersion.State.LIVE), cards):
        card = cards[version.catalog_id]
        card.live, card.rows = version, compare(version, CHIEF)
        if version.damage:
            link = reverse("admin:recommender_modelversion_change", args=[version.pk])
            text = _("The live version v%(number)s is damaged: %(damage)s")
            card.warnings.append(
                Warning(text % {"number": version.number, "damage": version.damage}, link)
            )


def _add_runs(cards: dict[int, Card]) -> None:
    for run in _of(
        TrainingRun.objects.filter(state__in=("queued", "running")).order_by("state"), cards
    ):
        cards[run.catalog_id].open_run = run
    ended = (
        TrainingRun.objects.exclude(state__in=("queued", "running")).order_by().values("catalog")
    )
    latest = ended.annotate(latest=Max("pk")).values("latest")
    for run in _of(
        TrainingRun.objects.filter(pk__in=latest, state=TrainingRun.State.FAILED), cards
    ):
        link = reverse("admin:recommender_trainingrun_change", args=[run.pk])
        text = _("The last training run failed: %(error)s") % {
            "error": last_line(run.error)[:200] or _("no reason was recorded")
        }
        cards[run.catalog_id].warnings.append(Warning(text, link))


def _of(rows: QuerySet[Any], cards: dict[int, Card]) -> Iterable[Any]:
    return rows.filter(catalog__in=list(cards)).select_related("catalog")
