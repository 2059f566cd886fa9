"""What bench/faults runs and prints: for each fault in its list one test, and for each of its ways a row."""

import json
import os
import subprocess
import sys
from typing import NamedTuple

from bench.fault_table import COLUMNS, row, selection
from tests.faults.repetitions import FAULTS
from tests.server import TOP
from tests.ways import WAYS

# All in one process, so that what pytest imports is imported once.
COLLECT = """
import json, sys, pytest

class Collected:
    def pytest_collection_finish(self, session):
        self.items = [
            [
                item.get_closest_marker("fault").kwargs["name"],
                item.nodeid.partition("::")[0],
                item.name,
                bool(item.get_closest_marker("both_ways")),
            ]
            for item in session.items
        ]

def collect(*arguments):
    collected = Collected()
    assert pytest.main(["--collect-only", "-qq", *arguments], plugins=[collected]) in (0, 5)
    return collected.items

told = [collect(*arguments) for arguments in json.loads(sys.argv[1])]
print(json.dumps(told))
"""


class Found(NamedTuple):
    """A test of a fault as pytest finds it."""

    fault: str
    file: str
    name: str
    goes_both: bool


def collected(*selections: list[str]) -> list[list[Found]]:
    """Return what pytest finds for each of these."""
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, json.dumps(selections)],
        cwd=TOP,
        env={**os.environ, "PYTEST_ADDOPTS": "", "WAYS": ""},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    return [[Found(*each) for each in found] for found in told]


def test_each_fault_has_one_test_and_each_test_of_a_fault_is_in_the_list():
    selections = {name: selection(name) for name in FAULTS}
    places = sorted({place for *_, place in selections.values()})
    one = next(iter(FAULTS))
    selected, found = collected(selections[one], ["-m", "fault", *places])
    assert selected == [each for each in found if each.fault == one]
    assert {each.fault for each in found} == set(FAULTS)
    for name, (*_, place) in selections.items():
        tests = [each for each in found if each.fault == name]
        assert all(each.file.startswith(place) for each in tests), name
        functions = {(each.file, each.name.partition("[")[0]) for each in tests}
        assert len(functions) == 1, name
        assert len(tests) == (len(WAYS) if tests[0].goes_both else 1), name


def test_a_row_says_the_way_where_there_are_two():
    report = {"title": "a fault", "repetitions": 1, "took": 1.0, "outcome": "held"}
    assert row(report).startswith("| a fault | 1 | ")
    for way in WAYS:
        assert row({**report, "way": way}).startswith(f"| a fault, {way} | 1 | ")
    assert row(report).count("|") == len(COLUMNS) + 1
