from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from catalog.admin import listing
from catalog.models import ApiKey, Catalog, Interaction, Item, Profile
from catalog.models.event_kinds import Kind, default_weights
from tests import people
from tests.factories import make_api_key, make_catalog, make_interaction, make_item, make_profile

pytestmark = pytest.mark.django_db

MODELS = ("catalog", "item", "category", "profile", "interaction", "apikey")


def page_of(name: str, *args: object) -> str:
    return reverse(f"admin:catalog_{name}", args=args)


def texts_of(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def catalog_form(catalog: Catalog | None = None, **changes: object) -> dict[str, object]:
    weights = {f"weights_{kind}": weight for kind, weight in default_weights().items()}
    fields = {
        "name": "Shop", "slug": "shop", "domain": "shop", "language": "en", "is_public": "on",
        "tail_default": "0.3", "tail_min": "0", "tail_max": "1", "texts": "{}",
        "calibration": "0", "min_provider_share": "0",
        "blocked_words-TOTAL_FORMS": "0", "blocked_words-INITIAL_FORMS": "0",
    }  # fmt: skip
    return {**fields, **weights, **changes}


@pytest.fixture
def rows(items: list[Item], profile: Profile, catalog: Catalog) -> dict[str, object]:
    """One row of every model of the catalogue."""
    return {
        "catalog": catalog.pk,
        "item": items[0].pk,
        "category": catalog.categories.first().pk,
        "profile": profile.pk,
        "interaction": make_interaction(profile, items[0]).pk,
        "apikey": make_api_key(catalog)[0].pk,
    }


# Who sees what


@pytest.mark.parametrize("model", MODELS)
def test_the_owner_opens_every_page(model: str, rows: dict[str, object]) -> None:
    owner = people.owner()
    assert owner.get(page_of(f"{model}_changelist")).status_code == 200
    assert owner.get(page_of(f"{model}_change", rows[model])).status_code == 200
    adding = owner.get(page_of(f"{model}_add")).status_code
    assert adding == (403 if model == "interaction" else 200)


@pytest.mark.parametrize("model", MODELS)
def test_the_manager_opens_every_page_too(model: str, rows: dict[str, object]) -> None:
    assert people.manager().get(page_of(f"{model}_changelist")).status_code == 200
    assert people.manager().get(page_of(f"{model}_change", rows[model])).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_the_viewer_cannot_change_anything(model: str, rows: dict[str, object]) -> None:
    viewer, hidden = people.viewer(), model == "apikey"
    assert viewer.get(page_of(f"{model}_changelist")).status_code == (403 if hidden else 200)
    assert viewer.get(page_of(f"{model}_change", rows[model])).status_code == (
        403 if hidden else 200
    )
    assert viewer.post(page_of(f"{model}_change", rows[model]), {"name": "mine"}).status_code == 403
    assert viewer.post(page_of(f"{model}_delete", rows[model]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_the_stranger_is_sent_to_sign_in(model: str, rows: dict[str, object]) -> None:
    response = people.stranger().get(page_of(f"{model}_changelist"))
    assert response.status_code == 302
    assert reverse("admin:login") in response["Location"]


# Catalogues


def test_a_catalogue_is_created_with_its_weights() -> None:
    people.owner().post(page_of("catalog_add"), catalog_form(slug="new", weights_view="0.5"))
    catalog = Catalog.objects.get(slug="new")
    assert catalog.weights == {**default_weights(), "view": 0.5}


@pytest.mark.parametrize(
    ("text", "shown"),
    [("eleven", "“eleven”"), ("11", "11.0"), ("-1", "-1.0"), ("", "“”"), ("nan", "nan")],
)
def test_a_bad_weight_is_rejected_by_kind_and_value(
    catalog: Catalog, text: str, shown: str
) -> None:
    response = people.owner().post(
        page_of("catalog_change", catalog.pk), catalog_form(weights_save=text)
    )
    page = response.content.decode()
    assert f"The weight of “save” is {shown}; it must be a number from 0 to 10." in page
    catalog.refresh_from_db()
    assert catalog.weights == default_weights()


def test_typed_values_stay_in_the_form_after_an_error(catalog: Catalog) -> None:
    response = people.owner().post(
        page_of("catalog_change", catalog.pk), catalog_form(weights_save="11", weights_like="7.5")
    )
    assert 'value="7.5"' in response.content.decode()


def test_a_dial_out_of_order_is_rejected(catalog: Catalog) -> None:
    response = people.owner().post(
        page_of("catalog_change", catalog.pk), catalog_form(tail_default="0.2", tail_min="0.4")
    )
    assert "The dial needs 0 ≤ lowest ≤ default ≤ highest ≤ 1." in response.content.decode()


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ("[1]", "The texts must be a table by language."),
        ('{"en": "Shop"}', "The texts of “en” must be a table."),
        ('{"en": {"name": 3}}', "The text “name” of “en” is 3; it must be a text."),
    ],
)
def test_texts_of_another_shape_are_rejected(catalog: Catalog, texts: str, reason: str) -> None:
    response = people.owner().post(page_of("catalog_change", catalog.pk), catalog_form(texts=texts))
    assert reason in response.content.decode()


def test_empty_texts_are_an_empty_table(catalog: Catalog) -> None:
    people.manager().post(page_of("catalog_change", catalog.pk), catalog_form(texts=""))
    catalog.refresh_from_db()
    assert catalog.texts == {}


def test_texts_are_written_by_language(catalog: Catalog) -> None:
    texts = '{"zh-hans": {"name": "小店", "categories": {"Mugs": "杯子"}}}'
    people.manager().post(page_of("catalog_change", catalog.pk), catalog_form(texts=texts))
    catalog.refresh_from_db()
    assert catalog.texts == {"zh-hans": {"name": "小店", "categories": {"Mugs": "杯子"}}}


def test_deleting_a_catalogue_shows_the_number_of_dependent_rows(
    catalog: Catalog, items: list[Item], profile: Profile
) -> None:
    for item in items:
        make_interaction(profile, item)
    owner = people.owner()
    page = owner.get(page_of("catalog_delete", catalog.pk)).content.decode()
    assert "Interactions: 6" in page
    assert "Beach Towel" not in page
    owner.post(page_of("catalog_delete", catalog.pk), {"post": "yes"})
    assert not Catalog.objects.exists()
    assert not Interaction.objects.exists()


# Items


def test_items_are_made_unavailable_and_available(items: list[Item]) -> None:
    manager, picked = people.manager(), [items[0].pk, items[1].pk]
    data = {"action": "make_unavailable", "_selected_action": picked}
    response = manager.post(page_of("item_changelist"), data)
    assert "2 items left the lists." in texts_of(response)
    assert set(Item.objects.filter(available=False).values_list("pk", flat=True)) == set(picked)
    manager.post(page_of("item_changelist"), {**data, "action": "make_available"})
    assert not Item.objects.filter(available=False).exists()


def test_a_viewer_has_no_button_for_availability(items: list[Item]) -> None:
    people.viewer().post(
        page_of("item_changelist"),
        {"action": "make_unavailable", "_selected_action": [items[0].pk]},
    )
    assert Item.objects.filter(available=True).count() == len(items)


def item_form(item: Item, **changes: object) -> dict[str, object]:
    links = list(item.item_categories.all())
    data: dict[str, object] = {
        "external_id": item.external_id, "title": item.title, "available": "on", "attributes": "{}",
        "created_at_0": "2026-01-01", "created_at_1": "10:00:00",
        "item_categories-TOTAL_FORMS": len(links), "item_categories-INITIAL_FORMS": len(links),
    }  # fmt: skip
    for number, link in enumerate(links):
        prefix = f"item_categories-{number}"
        data |= {
            f"{prefix}-id": link.pk,
            f"{prefix}-item": item.pk,
            f"{prefix}-category": link.category_id,
        }
        data |= {f"{prefix}-position": link.position}
    return {**data, **changes}


def test_an_item_is_edited(items: list[Item]) -> None:
    response = people.manager().post(
        page_of("item_change", items[0].pk), item_form(items[0], title="Crimson Mug")
    )
    assert response.status_code == 302
    items[0].refresh_from_db()
    assert items[0].title == "Crimson Mug"


def test_a_category_of_another_catalogue_is_rejected(items: list[Item]) -> None:
    foreign = make_item(make_catalog(), categories=["Elsewhere"]).categories.get()
    data = item_form(items[0], **{"item_categories-0-category": foreign.pk})
    response = people.manager().post(page_of("item_change", items[0].pk), data)
    assert "“Elsewhere” belongs to another catalogue." in response.content.decode()


def test_an_item_is_found_by_title_id_and_provider(items: list[Item]) -> None:
    items[0].provider = "Potter"
    items[0].save()
    for text in ("red mug", items[0].external_id, "potter"):
        page = people.viewer().get(page_of("item_changelist"), {"q": text}).content.decode()
        assert "Red Mug" in page
    assert (
        "Red Mug"
        not in people.viewer().get(page_of("item_changelist"), {"q": "towel"}).content.decode()
    )


def test_queries_of_the_item_list_do_not_grow(
    items: list[Item],
    catalog: Catalog,
    django_assert_max_num_queries: Callable[[int], DjangoAssertNumQueries],
) -> None:
    for number in range(40):
        make_item(catalog, categories=[f"Kind {number}"])
    manager = people.manager()
    manager.get(page_of("item_changelist"))
    with django_assert_max_num_queries(14):
        assert "Item" in manager.get(page_of("item_changelist")).content.decode()


# Files


def upload(client: Client, catalog: Catalog, text: str) -> HttpResponse:
    file = SimpleUploadedFile("items.csv", text.encode(), content_type="text/csv")
    data = {"resource": "0", "catalog": catalog.pk, "import_file": file, "format": "0"}
    return client.post(page_of("item_import"), data)


def confirm(client: Client, preview: HttpResponse) -> HttpResponse:
    form = preview.context["confirm_form"]
    return client.post(
        page_of("item_process_import"), {name: form.initial[name] for name in form.fields}
    )


def test_a_file_is_previewed_and_written_after_the_confirmation(
    catalog: Catalog, items: list[Item]
) -> None:
    manager = people.manager()
    text = (
        "item_id,title,categories\n"
        f"{items[0].external_id},Crimson Mug,Mugs|Red things\n"
        "new-1,Wool Hat,Hats\n"
    )
    preview = upload(manager, catalog, text)
    assert ">|Red things</ins>" in preview.content.decode()
    assert not Item.objects.filter(title="Wool Hat").exists()
    assert not Item.objects.filter(title="Crimson Mug").exists()
    confirm(manager, preview)
    assert Item.objects.get(external_id="new-1", catalog=catalog).category_names == ["Hats"]
    items[0].refresh_from_db()
    assert (items[0].title, items[0].category_names) == ("Crimson Mug", ["Mugs", "Red things"])


def test_a_file_changes_only_the_chosen_catalogue(catalog: Catalog, items: list[Item]) -> None:
    manager, other = people.manager(), make_catalog()
    confirm(manager, upload(manager, other, f"item_id,title\n{items[0].external_id},Elsewhere\n"))
    items[0].refresh_from_db()
    assert items[0].title == "Red Mug"
    assert other.items.get().title == "Elsewhere"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("item_id,title\n,Nameless\n", "is empty"),
        ("item_id,available\na,perhaps\n", "“perhaps” must be true or false"),
        ("item_id,attributes\na,[1]\n", "must be a JSON object"),
        ("item_id,colour\na,red\n", "Unknown columns: colour."),
    ],
)
def test_a_bad_file_is_rejected_with_its_reason_and_changes_nothing(
    catalog: Catalog, text: str, reason: str
) -> None:
    response = upload(people.manager(), catalog, text)
    assert reason in response.content.decode()
    assert "confirm_form" not in response.context
    assert not Item.objects.exists()


