"""Every message that the package tells a person, found in its source: what `test_error_page.py` holds the page against.

What counts as a message is told by four short tables.

1. ``ERRORS``: the first argument of every error derived from `IsuError`. A plain `ValueError` counts only in a unit
   file's or a card's own rules, where it is told with the line of the file.
2. ``TELLERS``: an argument of a function that tells what is wrong, such as the `what` of a problem in a raw file.
3. ``LISTS``: what is put in a list so called, or given an error as its ``args``.
4. ``SAYERS``: what a function returns or yields, or a constant holds, where no teller is called.

So does what the Makefile says before it gives up. A message is kept as a template: whatever is filled in, or said only sometimes, is ``{…}``. A name stands for its text
if it has just one. A message put together of nothing but names is told elsewhere, and is none of its own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import isu_analysis

PACKAGE = Path(isu_analysis.__file__).parent
BASE = "IsuError"
RULES = ("settings", "measures")  # wings in which a ValueError is one of the file's own rules
# Which argument of a call is the message; -2 where what is allowed comes last.
TELLERS = {
    "CellProblem": 0, "Fault": 0, "_Stopped": 0, "problem_at": -2, "problem": -2, "Problem": -2, "of_file": 1,
    "_required": 1, "_unless_in": 2, "refuse": 1, "Failed": 2, "_without_list": 2, "_fail_all": 1, "stop": 1,
    "complain": 1, "exit": 1, "ArgumentTypeError": 0, "warn": 0, "__init__": 0,
}  # fmt: skip
LISTS = {"problems", "held_back", "args"}
# Which part of a pair is the message, in what these return, yield or hold.
SAYERS = {
    "declarations/reading.py": {"_refused": 0},
    "declarations/validation.py": {"_MESSAGES": 0, "_explain": 0, "_limits": 0},
    "disclosure/scan.py": {"scan": 0},
    "files/refusal.py": {"_message": 0},
    "intake/__init__.py": {"_unasked": 0},
    "intake/warehouse.py": {"_explained": 0},
    "reporting/check.py": {"_unknown_sums": 0},
    "reporting/decision_file.py": {"unread": 0},
    "reporting/exporters/accessibility.py": {"check_pdf": 0, "_structure": 0, "_metadata": 0, "_tags": 0, "_fonts": 0},
    "reporting/exporters/pdf.py": {"_blame": 0},
    "reporting/extras.py": {"install_line": 0},
    "reporting/plan.py": {"no_such_year": 0},
    "reporting/planning/state.py": {"hindrance": 0, "_in_the_way": 0},
    "reporting/reasons.py": {"KNOWN": 0, "reason": 0, "_in_cell": 0},
    "reporting/running/isolated.py": {"_how_it_died": 0},
    "reporting/selection.py": {"unread_lines": 0, "no_files": 0},
    "reporting/swedish_parser.py": {"_IN_SWEDISH": 0},
    "settings/references.py": dict.fromkeys(
        ["unfit_measures", "_unfit_reference", "_unfit_form", "_measures", "_occasions", "_backgrounds", "_burdens",
         "_sources", "_episode_source"], -1,
    ),
}  # fmt: skip

PUT_TOGETHER = {"join", "str", "as_text", "strip", "rstrip"}  # calls that only pass on what another has told

_PLACEHOLDER = re.compile(r"(\{[^{}]*\})+")
_GIVES_UP = re.compile(r'echo "([^"]*)"; exit 1')
_WORD = re.compile(r"[^\W\d_]{2,}")
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True)
class Message:
    """A template and where it is told."""

    text: str
    path: str
    line: int
    teller: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def normal(text: str) -> str:
    """A template by its own words: one placeholder is like another, and so is one white space."""
    return " ".join(_PLACEHOLDER.sub("{…}", text).split())


def is_message(text: str) -> bool:
    """Whether a template has any words of its own."""
    return bool(_WORD.search(_PLACEHOLDER.sub("", text)))


def messages() -> list[Message]:
    """Every message of the package, in the order of the files; one that is told twice stands twice."""
    errors = errors_of(_modules())
    return [*_of_makefile(), *(message for module in _modules() for message in module.messages(errors))]


def unread() -> list[Message]:
    """What is told by a call or a look-up that none of the tables knows: its messages would be in no list."""
    errors = errors_of(_modules())
    return [message for module in _modules() for message in module.unread(errors)]


@cache
def _modules() -> list[Module]:
    return [Module(path) for path in sorted(PACKAGE.rglob("*.py"))]


def _of_makefile() -> Iterator[Message]:
    path = PACKAGE.parent / "Makefile"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        yield from (Message(text, path.name, number, "echo") for text in _GIVES_UP.findall(line))


def errors_of(modules: list[Module]) -> set[str]:
    """Names of `IsuError` and every class made from it."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for module in modules
        for node in module.nodes
        if isinstance(node, ast.ClassDef)
    }
    found = {BASE}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


