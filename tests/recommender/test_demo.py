from __future__ import annotations

from io import StringIO

import pytest

from catalog.models import Catalog
from recommender.management.commands import demo
from recommender.models import ModelVersion, TrainingRun
from tests.recommender.worlds import two_camps

State = TrainingRun.State


class Up:
    """A supervisor of processes that are all well."""

    def check(self) -> None: ...


def follow(run: TrainingRun, seconds: float) -> tuple[list[TrainingRun], str]:
    said = StringIO()
    command = demo.Command(stdout=said, stderr=said)
    return command.follow(Up(), [run], seconds), said.getvalue()  # type: ignore[arg-type]


def test_the_site_does_not_wait_for_ever(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo.time, "sleep", lambda seconds: None)
    (run,) = demo.request_missing([catalog.slug])
    left, said = follow(run, 0.05)
    assert left == [run]
    assert f"Training {catalog.slug}" in said
    assert demo.request_missing([catalog.slug]) == [run]


def test_small_catalogues_are_trained_first(catalog: Catalog) -> None:
    two_camps(catalog)
    small = Catalog.objects.create(slug="small", name="Small")
    runs = demo.request_missing(["shop", "small"])
    assert [run.catalog for run in runs] == [small, catalog]


@pytest.mark.parametrize(
    ("live", "requested"), [("quick", [False]), ("learnt", []), (None, [True])]
)
def test_first_lists_are_trained_quickly_and_then_learnt(
    catalog: Catalog, live: str | None, requested: list[bool]
) -> None:
    if live:
        ModelVersion.objects.create(
            catalog=catalog, number=1, state=ModelVersion.State.LIVE, quick=live == "quick"
        )
    first = demo.request_missing([catalog.slug], quick=True)
    after = [] if first else demo.request_missing([catalog.slug])
    assert [run.quick for run in first + after] == requested


def test_what_is_still_trained_is_named(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "ensure_admin", lambda: "secret")
    said = StringIO()
    run = TrainingRun(catalog=catalog)
    demo.Command(stdout=said).announce("127.0.0.1", 8000, 12.3, [run])
    assert "is up after 12 s: http://127.0.0.1:8000/" in said.getvalue()
    assert f"Still training: {catalog.slug}" in said.getvalue()


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.FAILED])
def test_a_training_that_is_over_is_followed_no_more(catalog: Catalog, state: State) -> None:
    (run,) = demo.request_missing([catalog.slug])
    TrainingRun.objects.filter(pk=run.pk).update(state=state, error="no memory")
    left, said = follow(run, 1)
    assert left == []
    assert ("failed: no memory" in said) == (state == State.FAILED)


def test_ctrl_c_cancels_what_would_be_killed_so_that_the_next_demo_trains(
    catalog: Catalog,
) -> None:
    (run,) = demo.request_missing([catalog.slug], quick=True)
    TrainingRun.objects.filter(pk=run.pk).update(state=State.RUNNING)
    demo.cancel_open([catalog.slug])
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    (again,) = demo.request_missing([catalog.slug], quick=True)
    assert again != run
