"""The roles that single sign-on gives, and takes away again.

``OIDC_ROLES`` maps the provider's groups to roles. Each sign-in gives what the groups of now say,
and takes what they say no more. A role that somebody gave by hand is never changed: only what
stands in `SignOnRole` came from sign-on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import SignOnRole, User
from accounts.policy.roles import ADMINISTRATOR_GROUP, MANAGER_GROUP, VIEWER_GROUP

STAFF = "staff"
GROUPS = {"administrator": ADMINISTRATOR_GROUP, "manager": MANAGER_GROUP, "analyst": VIEWER_GROUP}


class Roles(Protocol):
    """One kind of roles: who has one, and how it is given and taken."""

    def has(self, user: User, role: str) -> bool: ...

    def give(self, user: User, role: str) -> bool:
        """False if it cannot be given, or another that was given by hand stands there."""

    def take(self, user: User, role: str) -> None: ...

    def names(self, user: User) -> set[str]:
        """All roles of this kind that the account has."""


class Flags:
    """Columns of the account."""

    columns = {STAFF: "is_staff", "superuser": "is_superuser"}  # noqa: RUF012

    def has(self, user: User, role: str) -> bool:
        return bool(getattr(user, self.columns[role]))

    def give(self, user: User, role: str) -> bool:
        return self._set(user, role, True)

    def take(self, user: User, role: str) -> None:
        self._set(user, role, False)

    def names(self, user: User) -> set[str]:
        return {role for role in self.columns if self.has(user, role)}

    def _set(self, user: User, role: str, value: bool) -> bool:
        setattr(user, self.columns[role], value)
        user.save(update_fields=[self.columns[role]])
        return True


class GroupRoles:
    """Groups of Django, for all catalogues."""

    def has(self, user: User, role: str) -> bool:
        return user.groups.filter(name=GROUPS[role]).exists()

    def give(self, user: User, role: str) -> bool:
        found = Group.objects.filter(name=GROUPS[role])
        user.groups.add(*found)
        return bool(found)

    def take(self, user: User, role: str) -> None:
        user.groups.remove(*Group.objects.filter(name=GROUPS[role]))

    def names(self, user: User) -> set[str]:
        roles = {group: role for role, group in GROUPS.items()}
        return {
            roles.get(name, f"group {name}") for name in user.groups.values_list("name", flat=True)
        }


@dataclass
class Changes:
    """What a sign-in changed. ``not_given``: roles that could not be given."""

    given: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    not_given: list[str] = field(default_factory=list)


_flags, _groups = Flags(), GroupRoles()
_scoped: list[Roles] = []


def register_scoped(roles: Roles) -> None:
    """Register the kind of roles that hold for one catalogue, as ``manager:shop``."""
    _scoped.append(roles)


def roles_for(groups: Iterable[str]) -> set[str]:
    """The roles of ``OIDC_ROLES`` for these groups. Every role is one of staff.

    In one catalogue the strongest counts: a manager may do all that an analyst may.
    """
    found = {role for group in groups for role in settings.OIDC_ROLES.get(group, ())}
    managed = {role.partition(":")[2] for role in found if role.startswith("manager:")}
    found -= {f"analyst:{place}" for place in managed}
    return found | {STAFF} if found else found


@transaction.atomic
def apply(*, user: User, groups: Iterable[str]) -> Changes:
    """Give the account the roles of its groups, and take those that came from former ones."""
    User.objects.select_for_update().get(pk=user.pk)
    user.refresh_from_db()
    wanted, changes = roles_for(groups), Changes()
    before = set(SignOnRole.objects.filter(user=user).values_list("role", flat=True))
    for role in sorted(before - wanted, key=_staff_last):
        if role == STAFF and _by_hand(user):
            continue  # they would be void; the next sign-in looks again
        if _kind(role).has(user, role):
            _kind(role).take(user, role)
        SignOnRole.objects.filter(user=user, role=role).delete()
        changes.taken.append(role)
    for role in sorted(wanted, key=_staff_last):
        if _kind(role).has(user, role):
            continue
        if _kind(role).give(user, role):
            SignOnRole.objects.get_or_create(user=user, role=role)
            changes.given.append(role)
        else:
            SignOnRole.objects.filter(user=user, role=role).delete()
            changes.not_given.append(role)
    return changes


def _kind(role: str) -> Roles:
    if role in Flags.columns:
        return _flags
    return _scoped[0] if ":" in role else _groups


def _by_hand(user: User) -> bool:
    """Whether the account has a role that did not come from sign-on, staff status left out."""
    ours = set(SignOnRole.objects.filter(user=user).values_list("role", flat=True)) | {STAFF}
    every: list[Roles] = [_flags, _groups, *_scoped]
    found = {name for kind in every for name in kind.names(user)}
    return bool(found - ours) or user.user_permissions.exists()


def _staff_last(role: str) -> tuple[bool, str]:
    return role == STAFF, role
