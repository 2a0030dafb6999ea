"""Answers that are the same but for names and layout: sources in, groups of students out.

Two students who write the same function with the same steps in the same order are worth a look, and no more than
that. Short functions leave little choice, and a form that many write needs no copying: neither is returned.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

MIN_NODES = 60
"""Nodes of a syntax tree below which right answers look alike by chance; `momentum_step` takes 47 in its plain form."""
COMMON_SHARE = 0.25
"""Share of the class above which a form counts as the usual one."""
SMALL_GROUP = 3
"""Students that a form may always have: in a class of six a quarter would be one."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef
_MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.M)


def definition(cells: Iterable[str], name: str) -> tuple[str, Definition] | None:
    """Return source and syntax tree of a function: of several definitions the last one.

    Parameters
    ----------
    cells : iterable of str
        Sources of code cells, in order. One that Python cannot parse is passed over.
    name : str

    Returns
    -------
    (str, ast.FunctionDef) or None
    """
    found = None
    for source in cells:
        if name not in source:
            continue
        plain = _MAGIC.sub(r"\1pass", source)
        try:
            tree = ast.parse(plain)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        named = [node for node in tree.body if isinstance(node, Definition) and node.name == name]
        if named:  # NB: the source is looked up once, not for each of ten thousand definitions
            found = ast.get_source_segment(plain, named[-1]) or plain, named[-1]
    return found


def form(function: Definition) -> tuple[str, int]:
    """Return a function without what copying would change, and its number of syntax nodes.

    Names of parameters and of what the function assigns are numbered in the order in which they come up; comments,
    layout, docstrings and annotations are left out.

    Parameters
    ----------
    function : ast.FunctionDef
        It is changed.

    Returns
    -------
    str, int
        Equal texts mean equal forms.
    """
    for node in ast.walk(function):
        _drop_words(node)
    numbers: dict[str, str] = {}
    for name in _bound(function):
        numbers.setdefault(name, f"name{len(numbers)}")
    nodes = 0
    for node in ast.walk(function):
        nodes += not isinstance(node, (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop))
        _rename(node, numbers)
    return ast.dump(function), nodes


def _drop_words(node: ast.AST) -> None:
    """Take docstrings, other bare strings and annotations out of a node."""
    if isinstance(node, Definition):
        node.returns = None
    if isinstance(node, ast.arg):
        node.annotation = None
    for part in ("body", "orelse", "finalbody"):
        statements = getattr(node, part, None)
        if isinstance(statements, list):
            kept = [_without_annotation(s) for s in statements if not _says_nothing(s)]
            setattr(node, part, kept or statements[:1])


def _says_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.AnnAssign):
        return statement.value is None
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _without_annotation(statement: ast.stmt) -> ast.stmt:
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        return ast.copy_location(ast.Assign([statement.target], statement.value), statement)
    return statement


def _bound(function: Definition) -> Iterable[str]:
    """Yield the names that a function binds: its parameters, then what it assigns, in the order of the text."""
    nodes = [node for node in ast.walk(function) if node is not function]
    parameters = set(map(id, _parameters(function)))
    for node in nodes:
        if isinstance(node, ast.arg) and id(node) in parameters:
            yield node.arg
    for node in sorted(nodes, key=lambda n: (getattr(n, "lineno", 0), getattr(n, "col_offset", 0))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, Definition | ast.ExceptHandler) and node.name:
            yield node.name


def _parameters(function: Definition) -> list[ast.arg]:
    given = function.args
    several = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return several + [one for one in (given.vararg, given.kwarg) if one is not None]


def _rename(node: ast.AST, numbers: Mapping[str, str]) -> None:
    if isinstance(node, ast.Name):
        node.id = numbers.get(node.id, node.id)
    elif isinstance(node, ast.arg):
        node.arg = numbers.get(node.arg, node.arg)
    elif isinstance(node, Definition | ast.ExceptHandler) and node.name:
        node.name = numbers.get(node.name, node.name)
    elif isinstance(node, (ast.Global, ast.Nonlocal)):
        node.names = [numbers.get(name, name) for name in node.names]


def groups(answers: Mapping[str, Iterable[str]], name: str, usual: Iterable[str] = ()) -> list[list[tuple[str, str]]]:
    """Return the groups of students whose answers have the same form.

    Parameters
    ----------
    answers : mapping of str to iterable of str
        By student, the sources of the code cells.
    name : str
        The function.
    usual : iterable of str
        Sources, the model solution's for one, whose form nobody needs to copy.

    Returns
    -------
    list of list of (str, str)
        Each group's students with the source of the function; the largest forms first.
    """
    known = {form(found[1])[0] for source in usual if (found := definition([source], name))}
    alike: dict[str, list[tuple[str, str]]] = defaultdict(list)
    sizes: dict[str, int] = {}
    for student, cells in answers.items():
        found = definition(cells, name)
        if found is None:
            continue
        try:
            text, size = form(found[1])
        except RecursionError:  # an expression nested by the thousand
            continue
        if size >= MIN_NODES and text not in known:
            alike[text].append((student, found[0]))
            sizes[text] = size
    most = max(SMALL_GROUP, COMMON_SHARE * len(answers))
    chosen = [text for text, group in alike.items() if 1 < len(group) <= most]
    return [alike[text] for text in sorted(chosen, key=lambda text: -sizes[text])]
