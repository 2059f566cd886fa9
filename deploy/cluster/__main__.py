"""`bin/cluster`: run the cluster until Ctrl-C or SIGTERM."""

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

from deploy.cluster import Cluster, ClusterError
from deploy.cluster.daemon import ENDS

WATCH_SECONDS = 1.0


def main() -> None:
    arguments = parse()
    for number in ENDS:
        signal.signal(number, end)
    try:
        with tempfile.TemporaryDirectory(prefix="discussit-cluster-") as name:
            folder = Path(name)
            # The user that PostgreSQL runs as, where we are root, has to come through.
            folder.chmod(0o711)
            with Cluster(folder, processes=arguments.processes, port=arguments.port) as cluster:
                print(f"DiscussIt is at {cluster.url}, served by {arguments.processes} processes")
                print(f"Its logs are in {folder}; Ctrl-C stops and removes everything", flush=True)
                watch(cluster)
    except ClusterError as error:
        sys.exit(str(error))


def watch(cluster: Cluster) -> NoReturn:
    """Say of each program that ends by itself that it did; the others go on."""
    running = cluster.daemons
    while True:
        for daemon in running:
            if not daemon.is_running:
                print(f"{daemon.name} ended {daemon.ending()}; its log is {daemon.log}", flush=True)
        running = [daemon for daemon in running if daemon.is_running]
        time.sleep(WATCH_SECONDS)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/cluster", description=__doc__)
    parser.add_argument("--processes", type=int, default=2, help="of DiscussIt (default: 2)")
    parser.add_argument("--port", type=int, help="nginx's, on 127.0.0.1 (default: a free one)")
    arguments = parser.parse_args()
    if not 0 < arguments.processes < 100:
        parser.error("--processes must be a number from 1 to 99")
    return arguments


def end(number: int, frame: FrameType | None) -> NoReturn:
    # A second signal must not break off the clean-up that the first one starts.
    for each in ENDS:
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main()
