"""The audit shares no code with what it audits: an error in the choice of hidden counts must not be repeated there."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from isu_analysis.disclosure import audit

FOLDER = Path(audit.__file__).parent
ALLOWED = ("isu_analysis.errors", "isu_analysis.disclosure.audit.")
OUTSIDE = {"numpy", "scipy"} | set(sys.stdlib_module_names)
MODULES = sorted(FOLDER.rglob("*.py"))


def taken(code: str) -> list[str]:
    """Every module that code imports, also inside functions; a relative import as it is written."""
    names = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append("." * node.level + (node.module or ""))
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in {
            "import_module",
            "__import__",
        }:
            names.append("by name")
    return names


def strangers(code: str) -> list[str]:
    return [name for name in taken(code) if not name.startswith(ALLOWED) and name.split(".")[0] not in OUTSIDE]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_the_audit_imports_only_itself_and_the_errors(path):
    assert not strangers(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "code",
    [
        "from isu_analysis.disclosure.suppression import hide_counts",
        "from isu_analysis.disclosure.problem import Count",
        "from isu_analysis.disclosure import knowledge",
        "def f():\n    import isu_analysis.disclosure.suppression",
        "from .. import problem",
        "import importlib\nimportlib.import_module('isu_analysis.disclosure.suppression')",
    ],
)
def test_the_check_sees_what_is_not_allowed(code):
    assert strangers(code)


def test_the_audit_runs_without_the_modules_it_audits():
    """It does its whole work in a process where all other modules of the wing refuse to be imported."""
    code = """
import sys, types
from pathlib import Path
import isu_analysis

folder = Path(isu_analysis.__file__).parent / "disclosure"
package = types.ModuleType("isu_analysis.disclosure")
package.__path__ = [str(folder)]
sys.modules["isu_analysis.disclosure"] = package
for path in folder.iterdir():
    if path.stem not in {"audit", "__init__", "__pycache__"}:
        sys.modules[f"isu_analysis.disclosure.{path.stem}"] = None

from isu_analysis.disclosure.audit import Fact, Printed, Secret, attack
printed = [Printed("all", 9), Printed("a", None), Printed("b", 7)]
print(attack(printed, [Fact((("all", 1), ("a", -1), ("b", -1)), 0, 0)], [Secret("a", 1, 5)]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.stdout.strip() == "(Broken('a'),)", done.stderr
