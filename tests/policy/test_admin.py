"""Every page of the admin, everybody: the same answers as the API's.

A new admin without the policy, or without a line in ``EXPECTED``, fails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.policy.roles import ANALYST, MANAGER
from catalog.admin.permissions import CatalogFilter, InlineOfCatalog, OfCatalog
from catalog.models import Catalog, CatalogMember, Item
from catalog.policy.paths import catalog_key_of, path_to_catalog
from tests.factories import make_user
from tests.people import signed_in
from tests.policy.conftest import EVERYTHING, IDENTITIES, MANAGES_A, READS_A
from tests.policy.test_api import status_of

pytestmark = pytest.mark.django_db

READ, MANAGE, OWN, NOBODY = "analysts", "managers", "administrators", "nobody"
#: Model -> who sees, adds, changes and deletes its rows on the pages of the admin.
EXPECTED: dict[str, tuple[str, str, str, str]] = {
    "catalog.catalog": (READ, OWN, MANAGE, OWN),
    "catalog.category": (READ, MANAGE, MANAGE, MANAGE),
    "catalog.item": (READ, MANAGE, MANAGE, MANAGE),
    "catalog.profile": (READ, MANAGE, MANAGE, MANAGE),
    "catalog.interaction": (READ, NOBODY, NOBODY, MANAGE),
    "catalog.suppressedid": (READ, MANAGE, NOBODY, MANAGE),
    "catalog.suspectprofile": (READ, NOBODY, MANAGE, NOBODY),
    "catalog.feed": (READ, MANAGE, MANAGE, MANAGE),
    "catalog.feedrun": (READ, NOBODY, NOBODY, NOBODY),
    "catalog.apikey": (MANAGE, MANAGE, MANAGE, MANAGE),
    "recommender.trainingrun": (READ, NOBODY, NOBODY, NOBODY),
    "recommender.modelversion": (READ, NOBODY, NOBODY, NOBODY),
    "recommender.impression": (READ, NOBODY, NOBODY, NOBODY),
    "recommender.interesttext": (READ, NOBODY, NOBODY, MANAGE),
    "recommender.itemenrichment": (READ, NOBODY, NOBODY, MANAGE),
    "recommender.itemencoding": (READ, NOBODY, NOBODY, NOBODY),
}
ACTS = ("view", "add", "change", "delete")
WHAT_TO_DO = """
{label}: its rows belong to a catalogue. Do four things:
1. As in catalog/admin/items.py: `class {name}Admin(OfCatalog, …, ModelAdmin)`, inlines take
   `InlineOfCatalog`, and a filter by catalogue is `("catalog", CatalogFilter)`.
