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
from accounts.privacy.personal_data import AGREED, USER, WHY_AGREED
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
from catalog.ingestion import uploads
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
            "catalog.CatalogMember",
            "accounts.User",
            "staff-roles",
            _("Your roles in catalogues"),
            _("They decide which catalogues you can see and change in the admin."),
            by("user"),
            is_rare=True,
        ),
        PersonalDataKind(
            PROFILE,
            PROFILE,
            "profile",
            _("Settings"),
            _(
                "Your dial, the order of your home page, and whether your lists are personal "
                "and since when."
            ),
            by("pk"),
            address=page_of("catalog:home"),
        ),
        PersonalDataKind(
            "catalog.Interaction",
            PROFILE,
            "events",
            _("Your activity"),
            _(
                "What you viewed, saved, chose, rated or hid. Your lists are made from it, "
                "and the model learns from it."
            ),
            of_profile,
            also={"item": "item__external_id", "title": "item__title"},
            address=lambda profile: reverse("catalog:you"),
        ),
        PersonalDataKind(
            "catalog.ExcludedReason",
            PROFILE,
            "excluded-reasons",
            _("Not used as a reason"),
            _("Items that you do not want your lists to be based on."),
            of_profile,
            also={"item": "item__external_id", "title": "item__title"},
            is_rare=True,
        ),
        PersonalDataKind(
            "catalog.Hidden",
            PROFILE,
            "hidden",
            _("What you have hidden"),
            _("Categories and providers that never appear in your lists."),
            of_profile,
            is_rare=True,
            address=page_of("catalog:hidden"),
        ),
        PersonalDataKind(
            "catalog.SuspectProfile",
            PROFILE,
            "suspect",
            _("A mark that your activity looks like a program’s"),
            _("Your activity is not counted and trains no model. Ask the staff to lift the mark."),
            of_profile,
            is_rare=True,
        ),
        PersonalDataKind(
            "accounts.Consent", PROFILE, "consents", AGREED, WHY_AGREED, held, is_rare=True
        ),
    )
    register(
        PersonalDataKind(
            "catalog.FileImport",
            USER,
            "file-imports",
            _("Files you imported"),
            _("So that you see what became of them. Deleted after a week."),
            by("user"),
            is_rare=True,
            days=lambda: uploads.RETENTION.days,
        ),
        PersonalDataKind(
            "catalog.FileChunk",
            USER,
            "file-import-pieces",
            _("Content of files you imported"),
            _("Until the import ends, a day at most; the list of bad rows for a week."),
            by("file_import__user"),
            secret=("content",),
            is_rare=True,
            days=lambda: uploads.RETENTION.days,
        ),
    )
    register_cookies(
        Cookie(
            "rows",  # set by home.js
            _(
                "Shows that your browser can load the rows of a home page one by one. "
                "Without it, they load together."
            ),
            until_closed,
        )
    )
    register_visit(
        VisitPart(
            SESSION_KEY,
            _("Your visit"),
            _("Links this browser to the data listed above."),
        ),
        VisitPart("tails", _("Dial setting"), _("Used while there is no other data of yours.")),
        VisitPart(
            "listings",
            _("Order of the home page"),
            _("Used while there is no other data of yours."),
        ),
        VisitPart("seen", _("Items you viewed"), _("So that viewing an item twice counts once.")),
    )


@receiver(erased, sender=Profile)
def forget_what_is_counted(*, place: str, **_signal: Any) -> None:
    """Count the popularity curve again, without the erased events."""
    for pk in Catalog.objects.filter(slug=place).values_list("pk", flat=True):
        curve.cache.pop(pk, None)
