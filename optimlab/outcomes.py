"""Call a function on given inputs and put into plain data what came of it.

A :class:`Case` goes in: one call, or several in a row that hand results on. An :class:`Outcome`
comes out: the values that the function returned, or the way in which it failed, and the
arguments that it modified. Both are data only (numbers, strings, arrays, tuples, dicts) and have
a JSON form, so that they can cross from a process that runs a student's code to one that judges it.

The self-check, the sandbox and the judge share this module. It holds no reference
implementation and no hidden input.
"""

from __future__ import annotations

import base64
import contextlib
import io
import linecache
import math
import numbers
import signal
import threading
import traceback
import warnings
from _thread import interrupt_main
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MAX_ELEMENTS = 2_000_000
"""Numbers and containers that one returned value may hold: 16 MB of float64."""
MAX_DEPTH = 20
"""Containers inside containers that one returned value may hold."""
MAX_TEXT = 2_000
"""Characters kept of a returned string or of an exception's message."""
MAX_COMPARED = 200
"""Returned arrays in dicts that are looked at for memory that they share."""
MAX_DIMENSIONS = 32
"""Dimensions that an array may have."""
PLAIN = "biufc"
"""Kinds of dtype that are numbers: booleans, integers, floats, complex numbers."""


# ------------------------------------------------------------------------------ what goes in


@dataclass(frozen=True)
class Made:
    """An input that is not data: named here, built from optimlab for each call.

    Parameters
    ----------
    recipe : dict
        ``{"rng": seed}``, a NumPy Generator; ``{"landscape": name, "of": "gradient"}``, a function
        of :mod:`optimlab.landscapes`, with the landscape's numbers as further entries; ``{"quadratic": rows}``,
        the gradient of :math:`x^T H x / 2`, H symmetric; ``{"network_cost": layer_sizes}``, a function
        ``(params, X, Y) -> cost, grads`` of :mod:`optimlab.network`; ``{"linear_cost": n_x}``, the same for one
        linear unit and half the mean squared error; ``{"stepper": "descent" | "sign" | "shift", "rate": a}``, a
        stateless map ``(x, g) -> x``.
    """

    recipe: dict[str, Any]

    def build(self) -> Any:
        """Return the object that the recipe names."""
        kind = next(iter(self.recipe))
        if kind not in _RECIPES:
            raise ValueError(f"no recipe for an input called {kind!r}; there are {sorted(_RECIPES)}")
        return _RECIPES[kind](self.recipe)


def _landscape_function(recipe: dict[str, Any]) -> Callable:
    from optimlab import landscapes

    numbers = {key: value for key, value in recipe.items() if key not in ("landscape", "of")}
    return getattr(landscapes.get(recipe["landscape"], **numbers), recipe["of"])


def _quadratic_gradient(recipe: dict[str, Any]) -> Callable:
    hessian = np.array(recipe["quadratic"], dtype=float)
    return lambda x: np.asarray(x) @ hessian


def _network_cost(recipe: dict[str, Any]) -> Callable:
    from optimlab import network

    return lambda params, X, Y: network.cost_and_grads(params, X, Y)


def _linear_cost(recipe: dict[str, Any]) -> Callable:
    from optimlab import network

    return lambda params, X, Y: network.linear_cost_and_grads(params, X, Y)


def _stepper(recipe: dict[str, Any]) -> Callable:
    kind, rate = recipe["stepper"], recipe["rate"]
    steppers = {
        "descent": lambda x, g: x - rate * np.asarray(g),
        "sign": lambda x, g: x - rate * np.sign(g),
        "shift": lambda x, g: x + rate * np.ones_like(x),
    }
    return steppers[kind]


_RECIPES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "rng": lambda recipe: np.random.default_rng(recipe["rng"]),
    "landscape": _landscape_function,
    "quadratic": _quadratic_gradient,
    "network_cost": _network_cost,
    "linear_cost": _linear_cost,
    "stepper": _stepper,
}


