"""The personal data that this app stores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.privacy.cookies import Cookie, register_cookies, until_closed
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

if TYPE_CHECKING:
    from accounts.models import User

USER = "accounts.User"
AGREED = _("What you agreed to")
WHY_AGREED = _("When, to which wording, and when you took it back.")
_SIGNING_IN = _(
    "So that nobody can guess your password by trying often. With the address of your connection."
)


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
                "Your address and when you signed up and in. Of the password only a fingerprint is "
                "kept."
            ),
            by("pk"),
            secret=("password",),
            address=_address("account_change_password"),
        ),
        PersonalDataKind(
            "account.EmailAddress",
            USER,
            "email-addresses",
            _("E-mail addresses"),
            _("To sign in, and to send you a new password."),
            by("user"),
            address=_address("account_email"),
        ),
        PersonalDataKind(
            "account.EmailConfirmation",
            USER,
            "email-confirmations",
            _("Letters to confirm an address"),
            _("The link in a letter that was sent to you."),
            by("email_address__user"),
            secret=("key",),
            is_rare=True,
        ),
        PersonalDataKind(
            "accounts.Consent", USER, "consents", AGREED, WHY_AGREED, held, is_rare=True
        ),
        PersonalDataKind(
            "axes.AccessLog",
            USER,
            "sign-ins",
            _("Times you signed in"),
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
            _("Wrong passwords"),
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
            _("Log of wrong passwords"),
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
            _("What you did in the administration"),
            _("So that staff know who changed what."),
            by("user"),
            is_rare=True,
        ),
        PersonalDataKind(
            "accounts.User_groups",
            USER,
            "staff-groups",
            _("Groups of staff you are in"),
            _("They say what you may do in the administration."),
            by("user"),
            also={"group_name": "group__name"},
            is_rare=True,
        ),
        PersonalDataKind(
            "accounts.User_user_permissions",
            USER,
            "staff-permissions",
            _("Rights of yours"),
            _("They say what you may do in the administration."),
            by("user"),
            also={"permission_name": "permission__codename"},
            is_rare=True,
        ),
    )
    register_visit(
        VisitPart(
            "erased",
            _("What you erased here"),
            _("Where and when, so that this page can say what follows."),
        )
    )
    register_cookies(
        Cookie(
            settings.SESSION_COOKIE_NAME,
            _(
                "Marks your visit, so that what you do on purpose is yours; it comes once there is "
                "something to keep."
            ),
            lambda: settings.SESSION_COOKIE_AGE,
        ),
        Cookie(
            settings.CSRF_COOKIE_NAME,
            _("Keeps other sites from sending forms in your name."),
            lambda: settings.CSRF_COOKIE_AGE,
        ),
        Cookie(
            settings.LANGUAGE_COOKIE_NAME,
            _("The language, once you choose one."),
            lambda: settings.LANGUAGE_COOKIE_AGE,
        ),
        Cookie(
            THEME_COOKIE, _("Light or dark colours, once you choose them."), lambda: THEME_SECONDS
        ),
        Cookie(
            CookieStorage.cookie_name,
            _("A sentence for the next page, such as that you signed in; gone when it was shown."),
            until_closed,
        ),
    )
