"""The privacy centre: visitors read, export and erase their data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Consent, Erasure, User
from accounts.privacy import consents, erasure, registry
from accounts.privacy.consents import Purpose
from accounts.privacy.cookies import cookies
from accounts.privacy.export import as_archive, as_json
from accounts.privacy.forms import EVERYTHING, ErasureForm, ExportForm
from accounts.privacy.registry import ACCOUNT, PersonalDataKind, Place, VisitPart
from config.errors import AppError


@dataclass(frozen=True)
class StoredData:
    """A line of the page: a kind of data and its number of rows."""

    data_kind: PersonalDataKind
    count: int
    address: str

    @property
    def days(self) -> int | None:
        return self.data_kind.days() if self.data_kind.days else None


@dataclass(frozen=True)
class Agreed:
    """A consent and its purpose; None if the app of the purpose is not installed any more."""

    consent: Consent
    purpose: Purpose | None

    @property
    def label(self) -> str:
        return str(self.purpose.label) if self.purpose else self.consent.purpose


@dataclass(frozen=True)
class Erased:
    """An erasure of this visit; ``aftermath``: what happens later."""

    title: str
    at: datetime
    aftermath: str


@require_safe
@never_cache
def centre(request: HttpRequest) -> HttpResponse:
    """All stored data of the visitor, with counts."""
    context = {
        "places": [(place, stored_in(place), agreed_in(place)) for place in _places(request)],
        "visit": _visit(request),
        "visit_days": settings.SESSION_COOKIE_AGE // 86400,
        "cookies": cookies(),
        "leaving": registry.what_leaves(),
        "erased": _erased(request),
        "everything": EVERYTHING,
    }
    return render(request, "accounts/privacy.html", context)


@require_safe
@never_cache
def export(request: HttpRequest) -> HttpResponseBase:
    """All stored data of the visitor, as a file."""
    form = ExportForm(request.GET)
    name = f"longtail-{now():%Y-%m-%d}"
    if form.is_valid() and form.cleaned_data["form"] == "csv":
        archive = as_archive(_places(request), request.session)
        return FileResponse(
            archive, as_attachment=True, filename=f"{name}.zip", content_type="application/zip"
        )
    response = HttpResponse(
        as_json(_places(request), request.session), content_type="application/json"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def erase(request: HttpRequest) -> HttpResponseBase:
    """Show what an erasure deletes and what follows; erase it after the confirmation."""
    form = ErasureForm(request.POST or request.GET, user=_user(request))
    if request.method == "POST" and form.is_valid():
        return _erase(request, form.cleaned_data["what"])
    what = form.data.get("what", "")
    places = _chosen(request, what)
    if not places and what != EVERYTHING:
        request.session["notice"] = {"text": _("There is no data of yours to delete there.")}
        return redirect("privacy:centre")
    context = {
        "form": form if request.method == "POST" else ErasureForm(user=_user(request), what=what),
        "what": what,
        "whole": what == EVERYTHING,
        "places": [
            (place, stored_in(place), registry.aftermath_of(place.key, now())) for place in places
        ],
        "is_staff": what == ACCOUNT and request.user.is_staff,
    }
    return render(
        request, "accounts/erase.html", context, status=200 if request.method != "POST" else 400
    )


@require_POST
def withdraw(request: HttpRequest) -> HttpResponseBase:
    """Withdraw a consent; the data that it allowed is erased."""
    wanted, purpose = request.POST.get("place", ""), request.POST.get("purpose", "")
    place = next((place for place in _places(request) if place.key == wanted), None)
    if place is None or purpose not in {each.key for each in consents.purposes()}:
        raise Http404
    consents.withdraw_consent(holder=place.row, purpose=purpose)
    request.session["notice"] = {
        "text": _("Consent withdrawn. The data it allowed has been deleted.")
    }
    return redirect("privacy:centre")


def agreed_in(place: Place) -> list[Agreed]:
    """All consents of a person in a place, withdrawn ones too."""
    known = {purpose.key: purpose for purpose in consents.purposes()}
    return [Agreed(row, known.get(row.purpose)) for row in consents.consents_of(place.row)]


def stored_in(place: Place) -> list[StoredData]:
    return [
        StoredData(data_kind, count, data_kind.address(place.row) if data_kind.address else "")
        for data_kind, count in registry.counts_of(place.row)
        if count or not data_kind.is_rare
    ]


def _erase(request: HttpRequest, what: str) -> HttpResponseBase:
    places = _chosen(request, what)
    before: list[dict[str, str]] = []
    if what == ACCOUNT:
        user = _user(request)
        assert user is not None
        try:
            erasure.erase_account(user=user, by=Erasure.By.PERSON)
        except AppError as error:
            return render(request, "error.html", {"message": error.message}, status=error.status)
        logout(request)
    else:
        for place in places:
            erasure.erase(person=place.row, place=place.key, by=Erasure.By.PERSON)
        before = [] if not places else request.session.get("erased", [])
        erasure.forget_visit(request.session, None if what == EVERYTHING else places)
    _remember(request, before, [place for place in places if not place.is_account])
    request.session["notice"] = {"text": _("Deleted. This cannot be undone.")}
    return redirect("privacy:centre")


def _chosen(request: HttpRequest, what: str) -> list[Place]:
    """The places to erase. An account goes with all its places, and only when it is named."""
    places = _places(request)
    if what == ACCOUNT:
        return places if any(place.is_account for place in places) else []
    if what == EVERYTHING:
        return [place for place in places if not place.is_account]
    return [place for place in places if place.key == what]


def _remember(
    request: HttpRequest, before: Sequence[dict[str, str]], places: Sequence[Place]
) -> None:
    """Store the erasure in the session, to show later when models no longer contain the data."""
    at, keys = now().isoformat(), {place.key for place in places}
    stored = [each for each in before if each["place"] not in keys]
    stored += [{"place": place.key, "title": place.title, "at": at} for place in places]
    if stored:
        request.session["erased"] = stored


def _erased(request: HttpRequest) -> list[Erased]:
    found = []
    for entry in request.session.get("erased", []):
        at = parse_datetime(entry["at"])
        assert at is not None
        found.append(Erased(entry["title"], at, registry.aftermath_of(entry["place"], at)))
    return found


def _visit(request: HttpRequest) -> list[VisitPart]:
    return [part for part in registry.visit_parts() if request.session.get(part.key)]


def _places(request: HttpRequest) -> list[Place]:
    return registry.places_of(_user(request), request.session)


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