@dataclass(frozen=True)
class Previous:
    """An argument that is what the call before returned.

    Parameters
    ----------
    index : int or None
        Which of the returned values; None for the whole.
    """

    index: int | None = None


@dataclass(frozen=True)
class Again:
    """An argument that is the one of the call before, as that left it: a generator goes on where it stopped."""


@dataclass(frozen=True)
class Case:
    """Inputs for a function: the arguments of one call, or of several in a row.

    Parameters
    ----------
    name : str
        What is special about it, in words that a student may read.
    calls : tuple of tuple
        Positional arguments of each call. An argument is data, a :class:`Made`, or, from the second call
        on, a :class:`Previous` or :class:`Again`.
    tags : frozenset of str
        Groups of cases that an aspect of the marks may rest on.
    rtol : float or None
        Relative tolerance of this case; None for the exercise's own.
    """

    name: str
    calls: tuple[tuple[Any, ...], ...]
    tags: frozenset[str] = frozenset()
    rtol: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the inputs as JSON data; tags and tolerance stay with the judge."""
        return {"name": self.name, "calls": [[encode(a) for a in call] for call in self.calls]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Case:
        """Return the case that :meth:`to_json` wrote."""
        return cls(data["name"], tuple(tuple(decode(a) for a in call) for call in data["calls"]))


# ----------------------------------------------------------------------------- what comes out


@dataclass(frozen=True)
class Other:
    """A returned value that is none of the kinds that can be compared, by the name of its type."""

    type_name: str


SHARED = "an array that shares memory"
"""Type name of an :class:`Other` in place of a dict's array whose memory another returned one has as well."""


@dataclass(frozen=True)
class Failure:
    """How a call came to no value.

    Parameters
    ----------
    kind : str
        One of :data:`FAILURES`: "raised", "timed out", "too large", "crashed", "out of memory", "missing", or "not
        continued": the call before returned too few values to go on with.
    call : int
        Which call of the case, from 0.
    exception : str
        Class of the exception; empty where there was none.
    message : str
        The exception's own words, cut to 2,000 characters.
    line : int or None
        Line in the student's cell, from 1.
    line_text : str
        That line.
    """

    kind: str
    call: int = 0
    exception: str = ""
    message: str = ""
    line: int | None = None
    line_text: str = ""


FAILURES = ("raised", "timed out", "too large", "crashed", "out of memory", "missing", "not continued")
"""The kinds of failure."""


