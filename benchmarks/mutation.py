"""How many deliberate faults the tests of the statistics notice.

A mutant is one small fault in one place of the source: `<` for `<=`, `+` for `-`, 2 for 1, a `~` left out. Mutants
are drawn with a seed, as many from each module as its share of the possible places (at least three), and each is
held against the test modules that name the module or one of its public names. A mutant is killed when a test fails
or does not end; the survivors are listed to be read one by one, because some are no faults at all (`>` for `>=`
where equality cannot occur).

    python -m benchmarks.mutation                 # 400 mutants, about half an hour on two cores
    python -m benchmarks.mutation --mutants 40 --only attrition/bounds.py

Runs on Linux and macOS: every mutant is a fork of a process that has already imported the heavy libraries.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "isu_analysis" / "statistics"
TESTS = ROOT / "tests" / "statistics"
SECONDS_PER_MUTANT = 90
FEWEST_PER_MODULE = 3

COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
              ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}  # fmt: skip
NAMES = {"any": "all", "all": "any", "min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum",
         "low": "high", "high": "low", "zeros": "ones", "ones": "zeros", "sf": "cdf", "cdf": "sf",
         "floor": "ceil", "ceil": "floor", "argmin": "argmax", "argmax": "argmin"}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One fault: the module, the number of the place in it, the line, and what was put instead of what."""

    module: Path
    place: int
    line: int
    fault: str

    def __str__(self) -> str:
        return f"{self.module.relative_to(SOURCE)}:{self.line}  {self.fault}"


class Mutator(ast.NodeTransformer):
    """Walks a module; counts the places where a fault can be put, and puts one at the chosen place."""

    def __init__(self, chosen: int = -1) -> None:
        self.chosen = chosen
        self.places: list[tuple[int, str]] = []

    def _here(self, node: ast.AST, fault: str) -> bool:
        self.places.append((node.lineno, fault))
        return len(self.places) - 1 == self.chosen

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """The body only: no decorators, defaults or annotations."""
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """The value, not the annotation."""
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """Leave alone: the words of a message."""
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Another comparison."""
        self.generic_visit(node)
        for i, operator in enumerate(node.ops):
            other = COMPARISONS.get(type(operator))
            if other and self._here(node, f"{type(operator).__name__} -> {other.__name__}"):
                node.ops[i] = other()
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Another operation."""
        self.generic_visit(node)
        other = ARITHMETIC.get(type(node.op))
        if other and self._here(node, f"{type(node.op).__name__} -> {other.__name__}"):
            node.op = other()
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """`and` for `or`."""
        self.generic_visit(node)
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        if self._here(node, f"{type(node.op).__name__} -> {other.__name__}"):
            node.op = other()
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """Leave out a minus, `~` or `not`."""
        self.generic_visit(node)
        if self._here(node, f"{type(node.op).__name__} left out"):
            return node.operand
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Another number, or the other truth value."""
        if isinstance(node.value, bool):
            if self._here(node, f"{node.value} -> {not node.value}"):
                return ast.copy_location(ast.Constant(not node.value), node)
        elif isinstance(node.value, int | float) and self._here(node, f"{node.value} -> {_other(node.value)}"):
            return ast.copy_location(ast.Constant(_other(node.value)), node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """The opposite function."""
        self.generic_visit(node)
        other = NAMES.get(node.attr)
        if other and isinstance(node.ctx, ast.Load) and self._here(node, f"{node.attr} -> {other}"):
            node.attr = other
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """Swap what is returned when."""
        self.generic_visit(node)
        if self._here(node, "branches swapped"):
            node.body, node.orelse = node.orelse, node.body
        return node


def _other(number: float) -> float:
    return number + 1 if isinstance(number, int) else number * 1.5 if number else 1.0


def places(module: Path) -> list[tuple[int, str]]:
    """Return every place of a module where a fault can be put: line and fault."""
    mutator = Mutator()
    mutator.visit(ast.parse(module.read_text(encoding="utf-8")))
    return mutator.places


def mutated(mutant: Mutant) -> str:
    """Return the source of a module with one fault in it."""
    tree = ast.parse(mutant.module.read_text(encoding="utf-8"))
    return ast.unparse(ast.fix_missing_locations(Mutator(mutant.place).visit(tree)))


def drawn(modules: list[Path], wanted: int, seed: int) -> list[Mutant]:
    """Draw mutants from the modules in proportion to their places, at least a few from each."""
    rng = random.Random(seed)
    possible = {module: places(module) for module in modules}
    possible = {module: found for module, found in possible.items() if found}
    total = sum(map(len, possible.values()))
    chosen = []
    for module, found in possible.items():
        share = max(FEWEST_PER_MODULE, round(wanted * len(found) / total))
        numbers = rng.sample(range(len(found)), min(share, len(found)))
        chosen += [Mutant(module, number, *found[number]) for number in numbers]
    rng.shuffle(chosen)
    return chosen[:wanted]


def tests_of(module: Path) -> list[str]:
    """Return the test modules that import from a module, then those that import a public name of it."""
    dotted = ".".join(module.relative_to(ROOT).with_suffix("").parts)
    tree = ast.parse(module.read_text(encoding="utf-8"))
    public = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_")}
    by_module, by_name = [], []
    for test in sorted(TESTS.rglob("test_*.py")):
        taken = [node for node in ast.walk(ast.parse(test.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
        if any(node.module == dotted for node in taken):
            by_module.append(str(test))
        elif any(name.name in public for node in taken for name in node.names):
            by_name.append(str(test))
    room = TESTS / module.relative_to(SOURCE).parent
    return by_module + by_name or [str(test) for test in sorted(room.glob("test_*.py"))]


def import_heavy() -> None:
    """Import, before the first fork, everything that is slow to import and never mutated."""
    import hypothesis.strategies  # noqa: F401
    import pandas  # noqa: F401
    import pytest  # noqa: F401
    import statsmodels.api
    import statsmodels.stats.contingency_tables  # noqa: F401


def tests_of_room(module: Path) -> list[str]:
    """Return every test of a module's room, and those of what all results promise."""
    room = module.relative_to(SOURCE).parts[0]
    return sorted(
        map(str, [*(TESTS / room).glob("test_*.py"), *TESTS.glob("test_[!c]*.py"), TESTS / "test_clusters.py"])
    )


