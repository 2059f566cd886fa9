"""wsload, from Python: built once, run for each measurement, and its line of JSON read."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from deploy.cluster.daemon import ClusterError, find_program
from tests.server import TOP

SOURCE = TOP / "bench" / "wsload.cpp"
# Seconds that connecting, starting and ending may take, besides the traffic; then a run is ended.
CONNECT_SECONDS = 300.0


class Result(NamedTuple):
    """What one run came to. CPU and memory are those of all the server's processes together."""

    deliveries_per_s: float
    messages_per_s: float
    p50_ms: float
    p99_ms: float
    connect_s: float
    connects_per_s: float
    cpu_us_per_delivery: float
    kb_per_page: float
    wire_bytes_per_delivery: float
    # The generator's own share of a core: near 1 it may have been the limit, not the server.
    generator_cpu: float
    sent: int
    counted: tuple[int, int]
    # How often something went wrong, by what it was.
    wrong: dict[str, int]

    @property
    def problems(self) -> str:
        """Return what went wrong, such as "3 lost, 1 doubled"; nothing where all is well."""
        return ", ".join(f"{count:,} {what}" for what, count in self.wrong.items() if count)

    def with_wrong(self, what: str, count: int) -> "Result":
        """Return it with something more that went wrong, if it did."""
        return self._replace(wrong={**self.wrong, what: count})


def build(folder: Path) -> Path:
    """Compile wsload into the folder, unless it is there already, and return its path.

    Raises ClusterError without a compiler, or with the compiler's own words.
    """
    program = folder / "wsload"
    if program.exists() and program.stat().st_mtime > SOURCE.stat().st_mtime:
        return program
    folder.mkdir(parents=True, exist_ok=True)
    compiler = find_program("g++", "g++ zlib1g-dev")
    command = [
        compiler,
        "-O2",
        "-std=c++17",
        "-Wall",
        "-Wextra",
        "-o",
        str(program),
        str(SOURCE),
        "-lz",
    ]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise ClusterError(f"wsload could not be built:\n{done.stderr}")
    return program


class Load(NamedTuple):
    """A run of wsload that has begun; `result()` waits for its end."""

    process: subprocess.Popen[str]
    seconds: float

    def wait_until_open(self) -> None:
        """Wait until all pages of a run with --hold are open. Raises ClusterError."""
        assert self.process.stdout is not None, "It was begun with a pipe."
        if not self.process.stdout.readline():
            raise ClusterError(f"wsload ended with code {self.process.wait()}.")

    def release(self) -> None:
        """Let the traffic of a run with --hold begin."""
        assert self.process.stdin is not None, "It was begun with a pipe."
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def result(self) -> Result:
        """Raises ClusterError where wsload, or its time, came to an end without a result."""
        try:
            printed, _ = self.process.communicate(timeout=self.seconds + CONNECT_SECONDS)
        except subprocess.TimeoutExpired:
            raise ClusterError("wsload took too long and was ended.") from None
        finally:
            self.close()
        if not printed.strip():
            raise ClusterError(f"wsload ended with code {self.process.returncode}.")
        return read_result(json.loads(printed.splitlines()[-1]))

    def close(self) -> None:
        """End it, if it has not ended."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def begin(program: Path, options: Sequence[str], *, seconds: float, nice: int = 0) -> Load:
    """Start wsload. `seconds` is how long its traffic lasts; `nice` as in nice(2), where we may."""
    process = subprocess.Popen(
        [str(program), *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    if nice and os.geteuid() == 0:
        os.setpriority(os.PRIO_PROCESS, process.pid, nice)
    return Load(process, seconds)


def read_result(printed: dict[str, Any]) -> Result:
    """Make a Result of what wsload printed; what a run without traffic lacks is 0."""

    def total(ending: str) -> float:
        return sum(float(printed[name]) for name in printed if name.endswith(ending))

    def of(name: str) -> Any:
        return printed.get(name, 0)

    return Result(
        deliveries_per_s=of("deliveries_per_s"),
        messages_per_s=of("msgs_per_s"),
        p50_ms=of("p50_ms"),
        p99_ms=of("p99_ms"),
        connect_s=of("connect_s"),
        connects_per_s=of("accepts_per_s"),
        cpu_us_per_delivery=total("_us_per_delivery"),
        kb_per_page=total("_kb_per_conn"),
        wire_bytes_per_delivery=of("wire_bytes_per_delivery"),
        generator_cpu=of("gen_cpu"),
        sent=of("sent"),
        counted=(of("counted_min"), of("counted_max")),
        wrong={
            "not connected": of("conns") - of("opened"),
            "closed": of("closed_by_server"),
            "lost": of("lost"),
            "doubled": of("dup"),
            "out of order": of("reordered"),
            "timed out": of("timed_out"),
        },
    )
