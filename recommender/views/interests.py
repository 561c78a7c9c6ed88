"""A person's interests, for them to read and to correct; every form works without JavaScript."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from catalog.browse.cards import done_by
from catalog.models import Catalog, Profile
from catalog.profiles.request_profile import profile_of
from catalog.views.forms import checked
from catalog.views.helpers import PageRequest, catalog_page, safe_next, tail_of
from catalog.views.hidden import hidden_rows
from recommender.interests import interest_texts
from recommender.models import InterestText
from recommender.models.interest_words import Interests, folded
from recommender.preferences import health_answers, selectors
from recommender.preferences.exclusions import stated_exclusions
from recommender.preferences.health_questions import health_exclusions, lines_of
from recommender.serving import recommend
from recommender.serving.exclusion_lines import exclusion_lines, short_note
from recommender.serving.previews import LISTED, Preview
from recommender.serving.user_context import user_context_of
from recommender.views.forms import STRENGTHS, InterestForm, hint


@require_http_methods(["GET", "HEAD", "POST"])
@catalog_page
def interests(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    """What is written of the visitor's interest here, and the list that it makes."""
    if request.method == "POST":
        return _change(request, catalog)
    return render(request, "recommender/interests.html", _context(request, catalog))


@require_http_methods(["GET", "HEAD", "POST"])
@catalog_page
def preview(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    """What an edit would change in the list; nothing is kept. Posted, since typed text does not
    belong into addresses.

    A part for the live page, the whole page with that part in it otherwise.
    """
    if request.method != "POST":
        return redirect("recommender:interests", catalog.slug)
    form = InterestForm(request.POST)
    checked(form)
    context = {"catalog": catalog, **_previewed(request, catalog, form)}
    if request.htmx:
        return render(request, "recommender/_interest_preview.html", context)
    return render(request, "recommender/interests.html", {**_context(request, catalog), **context})


def _context(request: PageRequest, catalog: Catalog) -> dict[str, Any]:
    profile = profile_of(request, catalog)
    tail = tail_of(request, catalog, profile)
    cards = recommend.recommend_for(
        profile, catalog=catalog, n=LISTED, tail=tail, surface="interests"
    ).cards
    health = selectors.health_answers(profile, catalog)
    return {
        "catalog": catalog,
        "profile": profile,
        "text": _text_of(profile),
        "cards": cards,
        "done": done_by(profile, [card.item.pk for card in cards]),
        "exclusions": exclusion_lines(catalog, _interests_of(profile), profile),
        "strengths": STRENGTHS,
        "hint": hint(catalog),
        "answers": lines_of(health.answers) if health else [],
        "health": health,
        "rows": hidden_rows(catalog, profile),
    }


def _text_of(profile: Profile | None) -> InterestText:
    return (
        interest_texts.current_interest_text(profile=profile)
        if profile is not None
        else InterestText()
    )


def _interests_of(profile: Profile | None) -> Interests:
    row = selectors.interest_text(profile)
    return row.interests if row is not None else Interests()


def _previewed(request: PageRequest, catalog: Catalog, form: InterestForm) -> dict[str, Any]:
    profile = profile_of(request, catalog)
    after = interest_texts.interests_after(profile=profile, catalog=catalog, edit=form.edit())
    user = user_context_of(profile, catalog)
    changed = user.with_preferences(selectors.preferences_of(after, catalog, profile))
    tail = tail_of(request, catalog, profile)
    lists = [
        recommend.recommend_for(
            profile, catalog=catalog, n=LISTED, tail=tail, record=False, user=each
        ).cards
        for each in (user, changed)
    ]
    return {
        "changes": Preview.of(*lists),
        "is_off": user.is_off,
        "fields": form.fields_given(),
        "said": form.said(),
        "understood": exclusion_lines(catalog, after) if "text" in form.data else [],
        "short": short_note(len(lists[1]), LISTED, changed.left_out.counted),
    }


def _change(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    form = InterestForm(request.POST)
    cleaned = checked(form)
    profile = profile_of(request, catalog, create=not cleaned["forget"])
    if profile is not None and _changes_health(profile, catalog, cleaned):
        said = _("Saved. Your lists now use it.")
    elif cleaned["forget"]:
        if profile is not None:
            interest_texts.forget_interest_text(profile=profile)
        said = _("What you said is deleted. Your activity and the lists based on it stay.")
    else:
        assert profile is not None
        said = _said(cleaned, interest_texts.edit_interest_text(profile=profile, edit=form.edit()))
    request.session["notice"] = {"text": said}
    return redirect(safe_next(request, reverse("recommender:interests", args=[catalog.slug])))


def _changes_health(profile: Profile, catalog: Catalog, cleaned: dict[str, Any]) -> bool:
    """Whether it was an exclusion of the health answers that is lifted or counts again."""
    key = cleaned["lift"] or cleaned["restore"]
    row = selectors.health_answers(profile, catalog) if key else None
    known = {each.exclusion.key for each in health_exclusions(row.answers)} if row else set()
    own = {each.exclusion.key for each in stated_exclusions(_interests_of(profile))}
    if key not in known or key in own:
        return False
    health_answers.lift_exclusion(profile=profile, key=key, is_lifted=bool(cleaned["lift"]))
    return True


def _said(cleaned: dict[str, Any], row: InterestText) -> str:
    """What was done, in one sentence."""
    word = cleaned["delete"] or cleaned["mute"]
    if word and folded(word) in row.interests.unwanted:
        return _("Items with “%(word)s” are ranked lower from now on.") % {"word": word}
    if word:
        return _("“%(word)s” is removed.") % {"word": word}
    return _("Saved. Your lists now use it.")
