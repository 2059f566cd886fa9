"""The benchmark: what it makes of figures, and that a small run of it loses nothing and fills its table.

How fast anything is, no test asks: that is for bench/run, on a machine with nothing else to do.
"""

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from bench.suite import load
from bench.suite.__main__ import chosen
from bench.suite.cases import CASES
from bench.suite.discussit import LINE
from bench.suite.load import Load, Result, read_result
from bench.suite.peers.choose import PEERS, Peers
from bench.suite.runner import Extent, Runner
from bench.suite.table import COLUMNS, Goal, Row, Series, compared, figure, heading, line, plain
from deploy.cluster import ClusterError

# Seconds in which what is under way comes, on a slow machine. wsload waits no longer than that takes.
DRAIN = 60.0

TWICE = Goal(2, " ×", or_more=True)

# What wsload prints of a server of two processes.
PRINTED = {
    "conns": 10,
    "opened": 9,
    "deliveries_per_s": 900,
    "msgs_per_s": 90.5,
    "lost": 3,
    "dup": 0,
    "process0_us_per_delivery": 10.5,
    "process1_us_per_delivery": 2.0,
    "process0_kb_per_conn": 20.0,
    "process1_kb_per_conn": 30.0,
}


pytestmark = [pytest.mark.xdist_group("bench"), pytest.mark.timeout(600)]

# It saturates servers, and as root its load goes before all others: tests beside it would hardly run.
alone = pytest.mark.alone


@pytest.fixture(scope="module")
def wsload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return load.build(tmp_path_factory.mktemp("bench"))


# --- the table --------------------------------------------------------------------------------------


def test_ratios_are_taken_within_a_round():
    row = compared("what", Series([10, 40, 90]), Series([10, 20, 30]), "", TWICE)
    assert row.ratio == "1 / 2 / 3 ×"
    assert (row.ours, row.peer) == ("10 / 40 / 90", "10 / 20 / 30")


@pytest.mark.parametrize(
    ("values", "goal", "held"),
    [
        ([1, 2, 9], TWICE, "yes"),
        ([1, 1.9, 9], TWICE, "NO"),
        ([1, 15, 99], Goal(15, " ms"), "yes"),
        ([1, 15.1, 99], Goal(15, " ms"), "NO"),
        ([1], None, "correct"),
    ],
)
def test_it_is_the_median_that_has_to_reach_the_goal(values, goal, held):
    assert plain("what", Series(values), "", goal).held == held


def test_what_went_wrong_counts_for_more_than_what_was_reached():
    fast = Series([100], ["3 lost"])
    assert plain("what", fast, "", Goal(1, "", or_more=True)).held == "NO: 3 lost"
    assert compared("what", fast, Series([1]), "", TWICE).held == "NO: 3 lost"


def test_what_a_peer_lost_stands_beside_its_figures():
    row = compared("what", Series([100]), Series([1], ["3 lost"]), " s")
    assert (row.peer, row.held) == ("1 / 1 / 1 s (3 lost)", "correct")


def test_a_row_has_a_cell_for_each_column():
    bars = len(COLUMNS) + 1
    assert [each.count("|") for each in heading().splitlines()] == [bars, bars]
    assert line(Row("what")).count("|") == bars


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.1234, "0.123"), (12.34, "12.3"), (40.0, "40"), (99.96, "100"), (123456.7, "123,457")],
)
def test_a_figure_has_three_digits_or_all_of_a_larger_number(value, shown):
    assert figure(value) == shown


# --- wsload -----------------------------------------------------------------------------------------


def test_processes_are_added_up():
    result = read_result(PRINTED)
    assert (result.cpu_us_per_delivery, result.kb_per_page) == (12.5, 50.0)


