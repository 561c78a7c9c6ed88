"""The lists of one page for one person: scored once, none with an item of another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from catalog.models import Profile
from recommender.engine.data.request import Request
from recommender.engine.data.types import Recommendation
from recommender.engine.scored_query import ScoredQuery
from recommender.explanations import explanations
from recommender.serving import recommend
from recommender.serving.list_builder import ListPlan, ModelListPlan, PlainListPlan, without_model
from recommender.serving.live_models import LiveModel, live
from recommender.serving.user_context import UserContext

AnyPlan = TypeVar("AnyPlan", bound="Chosen | ListPlan")

#: Variety counts more where a list is to show how much else there is.
DIVERSITY_OF_DIFFERENT = 0.5


@dataclass(frozen=True)
class Chosen:
    """A list whose reasons are not told yet."""

    model: LiveModel
    request: Request
    found: Recommendation

    @property
    def why(self) -> str:
        """As a card has it."""
        return recommend.GEMS_WHY if self.request.only_tail else ""

    @property
    def pks(self) -> Sequence[int]:
        return [int(self.model.item_pks[place.item]) for place in self.found.places]


@dataclass
class PagePlan:
    """``among``: pks of what the lists may hold, None = everything; ``shown``: what stands on the page already."""

    profile: Profile | None
    person: UserContext
    tail: float
    most: int
    among: Collection[int] | None = None

    def __post_init__(self) -> None:
        self.shown: set[int] = set()

    @cached_property
    def model(self) -> LiveModel | None:
        return live(self.person.catalog)

    def personal(self, n: int, *, only_tail: bool = False) -> Chosen | PlainListPlan:
        if self.model is None:
            leave_out = {*self.person.known, *self.shown}
            return self._show(
                without_model(self.person.catalog, n, None, only_tail, leave_out, among=self.among)
            )
        request = self._request(n, only_tail=only_tail)
        return self._show(Chosen(self.model, request, self._scored_query.recommend(request)))

    def different(self, n: int) -> ModelListPlan | None:
        """What is far from all that the person did; None without a model or a history."""
        if self.model is None or not len(self._base.query):
            return None
        request = replace(self._request(n), diversity=DIVERSITY_OF_DIFFERENT, calibration=0.0)
        found = self._scored_query.different(request)
        return self._show(
            ModelListPlan(self.model, found, (), request.query, reason=explanations.different())
        )

    @cached_property
    def seed(self) -> int | None:
        """The pk of what the person chose last; None without a choice or a model."""
        return recommend.last_choice(self.person, self.model) if self.model is not None else None

    def because(self, n: int) -> ModelListPlan | None:
        """What is near the last choice."""
        if self.model is None or self.seed is None:
            return None
        found = recommend.near_to(
            self.seed, self.person, self.model, n=n, exclude=self.shown, among=self.among
        )
        return self._show(found)

    def plain(self, pks: Sequence[int]) -> PlainListPlan:
        """A list that is the same for everybody, or the person's own past."""
        return self._show(PlainListPlan(pks, "popular"))

    def tell(self, lists: Sequence[Chosen | ListPlan]) -> list[ListPlan]:
        """The lists with their reasons, computed once for all of them."""
        chosen = [each for each in lists if isinstance(each, Chosen)]
        told = dict(zip(map(id, chosen), self._tell(chosen), strict=True)) if chosen else {}
        return [told[id(each)] if isinstance(each, Chosen) else each for each in lists]

    def _show(self, plan: AnyPlan) -> AnyPlan:
        self.shown.update(plan.pks)
        return plan

    def _tell(self, chosen: Sequence[Chosen]) -> list[ModelListPlan]:
        assert self.model is not None
        reasons = self.model.explain_lists(
            self._scored_query, [(each.request, each.found.places) for each in chosen]
        )
        asked = recommend.asked_of(self.profile, self.person.catalog, self.tail)
        return [
            ModelListPlan(self.model, each.found, why, each.request.query, asked, why=each.why)
            for each, why in zip(chosen, reasons, strict=True)
        ]

    @cached_property
    def _base(self) -> Request:
        assert self.model is not None
        return recommend.request_of(
            self.profile, self.person, self.model, n=self.most, tail=self.tail, among=self.among
        )

    @cached_property
    def _scored_query(self) -> ScoredQuery:
        assert self.model is not None
        return self.model.recommender.score_query(self._base)

    def _request(self, n: int, *, only_tail: bool = False) -> Request:
        assert self.model is not None
        exclude = self.model.indices({*self.person.known, *self.shown})
        return replace(self._base, n=n, only_tail=only_tail, exclude=exclude)
