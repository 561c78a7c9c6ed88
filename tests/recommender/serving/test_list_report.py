"""How lists are made is told from what makes them: change that, and the page changes."""

from __future__ import annotations

import re
from dataclasses import fields
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as django_settings

from catalog.models import Catalog, Item
from catalog.models.event_kinds import Kind, kinds_of
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.reranking import negative_feedback
from recommender.engine.scored_query import ScoredQuery
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.registry import SCORERS
from recommender.explanations.evidence import KINDS, scorer_name
from recommender.interests import interest_texts
from recommender.models import ModelVersion, TrainingRun
from recommender.preferences.interests import Edit
from recommender.serving import list_request, live_models
from recommender.serving.list_report import How, how_lists_are_made
from recommender.serving.list_rules import READS, RULES
from recommender.serving.page_plan import PagePlan
from recommender.serving.recommend import recommend_for
from recommender.serving.user_context import user_context_of
from recommender.training import artifact_store, datasets, run_queries, runs, versions
from tests.factories import change_kind, make_interaction, make_profile
from tests.html import compact
from tests.recommender.worlds import two_camps

HOW = "/c/shop/how/"
BLEND = Blend(
    {"item_knn": 3.0, "popularity": 1.0}, decays={"item_knn": 0.6}, popularity_penalty=0.25
)


@pytest.fixture
def items(catalog) -> list[Item]:
    return two_camps(catalog)[0]


def serve(catalog: Catalog, blend: Blend, number: int = 1) -> ModelVersion:
    """Make a version live that scores by just this blend."""
    data = datasets.load(catalog)
    hybrid = Hybrid([SCORERS[name]() for name in blend.weights], blend).fit(
        data.dataset, np.random.default_rng(0)
    )
    folder = artifact_store.folder_name(catalog.slug, number, data.fingerprint)
    path = Path(django_settings.ARTIFACTS_DIR) / folder
    artifact_store.write(
        path, Recommender.of(hybrid, data.dataset), data.item_pks, {"number": number}
    )
    version = ModelVersion.objects.create(
        catalog=catalog,
        number=number,
        folder=folder,
        fingerprint=data.fingerprint,
        blend=blend.as_dict(),
    )
    return versions.promote(version=version)


def report(catalog: Catalog, profile=None) -> How:
    return how_lists_are_made(profile, catalog)


def values(rows) -> dict[str, str]:
    return {row.key: row.value for row in rows}


def page_of(client) -> str:
    answer = client.get(HOW)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(answer.content.decode()))


def test_the_page_shows_the_blend_that_serves_and_follows_when_another_does(client, catalog, items):
    serve(catalog, BLEND)
    page = page_of(client)
    assert re.search(r'id="how-item_knn">.*?75 %.*?width="75.0"', page)
    assert re.search(r'id="how-popularity">.*?25 %', page)
    assert "Each action counts 60 % of the next newer one." in page
    assert re.search(r'id="how-popularity_penalty">.*?0.25<', page)
    assert "Version 1, trained" in page
    serve(catalog, Blend({"transitions": 1.0}), 2)
    page = page_of(client)
    assert re.search(r'id="how-transitions">.*?100 %', page)
    assert "how-item_knn" not in page
    assert "All your actions count equally, whatever their age." in page
    assert "Version 2, trained" in page


def test_weights_come_from_the_files_that_score_not_from_the_row_beside_them(catalog, items):
    version = serve(catalog, BLEND)
    ModelVersion.objects.filter(pk=version.pk).update(blend={"weights": {"popularity": 1.0}})
    assert values(report(catalog).parts) == {"item_knn": "75 %", "popularity": "25 %"}


def test_the_catalogues_settings_are_those_of_the_page(client, catalog, items):
    serve(catalog, BLEND)
    before = values(report(catalog).rules)
    catalog.tail_default, catalog.tail_max, catalog.calibration, catalog.min_provider_share = (
        0.1,
        0.4,
        0.35,
        0.15,
    )
    catalog.save()
    change_kind(catalog, Kind.VIEW, weight=0.7)
    change_kind(catalog, Kind.TAKE, weight=2.5)
    after = report(catalog)
    rules = values(after.rules)
    assert (before["tail"], rules["tail"]) == ("0.3", "0.1")
    assert (before["calibration"], rules["calibration"]) == ("0 %", "35 %")
    assert (before["min_provider_share"], rules["min_provider_share"]) == ("0 %", "15 %")
    assert (values(after.acts)[Kind.TAKE], values(after.acts)[Kind.VIEW]) == ("2.5", "0.7")
    assert "Here it goes from 0 to 0.4 and starts at 0.1." in page_of(client)


def test_the_codes_own_constants_are_those_of_the_page(catalog, items, settings, monkeypatch):
    serve(catalog, BLEND)
    before = values(report(catalog).rules)
    monkeypatch.setattr(list_request, "DIVERSITY", 0.4)
    monkeypatch.setattr(list_request, "MIN_TAIL_SHARE", 0.5)
    monkeypatch.setattr(negative_feedback, "LEAST", 0.75)
    settings.HISTORY_LENGTH = 7
    after = report(catalog)
    changed = {key for key, value in values(after.rules).items() if before[key] != value}
    assert changed == {"diversity", "min_tail_share", "query"}
    assert values(after.rules)["diversity"] == "40 %"
    assert "lose 75 % to 200 %" in next(row.says for row in after.rules if row.key == "turned_down")


