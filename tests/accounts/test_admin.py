from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.login.attempted_email import attempted_email
from accounts.models import User
from accounts.policy.roles import ROLES, create_roles
from tests import people
from tests.factories import PASSWORD, make_staff, make_user

pytestmark = pytest.mark.django_db


def test_staff_sign_in_with_their_address() -> None:
    staff = make_staff()
    client = Client()
    response = client.post(
        reverse("admin:login"),
        {"username": staff.email, "password": PASSWORD, "next": reverse("admin:index")},
    )
    assert response.status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200


def test_an_account_is_created_by_address_alone() -> None:
    response = people.owner().post(
        reverse("admin:accounts_user_add"),
        {
            "email": "new@example.com",
            "password1": PASSWORD,
            "password2": PASSWORD,
            "usable_password": "true",
        },
    )
    assert response.status_code == 302
    assert User.objects.get(email="new@example.com").check_password(PASSWORD)


def test_an_address_is_unique_in_any_case() -> None:
    make_user(email="ann@example.com")
    response = people.owner().post(
        reverse("admin:accounts_user_add"),
        {
            "email": "Ann@example.com",
            "password1": PASSWORD,
            "password2": PASSWORD,
            "usable_password": "true",
        },
    )
    assert response.status_code == 200
    assert "An account with this email address already exists." in response.content.decode()


def test_staff_set_the_password_of_an_account() -> None:
    account = make_user()
    address = reverse("admin:auth_user_password_change", args=[account.pk])
    new = "another long passphrase"
    response = people.owner().post(
        address, {"password1": new, "password2": new, "usable_password": "true"}
    )
    assert response.status_code == 302
    account.refresh_from_db()
    assert account.check_password(new)


def test_staff_change_their_own_password() -> None:
    staff = make_staff()
    new = "another long passphrase"
    response = people.signed_in(staff).post(
        reverse("admin:password_change"),
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )
    assert response.status_code == 302
    staff.refresh_from_db()
    assert staff.check_password(new)


def test_who_may_edit_accounts_cannot_make_themselves_superuser() -> None:
    editor = people.with_permission("view_user", "change_user")
    response = people.signed_in(editor).post(
        reverse("admin:accounts_user_change", args=[editor.pk]),
        {
            "email": editor.email,
            "is_active": "on",
            "is_staff": "on",
            "is_superuser": "on",
            "first_name": "Eve",
        },
    )
    editor.refresh_from_db()
    assert response.status_code == 302
    assert editor.first_name == "Eve"
    assert not editor.is_superuser


def test_who_may_edit_accounts_cannot_take_over_a_superuser() -> None:
    editor, owner = (
        people.signed_in(people.with_permission("view_user", "change_user")),
        make_staff(),
    )
    assert (
        editor.get(reverse("admin:auth_user_password_change", args=[owner.pk])).status_code == 403
    )
    editor.post(
        reverse("admin:accounts_user_change", args=[owner.pk]), {"email": "eve@example.com"}
    )
    owner.refresh_from_db()
    assert owner.email != "eve@example.com"


def test_the_groups_of_staff_are_there_with_their_rights() -> None:
    for name, wanted in ROLES.items():
        permissions = Group.objects.get(name=name).permissions.select_related("content_type")
        assert {f"{each.content_type.app_label}.{each.codename}" for each in permissions} == wanted


def test_a_group_that_staff_changed_stays_as_it_is() -> None:
    group = Group.objects.get(name="Viewer")
    group.permissions.clear()
    create_roles()
    assert not group.permissions.exists()


def test_a_group_that_is_missing_comes_back() -> None:
    Group.objects.filter(name="Viewer").delete()
    create_roles()
    assert Group.objects.get(name="Viewer").permissions.count() == len(ROLES["Viewer"])


@pytest.mark.parametrize("field", ["username", "login", "email"])
def test_attempts_are_counted_by_address_for_every_form(field: str) -> None:
    request = RequestFactory().post("/", {field: " Ann@Example.com "})
    assert attempted_email(request) == "ann@example.com"
    assert attempted_email(None, {field: "ANN@example.com"}) == "ann@example.com"


def test_an_attempt_without_an_address_has_none() -> None:
    assert attempted_email(RequestFactory().post("/"), {"password": "x"}) is None


def test_failed_sign_ins_are_listed_with_their_address(settings) -> None:
    settings.AXES_ENABLED = True
    Client().post(reverse("admin:login"), {"username": "Ann@example.com", "password": "wrong"})
    page = people.owner().get(reverse("admin:axes_accessattempt_changelist")).content.decode()
    assert "ann@example.com" in page
    assert "wrong" not in page


ADMINISTERED = [model for model in apps.get_models() if admin.site.is_registered(model)]


@pytest.mark.parametrize("model", ADMINISTERED, ids=lambda model: model._meta.label_lower)
def test_every_list_and_form_of_the_admin_opens(model: type, staff: User) -> None:
    client, name = (
        people.signed_in(staff),
        f"admin:{model._meta.app_label}_{model._meta.model_name}",
    )
    assert client.get(reverse(f"{name}_changelist")).status_code == 200
    may_add = client.get(reverse(f"{name}_add"))
    assert may_add.status_code in (200, 403)
    assert client.get(reverse(f"{name}_changelist"), {"q": "nothing"}).status_code == 200


def test_the_admin_is_translated_into_chinese(staff: User) -> None:
    client = people.signed_in(staff)
    page = client.get(
        reverse("admin:index"), headers={"Accept-Language": "zh-hans"}
    ).content.decode()
    assert 'lang="zh-hans"' in page
