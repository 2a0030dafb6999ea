"""Where the time of a submission goes: one honest submission after the other, in one process.

Printed is, in JSON, how many seconds of wall clock each stage takes for one submission.
"""

from __future__ import annotations

import collections
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader import grading
from grader.classroom import Course, read_submission
from grader.gradebook import Booking
from grader.lesson import submission_of
from grader.sandbox import host
from grader.sandbox.process import Process
from grader.verdicts import Key, grader_version

STAGES = ("start of the sandbox", "student's code", "end of the sandbox", "judge", "bookkeeping")


def main(root: str, lesson: str) -> None:
    """Grade and book everybody who handed in, and print what each stage took."""
    spent: collections.Counter[str] = collections.Counter()

    def timed(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                spent[stage] += time.perf_counter() - begun

        return call

    Process.__init__ = timed(STAGES[0], Process.__init__)
    Process.greet = timed(STAGES[0], Process.greet)
    host._Run._run_cells = timed(STAGES[1], host._Run._run_cells)
    host._Run._exercise = timed(STAGES[1], host._Run._exercise)
    Process.kill = timed(STAGES[2], Process.kill)
    grading.judge_all = timed(STAGES[3], grading.judge_all)
    course = Course(Path(root))
    read = course.lesson(lesson)
    seed = course.store.seed(lesson)
    notebooks = course.submitted(lesson)
    with Booking(course.api, lesson).open() as booking:
        for number, (student, file) in enumerate(notebooks.items()):
            begun = time.perf_counter()
            submission, _ = submission_of(read_submission(file), read, course.files(file))
            spent["bookkeeping"] += time.perf_counter() - begun
            record = grading.grade(submission, read, Key(student, lesson, submission.hash, seed, grader_version()))
            begun = time.perf_counter()
            course.store.put(record)
            booking.book(student)
            spent["bookkeeping"] += time.perf_counter() - begun
            if number == 0:
                spent.clear()  # papers are drawn and queries compiled once
    print(json.dumps({stage: spent[stage] / (len(notebooks) - 1) for stage in STAGES}))


if __name__ == "__main__":
    main(*sys.argv[1:])
