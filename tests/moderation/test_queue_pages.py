"""The pages of moderators and of reporters, without a socket: plain forms do all of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from discuss import actions
from discuss.models import Act, Bar, Case, Entry, Group, Membership, Report, Role, User
from discuss.moderation.actions import (
    Why,
    decide_case,
    report_group,
    report_member,
    report_message,
    take_case,
)
from discuss.moderation.reading.case import progress_of
from tests.cast import Cast, log_in
from tests.document import Document, text

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def soup(cast: Cast) -> Entry:
    return cast.say(cast.bob, "Soup")


@pytest.fixture
def case(cast: Cast, soup: Entry) -> Case:
    return report_message(cast.member(cast.ann), entry=soup, reason="insult", note="Look").case


def page(client: Client, address: str) -> Document:
    response = client.get(address)
    assert response.status_code == 200, address
    return Document(response.content.decode())


def words(client: Client, address: str) -> str:
    return text(page(client, address).document.xpath("//main")[0])


def at(case: Case, end: str = "") -> str:
    return f"/moderation/cases/{case.pk}/{end}"


def decide(client: Client, case: Case, act: str, **data: Any) -> Any:
    return client.post(at(case, "decide/"), {"act": act, **data}, follow=True)


# --- to report ------------------------------------------------------------------------------------------


def test_a_message_is_reported_by_its_menu_in_two_clicks(cast: Cast, soup: Entry):
    client = log_in(cast.ann)
    address = f"{cast.kitchen.get_absolute_url()}{soup.position}/"
    menu = client.get(f"{address}menu/", headers=HTMX).content.decode()
    assert f'hx-post="{address}report/"' in menu
    answer = client.post(
        f"{address}report/", {"reason": "spam", "note": " Look\nhere "}, headers=HTMX
    )
    assert "Thank you" in answer.content.decode()
    assert Report.objects.values_list("reporter", "reason", "note").get() == (
        cast.ann.pk,
        "spam",
        "Look here",
    )


def test_what_is_refused_is_said_in_the_place_of_the_menu(cast: Cast, soup: Entry):
    address = f"{cast.kitchen.get_absolute_url()}{soup.position}/report/"
    for data, told in (({}, "required"), ({"reason": "nonsense"}, "nonsense")):
        answer = log_in(cast.ann).post(address, data, headers=HTMX).content.decode()
        assert 'id="line-menu"' in answer
        assert told in answer
    assert not Report.objects.exists()


def test_nobody_is_offered_to_report_what_is_theirs(cast: Cast, soup: Entry):
    address = f"{cast.kitchen.get_absolute_url()}{soup.position}/menu/"
    offered = {
        user.username: "report/" in log_in(user).get(address).content.decode()
        for user in (cast.ann, cast.bob, cast.mod)
    }
    assert offered == {"ann": True, "bob": False, "mod": True}


def test_without_javascript_a_form_reports_it_and_leads_to_ones_reports(cast: Cast, soup: Entry):
    client = log_in(cast.ann)
    address = f"{cast.kitchen.get_absolute_url()}{soup.position}/"
    assert 'name="reason"' in client.get(f"{address}menu/").content.decode()
    response = client.post(f"{address}report/", {"reason": "hate"}, follow=True)
    assert response.redirect_chain[-1][0] == "/reports/"
    assert "Soup" in response.content.decode()


def test_limits_hold_for_every_way_to_report(cast: Cast, soup: Entry, settings: Settings):
    settings.RATE_LIMITS = {"report": (1, 3600.0)}
    client, group = log_in(cast.ann), cast.kitchen.get_absolute_url()
    client.post(f"{group}{soup.position}/report/", {"reason": "spam"})
    for end in (f"people/{cast.bob.pk}/report/", f"{soup.position}/report/"):
        client.post(f"{group}{end}", {"reason": "spam"})
    response = client.post(f"{group}people/{cast.bob.pk}/report/", {"reason": "spam"})
    assert "too much at once" in response.content.decode()
    assert Report.objects.count() == 1


def test_a_person_and_a_group_have_forms_of_their_own(cast: Cast, soup: Entry):
    group = cast.kitchen.get_absolute_url()
    client = log_in(cast.ann)
    address = f"{group}people/{cast.bob.pk}/report/"
    assert "Report bob" in words(client, address)
    assert client.post(address, {}).status_code == 400
    assert client.post(address, {"reason": "false name"})["Location"] == "/reports/"
    # Nobody who never was there, and nobody by who is not there.
    assert client.get(f"{group}people/{cast.cleo.pk}/report/").status_code == 404
    assert log_in(cast.cleo).get(address).status_code == 403
    stranger = log_in(cast.cleo)
    assert f'href="{group}report/"' in stranger.get(group).content.decode()
    stranger.post(f"{group}report/", {"reason": "spam"})
    assert list(Case.objects.order_by("pk").values_list("kind", flat=True)) == ["person", "group"]


# --- what became of it ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "told"),
    [("dismiss", "left it as it is"), ("hide", "have removed it"), ("settle", "and acted")],
)
def test_a_reporter_reads_what_became_of_it_once_as_news(
    cast: Cast, case: Case, act: str, told: str
):
    client = log_in(cast.ann)
    assert "will look at it" in words(client, "/reports/")
    decide_case(cast.mod, case_id=case.pk, name=act, why=Why())
    assert "with an answer" in text(page(client, "/").element("duties"))
    answer = words(client, "/reports/")
    assert told in answer
    assert "New" in answer
    assert not re.search(r"\bmod\b", answer)
    again = words(client, "/reports/")
    assert told in again
    assert "New" not in again
    assert text(page(client, "/").element("duties")).endswith("Moderation")


def test_nobody_reads_reports_of_others(cast: Cast, case: Case):
    for user in (cast.bob, cast.mod):
        assert "You have reported nothing" in words(log_in(user), "/reports/")


def test_the_reported_person_learns_nothing(cast: Cast, case: Case, soup: Entry):
    client = log_in(cast.bob)
    decide_case(cast.mod, case_id=case.pk, name="hide", why=Why())
    for address in (
        "/reports/",
        "/",
        cast.kitchen.get_absolute_url(),
        f"{cast.kitchen.get_absolute_url()}{soup.position}/menu/",
    ):
        shown = client.get(address).content.decode()
        assert "Look" not in shown
        assert "with an answer" not in shown


# --- the queue and a case -------------------------------------------------------------------------------


def test_the_oldest_case_comes_first_and_what_is_open_for_two_days_stands_out(
    cast: Cast, case: Case
):
    report_member(cast.member(cast.ann), user=cast.bob, reason="false name")
    client = log_in(cast.mod)
    rows = page(client, "/moderation/").element("queue")
    assert rows[0].get("id") == f"case-{case.pk}"
    assert not any("48 hours" in text(row) for row in rows)
    Case.objects.filter(pk=case.pk).update(opened_at=timezone.now() - timedelta(hours=48))
    rows = page(client, "/moderation/").element("queue")
    assert ["48 hours" in text(row) for row in rows] == [True, False]
    decide_case(cast.mod, case_id=case.pk, name="dismiss", why=Why())
    assert "48 hours" not in words(client, "/moderation/?state=closed")


def test_a_long_queue_has_several_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("discuss.moderation.reading.queue.CASES_AT_ONCE", 2)
    for number in range(5):
        report_message(
            cast.member(cast.ann), entry=cast.say(cast.bob, f"Line {number}"), reason="spam"
        )
    client, address, seen = log_in(cast.mod), "/moderation/", []
    for _ in range(3):
        shown = page(client, address)
        seen += [row.get("id") for row in shown.element("queue")]
        more = shown.element("queue-more").xpath(".//button/@value")
        address = f"/moderation/?beyond={more[0]}" if more else ""
    assert seen == [f"case-{case.pk}" for case in Case.objects.order_by("pk")]
    assert address == ""


def test_a_case_says_all_that_one_needs_to_decide(cast: Cast, case: Case, soup: Entry):
    actions.edit_message(cast.member(cast.bob), entry=soup, text="Worse soup")
    decide_case(cast.mod, case_id=case.pk, name="hide", why=Why("insult", "Twice"))
    salad = cast.say(cast.bob, "Salad")
    actions.edit_message(cast.member(cast.bob), entry=salad, text="Green salad")
    second = report_message(cast.member(cast.ann), entry=salad, reason="spam").case
    actions.edit_message(cast.member(cast.bob), entry=salad, text="Best salad")
    said = words(log_in(cast.mod), at(second))
    for part in (
        "Green salad",  # as it was
        "Best salad",  # as it is
        "ann Spam or advertising",
        "Right in 1 of 1 report before",
        "Message hidden Insults",
        "Twice",
        "By mod",
        "1 other case is about the same person",
    ):
        assert part in said, part
    assert "Salad" in said  # before it was edited


def test_edits_stay_readable_of_what_was_reported_before_them(cast: Cast, case: Case, soup: Entry):
    actions.edit_message(cast.member(cast.bob), entry=soup, text="Never said that")
    said = words(log_in(cast.mod), at(case))
    assert "Soup" in said
    assert "What it says now Never said that" in said


@pytest.mark.parametrize("who", ["bob", "cleo"])
def test_who_is_no_moderator_has_no_queue_and_no_case(cast: Cast, case: Case, who: str):
    client = log_in(getattr(cast, who))
    assert client.get("/moderation/").status_code == 403
    assert client.get(at(case)).status_code == 404
    for end in ("take/", "let-go/", "decide/", "reopen/"):
        assert client.post(at(case, end), {"act": "hide"}).status_code == 404
    assert "Moderation" not in client.get("/").content.decode()
    case.refresh_from_db()
    assert case.state == "open"


def test_to_take_a_case_and_to_let_it_go(cast: Cast, case: Case):
    mod, ann = log_in(cast.mod), log_in(cast.ann)
    mod.post(at(case, "take/"))
    assert "mod is on it" in words(ann, "/moderation/")
    told = ann.post(at(case, "take/"), follow=True).content.decode()
    assert "mod is on this case" in told
    shown = page(ann, at(case))
    over = shown.document.xpath("//input[@name='over']/@value")
    assert over == [str(cast.mod.pk)]
    ann.post(at(case, "take/"), {"over": over[0]})
    assert "ann is on it" in words(mod, "/moderation/")
    ann.post(at(case, "let-go/"))
    assert "is on it" not in text(page(mod, "/moderation/").element("queue"))


def test_acts_are_done_from_the_case_and_close_it(cast: Cast, case: Case, soup: Entry):
    client = log_in(cast.mod)
    told = decide(client, case, "hide", reason="insult", note="Please not")
    assert told.redirect_chain[-1][0] == "/moderation/"
    assert f"Case {case.pk} is closed: Message hidden." in told.content.decode()
    soup.refresh_from_db()
    assert soup.is_hidden
    act = Act.objects.get()
    assert (act.reason, act.note, act.case_id) == ("insult", "Please not", case.pk)
    assert "Closed: Message hidden" in words(client, "/moderation/?state=closed")


def test_the_reason_of_the_first_report_is_chosen_already(cast: Cast, case: Case, soup: Entry):
    actions.join_group(cast.cleo, group=cast.kitchen)
    report_message(cast.member(cast.cleo), entry=soup, reason="spam")
    chosen = page(log_in(cast.mod), at(case)).document.xpath(
        "//select[@name='reason']/option[@selected]"
    )
    assert [option.get("value") for option in chosen] == ["insult"]


def test_a_case_stays_open_where_more_is_to_be_done(cast: Cast, case: Case):
    client = log_in(cast.mod)
    told = decide(client, case, "hide", stays_open="on")
    assert told.redirect_chain[-1][0] == at(case)
    case.refresh_from_db()
    assert case.state == "open"


def test_an_act_that_is_not_offered_is_not_done(cast: Cast, case: Case):
    boss = User.objects.create_superuser("boss")
    actions.join_group(boss, group=cast.kitchen)
    client = log_in(cast.mod)
    for act in ("ban", "promote", "nonsense", ""):
        assert decide(client, case, act).status_code == 400, act
    case.refresh_from_db()
    assert case.state == "open"
    assert not Act.objects.exists()


def test_of_two_who_decide_at_once_the_second_is_told(cast: Cast, case: Case):
    ann, mod = log_in(cast.ann), log_in(cast.mod)
    page(mod, at(case))
    decide(ann, case, "dismiss")
    assert "closed meanwhile" in decide(mod, case, "hide").content.decode()
    assert list(Act.objects.values_list("kind", flat=True)) == ["dismiss"]


def test_a_closed_case_is_opened_again(cast: Cast, case: Case):
    client = log_in(cast.mod)
    decide(client, case, "dismiss")
    client.post(at(case, "reopen/"))
    case.refresh_from_db()
    assert case.state == "open"


def test_a_page_made_for_somebody_else_does_nothing(cast: Cast, case: Case):
    response = decide(log_in(cast.mod), case, "dismiss", reader=cast.ann.pk)
    assert response.status_code == 403
    case.refresh_from_db()
    assert case.state == "open"


def test_addresses_of_acts_lead_to_the_case(cast: Cast, case: Case):
    client = log_in(cast.mod)
    for end in ("take/", "let-go/", "decide/", "reopen/"):
        assert client.get(at(case, end))["Location"] == at(case)
        assert "/accounts/login/" in Client().post(at(case, end))["Location"]


def test_a_case_about_a_group_is_for_staff_and_closed_by_them(cast: Cast):
    case = report_group(cast.bob, group=cast.kitchen, reason="spam").case
    client = log_in(User.objects.create_superuser("boss"))
    assert "What is for dinner" in words(client, at(case))
    decide(client, case, "settle")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "settle")


def test_a_case_of_someone_who_is_gone_can_still_be_closed(cast: Cast, case: Case):
    cast.delete(cast.bob)
    client = log_in(cast.mod)
    assert "someone" in words(client, at(case))
    assert "Soup" in words(client, at(case))
    decide(client, case, "dismiss")
    case.refresh_from_db()
    assert case.state == "closed"


def test_cases_of_a_group_that_is_closed_are_gone(cast: Cast, case: Case):
    Group.objects.filter(pk=cast.kitchen.pk).update(is_deleted=True)
    boss = log_in(User.objects.create_superuser("boss"))
    assert "no case that waits" in words(boss, "/moderation/")
    assert "You have reported nothing" in words(log_in(cast.ann), "/reports/")


def test_the_header_leads_moderators_to_their_cases(cast: Cast, case: Case):
    for user, shown in ((cast.ann, True), (cast.mod, True), (cast.bob, False), (cast.cleo, False)):
        header = page(log_in(user), "/").element("duties")
        assert ("1 open cases" in text(header)) == shown
        assert bool(header.xpath(f".//a[@href='{reverse('queue')}']")) == shown
    assert Membership.objects.filter(role=Role.MODERATOR).exists()
    assert not Bar.objects.exists()
    take_case(cast.mod, case_id=case.pk)
    assert "1 open cases" in text(page(log_in(cast.ann), "/").element("duties"))


def test_of_very_many_reports_a_case_shows_the_latest_and_says_how_many_there_are(
    cast: Cast, case: Case
):
    reporters = User.objects.bulk_create(User(username=f"p{n:03}") for n in range(60))
    Report.objects.bulk_create(
        Report(case=case, reporter=reporter, reason="spam") for reporter in reporters
    )
    client = log_in(cast.mod)
    said = words(client, at(case))
    assert "The latest 50 of 61 reports." in said
    assert "p059" in said
    assert "p009" not in said
    assert progress_of(case).row.reasons == ("spam", "insult")
