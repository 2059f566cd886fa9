"""What every case measures with: the servers, the crowd, and rounds in which contenders take turns."""

import resource
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Protocol

from bench.suite import load
from bench.suite.crowd import Crowd, Database
from bench.suite.discussit import DiscussIt
from bench.suite.load import Load, Result
from deploy.cluster import ClusterError
from deploy.cluster.postgres import Postgres
from deploy.cluster.redis import Redis

# Seconds without measuring before each measurement, and those after it in which what is under way arrives.
WARM_UP = 1.0
DRAIN = 6.0
# A share of a core beyond which the generator may have been the limit, and not the server.
BUSY = 0.9

# What a server has open besides the sockets of its pages.
OTHER_FILES = 200


class Contender(Protocol):
    """A server that can be measured; `load` is what wsload is told to speak to it."""

    title: str

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def load(self, crowd: Crowd) -> list[str]: ...


@contextmanager
def running(contender: Contender) -> Iterator[None]:
    contender.start()
    try:
        yield
    finally:
        contender.stop()


class Extent(NamedTuple):
    """How much is measured: rounds, seconds of each measurement, and which share of the pages."""

    rounds: int = 3
    seconds: float = 8.0
    share: float = 1.0


class Runner:
    """Has the programs that several cases need, each started when the first case asks for it."""

    def __init__(self, folder: Path, extent: Extent, program: Path) -> None:
        self.folder = folder
        self.extent = extent
        self.notes: list[str] = []
        self._program = program
        self._services: list[Postgres | Redis] = []

    @cached_property
    def sqlite(self) -> DiscussIt:
        return DiscussIt("DiscussIt on SQLite", Database(self.folder / "sqlite"))

    @cached_property
    def on_postgres(self) -> Database:
        postgres = self._serving(Postgres(self.folder))
        return Database(self.folder / "postgres", postgres.url)

    @cached_property
    def postgres(self) -> DiscussIt:
        return DiscussIt("DiscussIt on PostgreSQL", self.on_postgres)

    @cached_property
    def redis_url(self) -> str:
        return self._serving(Redis(self.folder)).url

    @cached_property
    def frame_bytes(self) -> int:
        """The bytes of DiscussIt's frame with one line, header included, as measured just now."""
        crowd = self.crowd("frame", 1, 50)
        rate = ("--rate", "10", "--publishers", "1")
        result = self.measure(self.sqlite, crowd, *rate, seconds=2)
        size = round(result.wire_bytes_per_delivery)
        self.note(f"Peers pass on frames of {size:,} bytes, as DiscussIt's are with one line each.")
        return size

    def crowd(self, name: str, groups: int, members: int, lines: int = 50) -> Crowd:
        """Return a crowd of this size, or of the share of it that is wanted."""
        share = self.extent.share
        if groups > 1:
            return Crowd(name, max(2, round(groups * share)), members, lines)
        return Crowd(name, 1, max(2, round(members * share)), lines)

    def in_turn(self, measures: Mapping[str, Callable[[], Result]]) -> dict[str, list[Result]]:
        """Measure A, B, A, B ... and return the results of each, by its title.

        The first one is ours and has to start; another that does not is left out, with a note.
        """
        ours, *_ = measures
        results: dict[str, list[Result]] = {title: [] for title in measures}
        for number in range(self.extent.rounds):
            for title in list(results):
                try:
                    result = measures[title]()
                except ClusterError as error:
                    if title == ours:
                        raise
                    del results[title]
                    self.note(f"{title} is left out", error)
                    continue
                results[title].append(result)
                self.say(f"round {number + 1}, {title}: {result}")
                if result.generator_cpu > BUSY:
                    self.note(f"In a run of {title} the generator used all of a core.")
        return results

    def measure(
        self, contender: Contender, crowd: Crowd, *options: str, seconds: float | None = None
    ) -> Result:
        """Start the contender anew, put the load on it, and stop it."""
        with running(contender):
            return self.begin(contender.load(crowd), *options, seconds=seconds).result()

    def begin(
        self, told: Sequence[str], *options: str, seconds: float | None = None, nice: int = 0
    ) -> Load:
        """Start wsload with what a contender tells it, and these options."""
        seconds = self.extent.seconds if seconds is None else seconds
        times = ("--warmup", str(WARM_UP), "--duration", str(seconds), "--drain", str(DRAIN))
        traffic = WARM_UP + seconds + DRAIN
        return load.begin(self._program, [*told, *times, *options], seconds=traffic, nice=nice)

    def may_open(self, pages: int) -> bool:
        """Return whether a process may have so many sockets open, and its other files."""
        return resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= pages + OTHER_FILES

    def note(self, text: str, error: Exception | None = None) -> None:
        """Keep something that the reader of the table should know, in one line."""
        self.say(f"{text}: {error}" if error else text)
        if error:
            # What it is about, and the last that the program said.
            lines = str(error).splitlines()
            text = f"{text}: {' '.join(dict.fromkeys((lines[0], lines[-1])))}"
        if text not in self.notes:
            self.notes.append(text)

    def say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def close(self) -> None:
        for service in reversed(self._services):
            if isinstance(service, Postgres):
                service.close()
            else:
                service.stop()

    def _serving[S: (Postgres, Redis)](self, service: S) -> S:
        self._services.append(service)
        service.start()
        return service
