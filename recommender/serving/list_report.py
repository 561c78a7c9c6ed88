"""How a catalogue's lists are made: read from the live model, the settings and the next request.

Every number comes from where the list takes it, so that page and list agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import Catalog, Profile
from catalog.models.event_kinds import kinds_of
from recommender.explanations.evidence import KINDS, Evidence, scorer_name
from recommender.models import ModelVersion, TrainingRun
from recommender.serving.list_request import LISTED, ListOptions
from recommender.serving.list_rules import READS, RULES, Factor, home_of, in_percent
from recommender.serving.live_models import LiveModel
from recommender.serving.page_plan import PagePlan
from recommender.serving.user_context import UserContext, user_context_of
from recommender.training import run_queries


@dataclass(frozen=True)
class Read:
    """What of the person the next list is made from."""

    acts: int = 0
    words: int = 0
    has_text: bool = False
    disliked: int = 0
    hidden: int = 0
    is_off: bool = False

    @classmethod
    def of(cls, person: UserContext) -> Read:
        said = person.stated_preferences
        words = len(said.wanted) + len(said.unwanted)
        return cls(
            len(person.history),
            words,
            bool(said.text),
            len(person.disliked),
            len(person.hidden),
            person.is_off,
        )

    @property
    def is_nothing(self) -> bool:
        return not (self.acts or self.words or self.has_text or self.disliked or self.hidden)


@dataclass(frozen=True)
class How:
    """``parts`` make the score, ``rules`` make the list of it, ``acts`` is what each kind of act
    says. ``is_training``: weights are being learnt for a quick version, which has none.
    """

    version: ModelVersion | None
    trained_at: datetime | None
    read: Read
    parts: tuple[Factor, ...] = ()
    rules: tuple[Factor, ...] = ()
    acts: tuple[Factor, ...] = field(default=())
    is_training: bool = False

    @property
    def report(self) -> dict[str, Any]:
        return self.version.report if self.version else {}


IMPERSONAL = frozenset({Evidence.POPULARITY})


def how_lists_are_made(
    profile: Profile | None, catalog: Catalog, *, tail: float | None = None
) -> How:
    """``tail``: the visit's dial, where it is not the profile's."""
    user, acts = user_context_of(profile, catalog), tuple(_acts(catalog))
    page = PagePlan(profile, user, most=LISTED, options=ListOptions(tail))
    if page.model is None:
        return How(None, None, Read.of(user), acts=acts)
    model, request = page.model, page.request
    return How(
        version=model.version,
        trained_at=run_queries.trained_from(model.version),
        read=Read.of(user),
        parts=tuple(_components(model, catalog)),
        rules=tuple(rule for tell in RULES.values() for rule in tell(model, request, catalog)),
        acts=acts,
        is_training=model.version.quick and _learns(run_queries.open_run(catalog)),
    )


def _learns(run: TrainingRun | None) -> bool:
    return run is not None and not run.quick


def _components(model: LiveModel, catalog: Catalog) -> Iterator[Factor]:
    """The blend's parts by their share, the largest first."""
    whole = sum(model.blend.weights.values()) or 1.0
    for name, weight in sorted(model.blend.weights.items(), key=lambda entry: -entry[1]):
        evidence = KINDS.get(name)
        share = 100 * weight / whole
        yield Factor(
            key=name,
            name=scorer_name(name),
            value=f"{share:.0f} %",
            says="" if evidence in IMPERSONAL else _fading(model.blend.decay(name)),
            percent=share,
            reads=str(READS[evidence]) if evidence else "",
            change=_where_to_change(name, evidence, catalog),
        )


def _fading(decay: float) -> str:
    if decay == 1.0:
        return _("All your actions count equally, whatever their age.")
    return _("Each action counts %(percent)s of the next newer one.") % {
        "percent": in_percent(decay)
    }


def _where_to_change(name: str, evidence: Evidence | None, catalog: Catalog) -> tuple[str, str]:
    if evidence in IMPERSONAL:
        return _("Change the dial"), home_of(catalog)
    if name == "interest":
        return _("Change my interests"), reverse("recommender:interests", args=[catalog.slug])
    return _("Undo single actions"), reverse("catalog:you")


def _acts(catalog: Catalog) -> Iterator[Factor]:
    """What one act of each kind says, by the catalogue's table."""
    kinds = kinds_of(catalog)
    rows = [row for row in kinds.values() if not row.is_negative and not row.cancels]
    most = max((row.weight for row in rows), default=0.0) or 1.0
    for row in sorted(rows, key=lambda row: -row.weight):
        yield Factor(row.name, row.label, f"{row.weight:g}", "", 100 * row.weight / most)
