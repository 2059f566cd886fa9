"""What is shared: groups by several processes, a process by several groups, and all of it with a flooder."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial

from bench.suite.discussit import DiscussIt
from bench.suite.figures import against, cpu, p99
from bench.suite.flooder import TIMES, Place, flooding
from bench.suite.load import Result
from bench.suite.peers.choose import Peers
from bench.suite.runner import Runner, running
from bench.suite.table import Goal, Row
from bench.suite.traffic import closed, rate


def processes(runner: Runner, peers: Peers) -> Iterator[Row]:
    """Two processes with half of the pages each against one with all, on the same database and Redis."""
    crowd = runner.crowd("large", 1, 1000)
    among = {
        "two processes": DiscussIt(
            "two processes", runner.on_postgres, processes=2, redis_url=runner.redis_url
        ),
        "one process": DiscussIt("one process", runner.on_postgres, redis_url=runner.redis_url),
    }
    options = rate(10, 10)
    results = runner.in_turn(
        {title: partial(runner.measure, each, crowd, *options) for title, each in among.items()}
    )
    what = f"{crowd.pages:,} viewers, 10 messages/s, two processes: CPU a delivery"
    goals = {"one process": Goal(1.15, " ×")}
    yield from against(what, results, cpu, " µs", goals)


def beside(runner: Runner, peers: Peers) -> Iterator[Row]:
    """Small groups at a fixed rate beside a large one, which is busy or saturated, and without it."""
    server = runner.sqlite
    small, big = runner.crowd("beside", 10, 10), runner.crowd("large", 1, 1000)
    kinds = {"where 10 messages/s are written": rate(10, 10), "that is saturated": closed(big, 16)}
    alone = "without it"

    def measure(noise: tuple[str, ...]) -> Result:
        with running(server), ExitStack() as stack:
            # It needs little, and shall not wait for the core that the other wsload is busy on.
            told = (*server.load(small), *rate(20, small.groups), "--hold")
            quiet = stack.enter_context(closing(runner.begin(told, nice=-10)))
            quiet.wait_until_open()
            if not noise:
                quiet.release()
                return quiet.result()
            told = (*server.load(big), *noise, "--hold")
            seconds = runner.extent.seconds + 3
            loud = stack.enter_context(closing(runner.begin(told, seconds=seconds)))
            loud.wait_until_open()
            loud.release()
            quiet.release()
            result, problems = quiet.result(), loud.result().problems
            return result.with_wrong(f"of the large group: {problems}", int(bool(problems)))

    traffic = {alone: (), **kinds}
    results = runner.in_turn({kind: partial(measure, noise) for kind, noise in traffic.items()})
    for kind in kinds:
        what = (
            f"{small.groups} groups of {small.members}, 20 messages/s, beside one of {big.pages:,} "
        )
        pair = {kind: results[kind], alone: results[alone]}
        yield from against(f"{what}{kind}: p99", pair, p99, " ms", {alone: Goal(2, " ×")})


def flood(runner: Runner, peers: Peers) -> Iterator[Row]:
    """People talk beside somebody in one of their groups who floods it, and without them."""
    server = DiscussIt("DiscussIt with its limits", runner.sqlite.database, is_limited=True)
    crowd = runner.crowd("beside", 10, 10)
    options = rate(20, crowd.groups)
    beside, alone = f"beside a flooder at {TIMES} times the limits", "without one"

    def measure(is_flooded: bool) -> Result:
        with running(server):
            told = server.load(crowd)
            if not is_flooded:
                return runner.begin(told, *options).result()
            # The last person of the first group, who is none of those who write.
            group = crowd.pages - crowd.groups
            database, url = server.database, server.servers[0].url
            cookie = database.cookies(crowd).read_text().splitlines()[group]
            name = database.group_names(crowd).read_text().splitlines()[0]
            with flooding(Place(url, name, cookie)) as came:
                result = runner.begin(told, *options).result()
            (flood,) = came
            runner.say(f"The flooder sent {flood.frames:,} frames, away {flood.sent_away} times.")
            return result.with_wrong("floods without end", int(not flood.sent_away))

    results = runner.in_turn({beside: partial(measure, True), alone: partial(measure, False)})
    what = f"{crowd.groups} groups of {crowd.members}, 20 messages/s, {beside}: p99"
    yield from against(what, results, p99, " ms", {alone: Goal(2, " ×")})
