"""The admin site: who may sign in, and the page after signing in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite


class StaffSignInForm(AuthenticationForm):
    """Explains to an active account without staff rights that it has no access."""

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        if user.is_active and not getattr(user, "is_staff", False):
            raise ValidationError(_("This account has no access to the admin."), code="not_staff")
        super().confirm_login_allowed(user)


class AdminSite(UnfoldAdminSite):
    login_form = StaffSignInForm

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign in and go to ``next``, or to the overview if there is none.

        Django's form carries the overview as a hidden ``next``. Unfold's form leaves it out, and
        ``LOGIN_REDIRECT_URL`` leads to the site's front page.
        """
        if not request.GET.get(REDIRECT_FIELD_NAME):
            asked = request.GET.copy()
            asked[REDIRECT_FIELD_NAME] = reverse("admin:index", current_app=self.name)
            request.GET = asked  # type: ignore[assignment]
        return super().login(request, extra_context)
