"""What others call a person: it passes for nobody else's name, and reaches every line and open page."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from discuss import actions
from discuss.actions import namings, telling
from discuss.db.workers import in_actor
from discuss.forms import DisplayNameField
from discuss.models import Entry, Kind, Membership, User
from discuss.moderation.actions import Why, perform_act
from discuss.rules.refusals import Code
from tests.cast import Cast
from tests.document import text
from tests.page import enter, settled, visit
from tests.test_like_names import NOT_HERE, ONE_SCRIPT, sign_up
from tests.test_updates import catch_up
from tests.updates import load
from tests.waiting import do_tasks

pytestmark = pytest.mark.django_db

ALIKE = "This name looks like that of somebody else. Please choose another one."


def call(user: User, name: str) -> None:
    """Have a person choose a name, as their form does."""
    name = DisplayNameField(max_length=40, required=False).clean(name)
    actions.change_display_name(user, display_name=name)
    user.refresh_from_db()


@pytest.mark.parametrize(
    ("name", "over"), [("time_out", "end_time_out"), ("warn", "take_warning_back")]
)
def test_who_may_not_write_says_nothing_by_a_name_either(cast: Cast, name: str, over: str):
    mod, until = cast.member(cast.mod), timezone.now() + timedelta(hours=1)
    perform_act(mod, name, user=cast.bob, group=cast.kitchen, why=Why(until=until))
    with pytest.raises(actions.Refused) as refused:
        call(cast.bob, "Let me write")
    assert refused.value.code == Code.NAME_WAITS
    cast.bob.refresh_from_db()
    assert cast.bob.name == "bob"
    perform_act(mod, over, user=cast.bob, group=cast.kitchen)
    call(cast.bob, "Robert")
    assert cast.bob.name == "Robert"


# --- which names there are --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Ann Baker", "Ann Baker"),
        ("  Ann   Baker ", "Ann Baker"),
        ("Sean O'Neil", "Sean O\u2019Neil"),
        ("Anne-Marie d\u2019Arc", "Anne-Marie d\u2019Arc"),
        ("Анна Петрова", "Анна Петрова"),
        ("Ann Петрова", "Ann Петрова"),
        ("آنا بيكر", "آنا بيكر"),
        ("山田 花子", "山田 花子"),
        ("ANN", "ANN"),
        ("Maria Root", "Maria Root"),
        ("A.N.N.", ValidationError),
        ("ann", "ann"),
        ("", "ann"),
    ],
)
def test_honest_names_are_let_in(cast: Cast, typed: str, shown: str | type[Exception]):
    if isinstance(shown, type):
        with pytest.raises(shown):
            call(cast.ann, typed)
        return
    call(cast.ann, typed)
    assert cast.ann.name == shown
    assert str(cast.ann) == "ann"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("bob", ALIKE),
        ("BOB", ALIKE),
        ("B o b", ALIKE),
        ("b-o-b", ALIKE),
        ("b0b", ALIKE),
        ("Bob Baker", ALIKE),
        ("bobbaker", ALIKE),
        ("B0B  baker", ALIKE),
        ("Cleo", ALIKE),
        ("admin", NOT_HERE),
        ("A d m i n", NOT_HERE),
        ("Some one", NOT_HERE),
        ("you", NOT_HERE),
        ("Admin Team", NOT_HERE),
        ("The  Moderator", NOT_HERE),
        ("Ann Lee", ALIKE),
        ("annlee", ALIKE),
        ("Zoe", ALIKE),
        ("Аnn Baker", ONE_SCRIPT),
        ("Ann\u200bBaker", "A name cannot hold invisible or control characters."),
        ("Ann <b>", "A name holds letters and digits of any script and @ . + - _ alone."),
        ("-Ann-", "A name begins and ends with a letter or a digit."),
        ("a" * 41, "Ensure this value has at most 40 characters (it has 41)."),
    ],
)
def test_a_name_that_passes_for_anothers_is_refused(cast: Cast, typed: str, why: str):
    call(cast.mod, "Bob Baker")
    User.objects.create_user("ann-lee")
    # As somebody whose name had looked like another's, or who came through a process of the version before.
    User.objects.create_user("zoe")
    User.objects.filter(username="zoe").update(username_look=None)
    with pytest.raises(ValidationError) as refused:
        call(cast.ann, typed)
    assert refused.value.messages == [why]
    cast.ann.refresh_from_db()
    assert cast.ann.name == "ann"


@pytest.mark.parametrize("name", ["annbaker", "ann.baker", "Ann-Baker", "ANNBAKER"])
def test_nobody_signs_up_under_a_name_that_looks_like_it(cast: Cast, name: str):
    call(cast.ann, "Ann Baker")
    assert sign_up(name) == [ALIKE]


def test_what_was_given_up_is_free_for_others(cast: Cast):
    call(cast.ann, "Ann Baker")
    call(cast.ann, "")
    call(cast.bob, "Ann Baker")
    assert (cast.ann.name, cast.bob.name) == ("ann", "Ann Baker")


@pytest.mark.log
@pytest.mark.django_db(transaction=True)
def test_of_two_who_choose_one_at_once_one_has_it(cast: Cast):
    both = Barrier(2, timeout=60)

    def choose(user: User) -> str:
        try:
            both.wait()
            actions.change_display_name(user, display_name="The Cook")
            return "has it"
        except ValidationError as refused:
            return str(refused.messages[0])
        finally:
            connection.close()

    def come() -> str:
        try:
            both.wait()
            return (sign_up("thecook") or ["has it"])[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(choose, [cast.ann, cast.bob])) == [ALIKE, "has it"]
    User.objects.update(display_name="", display_look=None, display_key="")
    with ThreadPoolExecutor(2) as threads:
        answers = threads.submit(choose, cast.ann), threads.submit(come)
        assert sorted(answer.result() for answer in answers) == [ALIKE, "has it"]


def test_a_closed_account_is_called_as_before(cast: Cast):
    User.objects.filter(pk=cast.ann.pk).update(is_active=False)
    with pytest.raises(actions.Refused):
        call(cast.ann, "Ann Baker")


# --- the log tells it -------------------------------------------------------------------------------


def test_each_line_and_list_of_an_open_page_follows(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(namings, "LINES_A_TASK", 4)
    monkeypatch.setattr(namings, "LINES_AT_ONCE", 2)
    for number in range(7):
        cast.say(cast.ann, f"message {number}")
    cast.say(cast.bob, "hm")
    page = load(cast)
    call(cast.ann, "Ann Baker")
    do_tasks()
    catch_up(cast, page)
    assert page.log == load(cast).log
    assert page.member_list == load(cast).member_list
    assert text(page.element("log")[-1].find(".//p[@class='event']")).startswith(
        "ann is now called Ann Baker"
    )
    authors = {text(each) for each in page.element("log").xpath(".//b[@class='author']")}
    assert authors == {"Ann Baker", "bob"}
    row = page.element(f"member-{cast.ann.pk}")
    assert [text(each) for each in row.xpath(".//bdi")] == ["Ann Baker", "ann"]


def test_lists_are_in_the_order_of_what_people_are_called(cast: Cast):
    actions.join_group(cast.cleo, group=cast.kitchen)
    call(cast.cleo, "Aaron")
    members = [m.user.name for m in cast.kitchen.memberships.as_members()]
    assert members == ["ann", "mod", "Aaron", "bob"]


def test_it_is_said_once_however_often_the_task_is_run(cast: Cast):
    call(cast.ann, "Ann Baker")
    (given,) = (row.args_kwargs["kwargs"] for row in tasks_of("tell"))
    for _ in range(2):
        telling.tell.call(**given)
    events = Entry.objects.filter(kind=Kind.NAMED)
    assert [(event.text, event.details) for event in events] == [("Ann Baker", {"was": "ann"})]


def test_what_holds_no_more_is_not_said(cast: Cast):
    for name in ("Ann Baker", "Ann Carter"):
        call(cast.ann, name)
    call(cast.mod, "The Cook")
    cast.delete(cast.mod)
    do_tasks()
    events = Entry.objects.filter(kind=Kind.NAMED)
    assert [(event.text, event.details) for event in events] == [
        ("Ann Carter", {"was": "Ann Baker"})
    ]


def tasks_of(name: str) -> list[DBTaskResult[..., Any]]:
    rows = DBTaskResult.objects.filter(task_path__endswith=f".{name}")
    return list(rows.order_by("enqueued_at"))


def test_a_group_that_is_gone_meanwhile_stops_nothing(cast: Cast):
    cellar = actions.create_group(cast.ann, name="Cellar", description="")
    cast.say(cast.ann, "Soup")
    call(cast.ann, "Ann Baker")
    actions.delete_group(Membership.objects.get(group=cellar), group=cellar)
    do_tasks()
    assert cast.lines()[-1].kind == Kind.NAMED
    (soup,) = (line for line in cast.lines() if line.is_message)
    assert soup.change > cast.lines()[-1].position


def test_the_same_again_is_told_to_nobody(cast: Cast):
    head = cast.head()
    call(cast.ann, "ann")
    call(cast.ann, "")
    do_tasks()
    assert cast.head() == head


# --- open pages -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("live")
@pytest.mark.django_db(transaction=True)
async def test_it_reaches_every_open_page_at_once(cast: Cast):
    path = cast.kitchen.get_absolute_url()
    ann, bob = await enter(cast.ann, path), await enter(cast.bob, path)
    lobby = await enter(cast.ann, "/")
    await ann.post("Soup?")
    await bob.until(lambda page: page.texts == ["Soup?"])
    await call_live(cast.ann, "Ann Baker")
    await bob.until(lambda page: "Ann Baker" in text(page.element("here")))
    await bob.until(
        lambda page: page.element("log").xpath(".//b[@class='author']//text()='Ann Baker'")
    )
    for own in (ann, lobby):
        await own.until(lambda page: text(page.element("own-name-again")).endswith("Ann Baker"))
        assert own.element("called").get("value") == "Ann Baker"


@pytest.mark.usefixtures("live")
@pytest.mark.django_db(transaction=True)
async def test_a_page_that_was_away_shows_it_when_it_is_back(cast: Cast):
    path = cast.kitchen.get_absolute_url()
    page = await visit(cast.ann, path)
    await call_live(cast.ann, "Ann Baker")
    await settled()
    await page.connect()
    await page.until(lambda page: text(page.element("own-name-again")).endswith("Ann Baker"))


async def call_live(user: User, name: str) -> None:
    await in_actor(actions.change_display_name, user, display_name=name)


def test_what_a_deleted_person_was_called_is_said_no_more(cast: Cast):
    call(cast.bob, "Bob Baker")
    do_tasks()
    cast.delete(cast.bob)
    (event,) = Entry.objects.filter(kind=Kind.NAMED)
    assert (event.subject, event.text, event.details) == (None, "", None)
    said = text(load(cast, cast.ann).element("log"))
    assert "someone changed their display name" in said
    assert "Baker" not in said
