"""The one way from a person to lists: score once, plan each list, explain what was planned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from catalog.models import Item, Profile
from recommender.engine.data.request import Request
from recommender.engine.data.types import Contribution, Recommendation
from recommender.engine.reranking.reranking import TAIL_DIAL
from recommender.engine.scored_query import ScoredQuery
from recommender.models import ModelVersion
from recommender.serving.list_plan import ListPlan, PlannedItem, plain_plan, without_model
from recommender.serving.list_request import (
    ListOptions,
    dial_of,
    list_request,
    personal_part,
)
from recommender.serving.live_models import LiveModel, live
from recommender.serving.serving_rules import ServingRules
from recommender.serving.user_context import UserContext

GEMS_WHY = "?gems=1"
"""What a hidden gem's card adds to the address of its explanation."""

#: Diversity counts more where a list shows how much else there is.
UNEXPECTED_DIVERSITY = 0.5


@dataclass(frozen=True)
class ScoredList:
    """A list that a model made, before it is explained."""

    request: Request
    made: Recommendation
    scored: ScoredQuery
    model: LiveModel
    why: str | None = None
    unexpected: bool = False

    @property
    def indices(self) -> list[int]:
        return [ranked.item for ranked in self.made.ranked_items]

    @property
    def pks(self) -> list[int]:
        return [int(self.model.item_pks[index]) for index in self.indices]

    @property
    def own_pks(self) -> list[int]:
        """Without the items of the fallback, which fill a short list."""
        own = {source.name for source in self.scored.sources.each}
        ranked = zip(self.pks, self.made.ranked_items, strict=True)
        return [pk for pk, each in ranked if own.intersection(each.sources)]


@dataclass(frozen=True)
class _Reason:
    """``dial_gain``: as ``PlannedItem`` has it."""

    contributions: tuple[Contribution, ...]
    dial_gain: float


AnyList = ScoredList | ListPlan
Planned = TypeVar("Planned", ScoredList, ListPlan)


