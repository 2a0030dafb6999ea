"""Carry a function from one lesson to the next.

``save(momentum_step)`` writes a function that a notebook defines, with the student's own functions that it
calls, to ``my_functions/momentum_step.py`` beside the lesson folders. ``load("momentum_step")`` in another
lesson gives it back. The files are plain Python: they can be read, and moved to another computer.

Nothing is graded from there.
"""

import builtins
import dis
import inspect
import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

FOLDER = "my_functions"
FORMER = "former"  # inside FOLDER: what was replaced, numbered, nothing deleted

LESSONS: dict[str, tuple[str, ...]] = {
    "01_mini_batches": ("gd_step", "random_mini_batches", "regularised_cost", "train_epoch"),
    "02_weighted_averages": ("ewa", "ewa_weights", "averaging_window", "ewa_corrected"),
    "03_momentum": ("init_velocity", "momentum_step"),
    "04_rmsprop": ("init_square_average", "adagrad_step", "rmsprop_step"),
    "05_adam": ("init_adam", "bias_correct", "adam_step"),
    "06_learning_rate_decay": (
        "inverse_time_decay",
        "exponential_decay",
        "inverse_sqrt_decay",
        "step_decay",
        "staircase_decay",
        "warmup_cosine",
    ),
    "07_saddles_and_plateaus": (
        "numerical_hessian",
        "classify_critical_point",
        "saddle_fraction",
        "find_plateau",
        "steps_to_escape",
    ),
}
"""The functions that each lesson has to write, in its order.

It is the one list of lessons: a missing function is found by it, and progress, hand-in, grader and tests read it.
"""


class CarryError(Exception):
    """A function can't be saved or loaded; the message says why, and what to do."""

    def _render_traceback_(self) -> list[str]:
        # IPython shows this in place of a traceback: the message is all that helps
        return [f"CarryError: {self}"]


def save(function: Callable) -> None:
    """Write a function to ``my_functions`` beside the lesson folders, and print where.

    The student's own functions that it calls are written with it, and the imports that they need. A
    former version goes to ``my_functions/former``.

    Parameters
    ----------
    function : callable
        A function defined with ``def`` in a notebook.

    Raises
    ------
    CarryError
        If `function` isn't such a function; if it uses a name that would be missing elsewhere, a
        variable of the notebook for example; if the folder can't be written.
    """
    if not isinstance(function, FunctionType) or not function.__name__.isidentifier():
        raise CarryError(f"save takes a function defined with def, such as save(momentum_step), but got {function!r}")
    imports, sources = _collected(function)
    name = function.__name__
    text = "\n".join(imports) + "\n\n\n" + "\n\n\n".join(sources) + "\n"
    path = _folder() / f"{name}.py"
    kept = _written(path, text)
    print(f"{name} is in {_shown(path)}; in another lesson: {name} = optimlab.load({name!r})")
    if kept:
        print(f"It replaced another version, which is in {_shown(kept)}")


def load(name: str) -> Callable:
    """Return a function that :func:`save` wrote.

    Parameters
    ----------
    name : str
        The function's name, "momentum_step" for example.

    Returns
    -------
    callable

    Raises
    ------
    CarryError
        If it wasn't saved, or its file doesn't run.
    """
    path = _folder() / f"{name}.py"
    try:
        source = path.read_bytes()
    except OSError:
        raise CarryError(_missing(name)) from None
    namespace = {"__name__": f"{FOLDER}.{name}", "__file__": str(path)}
    try:
        exec(compile(source, str(path), "exec"), namespace)
    except Exception as error:
        raise CarryError(
            f"{_shown(path)} doesn't run ({type(error).__name__}: {error}): save {name} again{_in_lesson(name)}"
        ) from error
    if name not in namespace:
        raise CarryError(f"{_shown(path)} defines no {name}: save it again{_in_lesson(name)}")
    return namespace[name]


# ---------------------------------------------------------------- what a function needs


def _collected(function: FunctionType) -> tuple[list[str], list[str]]:
    """Return the import lines and the sources, helpers first, that make `function` run elsewhere."""
    imports: dict[str, None] = {"import numpy as np": None}
    sources: dict[str, str] = {}

    def visit(one: FunctionType) -> None:
        sources[one.__name__] = ""  # seen: two functions may call each other
        source = _source(one)
        for name in _global_names(source):
            found = one.__globals__.get(name, _NOTHING)
            if found is _NOTHING and (hasattr(builtins, name) or name == "np"):
                continue
            line = _import_line(name, found)
            if line:
                imports[line] = None
            elif not _is_own(found, name):
                raise CarryError(_why_not(one.__name__, name, found))
            elif name not in sources:
                visit(found)
        # NB: helpers stand before their callers, so that defaults and decorators may use them
        del sources[one.__name__]
        sources[one.__name__] = source

    visit(function)
    return list(imports), list(sources.values())


