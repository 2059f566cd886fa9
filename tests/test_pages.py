"""The pages, over HTTP alone: what someone without JavaScript has, and what every browser loads first."""

import re
from typing import Any
from unittest import mock

import lxml.html
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.stage import group_of, rich_group_of
from discuss import actions
from discuss.models import Entry, Group, Kind, Membership, User
from discuss.reading.log import read_page
from discuss.rules.text import clean_name
from discuss.rules.unread import Mark
from tests.cast import Cast, log_in
from tests.document import text
from tests.page import Page
from tests.test_reading import fill

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'nonce-X'",
    "img-src": "'self'",
    "media-src": "'self'",
    "connect-src": "'self' ws://127.0.0.1:8000 ws://localhost:8000",
    "form-action": "'self'",
    "frame-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "manifest-src": "'self'",
}


@pytest.fixture
def bob(cast: Cast) -> Client:
    return log_in(cast.bob)


@pytest.fixture
def path(cast: Cast) -> str:
    return cast.kitchen.get_absolute_url()


def load(client: Client, path: str, status: int = 200) -> Page:
    response = client.get(path)
    assert response.status_code == status
    return Page(client, path, response.content.decode())


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        load(client, path)
    return len(captured)


def names(page: Page) -> list[str]:
    return [heading.text_content().strip() for heading in page.element("group-list").xpath(".//h3")]


def many(count: int) -> None:
    Group.objects.bulk_create(
        Group(name=f"Group {n:03}", name_key=f"group {n:03}", description="One of many")
        for n in range(count)
    )


# --- how much is asked of the database --------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "count"),
    [
        ("/", 11),
        ("/?page=2", 11),
        ("/?q=one of many", 11),
        ("/?q=nowhere", 10),
        ("group", 13),
        # Two more read whether there are lines below, and how many messages.
        ("group?before=500", 15),
        # What it shows is read, which is written once (in a savepoint of the test's).
        ("grouplog/", 7),
    ],
)
def test_a_page_takes_so_many_statements(
    cast: Cast, bob: Client, path: str, page: str, count: int, django_assert_num_queries
):
    """Two of them are the session and its person, whatever the page.

    One reads their groups, two more what is unread in all of them, one their last lines in the lobby, and one
    where in this one what is unread begins. Two are the header's: what they moderate, and answers to reports.
    """
    many(200)
    fill(cast.kitchen, 1000)
    for name in ("Group 000", "Group 100"):
        actions.join_group(cast.bob, group=Group.objects.get(name=name))
    with django_assert_num_queries(count):
        load(bob, page.replace("group", path))


def test_members_that_are_not_named_are_counted_in_one_more(
    bob: Client, path: str, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries
):
    monkeypatch.setattr("discuss.reading.members.NAMED_MEMBERS", 2)
    with django_assert_num_queries(11):
        page = load(bob, path)
    assert "and others" in page.element("members").text_content()


def test_a_page_takes_as_many_statements_whatever_stands_in_its_lines(cast: Cast, bob: Client):
    people = [cast.ann, cast.bob, cast.mod]
    plain = group_of(people, name="Plain", lines=50)
    rich = rich_group_of(people, name="Rich", lines=50)
    for group in (plain, rich):
        group.refresh_from_db()
        # For whoever has read all, less is read.
        actions.mark_read({(cast.bob.pk, group.pk): Mark(group.head)})
    taken = []
    for group in (plain, rich):
        path = group.get_absolute_url()
        place = group.entries.latest("position").position
        taken.append([queries(bob, path + end) for end in ("", "log/", f"{place}/")])
    page = load(bob, rich.get_absolute_url())
    for part in ("strong", "pre", "p[@class='quote']", "button[@name='emoji']"):
        assert len(page.element("log").xpath(f".//{part}")) >= 49
    assert taken[0] == taken[1]


# --- who may see what -------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "hand-over/", "settings/", "close/"])
def test_a_group_asks_strangers_to_log_in(client: Client, path: str, page: str):
    response = client.get(path + page)
    assert response.headers["Location"] == f"/accounts/login/?next={path}{page}"


def test_the_framed_log_says_to_strangers_that_they_are_logged_out(client: Client, path: str):
    response = client.get(f"{path}log/")
    assert response.status_code == 200
    (link,) = Page(client, path, response.content.decode()).document.xpath("//main//a")
    assert (link.get("href"), link.get("target"), text(link)) == (path, "_top", "Log in again")


@pytest.mark.parametrize("who", ["stranger", "bob", "cleo"])
def test_whatever_happened_the_framed_log_may_be_framed_and_says_so(
    cast: Cast, client: Client, path: str, who: str
):
    client = client if who == "stranger" else log_in(getattr(cast, who))
    for said in ({"stranger": "logged out", "bob": "Soup?", "cleo": "not a member"}[who], "gone"):
        if said == "Soup?":
            cast.say(cast.bob, said)
        elif said == "gone":
            cast.kitchen.delete()
            said = "logged out" if who == "stranger" else "This group is gone"
        response = client.get(f"{path}log/")
        assert said in response.content.decode()
        assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]


