"""What each role may do, as Django's permissions: the only table of who may do what.

A role is given for one catalogue (`catalog.models.CatalogMember`), or by a group for all of them.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps as installed
from django.db.models import Q

ADMINISTRATOR_GROUP = "Administrator"
MANAGER_GROUP, VIEWER_GROUP = "Catalogue manager", "Viewer"
#: Who may change groups decides what everybody may do.
GRANT = "auth.change_group"

ALL = ("view", "add", "change", "delete")
READ = ("view",)

#: What an analyst may do with the rows of a catalogue: read, and nothing about health or keys.
_ANALYST: dict[str, tuple[str, ...]] = {
    "catalog.catalog": READ,
    "catalog.category": READ,
    "catalog.eventkind": READ,
    "catalog.item": READ,
    "catalog.itemcategory": READ,
    "catalog.itemvector": READ,
    "catalog.profile": READ,
    "catalog.interaction": READ,
    "catalog.suppressedid": READ,
    "catalog.suspectprofile": READ,
    "catalog.feed": READ,
    "catalog.feedrun": READ,
    "recommender.trainingrun": READ,
    "recommender.modelversion": READ,
    "recommender.impression": READ,
    "recommender.interesttext": READ,
    "recommender.blockedword": READ,
    "recommender.itemenrichment": READ,
    "recommender.itemencoding": READ,
}
#: What a manager may do: everything that a key which writes may do, and the settings. To make,
#: delete or hand over a catalogue needs an administrator.
_MANAGER: dict[str, tuple[str, ...]] = {
    "catalog.catalog": ("view", "change"),
    "catalog.catalogmember": READ,
    "catalog.apikey": ALL,
    "catalog.category": ALL,
    "catalog.eventkind": ALL,
    "catalog.item": ALL,
    "catalog.itemcategory": ALL,
    "catalog.itemvector": ALL,
    "catalog.profile": ALL,
    "catalog.interaction": ALL,
    "catalog.suppressedid": ALL,
    "catalog.suspectprofile": ("view", "change"),
    "catalog.feed": ALL,
    "catalog.feedrun": READ,
    "catalog.hidden": ALL,
    "catalog.excludedreason": ALL,
    "recommender.trainingrun": ALL,
    "recommender.modelversion": ALL,
    "recommender.impression": ("view", "delete"),
    "recommender.interesttext": ALL,
    "recommender.blockedword": ALL,
    "recommender.itemenrichment": ("view", "delete"),
    "recommender.itemencoding": READ,
    "recommender.healthanswers": ALL,
}


def _names(table: dict[str, tuple[str, ...]]) -> frozenset[str]:
    return frozenset(
        f"{app}.{act}_{model}"
        for app, model, acts in ((*label.split("."), acts) for label, acts in table.items())
        for act in acts
    )


ANALYST, MANAGER = _names(_ANALYST), _names(_MANAGER)
#: Group name -> permissions for every catalogue. An administrator has all permissions.
ROLES: dict[str, frozenset[str]] = {
    VIEWER_GROUP: ANALYST | {"accounts.view_erasure"},
    MANAGER_GROUP: MANAGER | {"accounts.view_erasure"},
}


def create_roles(apps: Any = installed, using: str = "default", **_signal: Any) -> None:
    """Create the missing groups, for ``post_migrate``. Existing groups are not changed.

    Only the administrators' group gets the permissions of new models.
    """
    try:
        groups, permissions = (
            apps.get_model("auth", name)._default_manager.using(using)
            for name in ("Group", "Permission")
        )
    except LookupError:  # a partial migration, before auth's own
        return
    labels = {config.label for config in installed.get_app_configs()}
    for name, wanted in ROLES.items():
        here = {permission for permission in wanted if permission.split(".")[0] in labels}
        found = _permissions(permissions, here)
        if len(found) == len(here) and not groups.filter(name=name).exists():
            groups.create(name=name).permissions.set(found)
    administrators, _created = groups.get_or_create(name=ADMINISTRATOR_GROUP)
    administrators.permissions.set(permissions.all())


def is_administrator(user: Any) -> bool:
    """Whether the account may give rights to others."""
    return bool(user.is_active and user.is_staff and user.has_perm(GRANT))


def _permissions(rows: Any, wanted: set[str]) -> list[Any]:
    match = Q()
    for permission in wanted:
        app, codename = permission.split(".")
        match |= Q(content_type__app_label=app, codename=codename)
    return list(rows.filter(match))