_NOTHING = object()


def _source(function: FunctionType) -> str:
    if function.__code__.co_freevars:
        names = ", ".join(function.__code__.co_freevars)
        raise CarryError(f"{function.__name__} uses {names} of the function around it: define it on its own, then save")
    try:
        source = textwrap.dedent(inspect.getsource(function)).strip()
        compile(source, "<saved>", "exec")
    except (OSError, SyntaxError):
        source = ""
    if not source.startswith(("def ", "@")):
        raise CarryError(f"the source of {function.__name__} can't be found: run the cell that defines it, then save")
    return source


def _global_names(source: str) -> list[str]:
    """Return the names that the source looks up outside itself, in order."""
    names: dict[str, None] = {}
    for code in _codes(compile(source, "<saved>", "exec")):
        instructions = list(dis.get_instructions(code))
        stored = {step.argval for step in instructions if step.opname == "STORE_NAME"}
        for step in instructions:
            if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and step.argval not in stored:
                names[step.argval] = None
    return [name for name in names if name not in ("__name__", "__module__")]  # what a class inside looks up


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _import_line(name: str, found: Any) -> str | None:
    """Return the line that imports `found` as `name`, or None if no module has it."""
    if isinstance(found, ModuleType):
        module = found.__name__
        return f"import {name}" if module == name else f"import {module} as {name}"
    module, own_name = getattr(found, "__module__", None), getattr(found, "__name__", None)
    if not (isinstance(module, str) and isinstance(own_name, str)) or module == "__main__":
        return None
    if getattr(sys.modules.get(module), own_name, _NOTHING) is not found:
        return None
    return f"from {module} import {own_name}" + ("" if own_name == name else f" as {name}")


def _is_own(found: Any, name: str) -> bool:
    """Return whether this is a function that a notebook defines, under the name that it is called by."""
    return isinstance(found, FunctionType) and found.__name__ == name


def _why_not(function: str, name: str, found: Any) -> str:
    if found is _NOTHING:
        return f"{function} uses {name}, which is not defined: run the cell that defines it, then save"
    return (
        f"{function} uses {name}, a {type(found).__name__} of this notebook that would be missing elsewhere: "
        f"make it an argument or define it inside {function}"
    )


# ---------------------------------------------------------------- files


def _folder() -> Path:
    """Return the folder beside the lesson folders; a notebook runs in its lesson's folder."""
    return Path.cwd().parent / FOLDER


def _shown(path: Path) -> str:
    """Return the path as seen from the notebook, the same on every computer."""
    return Path(os.path.relpath(path, Path.cwd())).as_posix()


def _written(path: Path, text: str) -> Path | None:
    """Write the file; return where another version that it replaced is kept, if there was one."""
    kept = None
    try:
        path.parent.mkdir(exist_ok=True)
        before = path.read_text(encoding="utf-8") if path.exists() else text
        if before != text:
            kept = _next_former(path)
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(before, encoding="utf-8")
        # a whole file or none: a notebook may be stopped while it writes
        half = path.with_name(f".{path.name}.{os.getpid()}")
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise CarryError(
            f"can't write {_shown(path)} ({error.strerror}): move the lesson folders to a place that you may write to"
        ) from None
    return kept


def _next_former(path: Path) -> Path:
    number = 1
    while (former := path.parent / FORMER / f"{path.stem}-{number}.py").exists():
        number += 1
    return former


def _missing(name: str) -> str:
    if not any(name in names for names in LESSONS.values()):
        saved = sorted(path.stem for path in _folder().glob("*.py"))
        return f"no function {name!r} is saved in {_shown(_folder())}; there are: {', '.join(saved) or 'none'}"
    return f"{name} is not saved yet: run optimlab.save({name}){_in_lesson(name)}"


def _in_lesson(name: str) -> str:
    lesson = next((lesson for lesson, names in LESSONS.items() if name in names), None)
    return f" at the end of lesson {lesson}" if lesson else ""