def test_the_lobby_asks_strangers_to_log_in(client: Client):
    assert client.get("/").headers["Location"] == "/accounts/login/?next=/"


def test_a_non_member_is_told_so_and_can_join(cast: Cast, path: str):
    cast.say(cast.bob, "Secret")
    cleo = log_in(cast.cleo)
    page = load(cleo, path)
    html = lxml.html.tostring(page.document, encoding="unicode")
    assert "You are not a member of this group. It has 3 members." in html
    assert "Secret" not in html
    assert "/ws/" not in html
    (form,) = page.document.xpath(f"//form[@action='{path}join/']")
    assert form.get("method") == "post"
    response = cleo.post(f"{path}join/")
    assert response.headers["Location"] == path
    assert load(cleo, path).texts == ["Secret"]


def test_an_unknown_group_is_not_found(bob: Client, path: str):
    load(bob, path)
    unknown = "/groups/00000000-0000-4000-8000-000000000000/"
    for page in ("", "hand-over/"):
        load(bob, unknown + page, 404)
    assert bob.get(unknown + "log/").status_code == 404
    for verb in ("post", "join", "leave"):
        assert bob.post(f"{unknown}{verb}/", {"text": "x", "nonce": "nonce-123"}).status_code == 404


# --- the lobby --------------------------------------------------------------------------------------


def test_the_lobby_lists_groups_with_what_one_can_do_there(cast: Cast, bob: Client):
    garden = actions.create_group(cast.cleo, name="Garden", description="Seeds & slugs")
    page = load(bob, "/")
    assert names(page) == ["Garden", "Kitchen"]
    assert "Seeds & slugs" in page.element(f"group-{garden.uuid}-about").text_content()
    assert "Join" in page.element(f"group-{garden.uuid}-actions").text_content()
    assert "Open" in page.element(f"group-{cast.kitchen.uuid}-actions").text_content()


def test_500_groups_come_in_pages_at_the_price_of_one(cast: Cast, bob: Client):
    load(bob, "/")
    few = queries(bob, "/")
    many(499)
    assert queries(bob, "/") == few
    assert len(names(load(bob, "/"))) == 50
    seen: list[str] = []
    page, number = load(bob, "/"), 1
    while True:
        seen += names(page)
        following = page.document.xpath("//a[@rel='next']/@href")
        if not following:
            break
        number += 1
        assert following == [f"?page={number}"]
        page = load(bob, f"/{following[0]}")
    assert number == 10
    assert len(set(seen)) == len(seen) == 500


def test_a_search_narrows_the_list_and_keeps_its_words(bob: Client):
    many(60)
    page = load(bob, "/?q=kitch")
    assert names(page) == ["Kitchen"]
    assert page.document.xpath("//input[@type='search']/@value") == ["kitch"]
    both = load(bob, "/?q=one of many&page=2")
    assert len(names(both)) == 10
    assert "q=one" in both.document.xpath("//a[@rel='prev']/@href")[0]


@pytest.mark.parametrize("query", ["?q=❤\ufe0f", "?q=love&page=0", "?q=love%00&page=x"])
def test_one_field_that_makes_no_sense_drops_no_other(cast: Cast, bob: Client, query: str):
    actions.create_group(cast.ann, name=clean_name("Love ❤\ufe0f"))
    many(60)
    assert names(load(bob, f"/{query}")) == ["Love ❤"]


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?page=x",
        "?page=-1",
        "?page=99999999999",
        "?q=" + "x" * 5000,
        "?q=%ED%A0%80",
        "?page=0&q=%25",
    ],
)
def test_a_search_that_makes_no_sense_is_a_list_all_the_same(bob: Client, query: str):
    load(bob, "/" + query)


# --- a group ----------------------------------------------------------------------------------------


def test_a_group_of_10000_lines_opens_at_the_price_of_a_few(cast: Cast, bob: Client, path: str):
    fill(cast.kitchen, 200)
    load(bob, path)
    few = queries(bob, path)
    fill(cast.kitchen, 10_000)
    assert queries(bob, path) == few
    page = load(bob, path)
    assert len(page.log) == 50
    assert (page.cursor, page.oldest, page.has_older) == (10_203, 10_154, True)


def test_a_name_that_is_new_while_it_is_read_is_on_it(cast: Cast, bob: Client, path: str):
    def rename_and_read(*args: Any, **kwargs: Any) -> Any:
        actions.change_group(sam, group=cast.kitchen, name="Canteen", description="Lunch")
        return read_page(*args, **kwargs)

    sam = User.objects.create_user("sam", is_staff=True)
    with mock.patch("discuss.edges.views.group.read_page", rename_and_read):
        page = load(bob, path)
    assert page.cursor == cast.head() == 5
    assert page.element("group-about").text_content().split() == ["Canteen", "Lunch"]


