"""The profile of a request: the account's, or the anonymous visit's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.signals import user_signed_up
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from catalog.models import Catalog, Profile
from catalog.profiles import services
from catalog.profiles.new_visitors import count_new_visitor
from config.errors import AppError

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest

    from accounts.models import User

#: Session key of {catalogue id as text: profile id}.
SESSION_KEY = "profiles"


def profile_of(request: HttpRequest, catalog: Catalog, *, create: bool = False) -> Profile | None:
    """The visitor's profile in a catalogue; with ``create`` it is never None."""
    if request.user.is_authenticated:
        profile = Profile.objects.filter(catalog=catalog, user=request.user).first()
        if profile is None and create:
            profile = Profile.objects.get_or_create(catalog=catalog, user=request.user)[0]
    else:
        profile = _of_session(request, catalog)
        if profile is None and create:
            if settings.SESSION_COOKIE_NAME not in request.COOKIES:
                count_new_visitor(request.META.get("REMOTE_ADDR", ""))
            profile = Profile.objects.create(catalog=catalog)
            request.session[SESSION_KEY] = {
                **request.session.get(SESSION_KEY, {}),
                str(catalog.pk): profile.pk,
            }
    if profile is not None:
        profile.catalog = catalog  # saves a query for the dial's limits
    return profile


def profiles_of(user: User | None, session: SessionBase | None) -> list[Profile]:
    """All profiles of an account, in closed catalogues too, or of a visit without an account."""
    profiles = Profile.objects.select_related("catalog").order_by("catalog")
    if user is not None:
        return list(profiles.filter(user=user))
    keys = session.get(SESSION_KEY, {}) if session is not None else {}
    return list(profiles.filter(pk__in=keys.values(), user=None)) if keys else []


def _of_session(request: HttpRequest, catalog: Catalog) -> Profile | None:
    key = request.session.get(SESSION_KEY, {}).get(str(catalog.pk))
    return Profile.objects.filter(pk=key, catalog=catalog, user=None).first() if key else None


@receiver(user_logged_in)
@receiver(user_signed_up)
def claim_session_profiles(
    sender: object, request: HttpRequest | None, user: User, **_more: Any
) -> None:
    """Move the profiles of a visit to the account that signs in.

    Sign-up has its own signal because it may not sign in (an address may need confirming first).
    Django keeps the session's data over a login unless another account was signed in; the profiles
    of another account are not moved.
    """
    session = getattr(request, "session", None)
    keys = session.pop(SESSION_KEY, {}) if session is not None else {}
    for profile in Profile.objects.filter(pk__in=keys.values(), user=None, external_id=None):
        try:
            services.claim_profile(profile=profile, user=user)
        except AppError:  # another tab was faster: they are merged already
            continue
