"""The personal data that this app stores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.login import known_browser
from accounts.models import AccountSession, User
from accounts.privacy.cookies import Cookie, register_cookies, until_closed
from accounts.privacy.erasure import erasing
from accounts.privacy.registry import (
    ACCOUNT,
    PersonalDataKind,
    Place,
    VisitPart,
    by,
    held,
    register,
    register_finder,
    register_visit,
)
from accounts.views.theme import THEME_COOKIE, THEME_SECONDS

USER = "accounts.User"
AGREED = _("What you agreed to")
WHY_AGREED = _("What you agreed to, the wording you saw, and when you agreed or withdrew.")
_SIGNING_IN = _("Stops others from guessing your password. Includes your IP address.")


def account_of(user: User | None, session: Any) -> Iterator[Place]:
    if user is not None:
        yield Place(ACCOUNT, str(_("Your account")), user)


def _sign_in_days() -> int:
    return settings.SIGN_IN_RETENTION_DAYS


def _address(name: str) -> Any:
    return lambda person: reverse(name)


def register_personal_data() -> None:
    register_finder(account_of)
    register(
        PersonalDataKind(
            USER,
            USER,
            "account",
            _("Account"),
            _(
                "Your email address, and when you signed up and last signed in. Your "
                "password is stored only as a hash."
            ),
            by("pk"),
            secret=("password",),
            address=_address("account_change_password"),
        ),
        PersonalDataKind(
            "account.EmailAddress",
            USER,
            "email-addresses",
            _("Email addresses"),
            _("For signing in and for resetting your password."),
            by("user"),
            address=_address("account_email"),
        ),
        PersonalDataKind(
            "account.EmailConfirmation",
            USER,
            "email-confirmations",
            _("Email confirmations"),
            _("The link in an email that was sent to you."),
            by("email_address__user"),
            secret=("key",),
            is_rare=True,
        ),
        PersonalDataKind(
            "mfa.Authenticator",
            USER,
            "two-step-verification",
            _("Two-step verification"),
            _("The secret that your app shares with this site, and your recovery codes."),
            by("user"),
            secret=("data",),
            address=_address("mfa_index"),
        ),
        PersonalDataKind(
            "socialaccount.SocialAccount",
            USER,
            "single-sign-on",
            _("Single sign-on"),
            _("Who you are at the provider that signs you in, and your groups there."),
            by("user"),
            is_rare=True,
        ),
        PersonalDataKind(
            "socialaccount.SocialToken",
            USER,
            "single-sign-on-tokens",
            _("Keys of the sign-on provider"),
            _("This site stores none."),
            by("account__user"),
            secret=("token", "token_secret"),
            is_rare=True,
        ),
        PersonalDataKind(
            "accounts.AccountSession",
            USER,
            "sessions",
            _("Where you are signed in"),
            _("So that deleting your account signs you out everywhere."),
            by("account"),
            secret=("session_key",),
            days=lambda: settings.SESSION_COOKIE_AGE // 86_400,
        ),
        PersonalDataKind(
            "accounts.SignOnRole",
            USER,
            "single-sign-on-roles",
            _("Your roles from single sign-on"),
            _("So that a role ends with your group at the provider."),
            by("user"),
            is_rare=True,
        ),
        PersonalDataKind(
            "accounts.Consent", USER, "consents", AGREED, WHY_AGREED, held, is_rare=True
        ),
        PersonalDataKind(
            "axes.AccessLog",
            USER,
            "sign-ins",
            _("Sign-in history"),
            _SIGNING_IN,
            by("username__iexact", "email"),
            secret=("session_hash",),
            fate="loose",
            days=_sign_in_days,
        ),
        PersonalDataKind(
            "axes.AccessAttempt",
            USER,
            "failed-sign-ins",
            _("Failed sign-in attempts"),
            _SIGNING_IN,
            by("username__iexact", "email"),
            secret=("get_data", "post_data"),
            fate="loose",
            is_rare=True,
            days=_sign_in_days,
        ),
        PersonalDataKind(
            "axes.AccessFailureLog",
            USER,
            "sign-in-failures",
            _("Log of failed sign-ins"),
            _SIGNING_IN,
            by("username__iexact", "email"),
            fate="loose",
            is_rare=True,
            days=_sign_in_days,
        ),
        PersonalDataKind(
            "admin.LogEntry",
            USER,
            "admin-log",
            _("Your actions in the admin"),
            _("So that staff can see who changed what."),
            by("user"),
            is_rare=True,
        ),
        PersonalDataKind(
            "accounts.User_groups",
            USER,
            "staff-groups",
            _("Your staff groups"),
            _("They decide what you can do in the admin."),
            by("user"),
            also={"group_name": "group__name"},
            is_rare=True,
        ),
        PersonalDataKind(
            "accounts.User_user_permissions",
            USER,
            "staff-permissions",
            _("Your permissions"),
            _("They decide what you can do in the admin."),
            by("user"),
            also={"permission_name": "permission__codename"},
            is_rare=True,
        ),
    )
    register_visit(
        VisitPart(
            "erased",
            _("What you deleted here"),
            _("Where and when, so that this page can show what happens next."),
        )
    )
    register_cookies(
        Cookie(
            known_browser.COOKIE,
            _(
                "Says that this browser signed in before, so that wrong passwords of others do not "
                "make you wait. Set when you sign in."
            ),
            lambda: known_browser.SECONDS,
        ),
        Cookie(
            settings.SESSION_COOKIE_NAME,
            _(
                "Identifies your visit, so that what you do is saved for you. Set only once "
                "there is something to save."
            ),
            lambda: settings.SESSION_COOKIE_AGE,
        ),
        Cookie(
            settings.CSRF_COOKIE_NAME,
            _("Stops other sites from sending forms in your name."),
            lambda: settings.CSRF_COOKIE_AGE,
        ),
        Cookie(
            settings.LANGUAGE_COOKIE_NAME,
            _("Your language, once you have chosen one."),
            lambda: settings.LANGUAGE_COOKIE_AGE,
        ),
        Cookie(
            THEME_COOKIE,
            _("Light or dark colours, once you have chosen them."),
            lambda: THEME_SECONDS,
        ),
        Cookie(
            CookieStorage.cookie_name,
            _(
                "A short message for the next page, for example that you have signed in. Deleted "
                "once it has been shown."
            ),
            until_closed,
        ),
    )


@receiver(erasing, sender=User)
def end_sessions(*, person: User, **_signal: Any) -> None:
    """Before the account goes: its sessions hold its number and its address."""
    keys = AccountSession.objects.filter(account=person).values("session_key")
    Session.objects.filter(session_key__in=keys).delete()
