"""People talk: how fast, how soon on everybody's screen, and what it costs."""

from collections.abc import Iterator, Mapping
from functools import partial

from bench.suite.discussit import FORMATTED, LINE, DiscussIt
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
    yield from _stored(runner, "messages", {runner.sqlite: 1000, runner.postgres: 800})


def formatted(runner: Runner, peers: Peers) -> Iterator[Row]:
    """As `stored`, with messages that have a list, a link and a code block."""
    what = ("--template", FORMATTED, "--before", f"{LINE}<p>")
    least = dict.fromkeys((runner.sqlite, runner.postgres), 400)
    yield from _stored(runner, "formatted messages", least, *what)


def _stored(
    runner: Runner, name: str, least: Mapping[DiscussIt, float], *options: str
) -> Iterator[Row]:
    crowd = runner.crowd("stored", 50, 1)

    def measure(contender: DiscussIt) -> Result:
        before = contender.database.gather(crowd).lines
        traffic = (*closed(crowd, crowd.groups), "--window", "4", *options)
        result = runner.measure(contender, crowd, *traffic)
        rows = contender.database.gather(crowd).lines - before
        return result.with_wrong("rows too few or too many", abs(rows - result.sent))

    results = runner.in_turn({each.title: partial(measure, each) for each in least})
    for contender, goal in least.items():
        what = f"{name} stored/s, {crowd.groups} senders, {contender.title}"
        found = results[contender.title]
        yield plain(what, series(found, messages), "", Goal(goal, "", or_more=True))
        # Each has one reader. Where others use the machine, this says more.
        yield plain(f"{what}: CPU a message", series(found, cpu), " µs")
