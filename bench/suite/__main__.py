"""What bench/run runs: the cases one after the other, and the table they fill."""

import argparse
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import FrameType
from typing import NoReturn

from bench.suite import load
from bench.suite.cases import CASES
from bench.suite.machine import described
from bench.suite.peers.choose import PEERS, Peers
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
    asked = chosen(arguments.peers)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    raise_limit()
    try:
        program = load.build(KEPT)
    except ClusterError as error:
        raise SystemExit(str(error)) from None
    print(described(), heading(), sep="\n\n", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="discussit-bench-") as folder,
        closing(Runner(Path(folder), extent, program)) as runner,
    ):
        peers = Peers(runner, asked)
        for name in names:
            for row in rows(runner, peers, name):
                print(line(row), flush=True)
        if runner.notes:
            print("", *(f"- {note}" for note in runner.notes), sep="\n")
    return 0


def end(number: int, frame: FrameType | None) -> NoReturn:
    """Leave by way of every `finally`, where what was started is stopped."""
    sys.exit(128 + number)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "bench/run", description="Measure DiscussIt against its peers."
    )
    parser.add_argument(
        "--only", action="append", choices=CASES, metavar="CASE", help=", ".join(CASES)
    )
    parser.add_argument(
        "--peers", default="all", help=f"all, none, or some of them: {','.join(PEERS)}"
    )
    parser.add_argument("--rounds", type=int, help="how often each contender is measured (3)")
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--share", type=float, default=1.0, help="this share of the pages (1.0)")
    return parser.parse_args()


def chosen(words: str) -> list[str]:
    """Return the names of the peers that these words mean. Ends the program for one that is none."""
    names = {"all": list(PEERS), "none": []}.get(words, words.split(","))
    for name in set(names) - set(PEERS):
        raise SystemExit(f"There is no peer {name!r}; there are {', '.join(PEERS)}.")
    return names


def rows(runner: Runner, peers: Peers, name: str) -> Iterator[Row]:
    """Yield the rows of a case; one that broke off has a row that says so."""
    try:
        yield from CASES[name](runner, peers)
    except ClusterError as error:
        runner.note(f"{name} broke off", error)
        yield Row(name, held="NO: broke off")


def raise_limit() -> None:
    """Let this process and those it starts have as many files open, sockets among them, as they may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    sys.exit(main())
