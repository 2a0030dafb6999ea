"""What the lessons of the course compute with, show and check.

Students import from here. Nothing in this package imports :mod:`grader`, and no
module holds an exercise's answer.
"""

from optimlab.carry import load, save
from optimlab.check import CheckFailed, check
from optimlab.prediction import answer_to
from optimlab.progress import progress

__all__ = ["CheckFailed", "answer_to", "check", "load", "progress", "save"]