class Module:
    """One file of the package, and the texts of its names."""

    def __init__(self, path: Path, source: str | None = None) -> None:
        self.path = path.relative_to(PACKAGE).as_posix()
        self.tree = ast.parse(path.read_text(encoding="utf-8") if source is None else source)
        self.nodes = list(ast.walk(self.tree))
        self._open: list[str] = []
        self.inside = {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}

    def messages(self, errors: set[str]) -> Iterator[Message]:
        """Every message that is told here, line by line."""
        found = [*self._told(errors), *self._listed(), *self._said()]
        yield from sorted(dict.fromkeys(found), key=lambda message: message.line)

    def unread(self, errors: set[str]) -> Iterator[Message]:
        """What is told here by a call or a look-up that nobody knows the texts of."""
        known = PUT_TOGETHER | {name for names in SAYERS.values() for name in names}
        for said, teller in self._arguments(errors):
            called = isinstance(said, ast.Call) and _name(said.func) not in known
            if (called or isinstance(said, ast.Subscript)) and not list(self._texts(said)):
                yield Message(ast.unparse(said), self.path, said.lineno, teller)

    def _told(self, errors: set[str]) -> Iterator[Message]:
        for said, teller in self._arguments(errors):
            yield from self._messages(said, teller)

    def _arguments(self, errors: set[str]) -> Iterator[tuple[ast.expr, str]]:
        """What errors and tellers are given to tell."""
        positions = TELLERS | dict.fromkeys(errors, 0)
        if self.path.startswith(RULES):
            positions["ValueError"] = 0
        for node in self.nodes:
            if isinstance(node, ast.Call) and (name := _name(node.func)) in positions:
                place = positions[name]
                if -len(node.args) <= place < len(node.args):
                    yield node.args[place], name

    def _listed(self) -> Iterator[Message]:
        for node in self.nodes:
            if isinstance(node, ast.Call) and _name(node.func) == "append" and _name(node.func.value) in LISTS:
                yield from self._messages(node.args[0], "append", -1)
            elif isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(_name(target) in LISTS for target in targets):
                    yield from self._messages(node.value, "=", -1)

    def _said(self) -> Iterator[Message]:
        for name, pair in SAYERS.get(self.path, {}).items():
            for said in self._saying(name):
                yield from self._messages(said, name, pair)

    def _saying(self, name: str) -> Iterator[ast.expr]:
        """What a function returns and yields, or what a constant holds."""
        for node in self.tree.body:
            if isinstance(node, _Function) and node.name == name:
                inner = [
                    part.value for part in ast.walk(node) if isinstance(part, ast.Return | ast.Yield | ast.YieldFrom)
                ]
                yield from filter(None, inner)
        yield from self._constants.get(name, [])

    def _messages(self, expression: ast.expr, teller: str, pair: int = 0) -> Iterator[Message]:
        for text in self._texts(expression, pair):
            if is_message(text):
                yield Message(normal(text), self.path, expression.lineno, teller)

    # Texts

    def _texts(self, node: ast.expr, pair: int = 0) -> Iterator[str]:
        """Every text that an expression can be, as far as it can be read."""
        match node:
            case ast.Constant(value=str()) | ast.JoinedStr() | ast.BinOp(op=ast.Add()):
                yield self._piece(node)
            case ast.IfExp(body=one, orelse=other):
                yield from (*self._texts(one, pair), *self._texts(other, pair))
            case ast.BoolOp(values=parts):
                yield from (text for part in parts for text in self._texts(part, pair))
            case ast.Tuple(elts=parts):
                yield from self._texts(parts[pair])
            case ast.List(elts=parts) | ast.Dict(values=parts):
                yield from (text for part in parts for text in self._texts(part, pair))
            case ast.ListComp(elt=each) | ast.GeneratorExp(elt=each):
                yield from self._texts(each, pair)
            case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="join"), args=[parts]):
                yield from self._texts(parts, pair)
            case ast.Call(func=ast.Attribute(attr="get"), args=[_, otherwise]):
                yield from self._texts(otherwise, pair)
            case ast.Name(id=name) if name not in self._open:  # a name may be in what it is given
                self._open.append(name)
                yield from (text for value in self._values(node) for text in self._texts(value, pair))
                self._open.remove(name)

    def _piece(self, node: ast.expr) -> str:
        """One text, with a placeholder for whatever is no text as it stands here."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.JoinedStr(values=parts):
                return "".join(map(self._piece, parts))
            case ast.FormattedValue(value=value, format_spec=None, conversion=-1):
                return self._piece(value)
            case ast.BinOp(left=left, right=right):
                return self._piece(left) + self._piece(right)
            case ast.Name():
                values = self._values(node)
                if len(values) == 1 and isinstance(values[0], ast.Constant | ast.JoinedStr):
                    return self._piece(values[0])
        return "{…}"

    def _values(self, name: ast.Name) -> list[ast.expr]:
        """What a name has been given: in its function, in its module, or in the module it comes from."""
        function = self._function_of(name)
        if function is not None:
            if found := list(_given(function, name.id)):
                return [value for value in found if value is not name]
            if name.id in {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}:
                return []
        return self._constants.get(name.id) or self._imported(name.id)

    def _function_of(self, node: ast.AST) -> ast.AST | None:
        while (node := self.inside.get(node)) is not None:  # type: ignore[assignment]
            if isinstance(node, ast.FunctionDef):
                return node
        return None

    @cached_property
    def _constants(self) -> dict[str, list[ast.expr]]:
        names = (node.id for node in self.nodes if isinstance(node, ast.Name) and self._function_of(node) is None)
        return {name: list(_given(self.tree, name)) for name in set(names)}

    def _imported(self, name: str) -> list[ast.expr]:
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom) and node.module and name in {one.name for one in node.names}:
                path = PACKAGE.parent / Path(*node.module.split(".")).with_suffix(".py")
                if path.is_file():
                    return list(_given(Module(path).tree, name))
        return []


def _given(scope: ast.AST, name: str) -> Iterator[ast.expr]:
    """Values that a name is given in a scope, also the parts of rows that a loop goes through."""
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                yield value
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                yield from _beside(names, values, name)
            case ast.For(target=ast.Tuple(elts=names), iter=ast.Tuple(elts=rows)):
                for row in rows:
                    yield from _beside(names, getattr(row, "elts", []), name)


def _beside(names: list[ast.expr], values: list[ast.expr], name: str) -> Iterator[ast.expr]:
    yield from (value for one, value in zip(names, values, strict=False) if _name(one) == name)


def _name(node: ast.AST) -> str:
    """Last part of what a node names."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