class PagePlan:
    """Plans the lists of one page for one person; no list shows an item of an earlier one.

    ``most``: the most items that any of the lists wants. ``options``: what the lists have in
    common. Without a live model the lists are popular or new items.
    """

    def __init__(
        self,
        profile: Profile | None,
        user: UserContext,
        *,
        most: int,
        options: ListOptions | None = None,
        exclude: Collection[int] = (),
    ) -> None:
        self.user, self.catalog, self.most = user, user.catalog, most
        self.options = options or ListOptions()
        self.tail = dial_of(profile, self.catalog, self.options.tail)
        self.shown: set[int] = set(exclude)

    @cached_property
    def model(self) -> LiveModel | None:
        return live(self.catalog)

    @property
    def version(self) -> ModelVersion | None:
        return self.model.version if self.model is not None else None

    @cached_property
    def rules(self) -> ServingRules:
        """What holds in every list of the page."""
        reads = () if self.options.languages else self.user.reads
        model = self._live.recommender
        return ServingRules.of(
            self.catalog, self._live, reads, head=model.head, counts=model.counts
        )

    @cached_property
    def request(self) -> Request:
        """What the lists have in common."""
        model = self._live
        return list_request(
            self.user, model, self.most, self.tail, self.options, blend=model.version.blend
        )

    @cached_property
    def seed(self) -> int | None:
        """The pk of the last item that the person chose; None without one, or without a model."""
        user, model = self.user, self.model
        if model is None:
            return None
        hidden = {*user.hidden, *user.left_out.pks}
        chosen = (pk for pk in reversed(user.history) if pk in user.known and pk not in hidden)
        return next((pk for pk in chosen if model.index_of(pk) is not None), None)

    def recommend(self, n: int, *, only_tail: bool = False) -> AnyList:
        """The person's list."""
        if self.model is None:
            leave_out, options = self._not_again, self.options
            return self._show(
                without_model(
                    self.catalog,
                    n,
                    options.category,
                    only_tail,
                    leave_out,
                    options.among,
                    languages=options.languages,
                    reads=self.user.reads,
                )
            )
        request = replace(self._next(n), only_tail=only_tail)
        return self._list(request, self._scored, why=GEMS_WHY if only_tail else "")

    def unexpected(self, n: int) -> ScoredList | None:
        """Items far from everything that the person did; None without a model or a history."""
        if self.model is None or not len(self.request.query):
            return None
        request = replace(self._next(n), diversity=UNEXPECTED_DIVERSITY, calibration=0.0)
        made = self.rules.recommend(self._scored, request, unexpected=True)
        return self._show(ScoredList(request, made, self._scored, self._live, unexpected=True))

    def near(self, pk: int, n: int, *, hides_known: bool = True) -> ScoredList | None:
        """Items similar to one; None where the model does not know it.

        ``hides_known``: whether items that the person knows are left out.
        """
        index = None if self.model is None else self.model.index_of(pk)
        if index is None:
            return None
        user, model = self.user, self._live
        scored = model.recommender.score_neighbours(index, n, user.negative_feedback(model))
        known = {*user.known, *user.history} if hides_known else user.unwanted
        allowed = ~model.mask(user.unavailable) & ~user.left_out.mask(model)
        allowed[self.rules.with_variants(model.indices({pk, *known, *self.shown}))] = False
        narrowed = self.options.narrowed(self.catalog)
        if narrowed is not None:
            allowed &= model.mask(narrowed)
        return self._list(Request(scored.query, n, allowed=allowed), scored)

    def show(self, plan: ListPlan) -> ListPlan:
        """A plan that was made elsewhere, as a list of this page."""
        return self._show(plan)

    def plain(self, pks: Sequence[int]) -> ListPlan:
        """A list that is the same for everybody, or the person's own past."""
        return self._show(plain_plan(pks, "popular"))

    def explain(self, lists: Sequence[AnyList]) -> list[ListPlan]:
        """The lists with the contributions to every score, computed once for all of them."""
        made = [each for each in lists if isinstance(each, ScoredList)]
        plans: dict[int, ListPlan] = {}
        for scored in {id(each.scored): each.scored for each in made}.values():
            own = [each for each in made if each.scored is scored]
            reasoned = [each for each in own if not each.unexpected]
            asked = [(each.request, each.indices) for each in reasoned]
            explained = zip(reasoned, self._explained(scored, asked), strict=True)
            plans |= {id(each): self._plan(each, reasons) for each, reasons in explained}
            plans |= {id(each): self._plan(each, ()) for each in own if each.unexpected}
        return [plans[id(each)] if isinstance(each, ScoredList) else each for each in lists]

    def explain_item(self, item: Item, *, only_tail: bool = False) -> PlannedItem | None:
        """An item as it would be in the person's list; None where the model does not know it."""
        index = None if self.model is None else self.model.index_of(item.pk)
        if index is None:
            return None
        request = replace(self.request, only_tail=only_tail)
        [[reason]] = self._explained(self._scored, [(request, [index])], unnamed_too=True)
        score = sum(each.amount for each in reason.contributions)
        return PlannedItem(item.pk, score, (), reason.contributions, reason.dial_gain)

    def _explained(
        self,
        scored: ScoredQuery,
        lists: Sequence[tuple[Request, Sequence[int]]],
        *,
        unnamed_too: bool = False,
    ) -> list[list[_Reason]]:
        """The reason of each item of each list."""
        typical = self._live.typical_head
        asked = [(request, [*indices, *typical]) for request, indices in lists]
        found = scored.explain(asked, self._live.item_pks, unnamed_too)
        share = personal_part(self.catalog, self.tail)
        reasons = []
        for of_list in found:
            yardstick = _dial_amount(of_list.pop()) if typical else 0.0
            reasons.append(
                [_Reason(tuple(own), share * (_dial_amount(own) - yardstick)) for own in of_list]
            )
        return reasons

    def _plan(self, made: ScoredList, reasons: Sequence[_Reason]) -> ListPlan:
        stars = self._live.predicted_stars(made.request.query, made.indices)
        items = [
            PlannedItem(pk, ranked.score, ranked.sources, predicted_stars=predicted)
            for pk, ranked, predicted in zip(made.pks, made.made.ranked_items, stars, strict=True)
        ]
        if reasons:
            items = [
                replace(item, contributions=reason.contributions, dial_gain=reason.dial_gain)
                for item, reason in zip(items, reasons, strict=True)
            ]
        return ListPlan(
            items,
            unexpected=made.unexpected,
            why=made.why,
            fallback=made.made.fallback,
            trace=made.made.trace,
        )

    def _show(self, planned: Planned) -> Planned:
        self.shown.update(planned.pks)
        return planned

    def _list(self, request: Request, scored: ScoredQuery, *, why: str | None = None) -> ScoredList:
        made = self.rules.recommend(scored, request, unexpected=False)
        return self._show(ScoredList(request, made, scored, self._live, why))

    def _next(self, n: int) -> Request:
        """The request of the next list: without the items that the page has already."""
        exclude = self._live.indices({*self.user.known, *self.shown})
        return replace(self.request, n=n, exclude=self.rules.with_variants(exclude))

    @property
    def _not_again(self) -> set[int]:
        """Pks that the next list without a model leaves out."""
        return {*self.user.known, *self.user.left_out.pks, *self.shown}

    @property
    def _live(self) -> LiveModel:
        assert self.model is not None
        return self.model

    @cached_property
    def _scored(self) -> ScoredQuery:
        return self._live.recommender.score_query(self.request)


def _dial_amount(contributions: Sequence[Contribution]) -> float:
    """The dial's part, which is the last one."""
    return sum(each.amount for each in contributions[-1:] if each.scorer == TAIL_DIAL)
