"""What bench/faults runs: each fault's test in a process of its own, and a table of their reports."""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.faults.repetitions import FAULTS
from tests.server import TOP

COLUMNS = (
    "fault",
    "repetitions",
    "posts",
    "answered",
    "sent again",
    "lost",
    "twice",
    "back: median / max",
    "closes",
    "besides",
    "took",
    "held",
)

# What a page cannot be told: it found out by itself.
CLOSES = {"0": "fell silent"}


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Break one part after the other while people talk."
    )
    parser.add_argument("--long", action="store_true", help="the long column of repetitions")
    parser.add_argument("--only", choices=FAULTS, metavar="NAME", help=", ".join(FAULTS))
    arguments = parser.parse_args()
    names = [arguments.only] if arguments.only else list(FAULTS)
    print(f"| {' | '.join(COLUMNS)} |")
    print("|" + "---|" * len(COLUMNS), flush=True)
    with tempfile.TemporaryDirectory(prefix="discussit-faults-") as folder:
        codes = [run(name, Path(folder), is_long=arguments.long) for name in names]
    return max(codes)


def run(name: str, folder: Path, *, is_long: bool) -> int:
    """Run one fault's test and return pytest's exit code; what it said goes to stderr.

    Its row is printed, or two: one for each of the ways that a test goes which is marked both_ways.
    """
    report = folder / f"{name}.jsonl"
    # The same whatever the caller's environment says, and never anybody's own data.
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "FAULTS": "long" if is_long else "ci",
        "FAULTS_REPORT": str(report),
        "SECRET_KEY": secrets.token_urlsafe(60),
        "WAYS": "",
    }
    command = [sys.executable, "-m", "pytest", "-q", *selection(name)]
    tests = subprocess.run(
        command, cwd=TOP, env=environment, stdout=sys.stderr, stdin=subprocess.DEVNULL
    )
    lines = report.read_text().splitlines() if report.exists() else []
    for line in lines:
        print(row(json.loads(line)), flush=True)
    if not lines:
        print(f"| {FAULTS[name].title} |" + " |" * (len(COLUMNS) - 2) + " no report |", flush=True)
    return tests.returncode


def selection(name: str) -> list[str]:
    """Return what pytest is told to run the fault's test and no other."""
    place = "tests/browser/test_comings_and_goings.py" if name == "browser" else "tests/faults"
    return ["-m", f"fault(name='{name}')", place]


def row(report: dict[str, Any]) -> str:
    title, way = report["title"], report.get("way")
    closes = ", ".join(
        f"{count} × {CLOSES.get(code, code)}" for code, count in report.get("closes", {}).items()
    )
    cells = (
        f"{title}, {way}" if way else title,
        report["repetitions"],
        *(said(report.get(key, "-")) for key in ("posts", "answered", "resends", "lost", "twice")),
        f"{seconds(report.get('back_median'))} / {seconds(report.get('back_max'))}",
        closes or "none",
        report.get("besides", "-"),
        seconds(report["took"]),
        "yes" if report["outcome"] == "held" else "NO",
    )
    return f"| {' | '.join(map(str, cells))} |"


def said(number: int | str | None) -> str:
    """Return the number; "?" for one that was not found out, "-" where nobody asks."""
    if isinstance(number, str):
        return number
    return "?" if number is None else f"{number:,}"


def seconds(number: float | None) -> str:
    if number is None:
        return "-"
    return f"{number:.1f} s" if number < 600 else f"{number / 60:.0f} min"


if __name__ == "__main__":
    sys.exit(main())
