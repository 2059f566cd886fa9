"""Files of discuss/ are short: what grows beyond that lacks a room for something."""

import statistics

from tests.server import TOP

LONGEST = 250
MEDIAN = 75


def test_no_file_is_long_and_most_are_short():
    files = [f for f in (TOP / "discuss").rglob("*.py") if f.parent.name != "migrations"]
    lines = {str(f.relative_to(TOP)): len(f.read_text().splitlines()) for f in files}
    assert len(lines) > 300
    assert {name: length for name, length in lines.items() if length > LONGEST} == {}
    assert statistics.median(lines.values()) <= MEDIAN
