"""Acts are done from the menu of a line and from a person's page, with a script and without one."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from discuss import actions
from discuss.models import Act, Ban, Entry, Membership, Role, User, Warning
from discuss.moderation.actions import Why, perform_act
from tests.cast import Cast, log_in
from tests.document import Document, text
from tests.moderation.ruled import staff

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def soup(cast: Cast) -> Entry:
    return cast.say(cast.bob, "Soup")


def menu(client: Client, entry: Entry, **more: Any) -> str:
    address = reverse("line_menu", args=[entry.group.uuid, entry.position])
    return str(client.get(address, **more).content.decode())


def address_of(cast: Cast, user: User, act: str = "") -> str:
    if act:
        return reverse("act_on_person", args=[cast.kitchen.uuid, user.pk, act])
    return reverse("person", args=[cast.kitchen.uuid, user.pk])


def said(client: Client, address: str) -> str:
    return text(Document(client.get(address).content.decode()).document)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_the_menu_of_a_line_offers_moderators_to_hide_it_and_to_show_it_again(
    cast: Cast, soup: Entry, headers: dict[str, str]
):
    mod, bob = log_in(cast.mod), log_in(cast.bob)
    hide = reverse("act_on_line", args=[cast.kitchen.uuid, soup.position, "hide"])
    assert "acts/hide/" in menu(mod, soup, headers=headers)
    assert "acts/" not in menu(bob, soup, headers=headers)
    response = mod.post(hide, {"reason": "insult", "note": "Again"}, headers=headers)
    assert response.status_code == (200 if headers else 302)
    row = Act.objects.get()
    assert (row.kind, row.reason, row.note) == ("hide", "insult", "Again")
    assert "acts/restore/" in menu(mod, soup, headers=headers)
    mod.post(hide.replace("hide", "restore"), headers=headers)
    soup.refresh_from_db()
    assert not soup.is_hidden


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_who_may_not_is_told_and_nothing_is_done(cast: Cast, soup: Entry, headers: dict[str, str]):
    bob = log_in(cast.bob)
    ann = cast.say(cast.ann, "Salad")
    for entry in (soup, ann):
        hide = reverse("act_on_line", args=[cast.kitchen.uuid, entry.position, "hide"])
        response = bob.post(hide, headers=headers)
        where = response if headers else bob.get(response["Location"])
        assert "You may not do this" in where.content.decode() or "yourself" in str(where.content)
    assert not Act.objects.exists()


def test_another_session_of_the_browser_acts_for_nobody(cast: Cast, soup: Entry):
    hide = reverse("act_on_line", args=[cast.kitchen.uuid, soup.position, "hide"])
    response = log_in(cast.mod).post(hide, {"reader": str(cast.bob.pk)}, headers=HTMX)
    assert "made for somebody else" in response.content.decode()
    assert not Act.objects.exists()


def test_a_row_of_the_list_of_members_leads_to_the_persons_page(cast: Cast):
    client = log_in(cast.bob)
    page = Document(client.get(cast.kitchen.get_absolute_url()).content.decode())
    (link,) = page.find(f"#member-{cast.mod.pk} a")
    response = client.get(str(link.get("href")))
    assert response["Location"] == address_of(cast, cast.mod)
    assert "mod" in said(client, response["Location"])


def test_the_page_of_a_person_offers_what_there_is_to_do(cast: Cast):
    mod = log_in(cast.mod)
    page = mod.get(address_of(cast, cast.bob)).content.decode()
    for act in ("warn", "time-out", "remove", "bar"):
        assert f"/people/{cast.bob.pk}/{act}/" in page
    for act in ("end-time-out", "end-bar", "promote", "ban", "demote"):
        assert f"/people/{cast.bob.pk}/{act}/" not in page
    for client in (log_in(cast.bob), mod):
        page = client.get(address_of(cast, cast.ann)).content.decode()
        assert "/warn/" not in page
    owners = log_in(cast.ann).get(address_of(cast, cast.mod)).content.decode()
    assert "/promote/" in owners
    assert "/demote/" in owners


@pytest.mark.parametrize(
    ("act", "data", "undone_by"),
    [
        ("time-out", {"length": "1h", "reason": "flood"}, "end-time-out"),
        ("warn", {"note": "Please be kind"}, "take-warning-back"),
        ("bar", {"length": "7d"}, "end-bar"),
        ("remove", {}, ""),
    ],
)
def test_what_is_done_there_is_shown_and_taken_back(
    cast: Cast, act: str, data: dict[str, str], undone_by: str
):
    mod = log_in(cast.mod)
    response = mod.post(address_of(cast, cast.bob, act), data)
    assert response["Location"] == address_of(cast, cast.bob)
    page = mod.get(address_of(cast, cast.bob)).content.decode()
    assert "What moderators did" in page
    assert Act.objects.count() == 1
    if undone_by:
        assert f"/{undone_by}/" in page
        mod.post(address_of(cast, cast.bob, undone_by))
        assert Act.objects.latest("pk").undoes_id == Act.objects.earliest("pk").pk


def test_one_sees_what_was_done_to_oneself_and_others_do_not(cast: Cast):
    why = Why(note="Please be kind")
    perform_act(cast.member(cast.mod), "warn", user=cast.bob, group=cast.kitchen, why=why)
    actions.join_group(cast.cleo, group=cast.kitchen)
    seen = [
        "Please be kind" in said(log_in(user), address_of(cast, cast.bob))
        for user in (cast.bob, cast.mod, cast.cleo)
    ]
    assert seen == [True, True, False]


def test_without_a_length_it_is_said_what_is_wrong(cast: Cast):
    mod = log_in(cast.mod)
    response = mod.post(address_of(cast, cast.bob, "time-out"), {"length": "1s"})
    assert response.status_code == 400
    assert not Act.objects.exists()


def test_an_owner_names_an_owner(cast: Cast):
    log_in(cast.ann).post(address_of(cast, cast.bob, "promote"), {"role": "owner"})
    assert cast.member(cast.bob).role == Role.OWNER


def test_a_member_who_is_staff_bans_from_there(cast: Cast):
    Membership.objects.create(group=cast.kitchen, user=User.objects.create_superuser("boss"))
    boss = log_in(User.objects.get(username="boss"))
    assert "/ban/" in boss.get(address_of(cast, cast.bob)).content.decode()
    assert "/ban/" not in log_in(cast.ann).get(address_of(cast, cast.bob)).content.decode()
    boss.post(address_of(cast, cast.bob, "ban"), {"length": "ever", "reason": "spam"})
    assert Ban.objects.get().user == cast.bob
    # And does in the group what a moderator does.
    boss.post(address_of(cast, cast.mod, "warn"))
    assert Warning.objects.get().user == cast.mod


@pytest.mark.parametrize(("rights", "sees"), [([], False), (["view_act"], True)])
def test_of_staff_those_see_what_was_done_who_may_see_the_record(
    cast: Cast, rights: list[str], sees: bool
):
    sam = staff(*rights)
    Membership.objects.create(group=cast.kitchen, user=sam)
    why = Why(note="Please be kind")
    perform_act(cast.member(cast.mod), "warn", user=cast.bob, group=cast.kitchen, why=why)
    assert ("Please be kind" in said(log_in(sam), address_of(cast, cast.bob))) == sees


def test_of_who_was_never_here_there_is_no_page(cast: Cast):
    assert log_in(cast.ann).get(address_of(cast, cast.cleo)).status_code == 404
    assert log_in(cast.ann).post(address_of(cast, cast.bob, "fly")).status_code == 404


def test_an_act_is_written_into_no_case(cast: Cast, soup: Entry):
    hide = reverse("act_on_line", args=[cast.kitchen.uuid, soup.position, "hide"])
    log_in(cast.mod).post(hide, {"case": "9" * 30})
    log_in(cast.mod).post(address_of(cast, cast.bob, "warn"), {"case": "7"})
    assert list(Act.objects.order_by("pk").values_list("kind", "case_id")) == [
        ("hide", None),
        ("warn", None),
    ]


@pytest.mark.parametrize("act", ["approve", "discard", "dismiss", "settle", "reopen", "hide"])
def test_what_is_done_to_cases_and_messages_is_not_done_to_a_person(cast: Cast, act: str):
    response = log_in(cast.mod).post(address_of(cast, cast.bob, act))
    assert response.status_code == 404
    assert not Act.objects.exists()


def test_a_member_who_is_staff_is_offered_nothing_against_staff(cast: Cast):
    sam = User.objects.create_user("sam", is_staff=True)
    sam.user_permissions.set(Permission.objects.filter(content_type__app_label="discuss"))
    other = User.objects.create_user("other", is_staff=True)
    for user in (sam, other):
        actions.join_group(user, group=cast.kitchen)
    client = log_in(sam)
    assert "/warn/" in client.get(address_of(cast, cast.bob)).content.decode()
    page = client.get(address_of(cast, other)).content.decode()
    for act in ("warn", "time-out", "remove", "bar", "ban", "promote"):
        assert f"/{act}/" not in page
