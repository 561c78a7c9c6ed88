from __future__ import annotations

import json
import struct
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.ingestion.imports import import_vectors
from catalog.ingestion.item_vectors import (
    MAX_NAMES,
    MAX_NUMBERS,
    VectorKind,
    check_vectors,
    delete_vectors,
    record_vectors,
    vector_kinds,
)
from catalog.models import Catalog, ItemVector
from tests.factories import make_catalog, make_item


@pytest.fixture
def mugs(catalog: Catalog) -> Catalog:
    for number in range(3):
        make_item(catalog, external_id=f"m{number}")
    return catalog


def row(item: str, vector: object, name: str = "picture") -> dict[str, object]:
    return {"item_id": item, "name": name, "vector": vector}


def numbers_of(item: str, name: str = "picture") -> tuple[float, ...]:
    values = ItemVector.objects.get(item__external_id=item, name=name).values
    return struct.unpack(f"<{len(values) // 4}f", values)


def errors(result) -> list[tuple[int, str, str]]:
    return [(error.row, error.field, error.reason) for error in result.errors]


def test_vectors_are_written_and_overwritten(mugs: Catalog) -> None:
    result = record_vectors(
        catalog=mugs, rows=[row("m0", [1, -0.5]), row("m1", [0, 2.25]), row("m0", [7], "sound")]
    )
    assert (result.created, result.updated, result.errors) == (3, 0, [])
    again = record_vectors(catalog=mugs, rows=[row("m0", [3, 4])])
    assert (again.created, again.updated) == (0, 1)
    assert numbers_of("m0") == (3, 4)
    assert numbers_of("m1") == (0, 2.25)
    assert vector_kinds(mugs) == [VectorKind("picture", 2, 2), VectorKind("sound", 1, 1)]


def test_null_removes_one_vector(mugs: Catalog) -> None:
    record_vectors(catalog=mugs, rows=[row("m0", [1, 2]), row("m1", [1, 2])])
    result = record_vectors(catalog=mugs, rows=[row("m0", None), row("m2", None)])
    assert (result.created, result.updated, result.errors) == (0, 1, [])
    assert vector_kinds(mugs) == [VectorKind("picture", 2, 1)]


@pytest.mark.parametrize(
    ("bad", "field", "value"),
    [
        ({"item_id": "nowhere"}, "item_id", "nowhere"),
        ({"item_id": ""}, "item_id", ""),
        ({"name": "My Picture"}, "name", "My Picture"),
        ({"name": None}, "name", ""),
        ({"vector": "0.1 0.2 x"}, "vector[2]", "x"),
        ({"vector": [0.1, None]}, "vector[1]", ""),
        ({"vector": [0.1, float("nan")]}, "vector[1]", "nan"),
        ({"vector": [1e39, 0]}, "vector[0]", "1e+39"),
        ({"vector": [True, 0]}, "vector[0]", "True"),
        ({"vector": []}, "vector", "[]"),
        ({"vector": {"x": 1}}, "vector", "{'x': 1}"),
        ({"vector": [0] * (MAX_NUMBERS + 1)}, "vector", None),
        ({"vector": "[0.1"}, "vector", "[0.1"),
    ],
)
def test_a_bad_row_is_listed_by_field_and_value_and_others_are_written(
    mugs: Catalog, bad, field, value
) -> None:
    result = record_vectors(
        catalog=mugs, rows=[row("m0", [1, 2]), {**row("m1", [1, 2]), **bad}, row("m2", [1, 2])]
    )
    (error,) = result.errors
    assert (error.row, error.field) == (2, field)
    assert value is None or error.value == value
    assert result.created == 2


def test_a_missing_vector_deletes_nothing(mugs: Catalog) -> None:
    record_vectors(catalog=mugs, rows=[row("m0", [1, 2])])
    result = record_vectors(catalog=mugs, rows=[{"item_id": "m0", "name": "picture"}])
    assert errors(result) == [(1, "vector", "is missing; null deletes the current value")]
    assert vector_kinds(mugs)[0].items == 1


def test_the_first_vector_of_a_name_sets_the_length(mugs: Catalog) -> None:
    result = record_vectors(
        catalog=mugs, rows=[row("m0", [1, 2]), row("m1", [1, 2, 3]), row("m1", [1], "sound")]
    )
    assert errors(result) == [(2, "vector", "has 3 numbers where “picture” has 2")]
    later = record_vectors(catalog=mugs, rows=[row("m2", [1])])
    assert errors(later) == [(1, "vector", "has 1 numbers where “picture” has 2")]
    assert delete_vectors(catalog=mugs, name="picture") == 1
    assert record_vectors(catalog=mugs, rows=[row("m2", [1])]).created == 1


def test_the_same_item_twice_is_an_error_since_one_must_be_wrong(mugs: Catalog) -> None:
    result = record_vectors(
        catalog=mugs, rows=[row("m0", [1]), row("m0", [2]), row("m0", [3], "sound")]
    )
    assert errors(result) == [(2, "item_id", "was already in row 1")]
    assert numbers_of("m0") == (1,)


def test_the_number_of_names_is_limited(mugs: Catalog) -> None:
    rows = [row("m0", [1], f"kind-{n}") for n in range(MAX_NAMES + 1)]
    result = record_vectors(catalog=mugs, rows=rows)
    assert errors(result) == [
        (MAX_NAMES + 1, "name", f"would exceed the limit of {MAX_NAMES} names")
    ]


