"""Feeds, read from a real server on this machine."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from catalog.feeds import runs
from catalog.feeds.feeds import save_feed
from catalog.models import Catalog, Feed, FeedRun, Item
from catalog.tasks import run_due_feeds, run_feed
from config.errors import AppError
from tests.catalog.feeds.conftest import Shop, table
from tests.factories import make_item

State, Trigger = FeedRun.State, FeedRun.Trigger
XML = (Path(__file__).parents[1] / "ingestion" / "data" / "merchant.xml").read_bytes()


def read(feed: Feed, trigger: str = Trigger.ADMIN) -> FeedRun:
    run = runs.claim_run(run_id=runs.request_run(feed=feed, trigger=trigger, send=False).pk)
    assert run
    feed.refresh_from_db()
    run.feed = feed
    return runs.carry_out(run)


def available(catalog: Catalog) -> set[str]:
    return set(catalog.items.filter(available=True).values_list("external_id", flat=True))


def test_a_feed_brings_items_and_changes_them(feed: Feed, shop: Shop) -> None:
    run = read(feed)
    assert (run.state, run.rows, run.created, run.bad) == (State.SUCCEEDED, 10, 10, 0)
    shop.files["/items.csv"] = table(range(10)).replace(b"Mug 3", b"Red Mug 3")
    run = read(feed)
    assert (run.created, run.updated, run.unchanged) == (0, 1, 9)
    assert Item.objects.get(external_id="a3").title == "Red Mug 3"


def test_what_is_missing_in_a_full_file_becomes_unavailable_and_comes_back(
    feed: Feed, shop: Shop
) -> None:
    other = make_item(feed.catalog, external_id="by-hand")
    read(feed)
    shop.files["/items.csv"] = table(range(9))
    run = read(feed)
    assert (run.state, run.missing) == (State.SUCCEEDED, 1)
    assert available(feed.catalog) == {f"a{n}" for n in range(9)} | {other.external_id}
    shop.files["/items.csv"] = table(range(10))
    read(feed)
    assert "a9" in available(feed.catalog)


def test_an_item_that_staff_made_unavailable_stays_so(feed: Feed, shop: Shop) -> None:
    read(feed)
    Item.objects.filter(external_id="a1").update(available=False)
    read(feed)
    assert "a1" not in available(feed.catalog)


def test_a_feed_of_changes_leaves_the_missing_alone(feed: Feed, shop: Shop) -> None:
    feed.mode = Feed.Mode.INCREMENTAL
    save_feed(feed)
    read(feed)
    shop.files["/items.csv"] = table([1])
    assert (read(feed).state, len(available(feed.catalog))) == (State.SUCCEEDED, 10)


def test_more_than_a_tenth_missing_changes_nothing_until_it_is_confirmed(
    feed: Feed, shop: Shop
) -> None:
    read(feed)
    shop.files["/items.csv"] = table(range(8), "b1,New")
    run = read(feed)
    assert (run.state, run.missing) == (State.WAITING, 2)
    assert "2 of the feed’s 10" in run.message
    assert available(feed.catalog) == {f"a{n}" for n in range(10)}, "not even b1 is there"
    run = runs.claim_run(run_id=runs.confirm_run(run=run, send=False).pk)
    assert run
    run = runs.carry_out(run)
    assert (run.state, run.missing) == (State.SUCCEEDED, 2)
    assert available(feed.catalog) == {f"a{n}" for n in range(8)} | {"b1"}


def test_a_confirmation_holds_for_as_many_as_were_asked(feed: Feed, shop: Shop) -> None:
    read(feed)
    shop.files["/items.csv"] = table(range(8))
    run = runs.claim_run(run_id=runs.confirm_run(run=read(feed), send=False).pk)
    assert run
    shop.files["/items.csv"] = table(range(3))
    run = runs.carry_out(run)
    assert (run.state, run.missing) == (State.WAITING, 7)
    assert len(available(feed.catalog)) == 10


def test_a_newer_run_takes_the_place_of_one_that_waits(feed: Feed, shop: Shop) -> None:
    read(feed)
    shop.files["/items.csv"] = table(range(5))
    waiting = read(feed)
    shop.files["/items.csv"] = table(range(10))
    assert read(feed).state == State.SUCCEEDED
    waiting.refresh_from_db()
    assert waiting.state == State.FAILED
    with pytest.raises(AppError, match="does not wait"):
        runs.confirm_run(run=waiting)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"item_id,title\n", "has no rows"),
        (b"<html><body>Not found</body></html>", "is an HTML page"),
        (table(range(5), *[f",Nameless {n}" for n in range(5)]), "5 of 10 rows are bad"),
        (b"\x1f\x8b\x08\x00cut", "gzip"),
    ],
)
def test_a_broken_file_changes_nothing(
    feed: Feed, shop: Shop, content: bytes, message: str
) -> None:
    read(feed)
    shop.files["/items.csv"] = content
    run = read(feed)
    assert run.state == State.FAILED
    assert message in run.message
    assert len(available(feed.catalog)) == 10


def test_a_few_bad_rows_are_passed_over_and_listed(feed: Feed, shop: Shop) -> None:
    shop.files["/items.csv"] = table(range(20), ",Nameless")
    run = read(feed)
    assert (run.state, run.created, run.bad) == (State.SUCCEEDED, 20, 1)
    assert [(error["row"], error["field"]) for error in run.errors] == [(22, "item_id")]


def test_the_schedule_asks_only_for_what_changed(feed: Feed, shop: Shop) -> None:
    assert read(feed, Trigger.SCHEDULE).state == State.SUCCEEDED
    assert read(feed, Trigger.SCHEDULE).state == State.UNCHANGED
    assert "If-None-Match" in shop.asked[-1]
    assert read(feed, Trigger.ADMIN).state == State.SUCCEEDED, "somebody asked for it"
    save_feed(feed)
    assert read(feed, Trigger.SCHEDULE).state == State.SUCCEEDED, "it is read another way now"


def test_a_packed_file_is_unpacked(feed: Feed, shop: Shop) -> None:
    shop.files["/items.csv.gz"] = gzip.compress(table(range(3)))
    feed.address = shop.address("/items.csv.gz")
    assert read(save_feed(feed)).created == 3


def test_a_merchant_feed_is_known_by_its_content(catalog: Catalog, shop: Shop) -> None:
    shop.files["/feed"] = XML
    feed = save_feed(Feed(catalog=catalog, name="merchant", address=shop.address("/feed")))
    run = read(feed)
    assert (run.state, run.created) == (State.SUCCEEDED, 2), run.message
    assert catalog.items.get(external_id="TV_123456").provider == "Google"
    assert available(catalog) == {"TV_123456"}
    assert run.notices == ["Not read: shipping, tax_category."]


def test_json_lines_columns_and_presets(catalog: Catalog, shop: Shop) -> None:
    shop.files["/a.jsonl"] = b'{"item_id": "j1", "Heading": "One"}\n'
    feed = Feed(catalog=catalog, name="json", address=shop.address("/a.jsonl"))
    feed.mapping = {"title": "Heading"}
    assert read(save_feed(feed)).state == State.SUCCEEDED
    assert catalog.items.get(external_id="j1").title == "One"
    shop.files["/movies"] = b"movieId,title,genres\n1,Heat (1995),Crime\n"
    feed = Feed(catalog=catalog, name="ml", address=shop.address("/movies"), preset="movielens")
    assert read(save_feed(feed)).state == State.SUCCEEDED
    assert catalog.items.get(external_id="1").category_names == ["Crime"]


# The network


def test_redirects_are_followed_but_not_for_ever(feed: Feed, shop: Shop) -> None:
    shop.redirects["/moved"] = "/items.csv"
    feed.address = shop.address("/moved")
    assert read(save_feed(feed)).state == State.SUCCEEDED
    shop.redirects["/round"] = "/round"
    feed.address = shop.address("/round")
    assert "redirects" in read(save_feed(feed)).message


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/items.csv",
        "http://[::1]:{port}/items.csv",
        "http://[::ffff:127.0.0.1]:{port}/items.csv",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.7/items.csv",
        "http://0.0.0.0:{port}/items.csv",
        "http://2130706433:{port}/items.csv",
    ],
)
def test_private_addresses_are_not_asked(feed: Feed, shop: Shop, address: str) -> None:
    feed.address = address.format(port=shop.port)
    run = read(save_feed(feed))
    assert run.state == State.FAILED
    assert "private network" in run.message or "no known host" in run.message
    assert not shop.asked


def test_a_redirect_to_a_private_address_is_not_followed(feed: Feed, shop: Shop) -> None:
    shop.redirects["/out"] = f"http://127.0.0.1:{shop.port}/items.csv"
    feed.address = shop.address("/out")
    assert "private network" in read(save_feed(feed)).message
    assert len(shop.asked) == 1


def test_the_server_hears_its_name(feed: Feed, shop: Shop) -> None:
    read(feed)
    assert shop.asked[0]["Host"] == f"localhost:{shop.port}"


def test_an_answer_that_is_no_file_is_said(feed: Feed, shop: Shop, settings: Any) -> None:
    feed.address = shop.address("/nothing")
    assert "HTTP 404" in read(save_feed(feed)).message
    feed.address = "http://localhost:9/"
    assert read(save_feed(feed)).state == State.FAILED
    settings.FEED_MAX_MIB = 1
    shop.files["/items.csv"] = b"item_id\n" + b"x" * (1 << 20)
    feed.address = shop.address("/items.csv")
    assert "FEED_MAX_MIB" in read(save_feed(feed)).message


def test_a_file_is_read_in_its_folder_only(catalog: Catalog, settings: Any, tmp_path: Path) -> None:
    settings.FEED_DIR = tmp_path / "feeds"
    settings.FEED_DIR.mkdir()
    (settings.FEED_DIR / "items.csv").write_bytes(table(range(3)))
    (tmp_path / "secret.csv").write_bytes(table(range(3)))
    feed = save_feed(Feed(catalog=catalog, name="file", address="items.csv"))
    assert read(feed).created == 3
    assert read(feed, Trigger.SCHEDULE).state == State.UNCHANGED
    (settings.FEED_DIR / "link.csv").symlink_to(tmp_path / "secret.csv")
    for address in ("../secret.csv", str(tmp_path / "secret.csv"), "link.csv", "/etc/passwd"):
        feed.address = address
        assert "FEED_DIR" in read(save_feed(feed)).message
    feed.address = "nowhere.csv"
    assert "cannot be opened" in read(save_feed(feed)).message


# Schedule, tasks, races


def test_due_feeds_are_run_once(feed: Feed, tasks_in_place: None, shop: Shop) -> None:
    feed.at = time(3, 0)
    save_feed(feed)
    assert run_due_feeds() == [], "its time is to come"
    Feed.objects.update(next_at=now() - timedelta(minutes=1))
    (run_id,) = run_due_feeds()
    run_feed(run_id)
    assert FeedRun.objects.get(pk=run_id).state == State.SUCCEEDED
    feed.refresh_from_db()
    assert feed.next_at
    assert feed.next_at > now()
    assert run_due_feeds() == []
    feed.active = False
    assert save_feed(feed).next_at is None


def test_the_next_run_is_at_the_sites_own_time(feed: Feed, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    feed.at = time(3, 30)
    moment = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    assert feed.next_after(moment) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "summer time began"
    assert feed.next_after(moment - timedelta(days=1)) == datetime(2026, 3, 28, 2, 30, tzinfo=UTC)


def test_one_run_of_a_feed_at_a_time(feed: Feed) -> None:
    run = runs.request_run(feed=feed, trigger=Trigger.ADMIN, send=False)
    with pytest.raises(AppError, match="being read already"):
        runs.request_run(feed=feed, trigger=Trigger.COMMAND, send=False)
    assert runs.claim_run(run_id=run.pk)
    assert runs.claim_run(run_id=run.pk) is None


def test_a_run_without_a_heartbeat_is_failed(feed: Feed) -> None:
    run = runs.claim_run(run_id=runs.request_run(feed=feed, trigger=Trigger.ADMIN, send=False).pk)
    assert run
    assert runs.sweep_lost_runs() == 0
    FeedRun.objects.update(heartbeat_at=now() - timedelta(minutes=11))
    assert runs.sweep_lost_runs() == 1
    run.refresh_from_db()
    assert (run.state, run.message) == (State.FAILED, "The worker stopped.")


# The command


def test_the_command_runs_asks_and_confirms(feed: Feed, shop: Shop) -> None:
    said = StringIO()
    call_command("run_feed", "shop", "nightly", stdout=said)
    assert "10 rows: 10 new" in said.getvalue()
    with pytest.raises(CommandError, match="no run of this feed waits"):
        call_command("run_feed", "shop", "nightly", "--confirm")
    shop.files["/items.csv"] = table(range(5))
    with pytest.raises(CommandError, match="--confirm"):
        call_command("run_feed", "shop", "nightly")
    call_command("run_feed", "shop", "nightly", "--confirm", stdout=said)
    assert len(available(feed.catalog)) == 5
    with pytest.raises(CommandError, match="its feeds: nightly"):
        call_command("run_feed", "shop", "other")