def test_a_big_file_is_sent_to_the_command_line(catalog: Catalog) -> None:
    text = "item_id,title\n" + "".join(f"{number},Thing\n" for number in range(2_001))
    assert "manage.py import_items" in upload(people.manager(), catalog, text).content.decode()
    assert not Item.objects.exists()


def test_a_viewer_may_export_but_not_import(catalog: Catalog, items: list[Item]) -> None:
    viewer = people.viewer()
    assert viewer.get(page_of("item_import")).status_code == 403
    assert upload(viewer, catalog, "item_id,title\na,A\n").status_code == 403
    assert viewer.get(page_of("item_export")).status_code == 200


def test_an_exported_file_can_be_imported_again(catalog: Catalog, items: list[Item]) -> None:
    owner = people.owner()
    exported = owner.post(page_of("item_export"), {"format": "0", "resource": "0"}).content.decode()
    assert "Red Mug,,Mugs" in exported
    other = make_catalog()
    confirm(owner, upload(owner, other, exported))
    assert sorted(other.items.values_list("title", flat=True)) == sorted(
        item.title for item in items
    )


# People and what they did


def test_a_log_entry_is_found_by_whole_ids_only(profile: Profile, items: list[Item]) -> None:
    make_interaction(profile, items[0], event_id="e-1")
    make_interaction(make_profile(profile.catalog, external_id="bob"), items[1])
    owner = people.owner()
    for text in ("ann", items[0].external_id, "e-1"):
        result = owner.get(page_of("interaction_changelist"), {"q": text}).context["cl"].result_list
        assert [row.item_id for row in result] == [items[0].pk]
    assert not owner.get(page_of("interaction_changelist"), {"q": "an"}).context["cl"].result_list