@dataclass(frozen=True)
class Outcome:
    """What came of one case.

    Parameters
    ----------
    values : tuple
        One normalised value for each call that returned (see :func:`normalise`).
    failure : Failure or None
        Why the calls ended early, if they did.
    modified : tuple of str
        Parts of the arguments that the function changed, such as ``v['W1']``.
    printed : int
        Characters that the function printed.
    """

    values: tuple[Any, ...] = ()
    failure: Failure | None = None
    modified: tuple[str, ...] = ()
    printed: int = field(default=0, compare=False)

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as JSON data."""
        return {
            "values": [encode(v) for v in self.values],
            "failure": None if self.failure is None else dict(vars(self.failure)),
            "modified": list(self.modified),
            "printed": self.printed,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Outcome:
        """Return the outcome that :meth:`to_json` wrote; ValueError where the data are no outcome.

        The data may come from a process that ran a student's code, so nothing in them is believed:
        sizes are checked before arrays are made, and values are normalised again.
        """
        try:
            failure = data["failure"]
            return cls(
                values=tuple(normalise(decode(v)) for v in data["values"]),
                failure=None if failure is None else _failure_from_json(failure),
                modified=tuple(_text(m) for m in data["modified"]),
                printed=int(data["printed"]),
            )
        except _NOT_DATA as error:
            raise ValueError(f"not an outcome: {type(error).__name__}") from error


_NOT_DATA = (KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)
"""What comes of reading data that are not what they should be, besides ValueError."""


def _failure_from_json(data: dict[str, Any]) -> Failure:
    if data["kind"] not in FAILURES:
        raise ValueError("no kind of failure")
    line = data["line"]
    return Failure(
        kind=data["kind"],
        call=int(data["call"]),
        exception=_text(data["exception"], 200),
        message=_text(data["message"]),
        line=None if line is None else int(line),
        line_text=_text(data["line_text"]),
    )


def _text(value: Any, characters: int = MAX_TEXT) -> str:
    """Return text that can be written to a file: cut, and without halves of characters."""
    if type(value) is str and len(value) <= characters and value.isascii():
        return value
    return str(value)[:characters].encode("utf-8", "replace").decode("utf-8")


class TooLarge(ValueError):
    """A returned value holds more than :data:`MAX_ELEMENTS` or is nested too deeply."""


def normalise(value: Any) -> Any:
    """Return a value as plain data in one form for all styles of writing it.

    Numbers of every kind become 0-d arrays; arrays lose their subclass; a list or tuple of numbers
    becomes a 1-d array (an empty one too), any other list a tuple; mappings become dicts. Strings and None
    stay. What is none of these becomes :class:`Other`.

    Raises
    ------
    TooLarge
        The value holds too many elements or is nested too deeply. Sizes are checked before anything is copied.
    """
    return _normalise(value, _Budget())


class _Budget:
    def __init__(self, arrays: list[np.ndarray] | None = None) -> None:
        self.left = MAX_ELEMENTS
        self.arrays = arrays
        """The arrays that were met, where they must not share memory; None where they may."""

    def is_shared(self, array: Any) -> bool:
        """Remember an array; True where its memory is also that of one before. Not for single numbers."""
        if self.arrays is None or not isinstance(array, np.ndarray) or array.ndim == 0:
            return False
        if len(self.arrays) >= MAX_COMPARED:
            return False
        shared, alone = False, _has_own_memory(array)
        for other in self.arrays:  # NB: not any(): who patched it would lose marks for what is right
            if alone and _has_own_memory(other):
                shared = shared or (other is array and array.size > 0)
            else:
                shared = shared or _share_memory(array, other)
        self.arrays.append(array)
        return shared

    def spend(self, elements: int) -> None:
        self.left -= elements
        if self.left < 0:
            raise TooLarge(f"more than {MAX_ELEMENTS:,} elements")


def _normalise(value: Any, budget: _Budget, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise TooLarge(f"more than {MAX_DEPTH} containers inside one another")
    if type(value) is np.ndarray and value.dtype.kind in PLAIN:  # nearly all there is
        budget.spend(value.size or max(value.shape))
        return np.array(value)
    if value is None or isinstance(value, Other):
        return value
    if isinstance(value, str):
        budget.spend(1)
        return _text(value)
    if isinstance(value, (np.ndarray, np.generic, numbers.Number)):
        return _number_or_array(value, budget)
    if isinstance(value, Mapping):
        budget.spend(len(value))
        return {
            _key(k): Other(SHARED) if budget.is_shared(v) else _normalise(v, budget, depth + 1)
            for k, v in value.items()
        }
    if isinstance(value, (list, tuple)):
        budget.spend(len(value))
        if all(_is_number(item) for item in value):
            return _plain_array(np.array(list(value)))
        return tuple(_normalise(item, budget, depth + 1) for item in value)
    if hasattr(value, "__array__"):
        return _number_or_array(np.asarray(value), budget)
    return Other(type(value).__name__[:200])


def _key(key: Any) -> str | int:
    return int(key) if type(key) is not str and isinstance(key, numbers.Integral) else _text(key, 200)


def _is_number(item: Any) -> bool:
    return isinstance(item, (numbers.Number, np.bool_)) or (type(item) is np.ndarray and item.ndim == 0)


def _has_own_memory(array: np.ndarray) -> bool:
    return type(array) is np.ndarray and array.base is None


def _share_memory(a: np.ndarray, b: np.ndarray) -> bool:
    try:
        return np.shares_memory(a, b, max_work=1)
    except np.exceptions.TooHardError:  # interwoven views: in doubt they are apart
        return False


def _number_or_array(value: Any, budget: _Budget) -> Any:
    if isinstance(value, np.ndarray):
        budget.spend(max(value.size, *value.shape, 0))  # NB: an array of shape (0, 10**12) has size 0
    elif not isinstance(value, (np.generic, int, float, complex)):
        try:
            value = float(value)  # fractions and decimals
        except (TypeError, ValueError, OverflowError):
            return Other(type(value).__name__[:200])
    return _plain_array(np.array(value, subok=False))


def _plain_array(array: np.ndarray) -> Any:
    if array.dtype.kind in PLAIN:
        return array
    # NB: astype alone would take None for NaN and "1" for 1.
    if array.dtype.kind == "O" and all(_is_number(item) for item in array.flat):
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            return array.astype(float)
    return Other(f"array of {array.dtype}"[:200])


# ----------------------------------------------------------------------------------- JSON form

_ARRAY_DTYPES = {np.dtype(t).str for t in ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8")}
_ARRAY_DTYPES |= {np.dtype(t).str for t in ("c8", "c16")}


def encode(value: Any) -> Any:
    """Return data as JSON data; an array as its dtype, shape and bytes.

    Parameters
    ----------
    value : number, str, None, ndarray, list, tuple, dict, Made, Previous, Again or Other

    Raises
    ------
    TypeError
        The value is not data.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.ndarray):
        if value.dtype.str not in _ARRAY_DTYPES:
            value = value.astype(complex if value.dtype.kind == "c" else float)  # long double
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode("ascii")
        return {"array": [value.dtype.str, list(value.shape), data]}
    if isinstance(value, np.generic):
        return encode(np.asarray(value))
    if isinstance(value, list):
        return {"list": [encode(item) for item in value]}
    if isinstance(value, tuple):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[key, encode(item)] for key, item in value.items()]}
    if isinstance(value, Made):
        return {"made": value.recipe}
    if isinstance(value, Previous):
        return {"previous": value.index}
    if isinstance(value, Again):
        return {"again": None}
    if isinstance(value, Other):
        return {"other": value.type_name}
    raise TypeError(f"{type(value).__name__} is not data")


