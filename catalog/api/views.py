"""The base of all endpoints of a catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import is_valid_path, reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated
from rest_framework.filters import BaseFilterBackend
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from catalog.api.json_types import plain_row, problems_of
from catalog.api.parsing import StrictJSONParser
from catalog.api.validation import (
    NoParameters,
    StrictSerializer,
    invalid,
    parameters_of,
    rejected,
    validated,
    validated_query,
)
from catalog.models import Catalog
from catalog.validation.field_readers import BadField
from config.errors import AppError
from config.statements import Statement


class ApiView(GenericAPIView):
    """Authenticates, finds the catalogue, authorises, then reads the query.

    All names in the query must be known. ``params``: the validated query of GET, by
    ``query_class``; lists with a ``filterset_class`` read their own.
    """

    parser_classes = (StrictJSONParser,)
    #: Method -> the permission that staff need for it; tests/policy/test_api.py fails without.
    needs: ClassVar[Mapping[str, str]] = {}
    http_method_names = ("get", "head", "post", "put", "patch", "delete")
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    query_class: type[StrictSerializer] = NoParameters
    #: What an address such as ``items/bulk`` is for. Its other methods are for an object whose own
    #: id is spelt like the address.
    own_methods: tuple[str, ...] = ()
    params: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if (
            request.successful_authenticator is None
        ):  # before any look-up, so that strangers learn nothing
            raise NotAuthenticated(_("Send “Authorization: Api-Key <your key>”."))
        if any("\x00" in str(part) for part in kwargs.values()):
            raise Http404
        self.find(**kwargs)
        super().initial(request, *args, **kwargs)
        self._check_method(request)
        reading = request.method in ("GET", "HEAD")
        if not (reading and self.filter_backends):
            query_class = self.query_class if reading else NoParameters
            lists = getattr(query_class, "repeatable", ())
            given = parameters_of(request.query_params, lists)
            self.params = validated_query(query_class, given)

    def find(self, **kwargs: Any) -> None:
        """Look up the objects that the address names."""

    @property
    def allowed_methods(self) -> list[str]:
        return list(self.own_methods) or super().allowed_methods

    def is_an_id(self) -> bool:
        """Whether an object's own id is spelt like an address with ``own_methods``."""
        return False

    def _check_method(self, request: Request) -> None:
        if str(request.method).lower() not in self.http_method_names or not hasattr(
            self, str(request.method).lower()
        ):
            raise MethodNotAllowed(str(request.method))
        if not self.own_methods or request.method in self.own_methods:
            return
        if not self.is_an_id():
            detail = _(
                "%(method)s is not known at this address, and nothing has it as its own ID. "
                "POST items and POST interactions take any ID."
            ) % {"method": request.method}
            raise MethodNotAllowed(str(request.method), detail)
        self.headers["Allow"] = ", ".join(super().allowed_methods)

    def _whole(self) -> None:
        if "Transfer-Encoding" in self.request.headers:  # Django would read it as an empty body
            raise AppError(
                "length_required",
                _("Send the body with a Content-Length header, not in chunks."),
                411,
            )

    def body(self, serializer_class: type[BaseSerializer], **options: Any) -> Any:
        self._whole()
        context = {"is_json": True}
        return validated(serializer_class(data=self.request.data, context=context, **options))

    def row(self, serializer_class: type[StrictSerializer]) -> dict[str, Any]:
        """The body as one row, by the rules of each row of a bulk post."""
        self._whole()
        data = self.request.data
        if not isinstance(data, Mapping):
            raise rejected("body", data, _("must be an object"))
        if found := list(problems_of(serializer_class, data)):
            raise invalid([_detail(each) for each in found])
        return plain_row(serializer_class, data)

    def page(self, rows: QuerySet) -> Response:
        """One page of the filtered rows."""
        rows = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)


def _detail(error: BadField) -> dict[str, Any]:
    return {"field": error.field, "value": error.value, "reason": error.reason}


_CATALOG = Statement(lambda slug: Catalog.objects.filter(slug=slug), str)


class CatalogAPIView(ApiView):
    """An endpoint below ``catalogs/{slug}/``."""

    catalog: Catalog

    def find(self, **kwargs: Any) -> None:
        found = _CATALOG.instances(kwargs["slug"])
        if not found:
            raise Http404(_("There is no catalogue “%(slug)s”.") % kwargs)
        self.catalog = found[0]

    def address(self, name: str, *ids: object) -> str:
        """An address below this catalogue's ``name``; ids are percent-encoded, slashes too."""
        below = "".join(f"/{quote(str(part), safe='')}" for part in ids)
        return self.request.build_absolute_uri(
            reverse(f"api-{name}", args=[self.catalog.slug]) + below
        )


class UnknownRoute(ApiView):
    """Every unknown address below ``/api/``, in the shape of all other errors."""

    permission_classes = ()
    authentication_classes = ()
    throttle_classes = ()
    schema = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers: dict[str, str] = {}
        response = self.handle_exception(Http404(_no_endpoint(request.path)))
        return self.finalize_response(self.request, response, *args, **kwargs)


def _no_endpoint(path: str) -> str:
    """The error; it suggests the address if only the final slash is wrong."""
    other = path.removesuffix("/") if path.endswith("/") else f"{path}/"
    if (match := is_valid_path(other)) and match.url_name != "api-unknown":
        return _("There is no endpoint “%(path)s”. Did you mean “%(other)s”?") % {
            "path": path,
            "other": other,
        }
    return _("There is no endpoint “%(path)s”. See /api/docs/ for all endpoints.") % {"path": path}
