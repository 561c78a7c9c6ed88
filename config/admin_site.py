"""The admin site: who may sign in, and the page after signing in."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.utils import perform_login
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.forms import AuthenticationForm
from unfold.sites import UnfoldAdminSite


class StaffSignInForm(AuthenticationForm):
    """Explains to an active account without staff rights that it has no access."""

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        if user.is_active and not getattr(user, "is_staff", False):
            raise ValidationError(_("This account has no access to the admin."), code="not_staff")
        super().confirm_login_allowed(user)


class StaffSignIn(LoginView):
    """Django's page with allauth's steps behind it: who has a second factor is asked for it."""

    authentication_form = StaffSignInForm
    template_name = "admin/login.html"

    def form_valid(self, form: Form) -> HttpResponse:
        answer: HttpResponse = perform_login(
            self.request,
            form.get_user(),  # type: ignore[attr-defined]
            email_verification="none",  # who gave staff status vouches for the address
            redirect_url=self.get_success_url(),
        )
        return answer


class AdminSite(UnfoldAdminSite):
    @method_decorator(never_cache)
    @login_not_required
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign in and go to ``next``, or to the overview if there is none.

        Django's form carries the overview as a hidden ``next``. Unfold's form leaves it out, and
        ``LOGIN_REDIRECT_URL`` leads to the site's front page.
        """
        overview = reverse("admin:index", current_app=self.name)
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(overview)
        if not request.GET.get(REDIRECT_FIELD_NAME):
            asked = request.GET.copy()
            asked[REDIRECT_FIELD_NAME] = overview
            request.GET = asked  # type: ignore[assignment]
        request.current_app = self.name  # type: ignore[attr-defined]
        context = {
            **self.each_context(request),
            "title": _("Sign in"),
            "subtitle": None,
            "app_path": request.get_full_path(),
            "username": request.user.get_username(),
            **(extra_context or {}),
        }
        return cast(HttpResponse, StaffSignIn.as_view(extra_context=context)(request))