def test_it_has_all_that_its_socket_needs(cast: Cast, bob: Client, path: str):
    page = load(bob, path)
    assert page.element("live").get("ws-connect") == f"/ws{path}"
    values = page.values(page.element("resume-form"))
    assert values == {
        "verb": "resume",
        "cursor": "3",
        "epoch": cast.kitchen.epoch,
        "oldest": "1",
        "newest": "",
        "members": page.members,
        "reader": str(cast.bob.pk),
        "called": "bob",
        "zone": "UTC",
        "own": page.element("own-shown").get("value"),
        "writing": "yes",
        # And what was sent and not answered: nothing.
        "nonce": page.nonce,
        "shown": "",
        "answered": "0",
        # What waits for the person: they are no moderator, and have no answer.
        "duties": "-0-0",
        "skin": "",
        "sheet": "",
        "sight": "member",
    }
    assert len(page.nonce) >= 8


def test_each_loading_has_a_nonce_of_its_own(bob: Client, path: str):
    assert load(bob, path).nonce != load(bob, path).nonce


def test_older_lines_are_pages_too(cast: Cast, bob: Client, path: str):
    fill(cast.kitchen, 120)
    page = load(bob, path)
    (link,) = page.element("older").xpath(".//a/@href")
    older = load(bob, path + link)
    assert [int(text) for text in older.texts] == list(range(24, 74))
    assert older.newest == int(link.partition("=")[2]) - 1
    assert load(bob, f"{path}?before=1").log == page.log


@pytest.mark.parametrize("query", ["?before=x", "?before=-1", "?before=" + "9" * 30, "?before=%00"])
def test_a_place_in_the_log_that_is_none_is_the_newest(bob: Client, path: str, query: str):
    assert len(load(bob, path + query).log) == 3


def test_without_live_updates_it_has_no_socket_and_a_log_that_refreshes(bob: Client, path: str):
    page = load(bob, f"{path}?live=off")
    assert not page.has("live")
    assert page.document.xpath("//iframe/@src") == [f"{path}log/"]
    assert load(bob, f"{path}log/").document.xpath("//meta[@http-equiv='refresh']/@content") == [
        "5"
    ]
    assert not load(bob, f"{path}log/?paused=1").document.xpath("//meta[@http-equiv='refresh']")


def test_the_framed_log_shows_a_non_member_nothing(cast: Cast, bob: Client, path: str):
    cast.say(cast.bob, "Secret")
    assert load(bob, f"{path}log/").texts == ["Secret"]
    assert "Secret" not in log_in(cast.cleo).get(f"{path}log/").content.decode()


# --- without JavaScript -----------------------------------------------------------------------------


def form_of(page: Page, button: str) -> tuple[str, dict[str, str]]:
    """The address and the values that pressing this button sends in a browser without JavaScript."""
    # A style sheet shows the one for further lines where there are any.
    (pressed,) = page.document.xpath(
        f"//main//button[normalize-space()='{button}' and not(@type='button' or @formnovalidate)]"
    )
    form = page.element(pressed.get("form"))
    values = page.values(form)
    values.pop("csrfmiddlewaretoken")
    if pressed.get("name"):
        values[pressed.get("name")] = pressed.get("value")
    return pressed.get("formaction") or form.get("action") or "", values


def test_one_can_write_a_message(cast: Cast, bob: Client, path: str):
    page = load(bob, path)
    page.draft.set("value", "Soup?")
    address, values = form_of(page, "Send")
    response = bob.post(address, values)
    assert response.headers["Location"] == path
    assert cast.lines()[-1].text == "Soup?"
    # Sent twice by an impatient finger, it is one message.
    bob.post(address, values)
    assert [line.text for line in cast.lines()].count("Soup?") == 1


def test_where_sockets_are_blocked_it_is_said_once(bob: Client, path: str):
    assert load(bob, path).has("live")
    page = load(bob, f"{path}?live=off")
    page.draft.set("value", "Soup?")
    response = bob.post(*form_of(page, "Send"), follow=True)
    page = Page(bob, path, response.content.decode())
    assert not page.has("live")
    assert not load(bob, "/").has("live")
    assert load(bob, f"{path}?live=on").has("live")
    assert load(bob, path).has("live")


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_nobody_is_led_away(bob: Client, path: str, away: str):
    values = {"text": "Soup?", "nonce": "nonce-123", "next": away}
    assert bob.post(f"{path}post/", values).headers["Location"] == path


