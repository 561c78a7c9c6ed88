"""Two catalogues with one row of everything, and everybody who may try something with them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from catalog.ingestion.item_vectors import record_vectors
from catalog.models import (
    ApiKey,
    Catalog,
    CatalogMember,
    Feed,
    FeedRun,
    SuppressedId,
    SuspectProfile,
)
from catalog.profiles.hidden import hide
from recommender.models import (
    BlockedWord,
    Impression,
    InterestText,
    ItemEncoding,
    ItemEnrichment,
    ModelVersion,
    TrainingRun,
)
from tests.factories import (
    make_api_key,
    make_catalog,
    make_interaction,
    make_item,
    make_profile,
    make_user,
)
from tests.people import signed_in

#: Who is asked everywhere. The first of each pair below says what they may do in catalogue A.
IDENTITIES = (
    "anonymous", "visitor", "staff without a role", "analyst of A", "manager of A", "manager of B",
    "viewer group", "manager group", "administrator group", "superuser",
)  # fmt: skip
KEYS = ("read key of A", "write key of A", "write key of B")
READS_A = {"analyst of A", "viewer group", "read key of A"}
MANAGES_A = {"manager of A", "manager group", "write key of A"}
EVERYTHING = {"administrator group", "superuser"}


@pytest.fixture
def a(db: None) -> Catalog:
    return filled("a")


@pytest.fixture
def b(db: None) -> Catalog:
    return filled("b")


def filled(slug: str) -> Catalog:
    """A catalogue with one row of every model that the admin or the API names."""
    catalog = make_catalog(slug=slug, name=slug.upper(), domain="health", is_public=False)
    item = make_item(catalog, external_id="mug", title=f"Mug {slug}", categories=["Mugs"])
    profile = make_profile(catalog, external_id="ann")
    make_interaction(profile, item, event_id="e-1")
    feed = Feed.objects.create(catalog=catalog, name="nightly", address="items.csv")
    FeedRun.objects.create(feed=feed, trigger=FeedRun.Trigger.COMMAND)
    record_vectors(catalog=catalog, rows=[{"item_id": "mug", "name": "p", "vector": [0.5, 1]}])
    hide(profile=profile, what="category", value="Mugs")
    make_api_key(catalog)
    SuppressedId.objects.create(catalog=catalog, digest="0" * 64)
    SuspectProfile.objects.create(profile=profile, reason="agent")
    ItemEncoding.objects.get_or_create(item=item, defaults={"catalog": catalog})
    CatalogMember.objects.create(catalog=catalog, user=make_user(is_staff=True))
    run = TrainingRun.objects.create(catalog=catalog, state="failed", trigger="admin")
    version = ModelVersion.objects.create(
        catalog=catalog, run=run, number=1, folder=f"{slug}/1", fingerprint="0"
    )
    Impression.objects.create(
        profile=profile, item=item, version=version, surface="api", position=1
    )
    InterestText.objects.create(profile=profile)
    BlockedWord.objects.create(catalog=catalog, word="spam")
    ItemEnrichment.objects.create(item=item, text="a mug", model="m")
    return catalog


@pytest.fixture
def client_of(a: Catalog, b: Catalog) -> Callable[[str], Client]:
    """Builds the client of an identity."""

    def build(identity: str) -> Client:
        if identity == "anonymous":
            return Client()
        if identity.endswith(("key of A", "key of B")):
            scope = ApiKey.Scope.READ if identity.startswith("read") else ApiKey.Scope.WRITE
            secret = make_api_key(a if identity.endswith("A") else b, scope)[1]
            return Client(headers={"Authorization": f"Api-Key {secret}"})
        return signed_in(account_of(identity, a, b))

    return build


def account_of(identity: str, a: Catalog, b: Catalog) -> User:
    if identity == "superuser":
        return User.objects.create_superuser("root@example.com", "x")
    account = make_user(is_staff=identity != "visitor")
    if identity.endswith((" of A", " of B")):
        role, _of, name = identity.split()
        CatalogMember.objects.create(user=account, catalog={"A": a, "B": b}[name], role=role)
    groups = {
        "viewer group": "Viewer",
        "manager group": "Catalogue manager",
        "administrator group": "Administrator",
    }
    if identity in groups:
        account.groups.add(Group.objects.get(name=groups[identity]))
    return account
