"""Make submissions: a student's notebook with answers typed into its cells.

``python -m tools.pupils 03_momentum`` lets a made-up class hand in a lesson, to try grading with.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.exercises import LESSONS
from tools.gate import misconceived, scripted

WORDS = "I think that the velocity is an average of the latest gradients."


@dataclass(frozen=True)
class Pupil:
    """Somebody who hands in a lesson.

    Parameters
    ----------
    name : str
        The student's id.
    kind : str
        "right", "misconception", "stub" or "broken".
    answers : dict of str to str
        Cell text by exercise; the stub stays where there is none.
    misconceptions : dict of str to str
        The misconception in each exercise that has one.
    """

    name: str
    kind: str
    answers: Mapping[str, str] = field(default_factory=dict)
    misconceptions: Mapping[str, str] = field(default_factory=dict)


def fill(notebook: NotebookNode, answers: Mapping[str, str], words: str = WORDS) -> NotebookNode:
    """Return a copy of a student's notebook with these answers in its cells."""
    filled = nbformat.from_dict(notebook)
    for cell in filled.cells:
        grader = cell.metadata.get("nbgrader", {})
        if grader.get("solution") and grader.get("grade_id") in answers:
            cell.source = answers[grader["grade_id"]]
        elif grader.get("solution") and grader.get("grade"):
            cell.source = words
    return filled


def pupils(lesson: str) -> Iterator[Pupil]:
    """Yield a class: right in several styles, each misconception, the untouched stub, broken in several ways."""
    exercises = LESSONS[lesson]
    wheats = {e.name: [a for a in scripted(e.name) if a.kind == "wheat"] for e in exercises}
    right = {name: answers[0].source for name, answers in wheats.items()}
    for number in range(max(map(len, wheats.values()))):
        answers = {name: several[number % len(several)].source for name, several in wheats.items()}
        yield Pupil(f"right-{number + 1:02}", "right", answers)
    for exercise in exercises:
        for answer in misconceived(exercise):
            answers = {**right, exercise.name: answer.source}
            yield Pupil(f"{exercise.name}-{answer.title}", "misconception", answers, {exercise.name: answer.title})
    last = exercises[-1].name
    yield Pupil("stub", "stub")
    broken = {
        "syntax-error": f"def {last}(params, grads:\n    return",
        "crash": f"import os\n\ndef {last}(*arguments):\n    os._exit(1)",
        "raises": f"def {last}(*arguments):\n    return arguments[7]",
        "endless-loop": f"def {last}(*arguments):\n    while True:\n        pass",
    }
    for name, source in broken.items():
        yield Pupil(name, "broken", {**right, last: source})


def demo_class(lesson: str, styles: int = 6, wrong: int | None = None) -> Iterator[Pupil]:
    """Yield a class that shows as much in fewer notebooks: a pupil has a misconception in every exercise.

    There are right ones in ``styles`` styles, wrong ones, the stub and the broken ones. The wrong ones are as many as
    the longest list of misconceptions, so that each misconception is there, or ``wrong`` of them.
    """
    everybody = list(pupils(lesson))
    yield from [pupil for pupil in everybody if pupil.kind == "right"][:styles]
    right = everybody[0].answers
    # NB: a wrong earlier function may make the same mistake in a later one, which then loses no points for it.
    lists = [misconceived(exercise)[:: -1 if exercise.builds_on else 1] for exercise in LESSONS[lesson]]
    longest = max(map(len, lists))
    for number in range(0, longest, 1 if wrong is None else -(-longest // wrong)):
        chosen = {several[number].exercise: several[number] for several in lists if number < len(several)}
        answers = {**right, **{name: answer.source for name, answer in chosen.items()}}
        names = {name: answer.title for name, answer in chosen.items()}
        yield Pupil(f"wrong-{number + 1:02}", "misconception", answers, names)
    yield from [pupil for pupil in everybody if pupil.kind in ("stub", "broken")]


def hand_in(pupil: Pupil, lesson: str, notebooks: Path, submitted: Path) -> Path:
    """Write a pupil's notebook where nbgrader looks for it and return its path."""
    blank = nbformat.read(notebooks / lesson / f"{lesson}.ipynb", as_version=4)
    file = submitted / pupil.name / lesson / f"{lesson}.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    filled = blank if pupil.kind == "stub" else fill(blank, pupil.answers)
    nbformat.write(filled, file)
    return file


def main() -> int:
    """Let a made-up class hand in a lesson."""
    parser = argparse.ArgumentParser(prog="python -m tools.pupils", description=main.__doc__)
    parser.add_argument("lesson", choices=sorted(LESSONS), help="such as 03_momentum")
    parser.add_argument("--into", type=Path, default=Path("submitted"), metavar="FOLDER", help="default: submitted")
    arguments = parser.parse_args()
    files = [
        hand_in(pupil, arguments.lesson, Path("notebooks"), arguments.into) for pupil in demo_class(arguments.lesson)
    ]
    print(f"{len(files)} made-up students have handed in {arguments.lesson}, below {arguments.into}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