def test_what_went_wrong_is_named():
    result = read_result(PRINTED)
    assert result.problems == "1 not connected, 3 lost"
    assert result.with_wrong("late", 2).problems == "1 not connected, 3 lost, 2 late"
    assert read_result({"conns": 9, "opened": 9}).problems == ""


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        (lambda text: [f"<p {LINE}{text}</p><p>ann: {text}</p>"], set()),
        (lambda text: [f"<p>ann: {text}</p>"], {"lost"}),
        (lambda text: [f"<p {LINE}{text}</p>"] * 2, {"doubled"}),
        (lambda text: [f"<p {LINE}{text}</p><p {LINE}{text}</p>"], {"doubled"}),
        (lambda text: [], {"lost"}),
    ],
    ids=["once in the log", "in the announcer alone", "two frames", "two lines", "never"],
)
async def test_wsload_sees_what_is_lost_or_doubled(wsload, answers, wrong):
    async def answer(page: ServerConnection) -> None:
        async for text in page:
            for frame in answers(text):
                await page.send(frame)

    async with serve(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        options = ["--port", str(port), "--conns", "1", "--template", "%s", "--before", LINE]
        # It drains until all has come, so for so long only where something is lost.
        drain = "0.2" if "lost" in wrong else str(DRAIN)
        times = ["--rate", "50", "--warmup", "0", "--duration", "1", "--drain", drain]
        result = await asyncio.to_thread(load.begin(wsload, [*options, *times], seconds=1).result)
    assert result.sent > 0
    assert {what for what, count in result.wrong.items() if count} == wrong


def test_peers_are_chosen_by_name():
    assert chosen("all") == list(PEERS)
    assert chosen("none") == []
    assert chosen("ws,nchan") == ["ws", "nchan"]
    with pytest.raises(SystemExit, match="no peer 'apache'"):
        chosen("ws,apache")


# --- rounds -----------------------------------------------------------------------------------------


def test_contenders_take_turns_and_one_that_does_not_start_is_left_out(tmp_path):
    runner = Runner(tmp_path, Extent(rounds=2), tmp_path / "wsload")
    turns: list[str] = []

    def measure(name: str) -> Result:
        turns.append(name)
        if name == "broken":
            raise ClusterError("It did not start:\na long story\nno such file")
        return read_result({})

    names = ("ours", "broken", "peer")
    results = runner.in_turn({name: partial(measure, name) for name in names})
    assert turns == ["ours", "broken", "peer", "ours", "peer"]
    assert {name: len(found) for name, found in results.items()} == {"ours": 2, "peer": 2}
    assert runner.notes == ["broken is left out: It did not start: no such file"]


def test_without_ours_there_is_nothing_to_compare(tmp_path):
    def fail() -> Result:
        raise ClusterError("It did not start.")

    runner = Runner(tmp_path, Extent(rounds=2), tmp_path / "wsload")
    with pytest.raises(ClusterError):
        runner.in_turn({"ours": fail, "peer": fail})


# --- a small run ------------------------------------------------------------------------------------


class PatientRunner(Runner):
    """It gives messages their time, as a busy machine needs it."""

    def begin(
        self, told: Sequence[str], *options: str, seconds: float | None = None, nice: int = 0
    ) -> Load:
        patient = ("--drain", str(DRAIN), "--timeout", str(DRAIN))
        return super().begin(told, *options, *patient, seconds=seconds, nice=nice)


@pytest.fixture(scope="module")
def runner(wsload: Path, migrated: Path) -> Iterator[Runner]:
    """A fiftieth of the pages, for as long as it takes to say something on a slow machine."""
    folder = wsload.parent / "sqlite"
    folder.mkdir()
    shutil.copyfile(migrated, folder / "db.sqlite3")
    with closing(PatientRunner(wsload.parent, Extent(1, 1, 0.02), wsload)) as runner:
        yield runner


@alone
def test_a_small_run_loses_nothing_and_fills_the_table(runner):
    (row, beside) = CASES["small-groups"](runner, Peers(runner, ["hub", "relay"]))
    assert row.what.startswith("2 groups of 10 viewers, saturated: messages/s, against a raw relay")
    assert "NO:" not in row.held, row
    assert float(row.ours.split(" / ")[0]) > 0
    assert beside.held == "correct", beside
    assert "(" not in beside.peer, beside


@alone
def test_pages_that_return_have_each_line_once(runner):
    (row,) = CASES["storm"](runner, Peers(runner, []))
    assert row.what.startswith("40 pages reconnect at once, 50 lines behind")
    assert "NO:" not in row.held, row


def test_all_people_of_a_group_are_told_what_is_unread(runner):
    (row,) = CASES["unread"](runner, Peers(runner, []))
    assert row.what.startswith("20 people of a group with pages of others open")
    assert "NO:" not in row.held, row
    assert not row.ours.startswith("0 "), row


def test_readers_have_few_ends_to_answer(runner):
    (row,) = CASES["readers"](runner, Peers(runner, []))
    assert row.what.startswith("20 people read a group")
    assert row.held == "yes", row
    assert not row.ours.startswith("0 "), row


@alone
def test_groups_beside_a_busy_one_lose_nothing(runner):
    rows = list(CASES["beside"](runner, Peers(runner, [])))
    assert len(rows) == 2
    for row in rows:
        assert "NO:" not in row.held, row
        assert "(" not in row.peer, row
