"""Creates rows for tests; every field can be given."""

from __future__ import annotations

from itertools import count
from typing import Any

from accounts.models import User
from catalog.models import (
    ApiKey,
    Catalog,
    Category,
    EventKind,
    Interaction,
    Item,
    ItemCategory,
    Profile,
)
from catalog.models.event_kinds import Kind

PASSWORD = "a long enough passphrase"
_number = count(1)


def make_catalog(**fields: Any) -> Catalog:
    number = next(_number)
    return Catalog.objects.create(
        **{"slug": f"catalog-{number}", "name": f"Catalogue {number}", **fields}
    )


def change_kind(catalog: Catalog, name: str, **fields: Any) -> EventKind:
    """Change a kind of events; the catalogue in hand knows it too."""
    kind = catalog.event_kinds.get(name=name)
    kind.catalog = catalog
    for field, value in fields.items():
        setattr(kind, field, value)
    kind.save()
    return kind


def make_item(
    catalog: Catalog, *, categories: tuple[str, ...] | list[str] = (), **fields: Any
) -> Item:
    """An item; its categories by name, the main one first."""
    number = next(_number)
    item = Item.objects.create(
        catalog=catalog, **{"external_id": f"i{number}", "title": f"Item {number}", **fields}
    )
    for position, name in enumerate(categories):
        category, _created = Category.objects.get_or_create(catalog=catalog, name=name)
        ItemCategory.objects.create(item=item, category=category, position=position)
    return item


def make_profile(catalog: Catalog, **fields: Any) -> Profile:
    """A profile with an external id, unless an account or ``external_id=None`` is given."""
    if "user" not in fields:
        fields.setdefault("external_id", f"u{next(_number)}")
    return Profile.objects.create(catalog=catalog, **fields)


def make_interaction(
    profile: Profile, item: Item, kind: str = Kind.TAKE, **fields: Any
) -> Interaction:
    if kind == Kind.RATE:
        fields.setdefault("value", 4.0)
    return Interaction.objects.create(
        profile=profile, item=item, catalog_id=item.catalog_id, kind=kind, **fields
    )


def make_user(**fields: Any) -> User:
    return User.objects.create_user(
        **{"email": f"person{next(_number)}@example.com", "password": PASSWORD, **fields}
    )


def make_staff(**fields: Any) -> User:
    return User.objects.create_superuser(
        **{"email": f"staff{next(_number)}@example.com", "password": PASSWORD, **fields}
    )


def make_api_key(
    catalog: Catalog, scope: str = ApiKey.Scope.WRITE, **fields: Any
) -> tuple[ApiKey, str]:
    """The key's row, and the secret that a program sends."""
    return ApiKey.objects.create_key(
        catalog=catalog, scope=scope, **{"name": f"key {next(_number)}", **fields}
    )
