"""The options of commands that read files: how a file is written, if it does not tell itself."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from catalog.ingestion.file_readers import ReadOptions


def add_reading_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("how the file is written")
    group.add_argument(
        "--encoding", default="", help="utf-8, gb18030, utf-16, windows-1252 … (default: found)"
    )
    group.add_argument(
        "--delimiter", default="", help="what separates the columns: , ; | tab … (default: found)"
    )
    group.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=NAME",
        help="the file calls this column NAME: title=Name; repeatable",
    )
    group.add_argument(
        "--time-format",
        default="auto",
        help="auto, order, year, excel, days, s, ms, us, ns, or a pattern such as %%d/%%m/%%Y",
    )


def add_columns_option(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--columns",
        default="",
        metavar="NAMES",
        help="of a file without a header: user_id,item_id,timestamp; - for one that is not read",
    )


def mapping_of(pairs: list[str]) -> dict[str, str]:
    """``title=Name`` as column -> name.

    Raises:
        CommandError: for what has no equals sign, and for a column that comes twice.
    """
    mapping: dict[str, str] = {}
    for pair in pairs:
        column, equals, name = (part.strip() for part in pair.partition("="))
        if not (column and equals and name):
            raise CommandError(f"--map {pair}: must be COLUMN=NAME, such as title=Name")
        if column in mapping:
            raise CommandError(f"--map {pair}: {column} is {mapping[column]} already")
        mapping[column] = name
    return mapping


def reading_options(options: dict[str, Any]) -> ReadOptions:
    """
    Raises:
        CommandError: for an option that cannot be read.
    """
    names = [name.strip() for name in options.pop("columns", "").split(",")]
    return ReadOptions(
        encoding=options.pop("encoding"),
        delimiter=options.pop("delimiter"),
        mapping=mapping_of(options.pop("map")),
        columns=tuple(names) if any(names) else (),
        time_format=options.pop("time_format"),
    )