def start(mutant: Mutant, tests: list[str]) -> int:
    """Fork a process that runs tests against a mutant and ends with their exit code; return its number."""
    pid = os.fork()
    if pid:
        return pid
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.chdir(ROOT)
    _import_as(mutant)
    import pytest

    options = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not slow"]
    os._exit(int(pytest.main([*options, *tests])))


def _import_as(mutant: Mutant) -> None:
    """Let the import system find the mutant's source in place of the module's own."""
    import importlib.abc
    import importlib.machinery

    name = ".".join(mutant.module.relative_to(ROOT).with_suffix("").parts)
    source = mutated(mutant)

    class Loader(importlib.machinery.SourceFileLoader):
        def get_code(self, fullname: str):  # type: ignore[no-untyped-def]
            return compile(source, self.path, "exec")

    class Finder(importlib.abc.MetaPathFinder):
        def find_spec(self, fullname, path, target=None):  # type: ignore[no-untyped-def]
            if fullname != name:
                return None
            return importlib.util.spec_from_file_location(
                fullname, mutant.module, loader=Loader(fullname, str(mutant.module))
            )

    sys.meta_path.insert(0, Finder())


def check_that_tests_pass(modules: list[Path]) -> None:
    """Stop if a module's tests fail without any fault in it: then everything would look killed."""
    for module in random.Random(0).sample(modules, min(3, len(modules))):
        _, status = os.waitpid(start(Mutant(module, -1, 0, "no fault"), tests_of_room(module)), 0)
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"{module.name}: the tests do not pass without a fault")


def judge(mutants: list[Mutant], at_once: int) -> dict[Mutant, str]:
    """Run every mutant; return "killed", "timeout", "survived" or "no tests" for each."""
    waiting = [(mutant, tests_of(mutant.module)) for mutant in mutants]
    running, verdicts, looked_twice = {}, {}, set()
    while waiting or running:
        while waiting and len(running) < at_once:
            mutant, tests = waiting.pop()
            running[start(mutant, tests)] = (mutant, time.monotonic())
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            mutant, _ = running.pop(pid)
            code = os.waitstatus_to_exitcode(status)
            if code in (0, 5) and mutant not in looked_twice:
                looked_twice.add(mutant)
                waiting.append((mutant, tests_of_room(mutant.module)))
                continue
            verdicts[mutant] = {0: "survived", 5: "no tests"}.get(
                code, "timeout" if code == -signal.SIGKILL else "killed"
            )
            print(f"{len(verdicts):4d}  {verdicts[mutant]:9s} {mutant}", flush=True)
            continue
        for number, (_, since) in running.items():
            if time.monotonic() - since > SECONDS_PER_MUTANT:
                os.kill(number, signal.SIGKILL)
        time.sleep(0.05)
    return verdicts


def report(verdicts: dict[Mutant, str]) -> None:
    """Print the share killed by module, and every survivor."""
    by_module: dict[Path, Counter[str]] = {}
    for mutant, verdict in verdicts.items():
        by_module.setdefault(mutant.module, Counter())[verdict] += 1
    print(f"\n{'module':45s} {'killed':>6s} {'of':>4s}")
    for module, counts in sorted(by_module.items()):
        killed = counts["killed"] + counts["timeout"]
        print(f"{module.relative_to(SOURCE).as_posix():45s} {killed:6d} {counts.total():4d}")
    total = Counter(verdicts.values())
    killed = total["killed"] + total["timeout"]
    print(f"\n{killed} of {total.total()} killed ({killed / total.total():.1%}), {total['timeout']} of them by time")
    print("\nSurvivors:")
    for mutant, verdict in sorted(verdicts.items(), key=lambda item: str(item[0])):
        if verdict in {"survived", "no tests"}:
            print(f"  {mutant}" + (" (no tests)" if verdict == "no tests" else ""))


def main() -> None:
    """Draw, run and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=400)
    parser.add_argument("--seed", type=int, default=20241)
    parser.add_argument("--only", default="", help="part of a module's path below statistics/")
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    modules = [m for m in sorted(SOURCE.rglob("*.py")) if m.stem != "__init__" and chosen.only in m.as_posix()]
    import_heavy()
    check_that_tests_pass(modules)
    report(judge(drawn(modules, chosen.mutants, chosen.seed), chosen.at_once))


if __name__ == "__main__":
    main()
