from __future__ import annotations

from urllib.parse import quote

import pytest
from django.urls import reverse

from catalog.models.item_urls import address_of
from tests.factories import make_catalog, make_item


@pytest.mark.parametrize("slug", ["shop", "0", "items", "00-0"])
@pytest.mark.parametrize(
    "name", ["catalog:item", "catalog:act", "catalog:cover", "recommender:why"]
)
def test_an_address_equals_reverse(db, slug, name):
    item = make_item(make_catalog(slug=slug))
    assert address_of(item, name) == reverse(name, args=[slug, item.pk])
    assert address_of(make_item(item.catalog), name) != address_of(item, name)


def test_a_page_has_the_actions_of_each_item_with_its_escaped_title(client, catalog):
    title = 'A "quoted" <b>title</b> & {{ more }}'
    item, other = make_item(catalog, title=title), make_item(catalog, title="Plain")
    page = client.get("/c/shop/").content.decode()
    for each in (item, other):
        assert page.count(f'action="{address_of(each, "catalog:act")}"') == 1
        assert page.count(f'hx-get="{address_of(each, "catalog:menu")}"') == 1
    assert "<b>title</b>" not in page
    assert "Save: A &quot;quoted&quot; &lt;b&gt;title&lt;/b&gt; &amp; {{ more }}" in page
    assert "90071992547409930" not in page
    assert quote("\ue000") not in quote(page)


def test_a_pressed_button_is_pressed_on_its_own_card_alone(client, catalog):
    items = [make_item(catalog) for _number in range(3)]
    client.post(reverse("catalog:act", args=["shop", items[1].pk]), {"kind": "save"})
    client.post(reverse("catalog:listing", args=["shop"]), {"listing": "newest"})
    page = client.get("/c/shop/?taken=1").content.decode()
    cards = {item.pk: page.split(f'data-item="{item.pk}"')[1].split("</li>")[0] for item in items}
    assert [pk for pk, card in cards.items() if 'aria-pressed="true"' in card] == [items[1].pk]
