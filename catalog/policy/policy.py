"""Who may do what with which row: admin, API and pages all ask here.

A permission is one of Django's names, such as ``catalog.change_item``. Without a row the question
is whether the account has it for any catalogue; with a row, whether it has it for the row's own.
``user.has_perm(permission, row)`` asks the same, by the backend of django-rules.
"""

from __future__ import annotations

from typing import Any

import rules
from django.db.models import Model, QuerySet

from accounts.policy.roles import ANALYST, MANAGER
from catalog.models import Catalog, CatalogMember
from catalog.policy.paths import catalog_key_of, path_to_catalog

BY_ROLE: dict[str, frozenset[str]] = {
    CatalogMember.Role.ANALYST: ANALYST,
    CatalogMember.Role.MANAGER: MANAGER,
}


@rules.predicate
def is_staff(user: Any) -> bool:
    return bool(user and user.is_active and user.is_staff)


def granted(permission: str) -> rules.Predicate:
    """Granted for every catalogue: by a group, to the account itself, or to superusers."""
    return rules.predicate(
        lambda user: permission in user.get_all_permissions(), name=f"granted {permission}"
    )


def by_membership(permission: str) -> rules.Predicate:
    """Granted by a role in the row's catalogue; without a row, in any."""

    def holds(user: Any, row: Model | None = None) -> bool:
        roles = roles_of(user)
        if row is None:
            return any(permission in BY_ROLE[role] for role in roles.values())
        key = catalog_key_of(row)
        return key in roles and permission in BY_ROLE.get(roles[key], ())

    return rules.predicate(holds, name=f"member {permission}")


def register() -> None:
    """A rule for every permission that a role can give, and for the apps with such permissions."""
    for permission in MANAGER | ANALYST:
        rule = is_staff & (granted(permission) | by_membership(permission))
        rules.set_perm(permission, rule)
    for app in {permission.split(".")[0] for permission in MANAGER}:
        rules.set_perm(app, is_staff & rules.predicate(lambda user: bool(roles_of(user))))


def allows(user: Any, permission: str, row: Model | None = None) -> bool:
    """Whether an account of staff has a permission for a row, or for any row."""
    if not is_staff(user):
        return False
    return permission in user.get_all_permissions() or user.has_perm(permission, row)


def roles_of(user: Any) -> dict[int, str]:
    """Catalogue -> role. Read once for each request."""
    if not user.is_authenticated:
        return {}
    if not hasattr(user, "_catalog_roles"):
        user._catalog_roles = dict(
            CatalogMember.objects.filter(user=user).values_list("catalog_id", "role")
        )
    return user._catalog_roles


def limited(user: Any, queryset: QuerySet[Any], *permissions: str) -> QuerySet[Any]:
    """The rows of catalogues for which the account has at least one of the permissions.

    Rows of no catalogue are not limited: they need the permission itself.
    """
    model: type[Model] = queryset.model
    path = path_to_catalog(model)
    if path is None or not is_staff(user):
        return queryset if is_staff(user) else queryset.none()
    if not user.get_all_permissions().isdisjoint(permissions):
        return queryset
    keys = [
        key for key, role in roles_of(user).items() if not BY_ROLE[role].isdisjoint(permissions)
    ]
    return queryset.filter(**{f"{path}__in": keys})


def catalogs_for(user: Any, *permissions: str) -> QuerySet[Catalog]:
    """The catalogues for which the account has at least one of the permissions."""
    return limited(user, Catalog.objects.all(), *permissions)
