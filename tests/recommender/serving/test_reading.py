"""Lists hold items in languages that the person reads; others only fill their end."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from catalog.models import Catalog, Item, Profile
from catalog.models.languages import is_read
from catalog.profiles.reading import languages_read, set_languages
from config.caching import forget_process_caches
from recommender.models import ModelVersion
from recommender.training import versions
from tests.api_clients import Program, only_problem, writer
from tests.errors import error_of
from tests.recommender.api.answers import ids
from tests.recommender.worlds import publish_by_hand, two_camps


def in_languages(catalog: Catalog) -> None:
    """Six items in English, six in Chinese, four without a language."""
    items = list(catalog.items.order_by("pk"))
    for code, some in (("en", items[0:12:2]), ("zh-hans", items[1:12:2])):
        Item.objects.filter(pk__in=[item.pk for item in some]).update(language=code)
    forget_process_caches()


@pytest.fixture
def version(catalog: Catalog, artifacts: object) -> ModelVersion:
    two_camps(catalog)
    in_languages(catalog)
    return versions.promote(version=publish_by_hand(catalog, 1))


@pytest.fixture
def api(catalog: Catalog, version: ModelVersion) -> Program:
    return writer(catalog)


def languages_of(catalog: Catalog, item_ids: list[str]) -> list[str]:
    of = dict(catalog.items.values_list("external_id", "language"))
    return [of[item_id] for item_id in item_ids]


def test_a_code_is_read_with_its_parts() -> None:
    assert is_read("en-gb", ["en"])
    assert is_read("en", ["en-gb"])
    assert is_read("zh-hans", ["ZH"])
    assert not is_read("zh-hant", ["zh-hans"])
    assert not is_read("eng", ["en"])


def test_the_languages_said_come_first_and_others_fill_the_end(
    api: Program, catalog: Catalog
) -> None:
    Profile.objects.filter(external_id="person-0").update(languages=["zh-hans"])
    answer = api.get("recommendations", user_id="person-0", n=8)
    found = languages_of(catalog, ids(answer))
    assert len(found) == 8
    first_english = found.index("en") if "en" in found else 8
    assert set(found[:first_english]) <= {"zh-hans", ""}
    assert set(found[first_english:]) <= {"en"}
    assert answer["other_languages"] == found.count("en")
    few = api.get("recommendations", user_id="person-0", n=3)
    assert few["other_languages"] == 0
    assert set(languages_of(catalog, ids(few))) <= {"zh-hans", ""}


def test_without_a_word_the_page_and_what_was_taken_decide(catalog: Catalog) -> None:
    two_camps(catalog)
    in_languages(catalog)
    english = catalog.items.filter(language="en").values_list("pk", flat=True)[0]
    assert languages_read(None, catalog, (), "zh-hans") == ("zh-hans",)
    assert languages_read(None, catalog, [english], "zh-hans") == ("en", "zh-hans")
    assert languages_read(None, catalog, (), "fr") == ()
    assert languages_read(Profile(languages=["en"]), catalog, (), "zh-hans") == ("en",)


def test_a_program_without_a_page_has_no_preference(api: Program, catalog: Catalog) -> None:
    plain = api.get("recommendations", n=12)
    assert plain["other_languages"] == 0
    assert {"en", "zh-hans"} <= set(languages_of(catalog, ids(plain)))


def test_the_language_of_a_request_is_a_hard_filter(api: Program, catalog: Catalog) -> None:
    one = ids(api.get("recommendations", n=16, language="zh-hans"))
    assert set(languages_of(catalog, one)) == {"zh-hans"}
    both = ids(api.get("recommendations", n=16, language=["zh-hans", "en"]))
    assert set(languages_of(catalog, both)) == {"zh-hans", "en"}
    near = ids(api.get("items/mug-red/similar", n=16, language="en"))
    assert set(languages_of(catalog, near)) == {"en"}
    problem = only_problem(api.get("recommendations", 400, language="fr"))
    assert problem[0] == "language"


def test_a_chinese_page_begins_with_chinese_items(
    api: Program, client: Client, catalog: Catalog
) -> None:
    titles = dict(catalog.items.values_list("title", "language"))
    with translation.override("en"):
        page = client.get(catalog.get_absolute_url(), headers={"Accept-Language": "zh-hans"})
    row = page.content.decode().split('id="shelf-for-you"')[1].split("</section>")[0]
    shown = sorted((row.index(title), title) for title in titles if f">{title}<" in row)
    written = [titles[title] for _at, title in shown]
    assert written[0] in ("zh-hans", "")
    assert "en" not in written[: written.index("en") if "en" in written else len(written)]


def test_only_codes_are_stored(profile: Profile) -> None:
    set_languages(profile=profile, languages=["en"])
    profile.refresh_from_db()
    assert profile.languages == ["en"]
    assert error_of(set_languages, profile=profile, languages=["English"]).code == "invalid"
