"""The house of DESIGN.md as rules that a machine can check: who may import whom, and what no module does."""

from __future__ import annotations

import ast
import functools
import importlib
import pkgutil
import re
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

import isu_analysis

PACKAGE = Path(isu_analysis.__file__).parent
WINGS = ("version", "errors", "files", "declarations", "measures", "statistics", "settings", "intake", "decisions", "sketching",
         "cohorts", "analysis", "disclosure", "municipalities", "presentation", "reporting", "custody", "synthetic", "cli")  # fmt: skip
CORE = WINGS[: WINGS.index("presentation")]
ENTRY = {"__init__", "__main__"}  # the front doors: names loaded lazily, and `python -m isu_analysis`
# Narrower than the order alone: statistics knows numbers only, a sketch no results, the invented town no report.
MAY_IMPORT = {wing: set(WINGS[: place + 1]) for place, wing in enumerate(WINGS)} | {
    "statistics": {"errors", "statistics"},
    "sketching": {"errors", "files", "declarations", "measures", "settings", "intake", "sketching"},
    "synthetic": {"errors", "files", "declarations", "measures", "settings", "synthetic"},
}
HEAVY = {"matplotlib", "seaborn", "papermill", "nbconvert", "nbformat", "openpyxl", "jupyterlab", "typst", "pikepdf"}
MOST_LINES_OF_MODULE, MOST_LINES_OF_FUNCTION = 320, 45

MODULES = sorted(PACKAGE.rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def dotted(path: Path) -> str:
    """Name of the module in a file."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(PACKAGE).as_posix()}:{getattr(node, 'lineno', 1)}"


def wing(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(node: ast.AST, module: str, is_package: bool) -> Iterator[tuple[ast.AST, str]]:
    """Every import below a node, also inside functions, as a dotted name with what is taken from it."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import):
            yield from ((inner, name.name) for name in inner.names)
        elif isinstance(inner, ast.ImportFrom):
            base = inner.module or ""
            if inner.level:
                parents = module.split(".")[: len(module.split(".")) - inner.level + is_package]
                base = ".".join([*parents, *([base] if base else [])])
            yield from ((inner, f"{base}.{name.name}") for name in inner.names)


def imports_of(path: Path) -> list[tuple[ast.AST, str]]:
    return list(imports(tree(path), dotted(path), path.stem == "__init__"))


def at_module_level(path: Path) -> Iterator[ast.stmt]:
    """Statements that run on import, inside `try` and `if` too, but not those for type checkers only."""
    waiting: list[ast.stmt] = list(tree(path).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, Function):
            continue
        yield node
        waiting += [inner for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.stmt)]


def test_every_module_lives_in_a_wing():
    assert {wing(path) for path in MODULES} - ENTRY == set(WINGS)


def test_the_drawing_shows_the_wings_in_the_same_order():
    drawing = (PACKAGE.parent / "docs" / "arkitektur.md").read_text(encoding="utf-8")
    rooms = drawing.split("## Rummen")[1].split("\n## ")[0]
    assert tuple(re.findall(r"^\| `(\w+)/?` \|", rooms, re.MULTILINE)) in (WINGS, WINGS[1:])


def test_a_module_imports_only_from_wings_above_its_own():
    wrong = []
    for path in MODULES:
        if wing(path) in ENTRY:
            continue
        for node, name in imports_of(path):
            parts = name.split(".")
            if parts[0] != "isu_analysis":
                continue
            taken = parts[1] if len(parts) > 1 else "(the whole package)"
            if taken not in MAY_IMPORT[wing(path)]:
                wrong.append(f"{place(path, node)} imports {taken}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("code", "module", "is_package", "expected"),
    [
        ("from isu_analysis.intake import store", "isu_analysis.x", False, "isu_analysis.intake.store"),
        ("from isu_analysis import cli", "isu_analysis.x", False, "isu_analysis.cli"),
        ("def f():\n    import isu_analysis.cli", "isu_analysis.x", False, "isu_analysis.cli"),
        ("from . import b", "isu_analysis.x.a", False, "isu_analysis.x.b"),
        ("from .. import cli", "isu_analysis.x.a", False, "isu_analysis.cli"),
        ("from ..intake.store import load", "isu_analysis.x.a", False, "isu_analysis.intake.store.load"),
        ("from . import a", "isu_analysis.x", True, "isu_analysis.x.a"),
        ("from .. import cli", "isu_analysis.x", True, "isu_analysis.cli"),
    ],
)
def test_the_check_sees_every_way_to_import(code, module, is_package, expected):
    assert [name for _, name in imports(ast.parse(code), module, is_package)] == [expected]


def test_core_wings_import_nothing_heavy_at_module_level():
    wrong = [
        f"{place(path, node)} imports {name}"
        for path in MODULES
        if wing(path) in CORE
        for statement in at_module_level(path)
        if isinstance(statement, ast.Import | ast.ImportFrom)
        for node, name in imports(statement, dotted(path), path.stem == "__init__")
        if name.split(".")[0] in HEAVY
    ]
    assert not wrong, "\n".join(wrong)


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_the_package_imports_nothing_else():
    loaded = python("import isu_analysis, sys; print(*sorted({name.split('.')[0] for name in sys.modules}))").split()
    assert not {"pandas", "numpy", "scipy", "pydantic", "statsmodels", "ruamel", *HEAVY} & set(loaded)


def test_public_names_are_no_names_of_modules():
    children = {module.name for module in pkgutil.iter_modules([str(PACKAGE)])}
    assert not set(isu_analysis.__all__) & children


