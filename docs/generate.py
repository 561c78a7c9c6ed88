"""Writes the reference from the code: a hook of MkDocs, so that these pages are never out of date.

Settings come from `.env.example`, commands from their argument parsers, the API from its OpenAPI
description, scorers and features from the engine, and the list of decisions from their headings.
The pages exist in the built site only.
"""

from __future__ import annotations

import argparse
import inspect
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SETTING = re.compile(r"# ([A-Z][A-Z0-9_]+)=(.*)")
APPS = ("accounts", "catalog", "recommender")
FOREIGN = re.compile(r'<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)="(?:https?:)?//')


def on_files(files: Any, config: Any) -> Any:
    """Adds the generated pages to those that MkDocs found."""
    from mkdocs.structure.files import File

    for path, content in pages().items():
        files.append(File.generated(config, path, content=content))
    return files


def on_post_page(output: str, page: Any, config: Any) -> None:
    """Stops the build when a page would load something from another host."""
    from mkdocs.exceptions import PluginError

    if found := FOREIGN.search(output):
        raise PluginError(f"{page.file.src_uri} loads from another host: {found[0]}")


def pages() -> dict[str, str]:
    """Every generated page by its path below `docs/`."""
    start_django()
    from docs.api_reference import api_description, api_page  # needs the path that was just set
    from docs.feature_reference import features_page

    return {
        "reference/settings.md": settings_page((ROOT / ".env.example").read_text()),
        "reference/commands.md": commands_page(),
        "reference/api.md": api_page(api_description()),
        "reference/scorers.md": scorers_page(),
        "reference/features.md": features_page(),
        "decisions/index.md": decisions_page(sorted((ROOT / "docs" / "decisions").glob("0*.md"))),
    }


def start_django() -> None:
    sys.path[:0] = [] if str(ROOT) in sys.path else [str(ROOT)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()


# Markdown


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(in_cell, row)) + " |" for row in cells)


def in_cell(text: str) -> str:
    """On one line; a bar would end the cell."""
    return " ".join(text.split()).replace("|", "\\|")


def code(value: object) -> str:
    return f"`{value}`" if str(value) else ""


def document(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", *(part for part in parts if part)]) + "\n"


# Settings


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    meaning: str


def read_settings(example: str) -> Iterator[Setting]:
    """The variables of `.env.example`, each with the comment lines above it."""
    comment: list[str] = []
    for line in example.splitlines():
        if found := SETTING.match(line):
            yield Setting(found[1], found[2], " ".join(comment))
        comment = [*comment, line.lstrip("# ")] if line.startswith("#") and not found else []


def settings_page(example: str) -> str:
    rows = [(code(each.name), code(each.default), each.meaning) for each in read_settings(example)]
    return document(
        "Settings",
        "Longtail reads its settings from the environment, and from a file `.env` in its folder. A "
        "wrong value stops the start and is named. This page is made of `.env.example`.",
        table(["variable", "default", "meaning"], rows),
    )


# Commands


def our_commands() -> dict[str, argparse.ArgumentParser]:
    """The parser of every command of our apps, by name."""
    from django.core.management import get_commands, load_command_class

    return {
        name: load_command_class(app, name).create_parser("manage.py", name)
        for name, app in sorted(get_commands().items())
        if app in APPS
    }


def own_arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Without what every command of Django takes, as `--verbosity`."""
    from django.core.management import BaseCommand

    shared = {action.dest for action in BaseCommand().create_parser("manage.py", "")._actions}
    return [action for action in parser._actions if action.dest not in shared]


def commands_page() -> str:
    from django.utils import translation

    with translation.override("en"):
        parts = [command_part(name, parser) for name, parser in our_commands().items()]
    return document(
        "Commands", "Each is run as `python manage.py NAME …` in Longtail's folder.", *parts
    )


def command_part(name: str, parser: argparse.ArgumentParser) -> str:
    actions = own_arguments(parser)
    within = {
        f"{name} {each}": inner
        for action in actions
        if isinstance(action, argparse._SubParsersAction)
        for each, inner in action.choices.items()
    }
    rows = [
        (code(flags_of(action)), (action.help or "") % vars(action))
        for action in actions
        if not isinstance(action, argparse._SubParsersAction)
    ]
    parts = [
        f"{'###' if ' ' in name else '##'} {name}",
        str(parser.description or "").strip(),
        f"```text\n{usage_of(name, actions)}\n```",
        table(["argument", "meaning"], rows) if rows else "",
        *(command_part(each, inner) for each, inner in within.items()),
    ]
    return "\n\n".join(part for part in parts if part)


def usage_of(name: str, actions: Sequence[argparse.Action]) -> str:
    formatter = argparse.HelpFormatter(prog=f"python manage.py {name}", width=90)
    formatter.add_usage(None, actions, [], prefix="")
    return formatter.format_help().strip()


def flags_of(action: argparse.Action) -> str:
    value = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
    if isinstance(value, tuple):
        value = " ".join(value)
    if action.choices and not action.metavar:
        value = " or ".join(map(str, action.choices))
    return f"{', '.join(action.option_strings)} {value}".strip()


# Scorers


def scorers_page() -> str:
    from recommender.engine.scorers.hybrid import Hybrid
    from recommender.engine.scorers.registry import SCORERS

    parts = [scorer_part(scorer) for scorer in (*SCORERS.values(), Hybrid)]
    return document(
        "Scorers",
        "A scorer gives every item of the catalogue a score for a person: unbounded, higher is "
        "better, NaN without a score. A training tunes which of them a catalogue's blend uses, and "
        "how much each counts.",
        *parts,
    )


def scorer_part(scorer: Any) -> str:
    made_by = params_class(scorer)
    rows = (
        [(code(each.name), code(default_of(each))) for each in fields(made_by)] if made_by else []
    )
    parts = [
        f"## {scorer.name}",
        own_doc(scorer),
        own_doc(made_by)
        if made_by and not own_doc(made_by).startswith(f"{made_by.__name__}(")
        else "",
        table(["parameter", "default"], rows) if rows else "",
        f"In `{Path(inspect.getfile(scorer)).relative_to(ROOT)}`.",
    ]
    return "\n\n".join(part for part in parts if part)


def params_class(scorer: Any) -> Any:
    """The dataclass of its parameters: of the default ones, else of the annotation."""
    try:
        params = type(scorer().params)
    except TypeError:
        params = inspect.get_annotations(scorer, eval_str=True).get("params")
    return params if is_dataclass(params) else None


def own_doc(thing: Any) -> str:
    return inspect.getdoc(thing) or ""


def default_of(field: Any) -> object:
    if field.default is not MISSING:
        return field.default
    return "" if field.default_factory is MISSING else field.default_factory()


# Decisions


def decisions_page(files: Sequence[Path]) -> str:
    rows = [f"- [{file.read_text().splitlines()[0].lstrip('# ')}]({file.name})" for file in files]
    return document(
        "Decisions",
        "What was chosen, what was not, and why. A page is written with the change and stays as it "
        "is; a later decision says what it replaces.",
        "\n".join(rows),
    )
