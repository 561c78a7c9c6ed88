"""Personal lists from files, without a database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from catalog.management.reading_options import add_reading_options, reading_options
from config.errors import AppError
from recommender.engine.batch import BatchRequest, recommend_from_files
from recommender.engine.data.errors import EngineError
from recommender.engine.runtime.tf_cluster import Cluster
from recommender.engine.tuning.search_space import OPTIONS
from recommender.management.console import progress_on
from recommender.training import encoders, file_datasets, file_rows
from recommender.training.dask_executor import on_cluster
from recommender.training.file_feedback import SCALES, FileFeedback
from recommender.training.file_rows import FileOptions


class Command(BaseCommand):
    help = (
        "Train on files in memory and write personal lists to a file. "
        "The last line of the output is JSON."
    )
    requires_system_checks: Sequence[str] = ()  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--interactions",
            type=Path,
            required=True,
            help="user_id,item_id[,kind][,value][,quantity][,timestamp]",
        )
        parser.add_argument(
            "--items", type=Path, required=True, help="item_id[,title][,description][,categories]"
        )
        parser.add_argument(
            "--users", type=Path, help="user_id: the users to serve; all by default"
        )
        parser.add_argument(
            "--vectors",
            type=Path,
            action="append",
            default=[],
            help="item_id,vector: of pictures or sounds; repeatable",
        )
        parser.add_argument(
            "--out",
            type=Path,
            required=True,
            help="user_id,item_id,rank,score,sources; .gz packs it",
        )
        parser.add_argument("--k", type=int, default=10, help="items per list")
        parser.add_argument(
            "--tail", type=float, help="the tail dial, 0 to 1: more = less known items"
        )
        parser.add_argument(
            "--seed", type=int, default=0, help="the same data and seed give the same lists"
        )
        parser.add_argument(
            "--without", default="", help="scorers and rules to leave out, separated by commas"
        )
        parser.add_argument(
            "--repeat",
            action="store_true",
            help="items of repeatable kinds (purchase) may come back, lower where they are not due",
        )
        parser.add_argument(
            "--skip-bad", action="store_true", help="go on although there are bad rows"
        )
        add_reading_options(parser)
        parser.add_argument(
            "--columns",
            action="append",
            default=[],
            metavar="FILE=NAMES",
            help="of a file without a header: interactions=user_id,item_id,timestamp; repeatable",
        )

        parser.add_argument(
            "--scale",
            choices=SCALES,
            help="what values are: a rating scale, quantity, or none to ignore them "
            "(default: what they look like; a warning says what that is)",
        )
        parser.add_argument(
            "--map-kind",
            metavar="WORD=KIND",
            action="append",
            default=[],
            help="read a word of the column kind as a kind, for example buy=purchase; repeatable",
        )

    def handle(self, **options: Any) -> None:
        request = BatchRequest(
            **{
                name: options[name]
                for name in ("interactions", "items", "users", "out", "k", "tail", "seed", "repeat")
            },
            vectors=tuple(options["vectors"]),
            without=tuple(filter(None, options["without"].split(","))),
        )
        self._reject_bad(request)
        try:
            with on_cluster():
                report = recommend_from_files(
                    request,
                    progress_on(self.stderr, options["verbosity"]),
                    encoders.item_encoder(),
                    Cluster.from_tf_config(settings.TF_CONFIG),
                    partial(
                        file_datasets.load,
                        options=_file_options(options),
                        feedback=self._feedback(options),
                    ),
                )
        except (AppError, EngineError, OSError) as error:
            raise CommandError(str(error)) from error
        for warning in report["warnings"]:
            self.stderr.write(f"warning: {warning}")
        self.stdout.write(json.dumps(report))

    def _feedback(self, options: Mapping[str, Any]) -> FileFeedback:
        pairs = [text.rpartition("=")[::2] for text in options["map_kind"]]
        if wrong := [text for text in options["map_kind"] if not all(text.rpartition("=")[::2])]:
            raise CommandError(f"--map-kind {wrong[0]}: must be WORD=KIND, as in buy=purchase")
        try:
            return FileFeedback(options["scale"], dict(pairs))
        except EngineError as error:
            raise CommandError(f"--{error}") from None

    def _reject_bad(self, request: BatchRequest) -> None:
        """Check the options before the long work."""
        if unknown := sorted(set(request.without) - set(OPTIONS)):
            raise CommandError(f"--without {','.join(unknown)}: not one of {', '.join(OPTIONS)}")
        if request.k < 1:
            raise CommandError(f"--k {request.k}: must be 1 or more")
        if request.tail is not None and not 0 <= request.tail <= 1:
            raise CommandError(f"--tail {request.tail}: must be between 0 and 1")
        if request.seed < 0:
            raise CommandError(f"--seed {request.seed}: must be 0 or more")
        if not request.out.resolve().parent.is_dir():
            raise CommandError(f"--out {request.out}: its folder does not exist")


def _file_options(options: dict[str, Any]) -> FileOptions:
    """
    Raises:
        CommandError: for an option that names no file or no column.
    """
    columns = {}
    for pair in options["columns"]:
        name, equals, names = pair.partition("=")
        if name not in file_rows.KINDS or not equals:
            kinds = ", ".join(file_rows.KINDS)
            raise CommandError(f"--columns {pair}: must be FILE=NAMES; FILE is one of {kinds}")
        columns[name] = tuple(column.strip() for column in names.split(","))
    chosen = {name: options[name] for name in ("encoding", "delimiter", "map", "time_format")}
    reading = reading_options(chosen)
    known = {column for kind in file_rows.KINDS.values() for column in kind.columns}
    known |= {
        f"{name}.{column}" for name, kind in file_rows.KINDS.items() for column in kind.columns
    }
    if unknown := sorted(set(reading.mapping) - known):
        raise CommandError(f"--map {unknown[0]}: not one of {', '.join(sorted(known))}")
    return FileOptions(reading, columns, options["skip_bad"])
