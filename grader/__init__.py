"""What instructors run: reference, exercise tables, judge and the way into nbgrader."""
