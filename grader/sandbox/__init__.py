"""Run a submission in a process of its own and hand back outcomes, nothing else."""

from grader.sandbox.host import Limits, Ran, Request, run

__all__ = ["Limits", "Ran", "Request", "run"]
