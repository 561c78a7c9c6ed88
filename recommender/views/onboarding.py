"""The questionnaire's screens, one at a time; each answer counts at once, each screen can be
skipped.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.privacy.registry import what_leaves
from catalog.browse.cards import done_by
from catalog.item_queries import items_in_order
from catalog.models import Catalog, Profile
from catalog.profiles.request_profile import profile_of
from catalog.views.forms import checked
from catalog.views.helpers import PageRequest, catalog_page, safe_next, tail_of
from recommender.interests import interest_texts
from recommender.models.interest_words import Interests
from recommender.onboarding import questionnaire
from recommender.onboarding.questionnaire import CONSENT, PICK, Step
from recommender.preferences import health_answers, selectors
from recommender.preferences.health_questions import OWN_WORDS, lines_of
from recommender.preferences.interests import Edit
from recommender.serving import recommend
from recommender.serving.exclusion_lines import exclusion_lines
from recommender.views.forms import hint
from recommender.views.onboarding_forms import AgreeForm, HealthForm, PickForm, SayForm

LISTED = 12


@require_safe
@catalog_page
def start(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    """The first screen; who agreed already need not agree again."""
    screens = questionnaire.screens(catalog)
    profile = profile_of(request, catalog)
    first = screens[1] if screens[0] == CONSENT and health_answers.agrees(profile) else screens[0]
    return redirect("recommender:question", catalog.slug, first.key)


@require_http_methods(["GET", "HEAD", "POST"])
@catalog_page
def question(request: PageRequest, catalog: Catalog, screen: str) -> HttpResponseBase:
    place = Step.of(catalog, screen)
    if place is None:
        raise Http404
    profile = profile_of(request, catalog)
    if (
        catalog.domain == Catalog.Domain.HEALTH
        and place.screen != CONSENT
        and not health_answers.agrees(profile)
    ):
        return redirect("recommender:question", catalog.slug, CONSENT.key)
    if request.method == "POST":
        _keep(request, catalog, place)
        return redirect(_address(catalog, place.next))
    context = {
        "catalog": catalog,
        "profile": profile,
        "place": place,
        "skip": _address(catalog, place.next),
        "back": _address(catalog, place.previous) if place.previous else "",
        **_shown(catalog, profile, place),
    }
    return render(request, f"recommender/start/{_template(catalog, place)}.html", context)


@require_safe
@catalog_page
def done(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    """What was made of the answers: words, and a list."""
    profile = profile_of(request, catalog)
    tail = tail_of(request, catalog, profile)
    page = recommend.recommend_for(profile, catalog=catalog, n=LISTED, tail=tail, surface="start")
    health = selectors.health_answers(profile, catalog)
    text = interest_texts.current_interest_text(profile=profile) if profile is not None else None
    answers = lines_of(health.answers) if health else []
    context = {
        "catalog": catalog,
        "profile": profile,
        "text": text,
        "answers": answers,
        "exclusions": exclusion_lines(catalog, text.interests if text else Interests(), profile),
        "is_empty": bool(page.fallback)
        and not answers
        and not (text and (text.text or text.words)),
        "page": page,
        "cards": page.cards,
        "done": done_by(profile, [card.item.pk for card in page.cards]),
    }
    return render(request, "recommender/start/done.html", context)


@require_POST
@catalog_page
def erase_health(request: PageRequest, catalog: Catalog) -> HttpResponseBase:
    """Erase the health answers, and nothing else."""
    profile = profile_of(request, catalog)
    if profile is not None:
        health_answers.erase_health_answers(profile=profile)
    request.session["notice"] = {
        "text": _("Your health answers are deleted and your consent is withdrawn.")
    }
    return redirect(safe_next(request, reverse("recommender:interests", args=[catalog.slug])))


def _address(catalog: Catalog, screen: str | None) -> str:
    if screen is None:
        return reverse("recommender:start_done", args=[catalog.slug])
    return reverse("recommender:question", args=[catalog.slug, screen])


def _template(catalog: Catalog, place: Step) -> str:
    return "choices" if place.screen.questions else place.screen.key


def _shown(catalog: Catalog, profile: Profile | None, place: Step) -> dict[str, Any]:
    """What a screen shows, with what was answered before."""
    if place.screen == CONSENT:
        agreed = health_answers.agrees(profile)
        return {"consent": health_answers.CONSENT, "agreed": agreed, "leaving": what_leaves()}
    if place.screen == PICK:
        return {"asked": questionnaire.asked(catalog, profile)}
    if catalog.domain == Catalog.Domain.HEALTH:
        row = selectors.health_answers(profile, catalog)
        answers = row.answers if row else {}
        return {
            "questions": [(each, answers.get(each.key, ())) for each in place.screen.questions],
            "typed": answers.get(OWN_WORDS, ""),
            "hint": hint(catalog),
        }
    text = selectors.interest_text(profile)
    return {"typed": text.text if text else "", "hint": hint(catalog)}


def _keep(request: PageRequest, catalog: Catalog, place: Step) -> None:
    if place.screen == CONSENT:
        checked(AgreeForm(request.POST))
        health_answers.agree(profile=_profile(request, catalog))
    elif place.screen == PICK:
        _save_picks(request, catalog)
    elif catalog.domain == Catalog.Domain.HEALTH:
        answers = checked(HealthForm(request.POST, screen=place.screen))
        health_answers.save_health_answers(profile=_profile(request, catalog), answers=answers)
    else:
        text = checked(SayForm(request.POST))[OWN_WORDS]
        if text or selectors.interest_text(profile_of(request, catalog)):
            interest_texts.edit_interest_text(
                profile=_profile(request, catalog), edit=Edit(text=text)
            )


def _save_picks(request: PageRequest, catalog: Catalog) -> None:
    cleaned = checked(PickForm(request.POST))
    shown = [item for item in items_in_order(cleaned["shown"]) if item.catalog_id == catalog.pk]
    if cleaned["picked"] or profile_of(request, catalog) is not None:
        questionnaire.save_picks(
            profile=_profile(request, catalog), shown=shown, picked=set(cleaned["picked"])
        )


def _profile(request: PageRequest, catalog: Catalog) -> Profile:
    profile = profile_of(request, catalog, create=True)
    assert profile is not None
    return profile
