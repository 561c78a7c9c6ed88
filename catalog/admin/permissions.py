"""The policy in the admin: each account sees and changes its own catalogues only.

Every admin of a model that belongs to a catalogue takes `OfCatalog`, every inline takes
`InlineOfCatalog`; tests/policy/test_admin.py fails on one that does not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db.models import Field, Model, QuerySet
from django.http import Http404, HttpRequest
from unfold.contrib.filters.admin import RelatedDropdownFilter

from catalog.policy.paths import path_to_catalog
from catalog.policy.policy import allows, limited

Action = Callable[..., Any]


class OfCatalog:
    """The permissions of a model's admin, by the row's catalogue."""

    opts: Any
    model: type[Model]

    def permission(self, act: str) -> str:
        return f"{self.opts.app_label}.{get_permission_codename(act, self.opts)}"

    def allowed(self, request: HttpRequest, act: str, obj: Any = None) -> bool:
        row = obj if isinstance(obj, Model) else self.row(obj)
        return allows(request.user, self.permission(act), row)

    def row(self, object_id: Any) -> Model | None:
        """The row that a button's address names."""
        if object_id is None:
            return None
        row = self.model._default_manager.filter(pk=object_id).first()
        if row is None:
            raise Http404
        return row

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allowed(request, "view", obj) or self.allowed(request, "change", obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.allowed(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allowed(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.allowed(request, "delete", obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)  # type: ignore[misc]
        return limited(request.user, rows, *map(self.permission, ("view", "change")))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The last word: the form offers allowed catalogues only."""
        if not self.allowed(request, "change" if change else "add", obj):
            raise PermissionDenied
        super().save_model(request, obj, form, change)  # type: ignore[misc]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and path_to_catalog(db_field.related_model):
            acts = map(self.permission, ("add", "change"))
            field.queryset = limited(request.user, field.queryset, *acts)
        return field

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)  # type: ignore[misc]
        return {
            name: (self._checked(function), *rest) for name, (function, *rest) in actions.items()
        }

    def _checked(self, function: Action) -> Action:
        """An action on chosen rows, refused if the account may not act on one of them."""
        acts = [act for act in getattr(function, "allowed_permissions", ()) if act in _ACTS]

        @wraps(function)
        def run(model_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> Any:
            for act in acts:
                mine = limited(request.user, rows.order_by(), self.permission(act))
                if rows.exclude(pk__in=mine.values("pk")).exists():
                    raise PermissionDenied
            return function(model_admin, request, rows)

        return run


class InlineOfCatalog(OfCatalog):
    """The same for rows on the page of their catalogue, item or profile, named by ``obj``."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # type: ignore[override]
        return self.allowed(request, "add", obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}


class CatalogFilter(RelatedDropdownFilter):
    """A list's filter by catalogue, with those that the account may see."""

    def field_choices(
        self, field: Field, request: HttpRequest, model_admin: Any
    ) -> list[tuple[Any, str]]:
        assert field.related_model is not None  # it is a foreign key
        catalogs = limited(
            request.user,
            field.related_model._default_manager.all(),
            *map(model_admin.permission, ("view", "change")),
        )
        ordering = self.field_admin_ordering(field, request, model_admin)
        return [(row.pk, str(row)) for row in catalogs.order_by(*ordering)]


_ACTS = ("view", "add", "change", "delete")
