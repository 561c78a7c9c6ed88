"""What follows from a sign-on: roles, refusals, and a line in the log."""

from __future__ import annotations

import logging
from typing import Any, NoReturn

from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sign_on import roles
from accounts.sign_on.tokens import TokenError

logger = logging.getLogger(__name__)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse what may not sign in, before anything is written; else bring roles up to date."""
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            reject(request, _("Accounts cannot be connected here. Please sign in."))
        groups = sociallogin.account.extra_data["groups"]
        if sociallogin.is_existing:
            self._forget_strangers(sociallogin)
            bring_up_to_date(sociallogin.user, groups)
        else:
            self._check_address(request, sociallogin)
        if settings.OIDC_OTHERS == "refuse" and not roles.roles_for(groups):
            logger.info("Single sign-on refused: none of the groups is mapped to a role")
            reject(
                request,
                _("You have signed in, but none of your groups may use this site.")
                + " "
                + _("Please ask whoever runs the site."),
            )

    def _forget_strangers(self, sociallogin: SocialLogin) -> None:
        """Who registered with another's address may have set up a second factor, too.

        allauth takes the password of such an account at the first sign-on of the owner.
        """
        user = sociallogin.user
        if sociallogin.account.pk is not None or user is None:
            return
        if not EmailAddress.objects.filter(user=user, verified=True).exists():
            Authenticator.objects.filter(user=user).delete()

    def _check_address(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """A new account needs an address that nobody has; only a confirmed one may be taken."""
        address = sociallogin.user.email if sociallogin.user else ""
        if not address:
            reject(request, _("Your provider sent no email address. An account here needs one."))
        if filter_users_by_email(address):
            logger.warning("Single sign-on refused: an unconfirmed address belongs to an account")
            reject(
                request,
                _(
                    "An account with your email address exists, and your provider does not confirm "
                    "that the address is yours. Please sign in with the password."
                ),
            )

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:
        user = super().save_user(request, sociallogin, form)
        bring_up_to_date(user, sociallogin.account.extra_data["groups"])
        return user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """A page that says what to do; the log has the reason, and nothing of a token."""
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(redirect("account_login"))
        logger.warning("Single sign-on failed: %s", reason_of(exception))
        raise ImmediateHttpResponse(failed(request, provider.name))


def bring_up_to_date(user: Any, groups: list[str]) -> None:
    """Apply the mapping and write what changed into the log; the account by its number only."""
    assert isinstance(user, User)
    changes = roles.apply(user=user, groups=groups)
    logger.info(
        "Single sign-on of account %s: roles given: %s; taken: %s",
        user.pk,
        ", ".join(changes.given) or "none",
        ", ".join(changes.taken) or "none",
    )
    for role in changes.not_given:
        logger.warning(
            "Single sign-on of account %s: %s was not given: there is no such group or catalogue,"
            " or another role was given there by hand",
            user.pk,
            role,
        )


def reject(request: HttpRequest, message: str) -> NoReturn:
    context = {"message": message, "status": 403}
    raise ImmediateHttpResponse(render(request, "error.html", context, status=403))


def failed(request: HttpRequest, name: str, status: int = 401) -> HttpResponse:
    message = _("Signing in with %(name)s did not work.") % {"name": name}
    message += " " + _("Please try again, or sign in with a password.")
    return render(request, "error.html", {"message": message, "status": status}, status=status)


def reason_of(error: Exception | None) -> str:
    """The reason without anything that the provider sent."""
    if isinstance(error, TokenError):
        return str(error)
    return type(error).__name__ if error else "no sign-in of this browser, or no code"
