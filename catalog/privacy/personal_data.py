"""The personal data that the catalogues store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.privacy.cookies import Cookie, register_cookies, until_closed
from accounts.privacy.erasure import erased
from accounts.privacy.personal_data import AGREED, WHY_AGREED
from accounts.privacy.registry import (
    PersonalDataKind,
    Place,
    VisitPart,
    by,
    held,
    register,
    register_finder,
    register_visit,
)
from catalog.models import Catalog, Profile
from catalog.popularity import curve
from catalog.profiles.request_profile import SESSION_KEY, profiles_of

if TYPE_CHECKING:
    from accounts.models import User

PROFILE = "catalog.Profile"


def of_profile(person: Any) -> Q:
    return Q(profile=person)


def places(user: User | None, session: Any) -> Iterator[Place]:
    yield from map(place_of, profiles_of(user, session))


def place_of(profile: Profile) -> Place:
    catalog = profile.catalog
    return Place(catalog.slug, catalog.display_name, profile, str(catalog.pk))


def page_of(name: str) -> Callable[[Any], str]:
    """The address of a page of the profile's catalogue."""
    return lambda profile: reverse(name, args=[profile.catalog.slug])


def register_personal_data() -> None:
    register_finder(places)
    register(
        PersonalDataKind(
            PROFILE,
            PROFILE,
            "profile",
            _("Settings"),
            _(
                "Where your dial stands, how your home is ordered, whether lists are personal, and "
                "since when."
            ),
            by("pk"),
            address=page_of("catalog:home"),
        ),
        PersonalDataKind(
            "catalog.Interaction",
            PROFILE,
            "events",
            _("What you did"),
            _(
                "Looked at, saved, took, rated, hid: what your lists are made from, and what the "
                "model learns from."
            ),
            of_profile,
            also={"item": "item__external_id", "title": "item__title"},
            address=lambda profile: reverse("catalog:you"),
        ),
        PersonalDataKind(
            "catalog.ExcludedReason",
            PROFILE,
            "excluded-reasons",
            _("No reason for you"),
            _("Items of which you said that your lists shall not be made because of them."),
            of_profile,
            also={"item": "item__external_id", "title": "item__title"},
            is_rare=True,
        ),
        PersonalDataKind(
            "catalog.Hidden",
            PROFILE,
            "hidden",
            _("What you have hidden"),
            _("Categories and providers that come into no list of yours."),
            of_profile,
            is_rare=True,
            address=page_of("catalog:hidden"),
        ),
        PersonalDataKind(
            "accounts.Consent", PROFILE, "consents", AGREED, WHY_AGREED, held, is_rare=True
        ),
    )
    register_cookies(
        Cookie(
            "rows",  # set by home.js
            _(
                "Says that your browser can fetch a home’s rows one after the other; else they all "
                "come at once."
            ),
            until_closed,
        )
    )
    register_visit(
        VisitPart(
            SESSION_KEY,
            _("Which visitor you are"),
            _("Leads from this browser to what is listed above."),
        ),
        VisitPart("tails", _("Where the dial stands"), _("While nothing else is known of you.")),
        VisitPart(
            "listings", _("How the home is ordered"), _("While nothing else is known of you.")
        ),
        VisitPart(
            "seen", _("Items you looked at"), _("So that looking twice is written down once.")
        ),
    )


@receiver(erased, sender=Profile)
def forget_what_is_counted(*, place: str, **_signal: Any) -> None:
    """Count the popularity curve again, without the erased events."""
    for pk in Catalog.objects.filter(slug=place).values_list("pk", flat=True):
        curve.cache.pop(pk, None)