def test_the_log_is_counted_up_to_the_limit(
    monkeypatch: pytest.MonkeyPatch, profile: Profile, items: list[Item]
) -> None:
    monkeypatch.setattr(listing, "MAX_COUNTED", 4)
    for item in items:
        make_interaction(profile, item)
    changes = people.owner().get(page_of("interaction_changelist")).context["cl"]
    assert changes.result_count == 4
    assert changes.full_result_count is None


def test_queries_of_the_log_do_not_grow(
    profile: Profile,
    items: list[Item],
    django_assert_max_num_queries: Callable[[int], DjangoAssertNumQueries],
) -> None:
    for item in items:
        make_interaction(make_profile(profile.catalog), item)
    viewer = people.viewer()
    with django_assert_max_num_queries(10):
        viewer.get(page_of("interaction_changelist"))


def test_a_profile_shows_the_latest_events(profile: Profile, items: list[Item]) -> None:
    make_interaction(profile, items[2], kind=Kind.SAVE)
    page = people.viewer().get(page_of("profile_change", profile.pk)).content.decode()
    assert "Green Mug" in page
    assert "saved" in page


def test_deleting_a_profile_in_the_admin_deletes_its_events(
    profile: Profile, items: list[Item]
) -> None:
    make_interaction(profile, items[0])
    people.owner().post(page_of("profile_delete", profile.pk), {"post": "yes"})
    assert not Interaction.objects.exists()
    assert Item.objects.count() == len(items)