2. Add “{label}” to the tables of analysts and managers in accounts/policy/roles.py.
3. Add a line to EXPECTED in tests/policy/test_admin.py: who sees, adds, changes and deletes.
4. Make one row of it in `filled` (tests/policy/conftest.py).
"""
MODELS = [
    model
    for model in apps.get_models()
    if admin.site.is_registered(model) and path_to_catalog(model)
]


def label_of(model: type[Model]) -> str:
    return model._meta.label_lower


@pytest.mark.parametrize("model", MODELS, ids=label_of)
def test_every_admin_of_a_catalogues_rows_asks_the_policy(model: type[Model]) -> None:
    help_text = WHAT_TO_DO.format(label=label_of(model), name=model.__name__)
    own = admin.site.get_model_admin(model)
    assert isinstance(own, OfCatalog), help_text
    assert label_of(model) in EXPECTED, help_text
    for inline in own.inlines:
        assert issubclass(inline, InlineOfCatalog), f"{inline.__name__} of {help_text}"
    for each in own.list_filter:
        name, kind = each if isinstance(each, tuple) else (each, None)
        if isinstance(name, str) and name.split("__")[-1] == "catalog":
            assert issubclass(kind, CatalogFilter), help_text


@pytest.mark.parametrize("model", MODELS, ids=label_of)
def test_the_table_agrees_with_the_roles(model: type[Model]) -> None:
    app, name = label_of(model).split(".")
    for act, expected in zip(ACTS, EXPECTED.get(label_of(model), ()), strict=False):
        permission = f"{app}.{act}_{name}"
        if expected == READ:
            assert permission in ANALYST
        if expected == MANAGE:
            assert permission in MANAGER - ANALYST


def row_of(model: type[Model], catalog: Catalog) -> Any:
    return model.objects.filter(**{path_to_catalog(model): catalog.pk}).first()


def may(identity: str, expected: str) -> bool:
    if expected == NOBODY:
        return False
    if identity in EVERYTHING:
        return True
    return (identity in MANAGES_A and expected in (READ, MANAGE)) or (
        identity in READS_A and expected == READ
    )


def page(model: type[Model], name: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def opened(client: Client, address: str) -> bool:
    """Whether a page is shown: strangers are sent to sign in, rows of others do not exist."""
    response = client.get(address)
    assert response.status_code in (200, 302, 403, 404), (address, response.status_code)
    return response.status_code == 200


@pytest.mark.parametrize("identity", IDENTITIES)
@pytest.mark.parametrize("model", MODELS, ids=label_of)
def test_everybody_opens_what_the_table_says(
    identity: str,
    model: type[Model],
    a: Catalog,
    b: Catalog,
    client_of: Callable[[str], Client],
) -> None:
    client, row = client_of(identity), row_of(model, a)
    assert row is not None, WHAT_TO_DO.format(label=label_of(model), name=model.__name__)
    sees, adds, changes, deletes = EXPECTED[label_of(model)]
    shown = opened(client, page(model, "change", row.pk))
    assert shown == may(identity, sees)
    assert opened(client, page(model, "history", row.pk)) == may(identity, sees)
    assert opened(client, page(model, "delete", row.pk)) == may(identity, deletes)
    if identity != "manager of B":  # who may add to another catalogue
        assert opened(client, page(model, "add")) == may(identity, adds)
    if shown:
        saved = client.get(page(model, "change", row.pk)).content.decode()
        assert ('name="_save"' in saved) == may(identity, changes)
    listed = client.get(page(model, "changelist"))
    assert (listed.status_code == 200) == (may(identity, sees) or identity == "manager of B")
    if listed.status_code == 200:
        keys = {catalog_key_of(each) for each in listed.context["cl"].result_list}
        assert (a.pk in keys) == may(identity, sees)


@pytest.mark.parametrize("model", MODELS, ids=label_of)
def test_a_manager_sees_nothing_of_another_catalogue(
    model: type[Model], a: Catalog, b: Catalog, client_of: Callable[[str], Client]
) -> None:
    """Not a row, nor a choice of a form or a filter."""
    client = client_of("manager of A")
    listed = client.get(page(model, "changelist"))
    assert {catalog_key_of(row) for row in listed.context["cl"].result_list} == {a.pk}
    assert f">{b.name}<" not in listed.content.decode()
    foreign = row_of(model, b)
    for name in ("change", "delete", "history"):
        assert not opened(client, page(model, name, foreign.pk))
    response = client.post(page(model, "delete", foreign.pk), {"post": "yes"})
    assert response.status_code in (302, 403)
    assert row_of(model, b) == foreign


#: A page of the admin and a call of the API that do the same.
SAME = (
    ("catalog.catalog", "change", "", "get"),
    ("catalog.item", "change", "items/{item_id}", "get"),
    ("catalog.item", "delete", "items/{item_id}", "delete"),
    ("catalog.profile", "change", "profiles/{user_id}", "get"),
    ("catalog.profile", "delete", "profiles/{user_id}", "delete"),
    ("catalog.interaction", "change", "interactions/{event_id}", "get"),
    ("catalog.interaction", "delete", "interactions/{event_id}", "delete"),
    ("recommender.interesttext", "change", "profiles/{user_id}/interests", "get"),
    ("recommender.interesttext", "delete", "profiles/{user_id}/interests", "delete"),
    ("recommender.trainingrun", "change", "training-runs/{run_id}", "get"),
    ("recommender.modelversion", "change", "model-versions/{number}", "get"),
    ("recommender.modelversion", "promote", "model-versions/{number}/promote", "post"),
    ("catalog.catalog", "train_now", "training-runs", "post"),
)


@pytest.mark.parametrize("identity", [name for name in IDENTITIES if name != "anonymous"])
def test_admin_and_api_agree(
    identity: str, a: Catalog, b: Catalog, client_of: Callable[[str], Client]
) -> None:
    client = client_of(identity)
    for label, name, route, method in SAME:
        model = apps.get_model(label)
        in_admin = opened(client, page(model, name, row_of(model, a).pk))
        with transaction.atomic():
            status = status_of(client, a, route, method)
            transaction.set_rollback(True)
        assert in_admin == (status not in (401, 403)), (label, name, route, method, status)


@pytest.fixture
def both(a: Catalog, b: Catalog) -> Client:
    """Somebody who manages A and reads B: each right ends at its catalogue."""
    account = make_user(is_staff=True)
    CatalogMember.objects.create(user=account, catalog=a, role="manager")
    CatalogMember.objects.create(user=account, catalog=b, role="analyst")
    return signed_in(account)


@pytest.mark.parametrize("action", ["make_unavailable", "delete_selected"])
def test_an_action_on_a_row_of_a_read_only_catalogue_is_denied(
    action: str, both: Client, a: Catalog, b: Catalog
) -> None:
    rows = [row_of(Item, a).pk, row_of(Item, b).pk]
    answer = both.post(
        page(Item, "changelist"), {"action": action, "_selected_action": rows, "post": "yes"}
    )
    assert answer.status_code == 403
    assert Item.objects.filter(pk__in=rows, available=True).count() == 2


def test_a_row_cannot_be_added_to_a_catalogue_that_one_only_reads(
    both: Client, a: Catalog, b: Catalog
) -> None:
    form = {
        "catalog": b.pk, "name": "Foreign", "external_id": "x", "scope": "write", "title": "x",
        "created_at_0": "2026-01-01", "created_at_1": "10:00:00", "attributes": "{}",
        "item_categories-TOTAL_FORMS": 0, "item_categories-INITIAL_FORMS": 0,
    }  # fmt: skip
    for label in ("catalog.category", "catalog.item", "catalog.profile", "catalog.apikey"):
        model = apps.get_model(label)
        before = model.objects.count()
        assert both.post(page(model, "add"), form).status_code == 200  # the form, with its error
        assert model.objects.count() == before


def test_searches_of_forms_offer_own_rows_only(
    client_of: Callable[[str], Client], a: Catalog, b: Catalog
) -> None:
    client = client_of("manager of A")
    for app, model, field in (
        ("catalog", "item", "catalog"),
        ("catalog", "itemcategory", "category"),
        ("catalog", "apikey", "catalog"),
    ):
        query = {"app_label": app, "model_name": model, "field_name": field, "term": ""}
        found = client.get(reverse("admin:autocomplete"), query).json()["results"]
        assert len(found) == 1


def test_the_first_page_shows_own_catalogues(
    client_of: Callable[[str], Client], a: Catalog, b: Catalog
) -> None:
    for identity, cards in (("manager of A", ["a"]), ("staff without a role", [])):
        context = client_of(identity).get(reverse("admin:index")).context
        assert [card.catalog.slug for card in context["cards"]] == cards


def test_import_and_training_offer_own_catalogues(
    client_of: Callable[[str], Client], a: Catalog, b: Catalog
) -> None:
    client = client_of("manager of A")
    for address in (
        reverse("admin:catalog_item_import"),
        reverse("admin:recommender_trainingrun_train"),
    ):
        form = client.get(address).context["form"]
        assert list(form.fields["catalog"].queryset) == [a]


def test_an_export_holds_own_items(
    client_of: Callable[[str], Client], a: Catalog, b: Catalog
) -> None:
    answer = client_of("analyst of A").post(
        reverse("admin:catalog_item_export"),
        {"format": 0, "resource": 0, "itemresource_item_id": "on", "itemresource_title": "on"},
    )
    text = answer.content.decode()
    assert "Mug a" in text
    assert "Mug b" not in text


def test_private_pages_open_for_those_who_may_see_the_catalogue(
    client_of: Callable[[str], Client], a: Catalog, b: Catalog
) -> None:
    for identity in IDENTITIES:
        shown = client_of(identity).get(f"/c/{a.slug}/").status_code == 200
        assert shown == may(identity, READ), identity
