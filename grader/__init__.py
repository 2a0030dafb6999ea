"""What instructors run: reference, exercise tables, judge and the way into nbgrader."""

from grader.here import grade_here

__all__ = ["grade_here"]
