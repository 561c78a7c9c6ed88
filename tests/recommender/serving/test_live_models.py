from __future__ import annotations

import threading

import numpy as np
import pytest

from recommender.models import ModelVersion
from recommender.serving import left_out, live_models
from recommender.serving.live_models import LiveModel, live
from recommender.serving.overlay import Overlay
from recommender.training import run_queries
from recommender.training.versions import promote, roll_back
from tests.factories import make_catalog
from tests.recommender.worlds import damage, publish_by_hand, two_camps


@pytest.fixture
def versions(catalog) -> list[ModelVersion]:
    """The first is live, the second a candidate."""
    two_camps(catalog)
    first, second = publish_by_hand(catalog, 1), publish_by_hand(catalog, 2)
    return [promote(version=first), second]


def serving(catalog) -> int | None:
    model = live(catalog)
    return None if model is None else model.version.number


def test_nothing_serves_before_the_first_promotion(catalog):
    two_camps(catalog)
    publish_by_hand(catalog, 1)
    assert live(catalog) is None


def test_a_promoted_version_serves_without_restart(catalog, versions):
    assert serving(catalog) == 1
    promote(version=versions[1])
    assert serving(catalog) == 2
    roll_back(catalog=catalog)
    assert serving(catalog) == 1


def test_the_database_is_asked_at_most_every_few_seconds(
    catalog, versions, settings, django_assert_num_queries
):
    live(catalog)
    settings.MODEL_REFRESH_SECONDS = 60
    with django_assert_num_queries(0):
        assert serving(catalog) == 1
    promote(version=versions[1])
    assert serving(catalog) == 1


def test_files_are_read_once_a_version(catalog, versions, monkeypatch):
    assert live(catalog).recommender is live(catalog).recommender


def test_a_damaged_version_keeps_the_former_serving_and_is_noted_once(catalog, versions, caplog):
    live(catalog)
    promote(version=versions[1])
    damage(versions[1])
    assert [serving(catalog) for _ in range(3)] == [1, 1, 1]
    assert "checksum" in ModelVersion.objects.get(number=2).damage
    assert len([record for record in caplog.records if "cannot be read" in record.message]) == 1


def test_a_fresh_process_takes_the_newest_readable_former(catalog, versions):
    promote(version=versions[1])
    damage(versions[1])
    live_models.forget()
    assert serving(catalog) == 1


def test_nothing_serves_when_nothing_can_be_read(catalog, versions):
    damage(versions[0])
    live_models.forget()
    assert live(catalog) is None


def test_a_repaired_version_serves_again_when_promoted(catalog, versions):
    live(catalog)
    promote(version=versions[1])
    damage(versions[1])
    live(catalog)
    damage(versions[1])  # the same byte again: whole
    promote(version=versions[1])
    ModelVersion.objects.filter(number=2).update(damage="")
    assert serving(catalog) == 2


def test_while_one_thread_loads_the_others_go_on(catalog, versions, monkeypatch):
    live(catalog)
    promote(version=versions[1])
    seen, load = [], LiveModel.load

    def load_slowly(version):
        """The other thread asks while this one loads."""
        thread = threading.Thread(target=lambda: seen.append(serving(catalog)))
        thread.start()
        thread.join(timeout=5)
        return load(version)

    monkeypatch.setattr(LiveModel, "load", load_slowly)
    assert serving(catalog) == 2
    assert seen == [1]


def test_catalogues_have_models_of_their_own(catalog, versions):
    assert live(make_catalog()) is None
    assert serving(catalog) == 1


def test_maps_items_to_indices_and_leaves_out_newer_ones():
    model = LiveModel(version=None, recommender=None, item_pks=np.array([3, 5, 9]))  # type: ignore[arg-type]
    assert model.indices([9, 4, 3, 100, -1]).tolist() == [2, 0]
    assert [model.index_of(pk) for pk in (3, 4, 9, 10)] == [0, None, 2, None]
    assert model.mask([5, 6]).tolist() == [False, True, False]
    assert model.indices([]).tolist() == []


@pytest.fixture
def shops(db, settings) -> list:
    """Three catalogues with a live model each, and no room for more than one."""
    settings.LIVE_MODELS_MIB = 0
    made = [make_catalog() for _ in range(3)]
    for shop in made:
        two_camps(shop)
        promote(version=publish_by_hand(shop, 1))
    return made


def loaded(shops) -> list[int]:
    """Which of the catalogues have their model in memory."""
    return [at for at, shop in enumerate(shops) if shop.pk in live_models.loaded_catalogs()]


def test_the_least_used_models_leave_when_memory_is_short(shops):
    for shop in shops:
        live(shop)
    assert loaded(shops) == [2]


def test_only_as_many_leave_as_have_to(shops, settings):
    settings.LIVE_MODELS_MIB = 1000
    for shop in shops:
        live(shop)
    assert loaded(shops) == [0, 1, 2]
    sizes = live_models.loaded_catalogs()
    live(shops[0])
    settings.MODEL_REFRESH_SECONDS = 0
    settings.LIVE_MODELS_MIB = (sizes[shops[0].pk] + sizes[shops[2].pk]) / 1024**2
    live(shops[2])
    assert loaded(shops) == [0, 2]


def test_a_model_that_left_is_loaded_again_for_the_next_request(shops):
    live(shops[0])
    live(shops[1])
    assert loaded(shops) == [1]
    assert live(shops[0]).version.number == 1
    assert loaded(shops) == [0]


def test_a_model_in_use_stays(shops):
    in_use = live(shops[0])
    live(shops[1])
    assert loaded(shops) == [0, 1]
    assert live(shops[0]).recommender is in_use.recommender
    del in_use
    live(shops[2])
    assert loaded(shops) == [2]


def test_a_model_that_comes_back_is_verified(shops):
    first = live(shops[0]).version
    live(shops[1])
    damage(first)
    assert live(shops[0]) is None
    assert "checksum" in ModelVersion.objects.get(pk=first.pk).damage


def test_indexed_words_leave_with_the_model(shops):
    for shop in shops[:2]:
        left_out.prepare(shop)
        live(shop)
    assert left_out.bytes_of(shops[0].pk) == 0
    assert left_out.bytes_of(shops[1].pk) > 0


def test_threads_that_ask_for_more_than_fits_always_get_a_model(shops, monkeypatch):
    versions = {shop.pk: run_queries.live_version(shop) for shop in shops}
    found: list[bool] = []

    def ask(at: int) -> None:
        found.extend(live(shops[(at + turn) % 3]) is not None for turn in range(30))

    for shop in shops:
        live(shop)
    # the test's transaction is not for other threads
    monkeypatch.setattr(run_queries, "live_version", lambda catalog: versions[catalog.pk])
    monkeypatch.setattr(left_out, "is_outdated", lambda catalog: False)
    monkeypatch.setattr(Overlay, "is_stale", lambda self: False)
    threads = [threading.Thread(target=ask, args=[at]) for at in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 90
