"""The ledger finds what it is there to find."""

from collections.abc import Callable

import pytest

from tests.document import Document
from tests.faults.client import Client, Group
from tests.faults.conversation import conversation, until
from tests.faults.ledger import Ledger, Row
from tests.faults.person import Person
from tests.server import Server

ATTIC = Group("attic-1", "/groups/attic/")
PAGE = (
    "<html><body><ol id='log'><li id='entry-1'>one</li><li id='entry-2'>two</li></ol></body></html>"
)


@pytest.fixture
def client() -> Client:
    """Somebody who said two things and was answered."""
    client = Client(Person("http://127.0.0.1:1", "ann"), ATTIC)
    client.posted, client.answered, client.nonces = ["one", "two"], ["one", "two"], {"n1", "n2"}
    client.heard_of = {"attic-1"}
    client.document = Document(PAGE)
    return client


ROWS = (
    Row("attic-1", 1, "ann", "one", "n1.aa"),
    Row("attic-1", 2, "ann", "two", "n2.bb"),
)


def test_it_has_nothing_to_say_where_all_is_well(client: Client) -> None:
    assert Ledger([client], ROWS, {client: client.document.log}).problems() == []


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (ROWS[:1], "lost: two"),
        ((*ROWS, Row("attic-1", 3, "ann", "two", "n3.bb")), "stored twice: two"),
        ((*ROWS, Row("attic-1", 3, "ann", "more", "n2.cc")), "2 rows of one nonce"),
        ((ROWS[0], ROWS[1]._replace(position=0)), "out of order"),
        ((ROWS[0], ROWS[1]._replace(group="cellar-1")), "in another group"),
    ],
)
def test_it_finds_what_is_stored_wrongly(
    client: Client, rows: tuple[Row, ...], problem: str
) -> None:
    problems = Ledger([client], rows, {client: client.document.log}).problems()
    assert any(problem in each for each in problems), problems


@pytest.mark.parametrize(
    "change", [lambda log: log[:1], lambda log: log[::-1], lambda log: [*log, log[0]]]
)
def test_it_finds_a_page_that_differs_from_a_fresh_one(
    client: Client, change: Callable[[list[str]], list[str]]
) -> None:
    (problem,) = Ledger([client], ROWS, {client: change(client.document.log)}).problems()
    assert "a fresh page" in problem


def test_it_finds_what_reached_the_wrong_people(client: Client) -> None:
    client.heard_of.add("cellar-1")
    problems = Ledger([client], ROWS, overheard={"dora": {"attic-1"}}).problems()
    assert len(problems) == 2


@pytest.mark.timeout(600)
async def test_whoever_is_a_member_would_overhear_what_strangers_must_not(
    serve: Callable[..., Server],
) -> None:
    async with conversation(serve()) as talk:
        await talk.everyone_says_one()
        attic = talk.groups["attic"]
        talk.eavesdrop(talk.people["bob"], attic)
        await until(lambda: talk.overheard, "bob hears what a member may")
        ledger = await talk.settle()
        assert ledger.overheard == {f"{talk.people['bob'].name} in {attic.name}": {attic.name}}
        assert len(ledger.problems()) == 1