@pytest.mark.parametrize("typed", ["x" * 4001, " ", "a\x00b"])
def test_what_cannot_be_sent_is_given_back(cast: Cast, bob: Client, path: str, typed: str):
    response = bob.post(f"{path}post/", {"text": typed, "nonce": "nonce-123"})
    assert response.status_code == 400
    page = Page(bob, path, response.content.decode())
    assert page.has("composer-error")
    assert page.typed == typed.replace("\x00", "")
    assert cast.head() == 3


def test_one_can_join_in_the_lobby_and_leave_in_the_group(cast: Cast, path: str):
    cleo = log_in(cast.cleo)
    assert cleo.post(*form_of(load(cleo, "/"), "Join")).headers["Location"].startswith("/")
    assert cast.member(cast.cleo)
    assert cleo.post(*form_of(load(cleo, path), "Leave")).headers["Location"] == "/"
    assert not Membership.objects.filter(user=cast.cleo).exists()
    (line,) = cast.lines()[3:]
    assert (line.kind, line.text, cast.head()) == (Kind.LEFT, Kind.JOINED, 5)


def test_one_can_leave_on_the_groups_own_page(cast: Cast, bob: Client, path: str):
    assert bob.post(*form_of(load(bob, path), "Leave")).headers["Location"] == "/"
    assert "You are not a member" in bob.get(path).content.decode()


def test_who_may_not_leave_is_told_why(cast: Cast, path: str):
    ann = log_in(cast.ann)
    response = ann.post(f"{path}leave/", follow=True)
    assert "hand it over before you leave" in response.content.decode()
    assert cast.member(cast.ann)


def test_a_non_member_cannot_post(cast: Cast, path: str):
    values = {"text": "Soup?", "nonce": "nonce-123"}
    assert log_in(cast.cleo).post(f"{path}post/", values).status_code == 403
    assert not Entry.objects.filter(text="Soup?").exists()
    assert log_in(cast.bob).post(f"{path}post/", values).status_code == 302


def test_the_author_is_the_person_of_the_session(cast: Cast, bob: Client, path: str):
    forged = {"author": cast.ann.pk, "user": "ann", "membership": cast.member(cast.ann).pk}
    bob.post(f"{path}post/", {"text": "I am ann", "nonce": "nonce-123", **forged})
    assert cast.lines()[-1].author == cast.bob


@pytest.mark.parametrize("verb", ["post", "join", "leave"])
def test_what_changes_something_is_a_post_with_a_token(cast: Cast, path: str, verb: str):
    assert log_in(cast.bob).get(f"{path}{verb}/").headers["Location"] == path
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.bob, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(f"{path}{verb}/", {"text": "x", "nonce": "nonce-123"}).status_code == 403
    assert cast.head() == 3


# --- a new socket for a page whose own fell silent --------------------------------------------------


@pytest.mark.parametrize("where", ["/", "group"])
def test_live_is_the_element_of_the_page(cast: Cast, bob: Client, path: str, where: str):
    where = path if where == "group" else where
    page, nonce = load(bob, where), re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    fresh = bob.get(f"{where}live/").content.decode()
    was = lxml.html.tostring(page.element("live"), encoding="unicode", with_tail=False)
    page.element("live").getparent().replace(
        page.element("live"), lxml.html.fragment_fromstring(fresh.partition("#}")[2] or fresh)
    )
    now = lxml.html.tostring(page.element("live"), encoding="unicode", with_tail=False)
    assert nonce.sub("", now) == nonce.sub("", was)


@pytest.mark.parametrize("where", ["/live/", "group"])
def test_live_is_the_same_for_someone_who_is_logged_out(client: Client, path: str, where: str):
    """At the door of its socket the page is told so; to load it again would take away what was typed."""
    response = client.get(f"{path}live/" if where == "group" else where)
    assert response.status_code == 200
    assert "HX-Refresh" not in response.headers
    assert 'ws-connect="/ws/' in response.content.decode()


# --- what was typed ---------------------------------------------------------------------------------


def test_the_next_field_is_kept_for_ever_and_is_the_same_for_everybody(
    client: Client, bob: Client, path: str
):
    address = load(bob, path).element("post-form").get("hx-get")
    response, again = client.get(address), bob.get(address)
    assert response.content == again.content
    assert "immutable" in response.headers["Cache-Control"]
    assert "max-age=31536000" in response.headers["Cache-Control"]
    # Else a browser would keep one for each session.
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "no-store" in client.get("/at-hand/another-version/").headers["Cache-Control"]


@pytest.mark.parametrize("verb", ["join", "leave"])
def test_who_joins_or_leaves_while_logged_out_comes_to_the_group(
    client: Client, path: str, verb: str
):
    response = client.post(f"{path}{verb}/")
    assert response.headers["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("where", ["/", "", "?before=2", "log/"])
def test_a_page_answers_head(bob: Client, path: str, where: str):
    assert bob.head(where if where == "/" else path + where).status_code == 200
