"""The groups of cases, by name, each with the way to run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.attacks import Attack, forms, marks, secrets, trouble
from tests.attacks.stage import Stage


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    name: str
    deserved: float
    earned: float
    faults: tuple[str, ...]


def _cells(cases: list[Attack]) -> Callable[[Stage, str, bool], Iterator[Row]]:
    def run(stage: Stage, only: str, quick: bool) -> Iterator[Row]:
        for attack in cases:
            if only in attack.name and not (quick and attack.slow):
                result = stage.perform(attack)
                yield Row(attack.name, attack.deserved, result.earned, result.faults)

    return run


def _forms(stage: Stage, only: str, quick: bool) -> Iterator[Row]:
    chosen = [form for form in forms.CASES if only in form.name and not (quick and form.slow)]
    if chosen:
        for form, earned, faults in forms.perform(stage.folder.parent / "forms", chosen):
            yield Row(form.name, form.deserved, earned, faults)


GROUPS: dict[str, Callable[[Stage, str, bool], Iterator[Row]]] = {
    "marks": _cells(marks.CASES),
    "secrets": _cells(secrets.CASES),
    "trouble": _cells(trouble.CASES),
    "forms": _forms,
}
