"""Whose profile a request speaks for: the account's, or the anonymous visit's until it signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.signals import user_signed_up
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from catalog.models import Catalog, Profile
from catalog.profiles import services
from config.errors import AppError

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest

    from accounts.models import User

#: In the session: {catalogue id as text: profile id}.
SESSION_KEY = "profiles"


def profile_of(request: HttpRequest, catalog: Catalog, *, create: bool = False) -> Profile | None:
    """The visitor's profile here; with ``create``, for the first thing somebody does, never None."""
    if request.user.is_authenticated:
        profile = Profile.objects.filter(catalog=catalog, user=request.user).first()
        if profile is None and create:
            profile = Profile.objects.get_or_create(catalog=catalog, user=request.user)[0]
    else:
        profile = _of_session(request, catalog)
        if profile is None and create:
            profile = Profile.objects.create(catalog=catalog)
            request.session[SESSION_KEY] = {
                **request.session.get(SESSION_KEY, {}),
                str(catalog.pk): profile.pk,
            }
    if profile is not None:
        profile.catalog = catalog  # spares a query for the dial's bounds
    return profile


def profiles_of(user: User | None, session: SessionBase | None) -> list[Profile]:
    """All profiles of an account, in closed catalogues too, or of a visit while nobody is signed in."""
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
    """What a visitor did before signing in becomes the account's.

    Sign-up sends its own signal because it need not sign in (an address may have to be confirmed first). Django keeps
    the session's data over a login unless somebody else was signed in, and then the profiles are not theirs.
    """
    session = getattr(request, "session", None)
    keys = session.pop(SESSION_KEY, {}) if session is not None else {}
    for profile in Profile.objects.filter(pk__in=keys.values(), user=None, external_id=None):
        try:
            services.claim_profile(profile=profile, user=user)
        except AppError:  # a second tab was faster: what was to be merged is merged
            continue
