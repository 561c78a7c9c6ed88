"""Single sign-on: the way to the provider, and the way back."""

from __future__ import annotations

import logging

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from requests import RequestException

from accounts.sign_on.adapter import failed, reason_of
from accounts.sign_on.provider import SignOnAdapter, SignOnProvider

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Begin a sign-on, and go on to the provider.

    The page goes on by itself: our Content-Security-Policy lets no form lead to another host.
    """
    provider = _provider(request, provider_id)
    if request.method != "POST":
        return redirect("account_login")
    try:
        answer = provider.redirect(
            request, AuthProcess.LOGIN, next_url=get_next_redirect_url(request)
        )
    except (OAuth2Error, RequestException, ValueError) as error:
        logger.warning("Single sign-on cannot begin: %s", reason_of(error))
        return failed(request, provider.name, status=503)
    context = {"address": answer["Location"], "name": provider.name}
    return render(request, "account/sign_on.html", context)


@require_safe
@never_cache
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    _provider(request, provider_id)
    view = OAuth2CallbackView.adapter_view(SignOnAdapter(request, provider_id))
    answer: HttpResponse = view(request)
    return answer


def no_page(request: HttpRequest) -> HttpResponse:
    """allauth's pages for accounts of other sites: sign-on needs none of them."""
    raise Http404


def _provider(request: HttpRequest, provider_id: str) -> SignOnProvider:
    try:
        return SignOnAdapter(request, provider_id).get_provider()
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