# API keys


def new_key(client: Client, catalog: Catalog) -> HttpResponse:
    return client.post(
        page_of("apikey_add"), {"name": "till", "catalog": catalog.pk, "scope": "read"}
    )


def test_a_new_keys_secret_is_shown_once_and_works(catalog: Catalog) -> None:
    owner = people.owner()
    response = new_key(owner, catalog)
    key, secret = ApiKey.objects.get(), response.context["secret"]
    assert secret in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert ApiKey.objects.get_from_key(secret) == key
    assert (key.catalog, key.scope) == (catalog, "read")
    for page in (
        page_of("apikey_changelist"),
        page_of("apikey_change", key.pk),
        reverse("admin:index"),
    ):
        assert secret not in owner.get(page).content.decode()


def test_a_key_is_revoked_after_a_confirmation(catalog: Catalog) -> None:
    key, secret = make_api_key(catalog)
    owner, address = people.owner(), page_of("apikey_revoke", key.pk)
    assert "refused from now on" in owner.get(address).content.decode()
    assert ApiKey.objects.get_from_key(secret) == key
    owner.post(address)
    with pytest.raises(ApiKey.DoesNotExist):
        ApiKey.objects.get_from_key(secret)


def test_viewers_of_keys_cannot_revoke_or_create_one(catalog: Catalog) -> None:
    key, _secret = make_api_key(catalog)
    manager = people.manager()
    assert manager.post(page_of("apikey_revoke", key.pk)).status_code == 403
    assert new_key(manager, catalog).status_code == 403
    key.refresh_from_db()
    assert not key.revoked