def decode(data: Any) -> Any:
    """Return what :func:`encode` was given; ValueError where the data are not of its making."""
    try:
        return _decode(data, 0)
    except _NOT_DATA as error:
        raise ValueError(f"not encoded data: {type(error).__name__}") from error


def _decode(data: Any, depth: int) -> Any:
    if depth > MAX_DEPTH + 2:
        raise ValueError("nested too deeply")
    if data is None or isinstance(data, (bool, int, float, str)):
        return data
    if not isinstance(data, dict) or len(data) != 1:
        raise ValueError("not encoded data")
    (tag, body), *_ = data.items()
    if tag == "array":
        return _decode_array(*body)
    if tag in ("list", "tuple"):
        items = [_decode(item, depth + 1) for item in body]
        return items if tag == "list" else tuple(items)
    if tag == "dict":
        return {_key(key): _decode(item, depth + 1) for key, item in body}
    if tag == "made":
        return Made(dict(body))
    if tag == "previous":
        return Previous(body)
    if tag == "again":
        return Again()
    if tag == "other":
        return Other(_text(body, 200))
    raise ValueError(f"unknown tag {str(tag)[:40]!r}")


def _decode_array(dtype: str, shape: list[int], data: str) -> np.ndarray:
    if dtype not in _ARRAY_DTYPES:
        raise ValueError("not an array dtype")
    # NB: the lengths come first. A product of long numbers is itself a way to keep a grader busy.
    if len(shape) > MAX_DIMENSIONS or not all(type(n) is int and 0 <= n <= MAX_ELEMENTS for n in shape):
        raise ValueError("not an array's shape")
    size = math.prod(shape)
    if size > MAX_ELEMENTS:
        raise ValueError("an array of this shape is too large")
    raw = base64.b64decode(data, validate=True)
    if len(raw) != size * np.dtype(dtype).itemsize:
        raise ValueError("an array's bytes do not fit its shape")
    return np.frombuffer(raw, dtype=dtype).reshape(shape).copy()


