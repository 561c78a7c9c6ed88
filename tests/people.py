"""People who may do different things in the admin: every permission test asks all of them."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import User
from tests.factories import make_staff, make_user


def owner() -> Client:
    """A superuser."""
    return signed_in(make_staff())


def manager() -> Client:
    return signed_in(_member("Catalogue manager"))


def viewer() -> Client:
    return signed_in(_member("Viewer"))


def stranger() -> Client:
    """An account without any right in the admin."""
    return signed_in(make_user())


def with_permission(*codenames: str) -> User:
    account = make_user(is_staff=True)
    account.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return account


def signed_in(account: User) -> Client:
    client = Client()
    client.force_login(account)
    return client


def _member(group: str) -> User:
    account = make_user(is_staff=True)
    account.groups.add(Group.objects.get(name=group))
    return account