def test_the_report_shows_the_request_of_the_next_list(catalog, items, monkeypatch):
    serve(catalog, BLEND)
    profile = make_profile(catalog, tail=0.8)
    make_interaction(profile, items[0])
    asked: list[Request] = []
    recommend = ScoredQuery.recommend
    monkeypatch.setattr(
        ScoredQuery,
        "recommend",
        lambda self, request: asked.append(request) or recommend(self, request),
    )
    recommend_for(profile, catalog=catalog)
    request = PagePlan(profile, user_context_of(profile, catalog), most=24).request
    for each in fields(Request):
        mine, real = getattr(request, each.name), getattr(asked[0], each.name)
        if each.name == "query":
            mine, real = mine.history, real.history
        assert np.array_equal(mine, real), each.name


def test_every_field_of_a_request_is_reported():
    """A new field of the request or of the blend needs a rule here, or a word why a person need not
    read it.
    """
    elsewhere = {
        "n",  # how long the page makes the list
        "allowed", "only_tail",  # what else the page shows, and which list it is
        "min_newer_share",  # lists of popular items only
        "weights", "decays",  # the parts
        "params",  # how a part works inside
        "terms",  # the parts again
        "tail_bonus",  # told with the dial
    }  # fmt: skip
    asked = {each.name for each in (*fields(Request), *fields(Blend))}
    assert asked - elsewhere == set(RULES) & asked


def test_every_scorer_has_a_name_and_says_what_it_reads():
    for name in SCORERS:
        assert scorer_name(name) != name
        assert READS[KINDS[name]]


def test_every_kind_of_event_but_dislikes_is_reported(catalog, items):
    serve(catalog, BLEND)
    assert set(values(report(catalog).acts)) == {
        row.name for row in kinds_of(catalog).values() if not row.is_negative and not row.cancels
    }


def test_the_person_reads_what_of_them_is_read(client, catalog, items, user):
    serve(catalog, BLEND)
    assert "Nothing yet. You have not done or said anything here" in page_of(client)
    client.force_login(user)
    profile = make_profile(catalog, user=user, tail=0.9)
    make_interaction(profile, items[0])
    make_interaction(profile, items[1])
    make_interaction(profile, items[9], "hide")
    interest_texts.edit_interest_text(
        profile=profile, edit=Edit(text="small things", mute=("clock",))
    )
    page = page_of(client)
    for line in (
        "2 actions",
        "the text you typed",
        "1 interest word",
        "1 item marked “Not for me”",
    ):
        assert f"<li>{line}</li>" in compact(page)
    assert re.search(r'id="how-tail">.*?0.9<', page)
    profile.personal = False
    profile.save()
    page = page_of(client)
    assert (
        "Your personal lists are off. Everybody sees the same lists, except for what you hid"
        in page
    )
    assert re.findall(r"<li>(\d+ .*?)</li>", page) == ["1 item marked “Not for me”"]


def test_a_visitors_dial_is_shown_before_anything_is_known_of_them(client, catalog, items):
    serve(catalog, BLEND)
    client.post("/c/shop/dial/", {"tail": "0.6"})
    assert re.search(r'id="how-tail">.*?0.6<', page_of(client))


def test_without_a_model_the_page_says_what_lists_show(client, catalog, items):
    page = page_of(client)
    assert "There is no model here yet." in page
    assert "How much an action counts" in page


def test_a_trained_version_says_what_it_learnt_from_and_its_parts_sum_up(
    client, live_version, catalog
):
    how = report(catalog)
    assert sum(row.percent for row in how.parts) == pytest.approx(100)
    assert {row.key for row in how.parts} == set(live_version.blend["weights"])
    assert how.trained_at == run_queries.trained_from(live_version)
    assert re.search(r"It was trained on 150 actions of 36 people with 16 items", page_of(client))


def test_every_page_of_a_catalogue_leads_there(client, items):
    for address in ("/c/shop/", items[0].get_absolute_url(), "/c/shop/search/"):
        assert f'href="{HOW}"' in client.get(address).content.decode()
    assert HOW not in client.get("/").content.decode()
    why = client.get(
        f"/c/shop/items/{items[0].pk}/why/", headers={"HX-Request": "true"}
    ).content.decode()
    assert f'href="{HOW}"' in why


def test_every_way_to_change_something_leads_to_a_page(client, catalog, items):
    serve(catalog, BLEND)
    how = report(catalog)
    for row in (*how.parts, *how.rules):
        if row.change[1]:
            assert client.get(row.change[1]).status_code == 200


@pytest.mark.parametrize(("run", "is_training"), [("full", True), ("quick", False), ("", False)])
def test_a_quick_version_says_that_its_weights_are_not_learnt(
    client, catalog, items, sent_runs, run, is_training
):
    serve(catalog, BLEND)
    assert "best predict what people here chose next" in page_of(client)
    ModelVersion.objects.update(quick=True)
    live_models.forget()
    if run:
        trigger = TrainingRun.Trigger.COMMAND
        runs.request_training(catalog=catalog, trigger=trigger, quick=run == "quick")
    page = page_of(client)
    assert "a first version without learnt weights" in page
    assert ("The full training is running" in page) == is_training
