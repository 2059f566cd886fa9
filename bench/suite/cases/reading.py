"""People are told what is unread, and their pages say what they have read."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

from bench.suite.figures import series
from bench.suite.load import Result
from bench.suite.peers.choose import Peers
from bench.suite.runner import WARM_UP, Runner, running
from bench.suite.table import Goal, Row, plain
from bench.suite.traffic import rate

# What the live count of a group begins with; a list that is written anew has none.
BADGE = 'class="unread" hx-swap-oob'
# What the end of a log begins with: a page that has it in sight answers it once.
END = 'id="end"'


def unread(runner: Runner, peers: Peers) -> Iterator[Row]:
    """People of one group have pages of other groups open, and all are told what is unread in it."""
    server = runner.sqlite
    heard = runner.crowd("heard", 1, 2)
    elsewhere = runner.crowd("elsewhere", 100, 10)._replace(also=heard.name)

    def measure() -> Result:
        with running(server), ExitStack() as stack:
            loud, quiet = server.load(heard), server.load(elsewhere)
            counting = ("--count", BADGE, "--idle", "0", "--hold")
            pages = stack.enter_context(closing(runner.begin(quiet, *counting)))
            pages.wait_until_open()
            result = runner.begin(loud, *rate(10, 1)).result()
            pages.release()
            shown = pages.result()
        result = result.with_wrong(
            f"of those who were to be told: {shown.problems}", int(bool(shown.problems))
        )
        return result.with_wrong("pages that were told nothing", int(not shown.counted[0]))

    def cpu_a_page(result: Result) -> float:
        return result.cpu_us_per_delivery * result.deliveries_per_s / elsewhere.pages

    results = runner.in_turn({server.title: measure})
    what = f"{elsewhere.pages:,} people of a group with pages of others open, 10 messages/s in it"
    found = series(results[server.title], cpu_a_page)
    yield plain(f"{what}: CPU a page and second", found, " µs", Goal(100, " µs"))


def readers(runner: Runner, peers: Peers) -> Iterator[Row]:
    """People have a group open that is written into: how many ends its pages are written to answer."""
    server = runner.sqlite
    crowd = runner.crowd("large", 1, 1000)
    # Long enough for some of the ends that come every ten seconds.
    length = 4 * runner.extent.seconds

    def measure() -> Result:
        with running(server):
            told = server.load(crowd)
            options = (*rate(10, 10), "--count", END)
            result = runner.begin(told, *options, seconds=length).result()
            return result.with_wrong("pages without an end to answer", int(not result.counted[0]))

    def answers(result: Result) -> float:
        return result.counted[1] * crowd.pages / (WARM_UP + length)

    results = runner.in_turn({server.title: measure})
    what = f"{crowd.pages:,} people read a group, 10 messages/s in it: answers of their pages, a second"
    yield plain(what, series(results[server.title], answers), "", Goal(150, ""))
