"""nbgrader's settings for this course; the checkout is the course's root."""

import os
import sys
from pathlib import Path

from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.preprocessors import Execute, OverwriteCells, SaveAutoGrades

from grader.nbgrader_plugins import (
    HideHiddenTests,
    LmsCollector,
    LmsExtractor,
    MakeHarmless,
    RestoreCells,
    RunAndJudge,
    SaveVerdicts,
    StripBuildMetadata,
    copy_plain_files_only,
)

c = get_config()  # noqa: F821 - nbgrader gives it

# nbgrader calls alembic by name: it must be found where the environment was not activated, too.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def defaults(converter, name):
    """Return nbgrader's own list of preprocessors."""
    return converter.class_traits()[name].default()


c.CourseDirectory.course_id = "optimlab"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"

c.GenerateAssignment.preprocessors = [StripBuildMetadata, *defaults(GenerateAssignment, "preprocessors")]
c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("Write this function, then run this cell again.")'}
c.ClearSolutions.text_stub = "*Write your answer here.*"

# A student's code runs in a process of its own, and the judge decides outside it. What is copied and shown has no
# links and no HTML of students' own.
copy_plain_files_only()
sanitize = defaults(Autograde, "sanitize_preprocessors")
sanitize.insert(sanitize.index(OverwriteCells), RestoreCells)
c.Autograde.sanitize_preprocessors = [MakeHarmless, *sanitize]
ours = {Execute: RunAndJudge, SaveAutoGrades: SaveVerdicts}
c.Autograde.autograde_preprocessors = [ours.get(p, p) for p in defaults(Autograde, "autograde_preprocessors")]

c.HTMLExporter.exclude_anchor_links = True
c.GenerateFeedback.preprocessors = [HideHiddenTests, *defaults(GenerateFeedback, "preprocessors")]

# nbgrader zip_collect knows whose a file is by the names that Canvas, Moodle and `python -m optimlab submit` give:
#   name[_LATE]_userid_fileid_file[-n].ipynb   Name_id_assignsubmission_file/file.ipynb   LESSON_STUDENT_attempt_TIME
# c.LmsCollector.patterns is the list; c.FileNameCollectorPlugin.named_regexp takes its place.
c.ZipCollectApp.collector_plugin = LmsCollector
c.ZipCollectApp.extractor_plugin = LmsExtractor
