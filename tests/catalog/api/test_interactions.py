from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

from catalog.ingestion.batches import MAX_ROWS
from catalog.models import Interaction, Item, Profile
from tests.api_clients import Program, only_problem
from tests.factories import make_catalog, make_interaction, make_item, make_profile


@pytest.fixture
def mug(items: list[Item]) -> Item:
    return items[0]


def event(item: Item, /, **fields: object) -> dict[str, object]:
    return {"user_id": "ann", "item_id": item.external_id, "kind": "take", **fields}


def test_recording_an_event_creates_the_profile(api: Program, mug: Item) -> None:
    answer = api.post(
        "interactions", event(mug, event_id="o-1", created_at="2026-05-01T09:30:00+02:00")
    )
    assert answer == {
        "event_id": "o-1", "user_id": "ann", "item_id": mug.external_id, "kind": "take",
        "value": None,
        "created_at": "2026-05-01T07:30:00Z",
        "quantity": None, "price": None, "currency": "", "session": "",
    }  # fmt: skip
    assert Profile.objects.get().external_id == "ann"


def test_a_time_without_a_zone_is_utc_and_seconds_are_accepted(api: Program, mug: Item) -> None:
    plain = api.post("interactions", event(mug, created_at="2026-05-01T07:30:00"))
    seconds = api.post("interactions", event(mug, created_at=1777620600))
    assert plain["created_at"] == seconds["created_at"] == "2026-05-01T07:30:00Z"


def test_the_same_event_id_is_stored_once_and_answered_with_200(api: Program, mug: Item) -> None:
    first = api.post("interactions", event(mug, event_id="o-1"))
    assert api.post("interactions", event(mug, event_id="o-1"), 200) == first
    assert Interaction.objects.count() == 1


def test_an_event_id_cannot_be_used_for_another_event(api: Program, items: list[Item]) -> None:
    api.post("interactions", event(items[0], event_id="o-1"))
    answer = api.post("interactions", event(items[1], event_id="o-1"), 409)
    assert answer["code"] == "event_id_taken"
    assert answer["details"][0]["field"] == "event_id"


def test_events_without_an_id_are_all_stored(api: Program, mug: Item) -> None:
    api.post("interactions", event(mug, kind="view"))
    api.post("interactions", event(mug, kind="view"))
    assert Interaction.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"item_id": "unknown"}, "item_id"),
        ({"item_id": None}, "item_id"),
        ({"user_id": " "}, "user_id"),
        ({"kind": "buy"}, "kind"),
        ({"kind": "rate"}, "value"),
        ({"kind": "rate", "value": 6}, "value"),
        ({"value": 10**400}, "value"),
        ({"value": True}, "value"),
        ({"created_at": "tomorrow"}, "created_at"),
        ({"created_at": "2999-01-01T00:00:00Z"}, "created_at"),
        ({"event_id": "x" * 101}, "event_id"),
        ({"item": "mug"}, "item"),
        ({"created_at": True}, "created_at"),
        ({"created_at": 1e300}, "created_at"),
    ],
)
def test_a_bad_event_is_rejected_with_its_field(
    api: Program, mug: Item, fields: dict, field: str
) -> None:
    assert only_problem(api.post("interactions", event(mug, **fields), 400))[0] == field
    assert not Interaction.objects.exists()


def test_an_item_of_another_catalogue_is_unknown(api: Program) -> None:
    other = make_item(make_catalog())
    assert only_problem(api.post("interactions", event(other), 400))[:2] == (
        "item_id",
        other.external_id,
    )


def test_the_log_is_filtered_and_newest_first(
    api: Program, items: list[Item], profile: Profile
) -> None:
    bob = make_profile(profile.catalog, external_id="bob")
    take = make_interaction(profile, items[0], event_id="1")
    view = make_interaction(
        profile, items[1], "view", event_id="2", created_at=take.created_at - timedelta(days=3)
    )
    make_interaction(bob, items[0], event_id="3")
    make_interaction(make_profile(make_catalog()), make_item(make_catalog()), event_id="other")

    def events(**query: object) -> str:
        return "".join(row["event_id"] for row in api.get("interactions", **query)["results"])

    assert events() == "321"
    assert events(user_id="ann") == "21"
    assert events(item_id=items[0].external_id) == "31"
    assert events(kind="view") == "2"
    assert events(before=take.created_at.isoformat()) == "2"
    assert events(after=view.created_at.isoformat()) == "31"
    assert events(user_id="nobody") == ""


@pytest.mark.parametrize(
    "query",
    [{"kind": "buy"}, {"after": "x"}, {"usr_id": "ann"}, {"before": "9999-12-31T23:59:59Z"}],
)
def test_bad_filters_of_the_log_are_rejected(api: Program, query: dict) -> None:
    field = next(iter(query))
    assert only_problem(api.get("interactions", 400, **query))[:2] == (field, query[field])


