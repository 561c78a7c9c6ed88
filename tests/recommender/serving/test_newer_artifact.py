"""A web of the version before, after a newer worker trained: it names what it cannot read."""

from __future__ import annotations

import json
import shutil

import pytest
from django.urls import reverse

from recommender.engine.storage import manifest
from recommender.models import ModelVersion
from recommender.serving import live_models
from recommender.training.heartbeats import beat
from recommender.training.versions import promote
from tests import people
from tests.api_clients import reader

MESSAGE = "longtail-artifact version 99 was written by a newer Longtail; this one reads up to"


@pytest.fixture
def newer(live_version) -> ModelVersion:
    """A live version in a format of the future, after one that this code reads."""
    newer = ModelVersion.objects.get(pk=live_version.pk)
    newer.pk, newer.run, newer.number, newer.folder = None, None, 2, "shop/2-newer"
    newer.state = ModelVersion.State.CANDIDATE
    newer.save()
    shutil.copytree(live_version.path, newer.path)
    file = newer.path / manifest.FILE_NAME
    content = {**json.loads(file.read_text()), "version": 99}
    content.pop("checksum")
    file.write_text(json.dumps({**content, "checksum": manifest.checksum_of(content)}))
    ModelVersion.objects.filter(pk=live_version.pk).update(state=ModelVersion.State.RETIRED)
    ModelVersion.objects.filter(pk=newer.pk).update(state=ModelVersion.State.LIVE)
    live_models.forget()
    return newer


def test_the_former_version_serves_and_the_newer_one_is_named(newer, catalog, client, staff):
    found = reader(catalog).get("recommendations", user_id="trained-0", n="3")
    assert (found["version"], found["fallback"], len(found["items"])) == (1, None, 3)
    newer.refresh_from_db()
    assert MESSAGE in newer.damage
    assert MESSAGE in people.viewer().get(reverse("admin:index")).content.decode()
    beat(["worker", "long", "training", "beat"])
    ready = client.get("/readyz").json()
    assert (ready["status"], ready["artifacts"]) == ("degraded", "damaged")
    client.force_login(staff)
    assert MESSAGE in client.get("/readyz").json()["details"]["artifacts"]


def test_it_is_not_promoted(newer):
    with pytest.raises(Exception, match="newer Longtail"):
        promote(version=newer)
