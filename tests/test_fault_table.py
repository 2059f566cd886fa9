"""What bench/faults runs: for each fault in its list one test, and for each test of a fault a row."""

import json
import os
import subprocess
import sys

from bench.fault_table import selection
from tests.faults.repetitions import FAULTS
from tests.server import TOP

# All in one process, so that what pytest imports is imported once.
COLLECT = """
import json, sys, pytest

class Collected:
    def pytest_collection_finish(self, session):
        self.names = [item.name for item in session.items]

def collect(*arguments):
    collected = Collected()
    assert pytest.main(["--collect-only", "-qq", *arguments], plugins=[collected]) in (0, 5)
    return collected.names

told = [collect(*arguments) for arguments in json.loads(sys.argv[1])]
print(json.dumps(told))
"""


def collected(*selections: list[str]) -> list[list[str]]:
    """Return the names of the tests that pytest finds for each of these."""
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, json.dumps(selections)],
        cwd=TOP,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_each_fault_has_one_test_and_each_test_of_a_fault_is_in_the_list():
    selections = [selection(name) for name in FAULTS]
    places = sorted({place for *_, place in selections})
    *tests, everything = collected(*selections, ["-m", "fault", *places])
    assert {name: len(each) for name, each in zip(FAULTS, tests, strict=True)} == dict.fromkeys(
        FAULTS, 1
    )
    assert sorted(name for (name,) in tests) == sorted(everything)
