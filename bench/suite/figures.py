"""Which figure of a result is meant, and rows of one figure."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from bench.suite.load import Result
from bench.suite.peers.peer import Peer
from bench.suite.table import Goal, Row, Series, compared, plain

Figure = Callable[[Result], float]


def deliveries(result: Result) -> float:
    return result.deliveries_per_s


def messages(result: Result) -> float:
    return result.messages_per_s


def p50(result: Result) -> float:
    return result.p50_ms


def p99(result: Result) -> float:
    return result.p99_ms


def cpu(result: Result) -> float:
    return result.cpu_us_per_delivery


def kb(result: Result) -> float:
    return result.kb_per_page


def seconds(result: Result) -> float:
    return result.connect_s


def connects_per_s(result: Result) -> float:
    return result.connects_per_s


def series(results: Sequence[Result], figure: Figure) -> Series:
    problems = [result.problems for result in results if result.problems]
    return Series([figure(result) for result in results], problems)


def titles(peers: Mapping[str, Peer], goals: Mapping[str, Goal]) -> dict[str, Goal | None]:
    """Return the goal of each peer that there is, by title; not all have one."""
    return {peer.title: goals.get(name) for name, peer in peers.items()}


def against(
    what: str,
    results: Mapping[str, Sequence[Result]],
    figure: Figure,
    unit: str,
    goals: Mapping[str, Goal | None],
) -> Iterator[Row]:
    """Yield a row for each peer that was measured; where there is none, one of ours alone.

    The first results are ours.
    """
    ours, *others = results
    mine = series(results[ours], figure)
    for title in others:
        theirs = series(results[title], figure)
        yield compared(f"{what}, against {title}", mine, theirs, unit, goals[title])
    if not others:
        yield plain(what, mine, unit)
