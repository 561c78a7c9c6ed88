"""The staff groups of a new installation. Their members and rights are edited in the admin."""

from __future__ import annotations

from typing import Any

from django.apps import apps as installed
from django.db.models import Q

_VIEWABLE = {
    "accounts": ("erasure",),
    "catalog": (
        "catalog",
        "category",
        "item",
        "itemcategory",
        "profile",
        "interaction",
        "suppressedid",
    ),
    "recommender": (
        "trainingrun",
        "modelversion",
        "impression",
        "interesttext",
        "blockedword",
        "itemenrichment",
    ),
}
_EDITABLE = ("category", "item", "itemcategory")


def _view_all() -> set[str]:
    return {f"{app}.view_{model}" for app, models in _VIEWABLE.items() for model in models}


#: Group name -> permissions. Who may change a model version may promote it or roll it back; who may
#: add a run may train.
ROLES: dict[str, set[str]] = {
    "Viewer": _view_all(),
    "Catalogue manager": _view_all()
    | {f"catalog.{act}_{model}" for act in ("add", "change", "delete") for model in _EDITABLE}
    | {f"recommender.{act}_blockedword" for act in ("add", "change", "delete")}
    | {
        "catalog.change_catalog",
        "catalog.view_apikey",
        "recommender.add_trainingrun",
        "recommender.change_modelversion",
    },
}


def create_roles(apps: Any = installed, using: str = "default", **_signal: Any) -> None:
    """Create the missing groups, for ``post_migrate``. Existing groups are not changed."""
    try:
        group_model, permission_model = (
            apps.get_model("auth", "Group"),
            apps.get_model("auth", "Permission"),
        )
    except LookupError:  # a partial migration, before auth's own
        return
    labels = {config.label for config in installed.get_app_configs()}
    for name, permission_names in ROLES.items():
        wanted = {
            permission for permission in permission_names if permission.split(".")[0] in labels
        }
        permissions = _permissions(permission_model.objects.using(using), wanted)
        if (
            len(permissions) == len(wanted)
            and not group_model.objects.using(using).filter(name=name).exists()
        ):
            group_model.objects.using(using).create(name=name).permissions.set(permissions)


def _permissions(rows: Any, wanted: set[str]) -> list[Any]:
    match = Q()
    for permission in wanted:
        app, codename = permission.split(".")
        match |= Q(content_type__app_label=app, codename=codename)
    return list(rows.filter(match))
