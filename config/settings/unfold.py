"""The admin's look and its sidebar.

https://unfoldadmin.com/docs/configuration/settings/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _may_view(app: str, model: str) -> Callable[[HttpRequest], bool]:
    def allowed(request: HttpRequest) -> bool:
        return request.user.has_perm(f"{app}.view_{model}") or request.user.has_perm(
            f"{app}.change_{model}"
        )

    return allowed


def _link(title: Any, icon: str, app: str, model: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{model}_changelist"),
        "permission": _may_view(app, model),
    }


_NAVIGATION = [
    {
        "items": [
            {"title": _("Overview"), "icon": "show_chart", "link": reverse_lazy("admin:index")}
        ]
    },
    {
        "title": _("Catalogues"),
        "separator": True,
        "items": [
            _link(_("Catalogues"), "storefront", "catalog", "catalog"),
            _link(_("Items"), "category", "catalog", "item"),
            _link(_("Categories"), "label", "catalog", "category"),
            _link(_("Feeds"), "rss_feed", "catalog", "feed"),
            _link(_("Profiles"), "person", "catalog", "profile"),
            _link(_("Interactions"), "touch_app", "catalog", "interaction"),
            _link(_("API keys"), "key", "catalog", "apikey"),
        ],
    },
    {
        "title": _("Models"),
        "separator": True,
        "items": [
            _link(_("Training runs"), "model_training", "recommender", "trainingrun"),
            _link(_("Model versions"), "deployed_code", "recommender", "modelversion"),
            _link(_("Impressions"), "visibility", "recommender", "impression"),
            _link(_("Interest texts"), "notes", "recommender", "interesttext"),
            _link(_("Enriched items"), "add_notes", "recommender", "itemenrichment"),
            _link(_("New and edited items"), "fiber_new", "recommender", "itemencoding"),
        ],
    },
    {
        "title": _("People"),
        "separator": True,
        "items": [
            _link(_("Accounts"), "group", "accounts", "user"),
            _link(_("Groups"), "shield_person", "auth", "group"),
            _link(_("Email addresses"), "mail", "account", "emailaddress"),
            _link(_("Single sign-on"), "passkey", "socialaccount", "socialaccount"),
            _link(_("Two-step verification"), "password", "mfa", "authenticator"),
            _link(_("Consents"), "handshake", "accounts", "consent"),
            _link(_("Failed sign-ins"), "lock", "axes", "accessattempt"),
            _link(_("Erasures"), "delete_sweep", "accounts", "erasure"),
            _link(_("Suspicious profiles"), "robot", "catalog", "suspectprofile"),
            _link(_("Erased IDs"), "person_off", "catalog", "suppressedid"),
            _link(_("Sign-ins"), "login", "axes", "accesslog"),
        ],
    },
    {
        "title": _("Schedule"),
        "separator": True,
        "items": [
            _link(_("Periodic tasks"), "event_repeat", "django_celery_beat", "periodictask"),
            _link(_("Intervals"), "timer", "django_celery_beat", "intervalschedule"),
            _link(_("Crontabs"), "calendar_month", "django_celery_beat", "crontabschedule"),
        ],
    },
]

# The colours of the pages. The theme uses 500 for text on dark, 600 for text and buttons on light.
_COLORS = {
    "base": {
        "50": "#FBFAF7",
        "100": "#F4F2EC",
        "200": "#E4E0D8",
        "300": "#CFCABF",
        "400": "#A8A399",
        "500": "#78736A",
        "600": "#5F5B53",
        "700": "#4A4740",
        "800": "#35332E",
        "900": "#1E1D1A",
        "950": "#151412",
    },
    "primary": {
        "50": "#FDF6E9",
        "100": "#FAEACB",
        "200": "#F4D69A",
        "300": "#EFC067",
        "400": "#ECB352",
        "500": "#E9A63A",
        "600": "#9A5B00",
        "700": "#7F4B00",
        "800": "#673D04",
        "900": "#523209",
        "950": "#2E1B03",
    },
    "font": {
        "subtle-light": "#5F5B53",
        "subtle-dark": "#A8A399",
        "default-light": "#35332E",
        "default-dark": "#D9D5CC",
        "important-light": "#1C1B19",
        "important-dark": "#EFECE6",
    },
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Longtail",
    "SITE_HEADER": "Longtail",
    "SITE_SUBHEADER": _("Catalogues, people, models"),
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("brand/logo.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("brand/logo.svg")},
    ],
    "STYLES": [lambda request: static("admin/longtail.css")],
    "BORDER_RADIUS": "10px",
    "COLORS": _COLORS,
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": True,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "recommender.admin.dashboard.add_dashboard",
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": _NAVIGATION},
}
