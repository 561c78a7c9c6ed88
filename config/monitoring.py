"""Who may read `/metrics` and the details of `/readyz`: monitoring and staff."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase

View = Callable[[HttpRequest], HttpResponseBase]


def may_see_details(request: HttpRequest, *, database: bool = True) -> bool:
    """Whether the request has the token, comes from an allowed network, or is a staff member's.

    Args:
        database: False leaves out who is signed in, which only the database knows.
    """
    if _has_token(request) or _from_our_networks(request):
        return True
    return database and bool(request.user.is_active and request.user.is_staff)


def for_monitoring(view: View) -> View:
    """The view for those who may see details; for others the address does not exist."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponseBase:
        if not may_see_details(request):
            raise Http404
        return view(request)

    return wrapped


def _has_token(request: HttpRequest) -> bool:
    word, _space, given = request.headers.get("Authorization", "").partition(" ")
    token: str = settings.MONITORING_TOKEN
    return (
        bool(token)
        and word.lower() == "bearer"
        and secrets.compare_digest(given.strip().encode(), token.encode())
    )


def _from_our_networks(request: HttpRequest) -> bool:
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    networks = (ipaddress.ip_network(each) for each in settings.MONITORING_NETWORKS)
    return any(address in network for network in networks)
