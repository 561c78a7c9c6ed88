from __future__ import annotations

import pytest
from django.urls import reverse

from catalog.models import Catalog, Profile
from recommender.interests import interest_texts
from recommender.models import BlockedWord, InterestText, ItemEnrichment
from recommender.preferences.interests import Edit
from tests import people
from tests.factories import make_item

pytestmark = pytest.mark.django_db


def page_of(name: str, *args: object) -> str:
    return reverse(f"admin:{name}", args=args)


@pytest.fixture
def row(profile: Profile) -> InterestText:
    edit = Edit(text="presents <b>", add={"wool": 0.6}, pin=("wool",), mute=("clock",))
    return interest_texts.edit_interest_text(profile=profile, edit=edit)


@pytest.fixture
def enrichment(catalog: Catalog) -> ItemEnrichment:
    return ItemEnrichment.objects.create(
        item=make_item(catalog), text="weaving, yarn", model="tiny", source="x"
    )


@pytest.mark.parametrize("person", ["owner", "manager", "viewer"])
def test_staff_look_at_interest_texts_and_nobody_edits_them(person: str, row: InterestText) -> None:
    client = getattr(people, person)()
    listed = client.get(page_of("recommender_interesttext_changelist"))
    page = client.get(page_of("recommender_interesttext_change", row.pk)).content.decode()
    assert "Wool" in listed.content.decode()
    assert "presents &lt;b&gt;" in page
    assert "0.60" in page
    assert "pinned, added" in page
    assert "clock" in page
    assert 'name="sentence"' not in page
    assert client.get(page_of("recommender_interesttext_add")).status_code == 403


def test_a_stranger_sees_none(row: InterestText, enrichment: ItemEnrichment) -> None:
    for model in ("interesttext", "itemenrichment"):
        assert people.stranger().get(page_of(f"recommender_{model}_changelist")).status_code == 302


@pytest.mark.parametrize(("text", "found"), [("ann", True), ("an", False), ("nobody", False)])
def test_a_persons_text_is_found_by_the_whole_id(row: InterestText, text: str, found: bool) -> None:
    page = (
        people.owner()
        .get(page_of("recommender_interesttext_changelist"), {"q": text})
        .content.decode()
    )
    assert ("Wool." in page) == found


@pytest.mark.parametrize("action", [False, True])
def test_who_may_delete_makes_the_site_forget(row: InterestText, action: bool) -> None:
    client = people.owner()
    if action:
        chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        client.post(page_of("recommender_interesttext_changelist"), chosen)
    else:
        client.post(page_of("recommender_interesttext_delete", row.pk), {"post": "yes"})
    assert not InterestText.objects.exists()
    viewer = people.viewer().post(page_of("recommender_interesttext_delete", 1), {"post": "yes"})
    assert viewer.status_code in (403, 302)


def test_a_manager_sets_the_catalogues_blocked_words(catalog: Catalog) -> None:
    client, address = people.manager(), page_of("catalog_catalog_change", catalog.pk)
    form = client.get(address).context["adminform"].form
    fields = {name: value for name, value in form.initial.items() if value is not None}
    fields |= {
        "members-TOTAL_FORMS": 0, "members-INITIAL_FORMS": 0,
        "event_kinds-TOTAL_FORMS": 0, "event_kinds-INITIAL_FORMS": 0,
        "texts": "{}", "blocked_words-TOTAL_FORMS": 1, "blocked_words-INITIAL_FORMS": 0,
        "blocked_words-0-word": "  Red  Wine ", "blocked_words-0-catalog": catalog.pk,
    }  # fmt: skip
    answer = client.post(address, fields)
    assert answer.status_code == 302, answer.context["errors"]
    assert [word.word for word in BlockedWord.objects.filter(catalog=catalog)] == ["red wine"]


def test_enriched_items_are_looked_at(enrichment: ItemEnrichment) -> None:
    for person in (people.owner(), people.viewer()):
        assert (
            "weaving, yarn"
            in person.get(page_of("recommender_itemenrichment_changelist")).content.decode()
        )
        found = person.get(
            page_of("recommender_itemenrichment_changelist"), {"q": "elsewhere"}
        ).content.decode()
        assert "weaving, yarn" not in found


def test_a_profile_can_be_deleted_with_its_text(row: InterestText) -> None:
    people.owner().post(page_of("catalog_profile_delete", row.profile_id), {"post": "yes"})
    assert not InterestText.objects.exists()
