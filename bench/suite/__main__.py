"""What bench/run runs: the cases one after the other, and the table they fill."""

import argparse
import resource
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench.suite import load
from bench.suite.cases import CASES
from bench.suite.machine import described
from bench.suite.runner import Extent, Runner
from bench.suite.table import Row, heading, line
from deploy.cluster import ClusterError
from tests.server import TOP

# Programs and packages that stay from one run to the next.
KEPT = TOP / "data" / "bench"
QUICK = Extent(rounds=1, seconds=3)


def main() -> int:
    arguments = parsed()
    extent = QUICK if arguments.quick else Extent()
    extent = extent._replace(rounds=arguments.rounds or extent.rounds, share=arguments.share)
    names = arguments.only or list(CASES)
    raise_limit()
    print(described(), heading(), sep="\n\n", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="discussit-bench-") as folder,
        closing(Runner(Path(folder), extent, load.build(KEPT))) as runner,
    ):
        for name in names:
            for row in rows(runner, name):
                print(line(row), flush=True)
        if runner.notes:
            print("", *(f"- {note}" for note in runner.notes), sep="\n")
    return 0


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=CASES, metavar="CASE", help=", ".join(CASES)
    )
    parser.add_argument("--rounds", type=int, help="how often each contender is measured (3)")
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--share", type=float, default=1.0, help="this share of the pages (1.0)")
    return parser.parse_args()


def rows(runner: Runner, name: str) -> Iterator[Row]:
    """Yield the rows of a case; one that broke off has a row that says so."""
    try:
        yield from CASES[name](runner, [])
    except ClusterError as error:
        runner.note(f"{name} broke off: {error}")
        yield Row(name, held="NO: broke off")


def raise_limit() -> None:
    """Let this process and those it starts have as many files open, sockets among them, as they may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    sys.exit(main())
