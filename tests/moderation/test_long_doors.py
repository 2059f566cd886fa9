"""All that somebody wrote is hidden and erased from pages, the queue, the admin and the command line."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from discuss import actions
from discuss.models import Act, Case, Entry, LongAct, Membership, Message, User
from discuss.moderation.actions import perform_act, report_message
from tests.admin.desk import choose
from tests.cast import Cast, log_in
from tests.document import Document
from tests.hidden import hide
from tests.moderation.long import hidden, hide_all, take_all
from tests.moderation.ruled import staff

pytestmark = pytest.mark.django_db(transaction=True)

HTMX = {"HX-Request": "true"}


@pytest.fixture
def soup(cast: Cast) -> Entry:
    return cast.say(cast.bob, "Soup")


@pytest.fixture
def boss(cast: Cast) -> User:
    boss = User.objects.create_superuser("boss")
    actions.join_group(boss, group=cast.kitchen)
    return boss


def theirs(cast: Cast, act: str = "") -> str:
    address = reverse("person", args=[cast.kitchen.uuid, cast.bob.pk])
    return f"{address}{act}/" if act else address


def page(client: Client, address: str, **more: Any) -> str:
    return str(client.get(address, **more).content.decode())


def turns(html: str) -> str:
    return str(Document(html).element("long-acts").get("data-turns"))


# --- pages --------------------------------------------------------------------------------------------


def test_the_persons_page_hides_tells_how_far_it_is_and_takes_it_back(cast: Cast, soup: Entry):
    client = log_in(cast.mod)
    assert "hide-all" in page(client, theirs(cast))
    assert "long-acts" not in page(client, theirs(cast))
    client.post(theirs(cast, "hide-all"), {"span": "1d", "reason": "spam"})
    html = page(client, theirs(cast))
    assert "0 of 1 message is hidden" in html
    assert "how far" in html.lower()
    assert turns(html) == "stop_hiding show_all"
    assert 'hx-trigger="every 1s"' in html
    take_all()
    html = page(client, theirs(cast, "long-acts"), headers=HTMX)
    assert "1 of 1 message is hidden" in html
    assert turns(html) == "show_all"
    assert "hx-trigger" not in html
    client.post(theirs(cast, "show-all"))
    take_all()
    assert hidden(cast) == set()
    html = page(client, theirs(cast))
    assert "1 of 1 message is shown again" in html
    assert turns(html) == ""
    assert [act.reason for act in Act.objects.order_by("pk")] == ["spam", ""]


def test_it_is_stopped_by_its_button(cast: Cast, soup: Entry):
    client = log_in(cast.mod)
    client.post(theirs(cast, "hide-all"), {"span": "ever"})
    assert f'action="{theirs(cast, "stop-hiding")}"' in page(client, theirs(cast))
    client.post(theirs(cast, "stop-hiding"))
    take_all()
    assert hidden(cast) == set()
    assert "Stopped" in page(client, theirs(cast))


def test_a_wrong_time_is_refused(cast: Cast, soup: Entry):
    assert log_in(cast.mod).post(theirs(cast, "hide-all"), {"span": "9y"}).status_code == 400
    assert not LongAct.objects.exists()


def test_members_see_nothing_of_it(cast: Cast, soup: Entry):
    hide_all(cast.member(cast.mod), cast)
    bob = log_in(cast.bob)
    assert "long-acts" not in page(bob, theirs(cast))
    assert "of 1 message" not in page(bob, theirs(cast, "long-acts"), headers=HTMX)


def test_what_is_done_on_the_site_group_moderators_do_not_see(cast: Cast, soup: Entry, boss: User):
    perform_act(boss, "hide_all_on_site", user=cast.bob)
    assert "On the whole site" in page(log_in(boss), theirs(cast))
    assert "On the whole site" not in page(log_in(cast.mod), theirs(cast))
    assert "hide-all-on-site" not in page(log_in(cast.mod), theirs(cast))


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_the_menu_of_a_line_leads_to_both(
    cast: Cast, soup: Entry, boss: User, headers: dict[str, str]
):
    menu = reverse("line_menu", args=[cast.kitchen.uuid, soup.position])
    leads = re.search(r'href="([^"#]*act=hide-all)#', page(log_in(cast.mod), menu, headers=headers))
    assert leads
    html = page(log_in(cast.mod), leads[1])
    assert Document(html).element("hide-all").get("open") is not None
    assert "acts/erase/" not in page(log_in(cast.mod), menu, headers=headers)
    assert "acts/erase/" in page(log_in(boss), menu, headers=headers)
    assert "act=hide-all" not in page(log_in(cast.bob), menu, headers=headers)


def test_to_erase_a_message_is_asked_for_twice(cast: Cast, soup: Entry, boss: User):
    client, address = (
        log_in(boss),
        reverse("act_on_line", args=[cast.kitchen.uuid, soup.position, "erase"]),
    )
    first = client.get(address)
    assert "Soup" in first.content.decode()
    second = client.post(address, {"reason": "spam", "note": "Why <not>"})
    html = second.content.decode()
    assert second.status_code == 200
    assert "Nobody can take this back" in html
    assert 'value="Why &lt;not&gt;"' in html
    assert not Act.objects.exists()
    client.post(address, {"reason": "spam", "note": "Why <not>", "sure": "on"})
    soup.refresh_from_db()
    assert soup.text == ""
    assert Act.objects.get().note == "Why <not>"


def test_a_reason_that_is_none_is_refused_before_it_is_asked_again(
    cast: Cast, soup: Entry, boss: User
):
    address = reverse("act_on_line", args=[cast.kitchen.uuid, soup.position, "erase"])
    response = log_in(boss).post(address, {"reason": "none of them"})
    assert response.status_code == 400
    assert "Nobody can take this back" not in response.content.decode()


@pytest.mark.parametrize("data", [None, {}, {"sure": "on"}])
def test_who_may_not_erase_is_not_even_asked(cast: Cast, soup: Entry, data: dict[str, str] | None):
    for user in (cast.mod, cast.ann):
        for address in (
            reverse("act_on_line", args=[cast.kitchen.uuid, soup.position, "erase"]),
            theirs(cast, "erase-all"),
        ):
            client = log_in(user)
            response = client.get(address) if data is None else client.post(address, data)
            if data and "acts" in address:
                # As what else one may not do: one is led back, and told.
                assert "menu" in response.headers["Location"]
            else:
                assert response.status_code in {400, 403}
    soup.refresh_from_db()
    assert soup.text == "Soup"
    assert not LongAct.objects.exists()


def test_a_hidden_group_is_none_here_too(cast: Cast, soup: Entry, monkeypatch: pytest.MonkeyPatch):
    hide(monkeypatch, pk=cast.kitchen.pk)
    address = reverse("act_on_line", args=[cast.kitchen.uuid, soup.position, "erase"])
    assert log_in(cast.cleo).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_all_of_a_person_is_erased_from_their_page(cast: Cast, soup: Entry, boss: User):
    client, address = log_in(boss), theirs(cast, "erase-all")
    assert "span" in client.get(address).content.decode()
    second = client.post(address, {"span": "ever"}).content.decode()
    assert "Nobody can take this back" in second
    assert not LongAct.objects.exists()
    client.post(address, {"span": "ever", "sure": "on"})
    assert turns(page(client, theirs(cast))) == "stop_erasing"
    take_all()
    assert "1 of 1 message is erased" in page(client, theirs(cast))
    soup.refresh_from_db()
    assert soup.text == ""


# --- the queue ----------------------------------------------------------------------------------------


@pytest.fixture
def case(cast: Cast, soup: Entry) -> Case:
    return report_message(cast.member(cast.ann), entry=soup, reason="spam").case


def decide(user: User, case: Case, **values: str) -> Any:
    return log_in(user).post(reverse("decide", args=[case.pk]), values)


def test_the_queue_hides_all_of_it_and_closes_the_case(cast: Cast, case: Case):
    html = page(log_in(cast.mod), reverse("case", args=[case.pk]))
    assert 'value="hide_all"' in html
    assert 'value="erase"' not in html
    assert 'value="stop_hiding"' not in html
    decide(cast.mod, case, act="hide_all", span="1h")
    take_all()
    assert hidden(cast) == {"Soup"}
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "hide_all")
    assert Act.objects.get().case_id == case.pk


def test_the_queue_asks_twice_before_it_erases(cast: Cast, case: Case, boss: User, soup: Entry):
    assert 'value="erase"' in page(log_in(boss), reverse("case", args=[case.pk]))
    asked = decide(boss, case, act="erase", note="Because").content.decode()
    assert "Nobody can take this back" in asked
    assert 'name="act" value="erase"' in asked
    assert 'value="Because"' in asked
    soup.refresh_from_db()
    assert soup.text == "Soup"
    decide(boss, case, act="erase", note="Because", sure="on")
    soup.refresh_from_db()
    case.refresh_from_db()
    assert (soup.text, case.outcome) == ("", "erase")
    assert 'value="erase"' not in page(log_in(boss), reverse("case", args=[case.pk]))


# --- the admin ----------------------------------------------------------------------------------------


def test_the_admin_hides_and_shows_again(cast: Cast, soup: Entry, boss: User):
    desk, bob = log_in(boss), cast.member(cast.bob)
    choose(desk, Membership, "hide_all", [bob], act="yes", span="1d")
    take_all()
    assert hidden(cast) == {"Soup"}
    choose(desk, Membership, "show_all", [bob], act="yes")
    take_all()
    choose(desk, User, "hide_all_on_site", [cast.bob], act="yes", span="1d")
    choose(desk, User, "stop_hiding_on_site", [cast.bob], act="yes")
    take_all()
    assert hidden(cast) == set()


def test_the_admin_erases_once_one_is_sure(cast: Cast, soup: Entry, boss: User):
    desk = log_in(boss)
    assert "nobody can take this back" in choose(desk, Message, "erase", [soup]).content.decode()
    choose(desk, Message, "erase", [soup], act="yes")
    soup.refresh_from_db()
    assert soup.text == "Soup"
    choose(desk, Message, "erase", [soup], act="yes", sure="on")
    soup.refresh_from_db()
    assert soup.text == ""
    choose(desk, User, "erase_all", [cast.bob], act="yes", span="ever")
    assert not LongAct.objects.exists()


def test_the_admin_offers_it_to_those_with_the_right(cast: Cast, soup: Entry):
    client = log_in(staff("view_message", "view_user", "delete_message", "view_membership"))
    choose(client, Message, "erase", [soup], act="yes", sure="on")
    choose(client, User, "erase_all", [cast.bob], act="yes", span="ever", sure="on")
    assert not Act.objects.exists()
    choose(client, User, "hide_all_on_site", [cast.bob], act="yes", span="ever")
    assert Act.objects.get().kind == "hide_all_on_site"


# --- the command --------------------------------------------------------------------------------------


def moderate(*words: str) -> str:
    out = StringIO()
    call_command("moderate", *words, stdout=out)
    return out.getvalue()


def test_the_command_hides_to_the_end_and_takes_it_back(cast: Cast, soup: Entry, boss: User):
    here = ("--by=boss", "--person=bob", f"--group={cast.kitchen.uuid}")
    assert moderate("hide_all", *here, "--span=1d").endswith("Messages: 1.\n")
    assert hidden(cast) == {"Soup"}
    assert moderate("show_all", *here).endswith("Messages: 1.\n")
    assert hidden(cast) == set()
    with pytest.raises(CommandError, match="span"):
        moderate("hide_all", *here)


def test_the_command_erases_once_one_is_sure(cast: Cast, soup: Entry, boss: User):
    with pytest.raises(CommandError, match="sure"):
        moderate("erase", "--by=boss", f"--message={soup.pk}")
    moderate("erase", "--by=boss", f"--message={soup.pk}", "--sure")
    soup.refresh_from_db()
    assert soup.text == ""
    cast.say(cast.bob, "Salad")
    said = moderate("erase_all", "--by=boss", "--person=bob", "--span=ever", "--sure")
    assert said.endswith("Messages: 1.\n")
    assert not Entry.objects.filter(text="Salad").exists()


def test_a_command_does_what_is_left_where_no_server_does(
    cast: Cast, soup: Entry, capsys: pytest.CaptureFixture[str]
):
    perform_act(cast.member(cast.mod), "hide_all", user=cast.bob, group=cast.kitchen)
    call_command("finish_acts")
    assert capsys.readouterr().out == "Acts over many lines that are done: 1.\n"
    assert hidden(cast) == {"Soup"}


# --- how far back ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("span", ["", "9y"])
def test_the_queue_erases_all_only_where_it_was_said_how_far_back(
    cast: Cast, case: Case, boss: User, span: str
):
    html = page(log_in(boss), reverse("case", args=[case.pk]))
    assert "How far back" in html
    assert "if all is hidden" not in html
    chosen = Document(html).element("id_span").xpath("option[@selected]/@value")
    assert chosen in ([], [""])
    for more in ({}, {"sure": "on"}):
        response = decide(boss, case, act="erase_all", span=span, **more)
        assert response.status_code == 400
        assert "Nobody can take this back" not in response.content.decode()
    assert not LongAct.objects.exists()


def test_the_queue_hides_all_only_where_it_was_said_how_far_back(cast: Cast, case: Case):
    response = decide(cast.mod, case, act="hide_all")
    assert response.status_code == 400
    assert "Choose how far back." in response.content.decode()
    decide(cast.mod, case, act="hide_all", span="ever")
    assert LongAct.objects.get().since is None


def test_whoever_is_asked_whether_they_are_sure_reads_how_far_back_it_goes(
    cast: Cast, case: Case, boss: User
):
    asked = decide(boss, case, act="erase_all", span="7d").content.decode()
    assert "Nobody can take this back" in asked
    assert "The last 7 days" in asked
    theirs_asked = log_in(boss).post(theirs(cast, "erase-all"), {"span": "28d"}).content.decode()
    assert "The last 28 days" in theirs_asked
    assert "How far back" not in decide(boss, case, act="erase", span="7d").content.decode()


def test_the_page_of_a_person_asks_how_far_back_and_has_no_answer_of_its_own(
    cast: Cast, soup: Entry, boss: User
):
    client, address = log_in(boss), theirs(cast, "erase-all")
    select = Document(page(client, address)).element("erase_all-span")
    assert select.xpath("option/@value")[0] == ""
    assert select.xpath("option[@selected]/@value") in ([], [""])
    assert client.post(address, {"span": ""}).status_code == 400
    assert client.post(address, {"sure": "on"}).status_code == 400
    assert not LongAct.objects.exists()