# ---------------------------------------------------------------------------------------- calls


def observe(
    function: Callable,
    case: Case,
    parameters: tuple[str, ...] = (),
    seconds: float | None = None,
) -> Outcome:
    """Call a function as a case says and return what came of it.

    The function's prints and warnings are kept from the reader. Exceptions become a :class:`Failure`; a
    KeyboardInterrupt that was not this module's own passes through.

    Parameters
    ----------
    function : callable
        The function to call.
    case : Case
        Its arguments. They are built anew, so that no call sees what another one did to them.
    parameters : tuple of str
        Names of the arguments, for ``modified``.
    seconds : float or None
        After how many seconds a loop in Python code is interrupted; None for never. Main thread only.

    Returns
    -------
    Outcome
    """
    values: list[Any] = []
    modified: dict[str, None] = {}
    stream = _CountingStream()
    failure = None
    returned: Any = None
    arguments: list[Any] = []
    arrays: list[np.ndarray] = []
    for number, call in enumerate(case.calls):
        try:
            arguments = [_build(argument, place, arguments, returned) for place, argument in enumerate(call)]
        except _NoSuchResult:
            failure = Failure("not continued", number)
            break
        if any(isinstance(argument, Previous) for argument in call):
            arrays = []  # a step that works in place returns what it was given: that is `modified`
        before = [_snapshot(argument) for argument in arguments]
        try:
            with _quiet(stream):
                returned = _call(function, arguments, seconds)
            values.append(_normalise(returned, _Budget(arrays)))
        except TooLarge as error:
            failure = Failure("too large", number, message=str(error))
        except _TimeUp:
            failure = Failure("timed out", number)
        except MemoryError:
            failure = Failure("out of memory", number)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit and GeneratorExit too are the student's own
            failure = _raised(error, function, number)
        for position, (argument, old) in enumerate(zip(arguments, before, strict=True)):
            name = parameters[position] if position < len(parameters) else f"argument {position + 1}"
            modified.update(dict.fromkeys(_changes(old, _snapshot(argument), name)))
        if failure is not None:
            break
    return Outcome(tuple(values), failure, tuple(modified), stream.characters)


def _build(argument: Any, place: int, before: list[Any], returned: Any) -> Any:
    if isinstance(argument, Made):
        return argument.build()
    if isinstance(argument, Again):
        return before[place]
    if isinstance(argument, Previous):
        if argument.index is None:
            return returned
        if not isinstance(returned, (tuple, list)) or argument.index >= len(returned):
            raise _NoSuchResult
        return returned[argument.index]
    return _copy(argument)


class _NoSuchResult(Exception):
    """The call before returned too few values to go on with."""


def _copy(data: Any) -> Any:
    if isinstance(data, np.ndarray):
        return data.copy()
    if isinstance(data, dict):
        return {key: _copy(item) for key, item in data.items()}
    if isinstance(data, (list, tuple)):
        return type(data)(_copy(item) for item in data)
    return data


def _snapshot(argument: Any) -> Any:
    """Return a copy to compare with later; None for what has no data to modify."""
    if not isinstance(argument, (np.ndarray, dict, list, tuple)):
        return None
    try:
        return normalise(argument)
    except Exception:  # too large; or what a student put there cannot be looked at
        return Other("not data")


