"""A row's own page: it goes on as one reads, and by links without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from catalog.browse.cards import done_by
from catalog.browse.rows import PAGE
from catalog.models import Catalog, Profile
from catalog.search.facets import Facets, offered
from catalog.views.forms import MOST_PAGES, RowForm, checked
from catalog.views.helpers import PageRequest


@dataclass(frozen=True)
class Span:
    """Which pages of a row are asked for, counted from 1."""

    first: int
    last: int

    @classmethod
    def of(cls, request: PageRequest) -> Span:
        wish = checked(RowForm(request.GET))
        if wish["upto"]:
            return cls(1, wish["upto"])
        return cls(wish["page"] or 1, wish["page"] or 1)

    @property
    def start(self) -> int:
        return (self.first - 1) * PAGE

    @property
    def end(self) -> int:
        return self.last * PAGE


@dataclass(frozen=True)
class RowPage:
    """Cards ``span`` of a row; ``goes_on``: whether there are more behind them."""

    key: str
    title: str
    note: str
    cards: Sequence[Any]
    span: Span
    goes_on: bool

    @property
    def next(self) -> int | None:
        return self.span.last + 1 if self.goes_on and self.span.last < MOST_PAGES else None

    @property
    def previous(self) -> int | None:
        return self.span.first - 1 if self.span.first > 1 else None


def render_row(
    request: PageRequest, catalog: Catalog, profile: Profile | None, facets: Facets, page: RowPage
) -> HttpResponse:
    """The whole page; for the page that is open the next cards alone, or the list anew after an act."""
    shows_done = facets.taken or page.key == "taken"
    context = {
        "catalog": catalog,
        "profile": profile,
        "facets": facets,
        "offer": offered(catalog),
        "page": page,
        "query": f"{facets.query}&" if facets.query else "",
        "done": done_by(profile, [card.item.pk for card in page.cards]) if shows_done else {},
    }
    if not request.htmx:
        return render(request, "catalog/row.html", context)
    return render(
        request,
        "catalog/_row_cards.html" if "page" in request.GET else "catalog/_row.html",
        context,
    )
