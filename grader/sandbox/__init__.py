"""Run a submission in a sandbox of its own and hand back outcomes, nothing else."""

from grader.sandbox.bubblewrap import SandboxError
from grader.sandbox.host import Limits, Ran, Request, files_of, run

__all__ = ["Limits", "Ran", "Request", "SandboxError", "files_of", "run"]
