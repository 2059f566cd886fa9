"""What bench/faults runs and prints: for each fault in its list one test, and for each of its ways a row."""

import json
import os
import subprocess
import sys

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
            [item.originalname, item.name, bool(item.get_closest_marker("both_ways"))]
            for item in session.items
        ]

def collect(*arguments):
    collected = Collected()
    assert pytest.main(["--collect-only", "-qq", *arguments], plugins=[collected]) in (0, 5)
    return collected.items

told = [collect(*arguments) for arguments in json.loads(sys.argv[1])]
print(json.dumps(told))
"""


def collected(*selections: list[str]) -> list[list[tuple[str, str, bool]]]:
    """Return what pytest finds for each of these: a function, the test's name, whether it goes both ways."""
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, json.dumps(selections)],
        cwd=TOP,
        env={**os.environ, "PYTEST_ADDOPTS": "", "WAYS": ""},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: list[list[tuple[str, str, bool]]] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_each_fault_has_one_test_and_each_test_of_a_fault_is_in_the_list():
    selections = [selection(name) for name in FAULTS]
    places = sorted({place for *_, place in selections})
    *found, everything = collected(*selections, ["-m", "fault", *places])
    tests = dict(zip(FAULTS, found, strict=True))
    functions = {name: len({function for function, *_ in each}) for name, each in tests.items()}
    assert functions == dict.fromkeys(FAULTS, 1)
    for name, each in tests.items():
        goes_both = any(goes_both for *_, goes_both in each)
        assert len(each) == (len(WAYS) if goes_both else 1), name
    assert sorted(test for each in found for test in each) == sorted(everything)


def test_a_row_says_the_way_where_there_are_two():
    report = {"title": "a fault", "repetitions": 1, "took": 1.0, "outcome": "held"}
    assert row(report).startswith("| a fault | 1 | ")
    for way in WAYS:
        assert row({**report, "way": way}).startswith(f"| a fault, {way} | 1 | ")
    assert row(report).count("|") == len(COLUMNS) + 1
