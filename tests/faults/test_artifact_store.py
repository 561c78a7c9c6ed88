"""Two machines that share no folder: an S3-compatible store is between them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem

from catalog.models import Catalog
from config import health
from config.errors import AppError
from recommender.backup.creation import create_backup
from recommender.models import ModelVersion
from recommender.serving import arrivals, live_models
from recommender.serving.live_models import live
from recommender.training import artifact_store, remote_artifacts, versions
from tests.factories import make_catalog
from tests.recommender.worlds import damage, publish_by_hand, two_camps

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

BUCKET = "models"


class Proxy:
    """A way to the store that can be cut after so many bytes of an answer."""

    def __init__(self, port: int) -> None:
        self.target, self.cut_after, self.cuts = port, -1, 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._server.accept()
                there = socket.create_connection(("127.0.0.1", self.target))
                for way in ((client, there, False), (there, client, True)):
                    threading.Thread(target=self._carry, args=way, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        passed = 0
        with suppress(OSError):
            while piece := source.recv(4096):
                passed += len(piece)
                if is_answer and 0 <= self.cut_after < passed:
                    self.cuts += 1
                    break
                target.sendall(piece)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._server.close()


@pytest.fixture(scope="module")
def store() -> Iterator[ThreadedMotoServer]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def proxy(store, settings, monkeypatch) -> Iterator[Proxy]:
    for name, value in (("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(remote_artifacts, "CONNECT_SECONDS", 1)
    monkeypatch.setattr(remote_artifacts, "ATTEMPTS", 1)
    monkeypatch.setattr(remote_artifacts.outage, "rest", 0.0)
    way = Proxy(store.get_host_and_port()[1])
    settings.ARTIFACT_STORE = f"s3://{BUCKET}/longtail"
    settings.ARTIFACT_STORE_ENDPOINT = f"http://127.0.0.1:{way.port}"
    direct = bucket(store)
    if direct.exists(BUCKET):
        direct.rm(BUCKET, recursive=True)
    direct.mkdir(BUCKET)
    yield way
    way.close()


def bucket(store: ThreadedMotoServer) -> S3FileSystem:
    port = store.get_host_and_port()[1]
    return S3FileSystem(
        endpoint_url=f"http://127.0.0.1:{port}", key="a", secret="b",
        use_listings_cache=False, skip_instance_cache=True,
    )  # fmt: skip


@pytest.fixture
def on(settings, tmp_path) -> Callable[[str], object]:
    """Within it, this process is a web process of another machine."""

    @contextmanager
    def machine(name: str) -> Iterator[Path]:
        former, settings.ARTIFACTS_DIR = settings.ARTIFACTS_DIR, tmp_path / name
        live_models.forget()
        yield settings.ARTIFACTS_DIR
        settings.ARTIFACTS_DIR = former
        live_models.forget()

    return machine


@pytest.fixture(autouse=True)
def at_once(monkeypatch, settings) -> None:
    """What is done beside requests is done within them, and the database is asked each time."""
    monkeypatch.setattr(arrivals, "background", lambda work: work())
    monkeypatch.setattr(live_models, "background", lambda work: None)
    settings.MODEL_REFRESH_SECONDS = 0


@pytest.fixture
def shop(proxy, artifacts) -> Catalog:
    """Its first version was trained on this machine, and is live."""
    made = make_catalog()
    two_camps(made)
    versions.promote(version=publish_by_hand(made, 1))
    return made


def serving(shop: Catalog) -> int | None:
    """The number of the version that serves, once what can be fetched was."""
    live(shop)
    model = live(shop)
    return None if model is None else model.version.number


def test_each_machine_fetches_verifies_and_maps_a_version(shop, on):
    for name in ("web-1", "web-2"):
        with on(name) as folder:
            assert serving(shop) == 1
            [fetched] = folder.glob("*/1-*")
            assert artifact_store.damage_of(fetched) == ""


def test_the_manifest_is_written_last(shop, caplog):
    publish_by_hand(shop, 2)
    lines = [record.getMessage() for record in caplog.records if record.name == "werkzeug"]
    written = [line.split()[6] for line in lines if '"PUT' in line and "/2-" in line]
    assert len(written) > 2
    assert [name.endswith("/manifest.json") for name in written].index(True) == len(written) - 1


def test_a_version_that_is_half_there_is_not_seen(shop, store, on):
    second = publish_by_hand(shop, 2)
    ModelVersion.objects.filter(state="live").update(state="retired")
    ModelVersion.objects.filter(pk=second.pk).update(state="live")
    bucket(store).rm_file(f"{BUCKET}/longtail/{second.folder}/manifest.json")
    with on("web") as folder:
        assert serving(shop) == 1
        assert "is not in the store" in ModelVersion.objects.get(pk=second.pk).damage
        assert [path.name[0] for path in folder.glob(f"{shop.slug}/*/")] == ["1"]


def test_a_download_that_is_cut_leaves_nothing_and_is_repeated(shop, proxy, on):
    with on("web") as folder:
        proxy.cut_after = 2_000
        assert serving(shop) is None
        assert proxy.cuts
        assert list(folder.glob("*/*/")) == []
        proxy.cut_after = -1
        assert serving(shop) == 1


def test_what_is_here_serves_while_the_store_is_away_and_health_says_so(shop, proxy, store, on):
    with on("web"):
        assert serving(shop) == 1
        with on("trainer"):
            second = publish_by_hand(shop, 2)
            versions.promote(version=second)
        proxy.cut_after = 0
        assert serving(shop) == 1
        assert ModelVersion.objects.get(pk=second.pk).damage == ""
        assert health.states()["artifact_store"][0] == health.UNAVAILABLE
        proxy.cut_after = -1
        assert serving(shop) == 2
        assert health.states()["artifact_store"][0] == health.OK


def test_a_copy_that_is_damaged_is_fetched_again_and_said(shop, on, caplog):
    version = ModelVersion.objects.get(number=1)
    with on("web"):
        serving(shop)
        damage(version)
        assert serving(shop) == 1
        assert artifact_store.damage_of(version.path) == ""
    assert "fetched again" in caplog.text
    assert ModelVersion.objects.get(pk=version.pk).damage == ""


def test_a_version_that_is_damaged_in_the_store_is_named_and_passed_over(shop, store, on):
    second = publish_by_hand(shop, 2)
    versions.promote(version=second)
    bucket(store).pipe(f"{BUCKET}/longtail/{second.folder}/head.npy", b"other bytes")
    with on("web"):
        assert serving(shop) == 1
        assert "head.npy" in ModelVersion.objects.get(pk=second.pk).damage


def test_old_versions_are_deleted_in_the_store_and_in_copies(shop, store, on):
    with on("web") as folder:
        assert serving(shop) == 1
        copy = next(folder.glob("*/1-*"))
        with on("trainer"):
            for number in range(2, 7):
                versions.promote(version=publish_by_hand(shop, number))
            pruned = versions.prune_artifacts(catalog=shop)
        assert {version.number for version in pruned} == {1, 2, 3}
        names = bucket(store).ls(f"{BUCKET}/longtail/{shop.slug}", detail=False)
        assert sorted(name.rpartition("/")[2][0] for name in names) == ["4", "5", "6"]
        assert copy.exists()
    with on("web"):
        assert serving(shop) == 6
        assert not copy.exists()


def test_a_promotion_says_that_the_store_is_away(shop, proxy, on):
    second = publish_by_hand(shop, 2)
    with on("web"):
        proxy.cut_after = 0
        with pytest.raises(AppError, match="does not answer") as raised:
            versions.promote(version=second)
    assert raised.value.status == 503
    assert ModelVersion.objects.get(pk=second.pk).damage == ""


def test_an_upload_waits_for_the_store_then_says_what_is_wrong(shop, proxy):
    proxy.cut_after = 0
    folder = ModelVersion.objects.get(number=1).path
    with pytest.raises(remote_artifacts.StoreAwayError, match="ARTIFACT_STORE s3://models"):
        remote_artifacts.upload(folder, patience=0)
    threading.Timer(0.5, setattr, [proxy, "cut_after", -1]).start()
    remote_artifacts.upload(folder, patience=60)


def test_a_backup_fetches_what_is_only_in_the_store(shop, on, tmp_path):
    folder = ModelVersion.objects.get(number=1).folder
    with on("web"):
        made = create_backup(tmp_path / "one.tar")
    assert f"artifacts/{folder}/manifest.json" in made.manifest.entries


def test_a_backup_names_what_it_cannot_fetch(shop, proxy, on, tmp_path):
    folder = ModelVersion.objects.get(number=1).folder
    with on("web"):
        proxy.cut_after = 0
        made = create_backup(tmp_path / "one.tar")
    assert "ARTIFACT_STORE" in made.manifest.missing[folder]