def _changes(old: Any, new: Any, path: str) -> Iterator[str]:
    """Yield the paths at which two snapshots differ."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        for key in old:
            yield from _changes(old[key], new[key], f"{path}[{key!r}]")
    elif isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        for index, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from _changes(a, b, f"{path}[{index}]")
    elif isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        if old.dtype != new.dtype or old.shape != new.shape or old.tobytes() != new.tobytes():
            yield path
    elif type(old) is not type(new) or isinstance(old, (dict, tuple)) or old != new:
        yield path


def _raised(error: BaseException, function: Callable, call: int) -> Failure:
    """Return a failure that points to the last line of the student's own code."""
    code = getattr(function, "__code__", None)
    own_file = code.co_filename if code is not None else None
    line, text = None, ""
    for frame in traceback.extract_tb(error.__traceback__, limit=-2000):
        if frame.filename == own_file:
            line = frame.lineno
            text = (frame.line or linecache.getline(frame.filename, line or 0)).strip()
    try:
        message = _text(error)
    except Exception:  # a student's exception may fail to print itself
        message = ""
    return Failure("raised", call, type(error).__name__[:200], message, line, _text(text))


class _CountingStream(io.TextIOBase):
    """A stream that counts what it is given and keeps none of it."""

    def __init__(self) -> None:
        self.characters = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.characters += len(text)
        return len(text)


@contextlib.contextmanager
def _quiet(stream: _CountingStream) -> Iterator[None]:
    with (
        contextlib.redirect_stdout(stream),
        contextlib.redirect_stderr(stream),
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
    ):
        warnings.simplefilter("ignore")
        yield


class _TimeUp(BaseException):
    """The time limit's own interrupt."""


INTERRUPT_SECONDS = 0.002
"""Seconds after which a function that swallows an interrupt gets the next one: one of many finds it outside its try."""


def _call(function: Callable, arguments: list[Any], seconds: float | None) -> Any:
    """Return what a function returns; interrupt it, in the main thread, after some seconds."""
    if seconds is None or threading.current_thread() is not threading.main_thread():
        return function(*arguments)
    # A timer of the kernel takes some microseconds. Windows has none: a thread, which takes a millisecond, stands in.
    limited = _call_with_timer if hasattr(signal, "setitimer") else _call_with_thread
    return limited(function, arguments, seconds)


def _call_with_timer(function: Callable, arguments: list[Any], seconds: float) -> Any:
    over, fired = False, False

    def interrupt(*_: object) -> None:
        nonlocal fired
        if not over:
            fired = True
            raise KeyboardInterrupt

    before = signal.getitimer(signal.ITIMER_REAL)
    handler = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, INTERRUPT_SECONDS)
        return function(*arguments)
    except BaseException:
        if fired:
            raise _TimeUp from None
        raise
    finally:
        # NB: an interrupt may be on its way here. Python heeds it at a call, so there is none before `over` is set.
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if handler is None else handler)
        signal.setitimer(signal.ITIMER_REAL, *before)


def _call_with_thread(function: Callable, arguments: list[Any], seconds: float) -> Any:
    over, fired, wake = False, False, threading.Event()

    def interrupt_when_due() -> None:
        nonlocal fired
        wait = seconds
        while not wake.wait(wait) and not over:
            fired = True
            interrupt_main()
            wait = INTERRUPT_SECONDS

    # An interrupt must raise, also where the process was started with interrupts ignored, as behind a shell's &.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    watch = threading.Thread(target=interrupt_when_due, daemon=True)
    try:
        watch.start()
        return function(*arguments)
    except BaseException:
        if fired:
            raise _TimeUp from None
        raise
    finally:
        # NB: an interrupt may still be on its way here. Python raises it at a call, so there is no call before
        # `over` is set; after that no other one is sent, and this one is awaited.
        over = True
        while True:
            try:
                wake.set()
                if watch.ident is not None:
                    watch.join()
                break
            except KeyboardInterrupt:
                continue
        signal.signal(signal.SIGINT, signal.default_int_handler if handler is None else handler)