def test_pages_of_events_with_equal_times_have_no_gap_or_repeat(
    api: Program, mug: Item, profile: Profile
) -> None:
    for number in range(7):
        make_interaction(profile, mug, event_id=str(number), created_at=profile.created_at)
    page, seen = api.get("interactions", limit=3), []
    while True:
        seen += [row["event_id"] for row in page["results"]]
        if page["next"] is None:
            break
        page = api.client.get(page["next"]).json()
    assert seen == list("6543210")


@pytest.mark.parametrize("event_id", ["o-1", "2026/05/01#7", "bulk"])
def test_an_event_is_read_and_deleted_by_its_id(api: Program, mug: Item, event_id: str) -> None:
    api.post("interactions", event(mug, event_id=event_id))
    address = "interactions/" + quote(event_id, safe="")
    assert api.get(address)["event_id"] == event_id
    api.delete(address)
    assert not Interaction.objects.exists()
    api.delete(address, 405 if event_id == "bulk" else 404)


def test_bulk_writes_good_rows_and_lists_bad_ones(
    api: Program, mug: Item, profile: Profile
) -> None:
    make_interaction(profile, mug, event_id="known")
    rows = [
        event(mug, event_id="a"),
        event(mug, kind="buy", event_id="b"),
        event(mug, event_id="known"),
        event(mug, item_id="unknown"),
        event(mug, usr_id="bob"),
        17,
        event(mug, user_id="bob", kind="rate", value=4.5),
    ]
    answer = api.post("interactions/bulk", {"interactions": rows}, 207)
    assert (answer["created"], answer["repeated"]) == (2, 1)
    assert [(error["row"], error["field"], error["value"]) for error in answer["errors"]] == [
        (2, "kind", "buy"), (4, "item_id", "unknown"), (5, "usr_id", "bob"), (6, "row", "17"),
    ]  # fmt: skip
    assert Interaction.objects.count() == 3


def test_bulk_sent_twice_is_stored_once(api: Program, mug: Item) -> None:
    rows = {"interactions": [event(mug, event_id=str(number)) for number in range(20)]}
    assert api.post("interactions/bulk", rows, 200)["created"] == 20
    again = api.post("interactions/bulk", rows, 200)
    assert (again["created"], again["repeated"], again["errors"]) == (0, 20, [])


def test_bulk_writes_the_largest_post_in_few_queries(
    api: Program, mug: Item, django_assert_max_num_queries: object
) -> None:
    rows = [
        event(mug, user_id=f"u{number % 100}", event_id=str(number)) for number in range(MAX_ROWS)
    ]
    with django_assert_max_num_queries(120):  # SQLite takes 125 rows an insert
        assert api.post("interactions/bulk", {"interactions": rows}, 200)["created"] == MAX_ROWS


def test_bulk_above_the_limit_is_rejected_and_names_the_limit(api: Program, mug: Item) -> None:
    answer = api.post("interactions/bulk", {"interactions": [event(mug)] * (MAX_ROWS + 1)}, 413)
    assert answer["code"] == "too_large"
    assert answer["details"] == {"given": MAX_ROWS + 1, "limit": MAX_ROWS}
    assert not Interaction.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"interactions": []}, {"interactions": "x"}, {"interactions": {"a": 1}}, []]
)
def test_bulk_needs_a_list(api: Program, body: object) -> None:
    assert api.post("interactions/bulk", body, 400)["code"] == "invalid"


def test_an_order_line_is_stored_alike_by_one_post_and_by_many(api: Program, mug: Item) -> None:
    line = {"quantity": 2, "price": 9.99, "currency": "usd", "session": "s-1"}
    stored = {**line, "currency": "USD"}
    first = api.post("interactions", event(mug, event_id="o-1", **line))
    assert {name: first[name] for name in line} == stored
    rows = [event(mug, event_id="o-2", **line), event(mug, event_id="o-3")]
    api.post("interactions/bulk", {"interactions": rows}, 200)
    for one in Interaction.objects.filter(event_id__in=["o-1", "o-2"]):
        assert (one.quantity, float(one.price), one.currency, one.session) == (
            2,
            9.99,
            "USD",
            "s-1",
        )
    bare = Interaction.objects.get(event_id="o-3")
    assert (bare.quantity, bare.price, bare.currency, bare.session) == (None, None, "", "")


def test_a_bad_order_line_is_named(api: Program, mug: Item) -> None:
    problem = only_problem(api.post("interactions", event(mug, quantity=0), 400))
    assert problem[0] == "quantity"
