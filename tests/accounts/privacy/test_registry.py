"""All stored personal data is registered: it is shown, exported and erased."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test.utils import isolate_apps

from accounts.models import User
from accounts.privacy import registry
from accounts.privacy.registry import places_of
from catalog.models import Catalog, Profile
from tests.factories import make_profile

ROOT = Path(__file__).resolve().parents[3]
PEOPLE = (User, Profile)
#: Session values without personal data: shown once, or Django's and its packages' own.
FLEETING = {"notice", "staff_until"}


def leads_to(model: type[models.Model], seen: frozenset = frozenset()) -> set[type[models.Model]]:
    """The people whose rows a model's rows belong to.

    The link is a foreign key, or goes over rows that are deleted with the person.
    """
    found: set[type[models.Model]] = set()
    for field in model._meta.get_fields():
        if isinstance(field, GenericForeignKey):  # it may name anybody
            found |= set(PEOPLE)
        elif isinstance(field, models.ForeignKey):
            target = field.remote_field.model
            if target in PEOPLE:
                found.add(target)
            elif (
                field.remote_field.on_delete is models.CASCADE
                and target not in seen
                and target is not model
            ):
                found |= leads_to(target, seen | {model})
    return found


def missing(found: Iterable[type[models.Model]]) -> list[str]:
    """The models that lead to a person and that the registry does not list."""
    registered = {(data_kind.model, data_kind.person) for data_kind in registry.data_kinds()}
    return [
        f"{model._meta.label} of {person._meta.label}"
        for model in found
        for person in leads_to(model)
        if person is not model
        and (model._meta.label, person._meta.label) not in registered
        # A profile is a place of its own: its dependent rows are registered there.
        and not (person is User and (model is Profile or Profile in leads_to(model)))
    ]


def test_every_model_that_leads_to_a_person_is_registered():
    unlisted = missing(apps.get_models(include_auto_created=True))
    assert not unlisted, f"register in <app>/privacy/personal_data.py: {unlisted}"


def a_model(name: str, **fields: Any) -> type[models.Model]:
    meta = type("Meta", (), {"app_label": "catalog"})
    return type(name, (models.Model,), {"__module__": __name__, "Meta": meta, **fields})


@isolate_apps()
def test_an_unlisted_model_is_found_however_it_leads_to_a_person():
    """Shows that the test above can fail: for each way, a model that nobody registered."""

    to_profile = partial(models.ForeignKey, Profile, models.CASCADE, related_name="+")
    direct = a_model("Direct", profile=to_profile())
    stays = models.ForeignKey(Profile, models.SET_NULL, null=True, related_name="+")
    one_to_one = models.OneToOneField(User, models.CASCADE, related_name="+")
    over_another = models.ForeignKey(direct, models.CASCADE, related_name="+")
    leading = [
        direct,
        a_model("NotDeletedWithThePerson", profile=stays),
        a_model("OneToOne", user=one_to_one),
        a_model("OverAnother", direct=over_another),
    ]
    generic = a_model(
        "Generic",
        content_type=models.ForeignKey(ContentType, models.CASCADE, related_name="+"),
        object_id=models.PositiveBigIntegerField(),
        about=GenericForeignKey("content_type", "object_id"),
    )
    nobody = a_model("Nobody", catalog=models.ForeignKey(Catalog, models.CASCADE, related_name="+"))
    assert missing([*leading, nobody]) == [
        "catalog.Direct of catalog.Profile",
        "catalog.NotDeletedWithThePerson of catalog.Profile",
        "catalog.OneToOne of accounts.User",
        "catalog.OverAnother of catalog.Profile",
    ]
    assert missing([generic]) == ["catalog.Generic of catalog.Profile"]


def test_the_search_finds_models_linked_directly_and_indirectly():
    assert leads_to(apps.get_model("catalog.Interaction")) == {Profile}
    assert leads_to(Profile) == {User}
    assert leads_to(apps.get_model("account.EmailConfirmation")) == {User}
    assert leads_to(apps.get_model("catalog.Item")) == set()


def test_models_with_an_account_address_are_registered():
    names = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name in ("username", "email")
    }
    assert names <= {data_kind.model for data_kind in registry.data_kinds()}


def test_every_session_value_is_registered():
    """Finds names in ``session["…"]``, ``session.get("…")`` and the like in all of our own code."""
    registered = {part.key for part in registry.visit_parts()} | FLEETING
    used: set[str] = set()
    for folder in ("accounts", "catalog", "recommender", "config"):
        for file in (ROOT / folder).rglob("*.py"):
            text = file.read_text()
            used |= set(
                re.findall(r"""session(?:\.get\(|\.pop\(|\.setdefault\(|\[)["'](\w+)["']""", text)
            )
            for name in re.findall(
                r"session(?:\.get\(|\.pop\(|\.setdefault\(|\[)([A-Z_]+)\b", text
            ):
                used |= set(constants(file, name))
    assert {"tails", "seen", "profiles"} <= used
    assert used <= registered


def constants(file: Path, name: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            found += [
                str(node.value.value)
                for target in node.targets
                if getattr(target, "id", "") == name
            ]
    return found


def test_every_kind_can_be_read_for_its_person(user, profile):
    people = {"accounts.User": user, "catalog.Profile": profile}
    for data_kind in registry.data_kinds():
        rows = data_kind.rows(people[data_kind.person])
        assert list(rows.values_list("pk", *data_kind.also.values())) is not None
        assert {name.split("__")[0] for name in data_kind.secret} <= {
            field.name for field in rows.model._meta.fields
        }
        if data_kind.address:
            assert data_kind.address(people[data_kind.person]).startswith("/")


def test_file_names_are_unique_in_a_place():
    names = [(data_kind.person, data_kind.name) for data_kind in registry.data_kinds()]
    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_an_account_has_only_its_own_places(catalog, user):
    mine = make_profile(catalog, user=user)
    make_profile(catalog)
    assert [(place.key, place.row) for place in places_of(user)] == [
        ("@account", user),
        ("shop", mine),
    ]
    assert places_of(None, {"profiles": {str(catalog.pk): mine.pk}}) == []
