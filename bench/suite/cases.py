"""What is measured: each case yields the rows of the table that it came to."""

from collections.abc import Callable, Iterator, Sequence

from bench.suite.load import Result
from bench.suite.runner import Contender, Runner
from bench.suite.table import Goal, Row, Series, plain

Figure = Callable[[Result], float]


def deliveries(result: Result) -> float:
    return result.deliveries_per_s


def messages(result: Result) -> float:
    return result.messages_per_s


def saturated(runner: Runner, peers: Sequence[Contender]) -> Iterator[Row]:
    """One large group: each of 16 senders sends when everybody has its last message."""
    crowd = runner.crowd("large", 1, 1000)
    senders = ("--closed", "--publishers", str(min(16, crowd.pages)))
    ours = runner.sqlite
    results = runner.in_turn(
        [ours, *peers], lambda contender: runner.measure(contender, crowd, *senders)
    )
    what = f"{crowd.pages:,} viewers, saturated: deliveries/s"
    yield plain(what, series(results[ours.title], deliveries), "")


def small_groups(runner: Runner, peers: Sequence[Contender]) -> Iterator[Row]:
    """Many small groups with one sender each, who sends when the group has the last message."""
    crowd = runner.crowd("small", 100, 10)
    senders = ("--closed", "--publishers", str(crowd.groups))
    ours = runner.sqlite
    results = runner.in_turn(
        [ours, *peers], lambda contender: runner.measure(contender, crowd, *senders)
    )
    what = f"{crowd.groups} groups of {crowd.members} viewers, saturated: messages/s"
    yield plain(what, series(results[ours.title], messages), "")


def steady(runner: Runner, peers: Sequence[Contender]) -> Iterator[Row]:
    """Ten messages a second into one large group, counted from when they were due."""
    crowd = runner.crowd("large", 1, 1000)
    senders = ("--rate", "10", "--publishers", "10")
    contenders = [runner.sqlite, runner.postgres]
    results = runner.in_turn(
        contenders, lambda contender: runner.measure(contender, crowd, *senders)
    )
    for title, found in results.items():
        what = f"{crowd.pages:,} viewers, 10 messages/s, {title}"
        yield plain(f"{what}: p50", series(found, lambda r: r.p50_ms), " ms", Goal(15, " ms"))
        yield plain(f"{what}: p99", series(found, lambda r: r.p99_ms), " ms", Goal(40, " ms"))
        cpu = series(found, lambda r: r.cpu_us_per_delivery)
        yield plain(f"{what}: CPU a delivery", cpu, " µs", Goal(14, " µs"))


CASES: dict[str, Callable[[Runner, Sequence[Contender]], Iterator[Row]]] = {
    "saturated": saturated,
    "small-groups": small_groups,
    "steady": steady,
}


def series(results: Sequence[Result], figure: Figure) -> Series:
    problems = [result.problems for result in results if result.problems]
    return Series([figure(result) for result in results], problems)
