"""Steering where there is a recommender: what an act does to lists is said at once."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from catalog.models import Catalog, Item
from catalog.models.event_kinds import Kind
from catalog.views.helpers import PageRequest, catalog_page, item_or_404
from catalog.views.home import Performed, answer, dial_context, dial_template, perform, set_dial
from recommender.serving import previews, recommend


@require_POST
@catalog_page
def act(request: PageRequest, catalog: Catalog, pk: int) -> HttpResponseBase:
    """As the catalogue's own; a refusal says how many similar items sank with it."""
    item = item_or_404(catalog, pk)
    done = perform(request, item)
    return answer(request, done.notice | _effect(done, item), item.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@catalog_page
def dial(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    """As the catalogue's own; what a turn would do to the list is shown before it is kept."""
    if request.method == "POST":
        return set_dial(request, catalog)
    context = dial_context(request, catalog)
    if context["wished"] is not None:
        context["changes"] = previews.preview_dial(
            context["profile"], catalog=catalog, now=context["tail"], preferred=context["wished"]
        )
    return render(request, dial_template(request), context)


def _effect(done: Performed, item: Item) -> dict[str, str]:
    penalised = (
        recommend.penalised_with(done.profile, item)
        if done.kind == Kind.HIDE and done.profile is not None
        else 0
    )
    if not penalised:
        return {}
    text = ngettext(
        "Gone. %(n)s similar item sank too.", "Gone. %(n)s similar items sank too.", penalised
    )
    return {"text": text % {"n": penalised}}
