"""Roles in one catalogue from single sign-on: ``manager:shop``."""

from __future__ import annotations

from accounts.models import User
from accounts.sign_on import roles
from catalog.models import Catalog, CatalogMember


class CatalogRoles:
    """The roles of `CatalogMember`; see `accounts.sign_on.roles.Roles`."""

    def has(self, user: User, role: str) -> bool:
        return role in self.names(user)

    def give(self, user: User, role: str) -> bool:
        name, _colon, slug = role.partition(":")
        catalog = Catalog.objects.filter(slug=slug).first()
        if catalog is None:
            return False
        row, _created = CatalogMember.objects.get_or_create(
            user=user, catalog=catalog, defaults={"role": name}
        )
        return row.role == name

    def take(self, user: User, role: str) -> None:
        name, _colon, slug = role.partition(":")
        CatalogMember.objects.filter(user=user, catalog__slug=slug, role=name).delete()

    def names(self, user: User) -> set[str]:
        rows = CatalogMember.objects.filter(user=user).values_list("role", "catalog__slug")
        return {f"{role}:{slug}" for role, slug in rows}


def register() -> None:
    roles.register_scoped(CatalogRoles())
