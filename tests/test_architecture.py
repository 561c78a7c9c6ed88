"""What the code may use. The layers are contracts of import-linter, in pyproject.toml."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"tensorflow", "keras", "gensim", "lightgbm"}
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}
PUBLIC_ALL_THE_SAME = {"_meta", "_fields", "_make", "_replace", "_asdict"}
"""Documented by Django and by Python in spite of the underscore."""


def python_files(folder: str) -> Iterator[Path]:
    return (ROOT / folder).rglob("*.py")


def imports(path: Path, top_level_only: bool = False) -> Iterator[str]:
    """Dotted names that a file imports; inside functions too unless ``top_level_only``."""
    tree = ast.parse(path.read_text())
    inside = {
        child
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if top_level_only and node in inside:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def names_used(path: Path) -> Iterator[str]:
    """Every name and dotted name in a file, imported ones too."""
    yield from imports(path)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, (ast.Attribute, ast.Name)):
            yield ast.unparse(node)


def test_the_layers_hold():
    """The contracts in pyproject.toml: who may import whom, and no circles."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_chain_of_imports_is_longer_than_14():
    """A newcomer can follow a request from the address to the arrays."""
    graph = grimp.build_graph("accounts", "catalog", "config", "recommender")
    longest = functools.cache(
        lambda module: (
            1 + max(map(longest, graph.find_modules_directly_imported_by(module)), default=0)
        )
    )
    assert max(map(longest, graph.modules)) <= 14


def test_heavy_libraries_are_imported_inside_functions_of_training_files_only():
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for folder in ("accounts", "catalog", "config", "recommender")
        for path in python_files(folder)
        for name in imports(path, top_level_only=path.stem.endswith("_training"))
        if name.split(".")[0] in HEAVY
    ]
    assert not wrong


def test_training_files_are_never_imported_at_the_top_of_another():
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files("recommender")
        for name in imports(path, top_level_only=True)
        if name.startswith("recommender.engine.")
        and any(part.endswith("_training") for part in name.split("."))
    ]
    assert not wrong


def test_engine_touches_no_clock_and_no_global_randomness():
    wrong = []
    for path in python_files("recommender/engine"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                called = ast.unparse(node)
                if called.startswith(("np.random.", "numpy.random.")) and not called.endswith(
                    ("default_rng", "Generator", "SeedSequence")
                ):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {called}")
                if called in ("time.time", "datetime.now", "datetime.utcnow", "random.random"):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {called}")
    assert not wrong


def test_engine_reads_no_environment_variable():
    """Settings reach the engine as arguments; `ENVIRONMENT` lists every way to ask for them."""
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files("recommender/engine")
        for name in names_used(path)
        if name.rpartition(".")[2] in ENVIRONMENT
    ]
    assert not wrong


def test_tests_use_what_is_public():
    """No test uses the apps' names that begin with ``_``, or ``__dict__``."""
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files("tests")
        for name in private_names(path)
    ]
    assert not wrong


def private_names(path: Path) -> Iterator[str]:
    """Private names of others that a test file imports, reads, writes or patches."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names if alias.name.startswith("_"))
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) not in ("self", "cls"):
            if (
                node.attr.startswith("_") and node.attr not in PUBLIC_ALL_THE_SAME
            ) and not is_dunder(node.attr):
                yield ast.unparse(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
            ("setattr", "setitem", "patch", "object")
        ):
            strings = (
                each.value
                for each in node.args
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )
            yield from (text for text in strings if re.search(r"(^|\.)_[a-z]", text))


def is_dunder(name: str) -> bool:
    return (
        name.startswith("__")
        and name.endswith("__")
        and name not in ("__dict__", "__dataclass_fields__")
    )


def test_web_process_imports_no_heavy_library_and_states_its_memory():
    """A fresh process that has built every route; figures go to the report of `pytest -rP`."""
    code = (
        "import django, sys; django.setup();"
        "from django.urls import get_resolver; get_resolver().url_patterns;"
        "import config.wsgi, recommender.serving;"
        f"print(sorted({HEAVY!r} & set(sys.modules)));"
        # Not ru_maxrss: that is never below what the parent held when it forked.
        "peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'));"
        "print(int(peak.split()[1]) // 1024, 'MiB resident')"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    heavy, memory = done.stdout.splitlines()[-2:]
    print(memory)  # noqa: T201 (the figure is wanted: pytest -rP)
    assert heavy == "[]"
    assert int(memory.split()[0]) < 250