def test_public_names_stay_what_they_are_when_modules_are_imported_first():
    said = python(
        "import isu_analysis.cohorts, isu_analysis.measures.registry, isu_analysis.settings.loading, isu_analysis as isu\n"
        "print(*[type(getattr(isu, name)).__name__ for name in ('cohort', 'measure', 'load_unit')])"
    )
    assert said and "module" not in said.split()


def test_every_public_name_is_there_and_says_where_it_lives():
    for path in MODULES:
        if wing(path) in CORE or wing(path) == "presentation":
            importlib.import_module(dotted(path))
    for name in isu_analysis.__all__:
        value = getattr(isu_analysis, name)
        assert not isinstance(value, types.ModuleType), f"{name} is a module"
        if name != "__version__":
            assert callable(value), name
            assert value.__module__.startswith(f"isu_analysis.{isu_analysis._WHERE[name]}"), name
    assert set(isu_analysis.__all__) == {"__version__", *isu_analysis._WHERE} and dir(isu_analysis) == sorted(
        isu_analysis.__all__
    )
    with pytest.raises(AttributeError, match="has no attribute 'finns_inte'"):
        _ = isu_analysis.finns_inte


def test_type_checkers_are_told_the_same_names():
    told = {
        name.asname or name.name
        for node in tree(PACKAGE / "__init__.py").body
        if isinstance(node, ast.If)
        for inner in ast.walk(node)
        if isinstance(inner, ast.ImportFrom)
        for name in inner.names
    }
    assert told | {"__version__"} == set(isu_analysis.__all__)


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the last part of what is called."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node, node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_nothing_forks_but_through_the_server():
    """`server.fork` is ours; it refuses where there is no fork or more than one thread."""
    wrong = [
        place(path, node)
        for path in MODULES
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Attribute) and node.attr in {"fork", "forkpty"} and ast.unparse(node) != "server.fork")
        or (isinstance(node, ast.Constant) and node.value in {"fork", "forkserver"})
        or (isinstance(node, ast.alias) and node.name in {"fork", "forkpty"})
    ]
    assert not wrong, wrong


def test_text_is_read_and_written_with_a_named_encoding():
    wrong = [
        f"{place(path, node)} {name}"
        for path in MODULES
        for node, name in calls(path)
        if name in {"read_text", "write_text"} and not any(keyword.arg == "encoding" for keyword in node.keywords)
    ]
    assert not wrong, wrong


def test_core_wings_read_no_clock():
    """But for `isu init`, which writes down on what day the primary outcome was declared."""
    wrong = [
        place(path, node)
        for path in MODULES
        if wing(path) in set(CORE) - {"sketching"}
        for node, name in calls(path)
        if name in {"today", "now", "utcnow"}
    ]
    assert not wrong, wrong


def test_no_guard_is_an_assert():
    wrong = [place(path, node) for path in MODULES for node in ast.walk(tree(path)) if isinstance(node, ast.Assert)]
    assert not wrong, wrong


def test_no_module_is_a_drawer_of_odds_and_ends():
    names = {part for path in MODULES for part in path.relative_to(PACKAGE).with_suffix("").parts}
    assert not names & {"util", "utils", "helper", "helpers", "misc", "common", "tools"}


def definitions(body: list[ast.stmt]) -> Iterator[Function | ast.ClassDef]:
    """Functions and classes of a module, and methods of its classes; not what is inside functions."""
    for node in body:
        if isinstance(node, Function | ast.ClassDef):
            yield node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from definitions(node.body)


def test_everything_public_has_a_docstring():
    wrong = [
        place(path, tree(path)) for path in MODULES if not ast.get_docstring(tree(path)) and path.stem != "__main__"
    ]
    for path in MODULES:
        wrong += [
            f"{place(path, node)} {node.name}"
            for node in definitions(tree(path).body)
            if not node.name.startswith("_") and not ast.get_docstring(node)
        ]
    assert not wrong, "\n".join(wrong)


def test_modules_are_short():
    lengths = {path: lines_of_code(path) for path in MODULES}
    longest = max(lengths, key=lambda path: lengths[path])
    said = f"longest module: {longest.relative_to(PACKAGE).as_posix()}, {lengths[longest]} lines"
    assert lengths[longest] < MOST_LINES_OF_MODULE, said


def lines_of_code(path: Path) -> int:
    """Lines of a module but for docstrings: an example of how a function is used makes nothing harder to read."""
    nodes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Module | ast.ClassDef | Function)]
    docstrings = sum(docstring_lines(node) for node in nodes)
    return len(path.read_text(encoding="utf-8").splitlines()) - docstrings


def docstring_lines(node: ast.Module | ast.ClassDef | Function) -> int:
    """Lines of a docstring, 0 where there is none."""
    first = node.body[0] if node.body else None
    is_docstring = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return (first.end_lineno or 0) - first.lineno + 1 if first and is_docstring else 0


def body_lines(node: Function) -> int:
    """Lines of a function but for its docstring."""
    return (node.end_lineno or 0) - node.lineno + 1 - docstring_lines(node)


def test_functions_are_small():
    lengths = [
        (body_lines(node), f"{place(path, node)} {node.name}")
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, Function)
    ]
    longest = sorted(lengths, reverse=True)[:3]
    assert longest[0][0] < MOST_LINES_OF_FUNCTION, f"longest functions: {longest}"


def test_no_two_test_modules_share_a_name():
    names = [path.name for path in Path(__file__).parent.rglob("*.py") if path.name != "conftest.py"]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)
    assert not list(Path(__file__).parent.rglob("__init__.py"))
