"""People talk: how fast, how soon on everybody's screen, and what it costs."""

from collections.abc import Iterator
from functools import partial

from bench.suite.discussit import DiscussIt
from bench.suite.figures import against, cpu, deliveries, messages, p50, p99, series, titles
from bench.suite.load import Result
from bench.suite.peers.choose import Peers
from bench.suite.runner import Contender, Runner
from bench.suite.table import Goal, Row, plain
from bench.suite.traffic import closed, rate


def saturated(runner: Runner, peers: Peers) -> Iterator[Row]:
    """One large group: each of 16 senders sends when everybody has its last message."""
    crowd = runner.crowd("large", 1, 1000)
    what = f"{crowd.pages:,} viewers in one group, saturated: deliveries/s"
    goals = {
        "tutorial-pubsub": Goal(40, " ×", or_more=True),
        "nchan": Goal(1.5, " ×", or_more=True),
        "ws": Goal(2, " ×", or_more=True),
    }
    names = ("tutorial-memory", "tutorial-core", "websockets", "socket.io", "hub", "relay")
    among = peers.of(*goals, *names)
    options = closed(crowd, 16)
    contenders: list[Contender] = [runner.sqlite, *among.values()]
    results = runner.in_turn(
        {each.title: partial(runner.measure, each, crowd, *options) for each in contenders}
    )
    yield from against(what, results, deliveries, "", titles(among, goals))


def small_groups(runner: Runner, peers: Peers) -> Iterator[Row]:
    """Many small groups with one sender each, who sends when the group has the last message."""
    crowd = runner.crowd("small", 100, 10)
    what = f"{crowd.groups} groups of {crowd.members} viewers, saturated: messages/s"
    goals = {
        "tutorial-pubsub": Goal(1.6, " ×", or_more=True),
        "hub": Goal(0.85, " ×", or_more=True),
    }
    among = peers.of(*goals, "relay")
    options = closed(crowd, crowd.groups)
    contenders: list[Contender] = [runner.sqlite, *among.values()]
    results = runner.in_turn(
        {each.title: partial(runner.measure, each, crowd, *options) for each in contenders}
    )
    yield from against(what, results, messages, "", titles(among, goals))


def steady(runner: Runner, peers: Peers) -> Iterator[Row]:
    """Ten messages a second into one large group, counted from when they were due."""
    crowd = runner.crowd("large", 1, 1000)
    contenders = (runner.sqlite, runner.postgres)
    options = rate(10, 10)
    results = runner.in_turn(
        {each.title: partial(runner.measure, each, crowd, *options) for each in contenders}
    )
    for title, found in results.items():
        what = f"{crowd.pages:,} viewers, 10 messages/s, {title}"
        yield plain(f"{what}: p50", series(found, p50), " ms", Goal(15, " ms"))
        yield plain(f"{what}: p99", series(found, p99), " ms", Goal(40, " ms"))
        yield plain(f"{what}: CPU a delivery", series(found, cpu), " µs", Goal(14, " µs"))


def stored(runner: Runner, peers: Peers) -> Iterator[Row]:
    """One sender alone in each of many groups, with a few messages under way; the rows are counted."""
    crowd = runner.crowd("stored", 50, 1)
    goals = {
        runner.sqlite: Goal(1000, "", or_more=True),
        runner.postgres: Goal(800, "", or_more=True),
    }

    def measure(contender: DiscussIt) -> Result:
        before = contender.database.gather(crowd).lines
        options = (*closed(crowd, crowd.groups), "--window", "4")
        result = runner.measure(contender, crowd, *options)
        rows = contender.database.gather(crowd).lines - before
        return result.with_wrong("rows too few or too many", abs(rows - result.sent))

    results = runner.in_turn({each.title: partial(measure, each) for each in goals})
    for contender, goal in goals.items():
        what = f"messages stored/s, {crowd.groups} senders, {contender.title}"
        yield plain(what, series(results[contender.title], messages), "", goal)
