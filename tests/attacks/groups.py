"""The groups of cases, by name, each with the way to run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.attacks import Attack, Result, forms, marks, secrets, trouble
from tests.attacks.stage import Stage


def _cells(cases: list[Attack]) -> Callable[[Stage, str, bool], Iterator[Result]]:
    def run(stage: Stage, only: str, quick: bool) -> Iterator[Result]:
        for attack in cases:
            if only in attack.name and not (quick and attack.slow):
                yield stage.perform(attack)

    return run


def _forms(stage: Stage, only: str, quick: bool) -> Iterator[Result]:
    chosen = [form for form in forms.CASES if only in form.name and not (quick and form.slow)]
    if chosen:
        yield from forms.perform(stage.folder.parent / "forms", chosen)


GROUPS: dict[str, Callable[[Stage, str, bool], Iterator[Result]]] = {
    "marks": _cells(marks.CASES),
    "secrets": _cells(secrets.CASES),
    "trouble": _cells(trouble.CASES),
    "forms": _forms,
}