def test_other_catalogues_have_vectors_of_their_own(mugs: Catalog) -> None:
    other = make_catalog()
    make_item(other, external_id="m0")
    record_vectors(catalog=mugs, rows=[row("m0", [1, 2])])
    assert record_vectors(catalog=other, rows=[row("m0", [1, 2, 3])]).created == 1
    assert delete_vectors(catalog=other, name="picture") == 1
    assert vector_kinds(mugs) == [VectorKind("picture", 2, 1)]


def test_checking_gives_the_same_result_and_writes_nothing(mugs: Catalog) -> None:
    record_vectors(catalog=mugs, rows=[row("m0", [1, 2])])
    rows = [
        row("m0", [3, 4]),
        row("m1", [1]),
        row("m1", [5, 6]),
        row("nowhere", [1, 2]),
        row("m2", None),
    ]
    checked = check_vectors(catalog=mugs, rows=rows)
    assert numbers_of("m0") == (1, 2)
    assert checked == record_vectors(catalog=mugs, rows=rows)


def test_deleting_an_item_deletes_its_vectors(mugs: Catalog) -> None:
    record_vectors(catalog=mugs, rows=[row("m0", [1, 2])])
    mugs.items.get(external_id="m0").delete()
    assert vector_kinds(mugs) == []


FILES = {
    "pictures.csv": 'item_id,vector\nm0,0.5 1 -2\nm1,"1,2,3"\n',
    "pictures.jsonl": "\n".join(
        json.dumps(each)
        for each in (row("m0", [0.5, 1, -2]), {"item_id": "m1", "vector": "[1, 2, 3]"})
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_vectors_are_imported_from_files(mugs: Catalog, tmp_path, name: str) -> None:
    (tmp_path / name).write_text(FILES[name])
    said = StringIO()
    call_command("import_vectors", mugs.slug, tmp_path / name, stdout=said, verbosity=0)
    assert "2 new" in said.getvalue()
    assert numbers_of("m0") == (0.5, 1, -2)
    assert numbers_of("m1") == (1, 2, 3)


def test_a_bad_line_is_reported_and_nothing_is_written(mugs: Catalog, tmp_path) -> None:
    (tmp_path / "sound.csv").write_text(
        "item_id,vector,name\nm0,1 2,\nm1,1 2 3,\nm2,1 2 x,\nm2,7,other\n"
    )
    said = StringIO()
    with pytest.raises(CommandError, match="2 bad"):
        call_command(
            "import_vectors",
            mugs.slug,
            tmp_path / "sound.csv",
            name="sound",
            stderr=said,
            verbosity=0,
        )
    assert "line 3: vector: “” has 3 numbers where “sound” has 2" in said.getvalue()
    assert "line 4: vector[2]: “x” must be a number" in said.getvalue()
    assert vector_kinds(mugs) == []


def test_the_length_is_one_over_all_portions_of_a_file(
    mugs: Catalog, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("catalog.ingestion.import_runs.PORTION", 1)
    (tmp_path / "pictures.csv").write_text("item_id,vector\nm0,1 2\nm1,1 2 3\n")
    report = import_vectors(catalog=mugs, path=tmp_path / "pictures.csv", name="picture")
    assert (report.bad, report.written) == (1, False)


def test_a_bad_name_is_rejected_at_once(mugs: Catalog, tmp_path) -> None:
    with pytest.raises(CommandError, match="--name: “My Picture”"):
        call_command(
            "import_vectors", mugs.slug, tmp_path / "none.csv", name="My Picture", verbosity=0
        )


OPTIONS = [
    ("v.csv", b"item_id;vector\nm0;0.5 1 -2\n", {"delimiter": ";"}),
    ("v.csv", b"m0,0.5 1 -2\n", {"columns": "item_id,vector"}),
    ("v.csv", b"sku,numbers\nm0,0.5 1 -2\n", {"map": ["vector=numbers"]}),
    ("v.csv", "item_id,vector\nm0,0.5 1 -2\n".encode("utf-16-be"), {"encoding": "utf-16-be"}),
    ("v.jsonl", b'{"sku": "m0", "embedding": [0.5, 1, -2]}\n', {}),
    ("v.csv", b"item_id,vector\nm0,0.5 1 -2\nm1,1 2\nm2,x\n", {"skip_bad": True}),
]


@pytest.mark.parametrize(("name", "content", "options"), OPTIONS)
def test_options_say_how_a_file_of_vectors_is_written(
    mugs: Catalog, tmp_path, name: str, content: bytes, options: dict
) -> None:
    (tmp_path / name).write_bytes(content)
    said = StringIO()
    call_command(
        "import_vectors", mugs.slug, tmp_path / name, verbosity=0, stdout=said, stderr=said,
        **options,
    )  # fmt: skip
    assert numbers_of("m0") == (0.5, 1, -2)
    assert [(kind.name, kind.dimension, kind.items) for kind in vector_kinds(mugs)] == [
        ("picture", 3, 1)
    ]
    assert ("line 3: vector" in said.getvalue()) == ("skip_bad" in options)


def test_a_dry_run_of_vectors_writes_nothing(mugs: Catalog, tmp_path) -> None:
    (tmp_path / "v.csv").write_text("item_id,vector\nm0,0.5 1 -2\n")
    said = StringIO()
    call_command(
        "import_vectors", mugs.slug, tmp_path / "v.csv", dry_run=True, verbosity=0, stdout=said
    )
    assert "1 new" in said.getvalue()
    assert vector_kinds(mugs) == []
