"""Real texts: markup, entities, both Chinese scripts, widths, compositions, right to left."""

from __future__ import annotations

import pytest
from django.test import Client

from catalog.ingestion.bulk_writes import upsert_items
from catalog.models import Catalog, Item
from catalog.search.item_search import look_up
from catalog.search.keyword_search import find

pytestmark = pytest.mark.django_db

HTML = (
    "<p>A <strong>red</strong> mug&nbsp;for tea.</p><ul><li>Dishwasher safe</li></ul>"
    "<script>alert(1)</script>"
)
TITLES = {
    "trad": "資料分析與機器學習入門",
    "simp": "数据分析与机器学习入门",
    "wide": "Ｐｙｔｈｏｎ　入門",
    "nfc": "Café guide",
    "nfd": "Cafe\u0301 guide",
    "arabic": "كتاب الطبخ",
}


def test_case_19_html_is_never_stored_or_searched(client: Client, catalog: Catalog) -> None:
    rows = [{
        "item_id": "p1", "title": "Mug &amp; spoon", "description": HTML,
        "provider": "Tom &amp; Co", "categories": ["Tea &amp; coffee"],
        "attributes": {"care": "<b>hand</b> wash", "sizes": ["S &amp; M"]},
    }]  # fmt: skip
    assert not upsert_items(catalog=catalog, rows=rows).errors
    item = Item.objects.get()
    assert (item.title, item.provider) == ("Mug & spoon", "Tom & Co")
    assert item.description == "A red mug for tea.\n\nDishwasher safe"
    assert item.category_names == ["Tea & coffee"]
    assert item.attributes == {"care": "hand wash", "sizes": ["S & M"]}
    assert find(catalog, "nbsp") == find(catalog, "strong") == find(catalog, "ul") == []
    page = client.get(item.get_absolute_url()).content.decode()
    assert "&lt;p&gt;" not in page
    assert "Mug &amp; spoon" in page
    assert "&amp;amp;" not in page


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("资料分析", {"trad"}),
        ("資料分析", {"trad"}),
        ("数据分析", {"simp"}),
        ("數據分析", {"simp"}),
        ("机器学习", {"trad", "simp"}),
        ("機器學習", {"trad", "simp"}),
        ("入门", {"trad", "simp", "wide"}),
        ("python", {"wide"}),
        ("ＰＹＴＨＯＮ", {"wide"}),
        ("cafe", {"nfc", "nfd"}),
        ("café", {"nfc", "nfd"}),
        ("cafe\u0301", {"nfc", "nfd"}),
        ("CAFÉ guide", {"nfc", "nfd"}),
        ("كتاب", {"arabic"}),
    ],
)
def test_cases_20_21_search_knows_every_form(catalog: Catalog, typed: str, found: set[str]) -> None:
    upsert_items(catalog=catalog, rows=[{"item_id": k, "title": t} for k, t in TITLES.items()])
    keys = look_up(catalog, typed).named
    assert {Item.objects.get(pk=key).external_id for key in keys} == found


def test_a_category_and_a_provider_are_found_in_every_form(catalog: Catalog) -> None:
    rows = [{"item_id": "a", "title": "x", "categories": ["機器學習"], "provider": "Nestlé"}]
    upsert_items(catalog=catalog, rows=rows)
    assert len(find(catalog, "机器学习")) == len(find(catalog, "nestle")) == 1


def test_a_changed_title_is_searched_by_its_new_words(catalog: Catalog) -> None:
    for title in ("Teapot", "Kettle"):
        upsert_items(catalog=catalog, rows=[{"item_id": "a", "title": title}])
    assert len(find(catalog, "kettle")) == 1
    assert find(catalog, "teapot") == []
    item = Item.objects.get()
    item.title = "Café"
    item.save()
    assert find(catalog, "cafe") == [item.pk]


def test_case_22_texts_of_any_script_have_their_own_direction(
    client: Client, catalog: Catalog
) -> None:
    row = {
        "item_id": "a", "title": "كتاب الطبخ", "description": "وصف", "language": "ar",
        "provider": "دار", "categories": ["كتب"],
    }  # fmt: skip
    upsert_items(catalog=catalog, rows=[row])
    page = client.get(Item.objects.get().get_absolute_url()).content.decode()
    assert '<h1 dir="auto" lang="ar">' in page
    assert '<div class="text" dir="auto" lang="ar">' in page
    for text in ("دار", "كتب"):
        before = page[: page.index(f">{text}")]
        assert 'dir="auto"' in before[before.rindex("<") :]
