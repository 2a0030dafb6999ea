"""The house: packages, locks, environments and commands agree with one another."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
NAME = re.compile(r"[A-Za-z0-9_.-]+")


def requirement(line: str) -> tuple[str, str]:
    """Return name and version range of a requirement, markers left out."""
    line = line.split(";")[0].strip()
    name = NAME.match(line)[0]
    return name.lower(), line[len(name) :].strip()


def conda_requirements(file: str) -> dict[str, str]:
    """Return what an environment names, from conda's channels and from PyPI."""
    lines = yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))["dependencies"]
    [of_pip] = [line["pip"] for line in lines if isinstance(line, dict)]
    assert of_pip[-1] == "-e ."
    return dict(requirement(line) for line in [*(line for line in lines if isinstance(line, str)), *of_pip[:-1]])


@pytest.mark.parametrize("file", ["environment.yml", "environment-gpu.yml"])
def test_conda_environment_has_what_pyproject_requires(file):
    conda = conda_requirements(file)
    due = dict(requirement(line) for line in [*PROJECT["dependencies"], *EXTRAS["grading"]])
    due["python"] = PROJECT["requires-python"]
    if file == "environment-gpu.yml":
        due["cupy"] = requirement(EXTRAS["gpu"][0])[1]
    assert {name: sorted(conda[name].split(",")) for name in due if name in conda} == {
        name: sorted(versions.split(",")) for name, versions in due.items()
    }
    assert set(conda) - set(due) == {"pip"}


def test_lock_pins_every_requirement_of_students_instructors_and_developers():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pinned = {requirement(line)[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}
    extras = ("grading", "cluster", "postgres", "dev")
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in EXTRAS[extra])]
    due = {requirement(line)[0] for line in lines if not line.startswith("optimlab[")}
    assert due <= pinned


def imports_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_optimlab_never_imports_the_grader():
    for file in (ROOT / "optimlab").rglob("*.py"):
        roots = {name.split(".")[0] for name in imports_of(file)}
        assert not roots & {"grader", "tools", "tests"}, file


def test_grader_imports_no_tools_and_no_tests():
    for file in (ROOT / "grader").rglob("*.py"):
        assert not {name.split(".")[0] for name in imports_of(file)} & {"tools", "tests"}, file


def test_lessons_import_the_grader_in_hidden_regions_only():
    for script in (ROOT / "lessons").glob("*.py"):
        visible = re.sub(
            r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS", "", script.read_text(encoding="utf-8"), flags=re.S
        )
        assert "grader" not in visible, script


def test_importing_optimlab_imports_neither_matplotlib_nor_widgets():
    code = "import sys, optimlab; print([m for m in ('matplotlib', 'ipywidgets', 'grader') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_students_wheel_holds_optimlab_and_data_and_nothing_of_the_grader(tmp_path):
    subprocess.run(
        [
            sys.executable,
            "-m",
            "uv",
            "build",
            "--wheel",
            "--quiet",
            "--no-build-isolation",
            "--out-dir",
            tmp_path,
            ROOT,
        ],
        check=True,
        env={**os.environ, "UV_OFFLINE": "1"},
    )
    import zipfile

    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"optimlab"}
    assert "optimlab/checks/momentum_step.json" in names
    assert "optimlab/datasets/README.md" in names


def test_make_help_lists_every_target_that_can_be_called():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.M)[1].split())
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert {line.split()[0] for line in listed.splitlines()} == phony


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_command_and_file_that_a_page_names_exists(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z-]+)", text):
        assert re.search(rf"^{target}:", makefile, re.M), target
    for path in re.findall(r"`((?:grader|optimlab|lessons|tests|tools|datasets|solutions|notebooks)/[\w./]*)`", text):
        assert (ROOT / path).exists(), path


def test_nothing_in_the_repository_is_larger_than_two_megabytes():
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    sizes = {name: (ROOT / name).stat().st_size for name in files.split("\0") if name and (ROOT / name).exists()}
    assert max(sizes.values()) < 2_000_000, max(sizes, key=sizes.get)


def test_every_section_that_the_table_of_the_notes_names_stands_in_its_lesson():
    rows = re.findall(r"^\| [^|]+ \| (\d\d) \| ([^|]+) \|$", (ROOT / "ERRATA.md").read_text(encoding="utf-8"), re.M)
    assert len(rows) > 10
    for lesson, section in rows:
        script = next((ROOT / "lessons").glob(f"{lesson}_*.py")).read_text(encoding="utf-8")
        assert f"# ## {section}\n" in script, (lesson, section)
