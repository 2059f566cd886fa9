"""People come, come back, and stay."""

from collections.abc import Callable, Iterator
from functools import partial

from bench.suite.crowd import Crowd
from bench.suite.discussit import LINE
from bench.suite.figures import against, connects_per_s, kb, p99, seconds, series, titles
from bench.suite.load import Result
from bench.suite.peers.choose import Peers
from bench.suite.runner import Contender, Runner, running
from bench.suite.table import Goal, Row, plain
from bench.suite.traffic import rate

# A few pages that come first, so that what a server loads on its first request is there.
FIRST = Crowd("first", 1, 20)
IDLE = ("--idle", "0")


def connects(runner: Runner, peers: Peers) -> Iterator[Row]:
    """People with sessions connect, 64 at a time: until they are accepted, and until they are live."""
    crowd = runner.crowd("small", 100, 10)
    server = runner.sqlite

    def measure(told: Callable[[Crowd], list[str]]) -> Result:
        with running(server):
            runner.begin(server.load(FIRST), *IDLE).result()
            return runner.begin(told(crowd), *IDLE).result()

    accepted, live = "until accepted", "until live"
    results = runner.in_turn(
        {accepted: partial(measure, server.door), live: partial(measure, server.load)}
    )
    what = "authenticated connects/s"
    goal = Goal(800, "", or_more=True)
    yield plain(f"{what}, {accepted}", series(results[accepted], connects_per_s), "", goal)
    yield plain(f"{what}, {live}", series(results[live], connects_per_s), "")


def storm(runner: Runner, peers: Peers) -> Iterator[Row]:
    """All pages of a group reconnect at once, each 50 lines behind."""
    behind = 50
    crowd = runner.crowd("storm", 1, 2000, lines=3 * behind)
    server = runner.sqlite

    def measure() -> Result:
        with running(server):
            runner.begin(server.load(FIRST), *IDLE).result()
            told = server.load(crowd, behind=behind)
            options = ("--concurrency", str(crowd.pages), "--idle", "1", "--count", LINE)
            result = runner.begin(told, *options).result()
            return result.with_wrong(
                f"with lines other than their {behind}", int(result.counted != (behind, behind))
            )

    results = runner.in_turn({server.title: measure})
    what = f"{crowd.pages:,} pages reconnect at once, {behind} lines behind: until all are current"
    yield plain(what, series(results[server.title], seconds), " s", Goal(5, " s"))


def idle(runner: Runner, peers: Peers) -> Iterator[Row]:
    """Ten thousand pages that say nothing, and then ten messages a second to one group of them."""
    crowd = runner.crowd("idle", 1000, 10, lines=2)
    if not runner.may_open(crowd.pages):
        yield Row(f"{crowd.pages:,} idle pages", held="not measured: too few files may be open")
        return
    among = peers.of("ws", "nchan")

    def measure(contender: Contender) -> Result:
        with running(contender):
            runner.begin(contender.load(FIRST), *IDLE).result()
            told = contender.load(crowd)
            return runner.begin(told, *rate(10, 1), "--settle", "5").result()

    ours = runner.sqlite
    contenders: list[Contender] = [ours, *among.values()]
    results = runner.in_turn({each.title: partial(measure, each) for each in contenders})
    what = f"{crowd.pages:,} idle pages"
    yield plain(f"{what}: memory a page", series(results[ours.title], kb), " kB", Goal(36, " kB"))
    yield plain(
        f"{what}, 10 messages/s to a group: p99",
        series(results[ours.title], p99),
        " ms",
        Goal(50, " ms"),
    )
    if among:
        yield from against(f"{what}: memory a page", results, kb, " kB", titles(among, {}))
        yield from against(f"{what}: p99", results, p99, " ms", titles(among, {}))
