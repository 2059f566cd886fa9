"""What is measured: each case yields the rows of the table that it came to."""

from collections.abc import Callable, Iterator

from bench.suite.cases.reading import readers, unread
from bench.suite.cases.sharing import beside, flood, processes
from bench.suite.cases.standing import connects, idle, storm
from bench.suite.cases.talking import formatted, saturated, small_groups, steady, stored
from bench.suite.peers.choose import Peers
from bench.suite.runner import Runner
from bench.suite.table import Row

CASES: dict[str, Callable[[Runner, Peers], Iterator[Row]]] = {
    "saturated": saturated,
    "small-groups": small_groups,
    "steady": steady,
    "stored": stored,
    "formatted": formatted,
    "connects": connects,
    "storm": storm,
    "idle": idle,
    "unread": unread,
    "readers": readers,
    "processes": processes,
    "beside": beside,
    "flood": flood,
}
