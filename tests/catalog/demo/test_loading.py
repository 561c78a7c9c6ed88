from __future__ import annotations

from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from catalog.browse.actions import actions
from catalog.demo import loading
from catalog.demo.dataset import DemoCatalog, DemoItem, DemoLog
from catalog.demo.texts import COMMUNITY, COURSES, HEALTH, SHOP
from catalog.models import Catalog, Interaction, Item, Profile
from catalog.models.catalog_texts import validate_texts
from catalog.profiles.ratings import takes_stars
from catalog.profiles.services import delete_profile
from catalog.search.keyword_search import find
from tests.factories import make_interaction, make_profile

pytestmark = pytest.mark.django_db


def few(data: Path, rng: np.random.Generator) -> DemoCatalog:
    """Two items, two people, three events."""
    items = [
        DemoItem(f"i{number}", f"Title {number}", "", ["Python", "Book"], "en")
        for number in range(2)
    ]
    log = DemoLog(
        people=["sim-1", "sim-2"],
        person=np.array([0, 1, 0], dtype=np.int32),
        item=np.array([0, 1, 1], dtype=np.int32),
        kind=np.array(["view", "take", "take"]),
        value=np.array([np.nan, 2.0, np.nan]),
        time=np.array([100, 200, 300]) + rng.integers(0, 50),
    )
    return DemoCatalog("courses", COURSES, items, log)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(loading.BUILDERS, "courses", few)


def test_an_erased_person_does_not_come_back_with_the_demo(small: None) -> None:
    loading.load("courses")
    delete_profile(profile=Profile.objects.get(external_id="sim-1"))
    loading.load("courses", seed=1)
    assert list(Profile.objects.values_list("external_id", flat=True)) == ["sim-2"]
    assert Interaction.objects.count() == 1


def test_a_catalogue_is_loaded_with_its_log(small: None) -> None:
    steps: list[tuple[str, int, int]] = []
    assert loading.load("courses", progress=lambda *step: steps.append(step))
    catalog = Catalog.objects.get(slug="courses")
    assert (catalog.domain, catalog.log_is_simulated) == ("courses", True)
    rows = Interaction.objects.order_by("created_at").values_list(
        "profile__external_id", "item__external_id", "kind", "value"
    )
    assert list(rows) == [
        ("sim-1", "i0", "view", None),
        ("sim-2", "i1", "take", 2.0),
        ("sim-1", "i1", "take", None),
    ]
    assert steps == [("items", 2, 2), ("interactions", 3, 3)]
    with translation.override("zh-hans"):
        assert catalog.display_name == "编程课程与图书"
        assert catalog.category_label("Book") == "图书"


def test_loading_again_does_nothing(small: None, django_assert_num_queries) -> None:
    loading.load("courses")
    with django_assert_num_queries(1):
        assert not loading.load("courses")


def test_another_seed_replaces_the_log_and_leaves_what_people_did(small: None) -> None:
    loading.load("courses")
    catalog = Catalog.objects.get()
    make_interaction(make_profile(catalog, external_id="me"), Item.objects.first(), event_id="mine")
    catalog.texts["en"] = {"name": "Renamed by staff"}
    catalog.save()
    assert loading.load("courses", seed=1)
    assert (Interaction.objects.count(), Profile.objects.count(), Item.objects.count()) == (4, 3, 2)
    assert Interaction.objects.filter(event_id="mine").exists()
    assert Catalog.objects.get().text("name") == "Renamed by staff"


def test_a_failed_load_leaves_nothing(small: None) -> None:
    def stop(what: str, done: int, of: int) -> None:
        if what == "interactions":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loading.load("courses", progress=stop)
    assert not Catalog.objects.exists()
    assert loading.load("courses")


def test_the_real_shop_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    loading.load("shop", limit=40)
    item = Item.objects.get(external_id="10002")
    assert (item.title, item.attributes["price"], item.attributes["currency"]) == (
        "Inflatable Political Globe",
        0.85,
        "GBP",
    )
    assert item.attributes["source_title"] == "INFLATABLE POLITICAL GLOBE"
    first = item.interactions.order_by("created_at").first()
    assert first is not None
    assert (item.created_at, first.created_at.year, first.kind) == (first.created_at, 2010, "take")
    assert not Catalog.objects.get().log_is_simulated


def test_the_command_reports_and_rejects(small: None) -> None:
    out = StringIO()
    call_command("load_demo", "courses", stdout=out, verbosity=0)
    call_command("load_demo", "courses", stdout=out, verbosity=0)
    assert "courses: loaded in" in out.getvalue()
    assert "courses: is there already" in out.getvalue()
    with pytest.raises(SystemExit):
        call_command("load_demo", "nothing", stderr=StringIO())


def test_every_data_folder_has_its_licence() -> None:
    folders = [path for path in Path(settings.DEMO_DATA_DIR).iterdir() if path.is_dir()]
    licences = (Path(settings.DEMO_DATA_DIR) / "LICENSES.md").read_text()
    assert len(folders) == 7
    for folder in folders:
        assert "Licence" in (folder / "README.md").read_text()
        assert folder.name in licences


@pytest.mark.parametrize("fields", [SHOP, COURSES, HEALTH, COMMUNITY])
def test_the_texts_are_complete_in_both_languages(fields: dict) -> None:
    validate_texts(fields["texts"])
    english, chinese = fields["texts"]["en"], fields["texts"]["zh-hans"]
    for key in {"name", "tagline", "take", "taken", "gems_title"} | (
        {"disclaimer"} if fields is HEALTH else set()
    ):
        assert english[key]
        assert chinese[key]
        assert chinese[key] != english[key]


def test_the_community_has_likes_and_follows_but_no_stars() -> None:
    loading.load("community", limit=40)
    catalog = Catalog.objects.get()
    catalog.full_clean()
    assert not takes_stars(catalog)
    assert set(Interaction.objects.values_list("kind", flat=True)) == {
        "view",
        "take",
        "like",
        "save",
    }
    assert actions(catalog)[0].label == "Follow the thread"


def test_search_works_over_the_texts_of_a_loaded_catalogue(small: None) -> None:
    loading.load("courses")
    assert len(find(Catalog.objects.get(), "图书")) == 2
