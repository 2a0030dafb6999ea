"""What a submission may try, one case each, and what it deserves.

To add a case, append to the list ``CASES`` of a group (``marks.py``, ``secrets.py``, ``trouble.py``)::

    Attack("an answer that equals everything", deserved=2, cell='''
        class Equal:
            __eq__ = lambda self, other: True
        def momentum_step(params, grads, v, learning_rate, beta=0.9):
            return Equal(), Equal()''')

The cell runs after right answers to ``init_velocity`` (2 points) and ``momentum_step`` (4 points), so what it defines
takes their place. It knows where everything is: ``COURSE`` (a course's folder, with a gradebook, seeds and a
classmate's submission), ``TEACHER`` (a home folder), ``CHECKOUT``, ``PORT`` (a server on the machine). If it gets
what it must not, it prints ``GOT_IN``. ``forms.py`` holds what needs a whole notebook, a folder or a name.

Checked for each case: the marks are those deserved; no planted secret is in what comes back; no file of the
course and of the home has changed; no process, file or shared memory is left; a classmate graded afterwards
gets full marks. ``make attacks`` prints the table, ``tests/test_attacks.py`` runs the cases as tests.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.sandbox import Limits

QUICK = Limits(cell=3, exercise=4, submission=60, case=1, grace=0.5)
"""Limits that a test can wait for."""
FULL = 6.0
"""Points of the lesson."""
STAYS = "86399.5"
"""Seconds that what a case leaves behind sleeps: a number that no other process has, by which it is known."""


@dataclass(frozen=True)
class Attack:
    """A cell that tries something.

    Parameters
    ----------
    name : str
        What it tries.
    deserved : float
        Points, of 6.
    cell : str
        The code.
    place : str
        "after" the right answers, or "before" them.
    files : dict of str to bytes
        Handed in beside the notebook.
    linked : dict of str to str
        Links handed in beside the notebook, and what each points to below the course.
    reads : bool
        Whether it reads a planted file that a process without a sandbox can read: tests that the case would work.
    spoils : bool
        Whether it may spoil its own right answers: it may earn less than it deserves.
    slow : bool
        Whether it takes seconds: left out of the quick tests.
    limits : Limits
    """

    name: str
    deserved: float
    cell: str
    place: str = "after"
    files: Mapping[str, bytes] = field(default_factory=dict)
    linked: Mapping[str, str] = field(default_factory=dict)
    reads: bool = False
    spoils: bool = False
    slow: bool = False
    limits: Limits = QUICK

    @property
    def source(self) -> str:
        """The cell's text."""
        return textwrap.dedent(self.cell).strip()


@dataclass(frozen=True)
class Result:
    """What came of a case.

    Parameters
    ----------
    name : str
    deserved, earned : float
        Points.
    faults : tuple of str
        What is not as it should be.
    """

    name: str
    deserved: float
    earned: float
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether all is as it should be."""
        return not self.faults
