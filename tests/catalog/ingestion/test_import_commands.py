from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Catalog, Interaction
from tests.catalog.ingestion.files import ITEMS, Write

BAD_LOG = """user_id,item_id,value,timestamp,kind
ann,m0,1,1600000000,take
ann,nowhere,1,1600000000,take
ann,m1,-1,1600000000,take
,m1,1,1600000000,take
ann,m1,1,yesterday,take
ann,m1,1,-5,take
ann,m1,1,,take
ann,m1,7,1600000000,rate
ann,m1,1,1600000000,bought
ann,m1,1
ann,m1,1,99999999999,take
ann,m2,1,1600000000,
"""


def run(command: str, *args: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(command, *map(str, args), stdout=out, stderr=err, verbosity=0)
    return out.getvalue(), err.getvalue()


def test_the_commands_print_a_report(catalog: Catalog, write: Write) -> None:
    out, _err = run("import_items", "shop", write("items.csv", ITEMS))
    assert out.startswith("2 rows in")
    assert "2 new, 0 changed" in out
    log = "user_id,item_id,value,timestamp\nann,a,4,1\n"
    out, _err = run("import_interactions", "shop", write("log.csv", log), "--kind", "rate")
    assert "1 new" in out
    assert Interaction.objects.get().kind == "rate"


def test_the_command_fails_on_bad_lines_and_names_them(mugs: Catalog, write: Write) -> None:
    err = StringIO()
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command(
            "import_interactions", "shop", str(write("log.csv", BAD_LOG)), stderr=err, verbosity=0
        )
    assert "line 3: item_id: “nowhere”" in err.getvalue()


@pytest.mark.parametrize(
    ("catalog_name", "file"), [("nothing", "items.csv"), ("shop", "missing.csv")]
)
def test_the_command_rejects_unknown_names(
    catalog: Catalog, write: Write, catalog_name: str, file: str
) -> None:
    path = write("items.csv", ITEMS).with_name(file)
    with pytest.raises(CommandError, match=catalog_name if catalog_name == "nothing" else file):
        run("import_items", catalog_name, path)
