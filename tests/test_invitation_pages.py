"""The pages of invitations: what each link opens for whom, and that one which ended says nothing else."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.conf import settings as project_settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from discuss import actions
from discuss.models import Invitation, Membership, Role, User
from tests.cast import Cast, log_in
from tests.document import text
from tests.hidden import hide
from tests.test_accounts import SECRET, page, sign_up
from tests.test_grid import whole

pytestmark = pytest.mark.django_db
# An answer is the same for all of these, but for the address that it names.
OVER = "Sorry, this door is closed"


def invite(cast: Cast, uses: int = 2) -> Invitation:
    member = cast.member(cast.mod)
    return actions.make_invitation(member, group=cast.kitchen, uses=uses, days=7)


def path_of(invitation: Invitation) -> str:
    return urlsplit(invitation.link).path


def heading(response: Any) -> str:
    return text(page(response).xpath("//main//h1")[0])


def buttons(response: Any) -> list[str]:
    return [text(each) for each in page(response).xpath("//main//form//button")]


# --- who comes in -----------------------------------------------------------------------------------


def test_who_is_logged_in_is_in_the_group_after_one_click(cast: Cast):
    invitation = invite(cast)
    browser = log_in(cast.cleo)
    shown = browser.get(path_of(invitation))
    assert (heading(shown), buttons(shown)) == ("You are invited to Kitchen", ["Join"])
    assert not cast.cleo.memberships.exists()
    response = browser.post(path_of(invitation))
    assert response["Location"] == cast.kitchen.get_absolute_url()
    assert page(browser.get(response["Location"])).xpath("//form[@id='send-form']")
    assert cast.member(cast.cleo).role == Role.MEMBER


def test_who_is_a_member_is_led_there_even_when_it_has_ended(cast: Cast):
    invitation = invite(cast)
    Invitation.objects.update(expires_at=timezone.now())
    response = log_in(cast.bob).get(path_of(invitation))
    assert response["Location"] == cast.kitchen.get_absolute_url()


def test_the_links_of_the_corner_lead_back_to_it(cast: Cast, client: Client):
    """From the invitation, and from each of the two doors to the other one."""

    def corner(response: Any, name: str) -> str:
        (link,) = page(response).xpath(f"//header//a[.='{name}']/@href")
        return str(link)

    shown = client.get(path_of(invite(cast)))
    path = shown.wsgi_request.path
    for name, other in (("Log in", "Sign up"), ("Sign up", "Log in")):
        door = client.get(corner(shown, name))
        assert corner(door, other).endswith(f"?next={path}")
        (field,) = page(door).xpath("//main//form//input[@name='next']/@value")
        assert field == path


@pytest.mark.parametrize("mode", ["open", "code", "invited"])
def test_who_signs_up_by_it_is_in_the_group(
    cast: Cast, client: Client, settings: Settings, mode: str
):
    settings.SIGN_UP, settings.SIGN_UP_CODE = mode, "pumpkin soup"
    invitation = invite(cast)
    shown = client.get(path_of(invitation))
    assert buttons(shown) == ["Sign up", "I have an account"]
    door = client.post(path_of(invitation))
    form = page(client.get(door["Location"]))
    assert "you are in Kitchen" in text(form.xpath("//main")[0])
    assert not form.xpath("//input[@name='code']")
    (leads,) = form.xpath("//input[@name='next']/@value")
    response = sign_up(client, "dora", next=leads)
    assert response["Location"] == cast.kitchen.get_absolute_url()
    assert client.get(response["Location"]).status_code == 200
    assert cast.lines()[-1].subject == User.objects.get(username="dora")
    assert Invitation.objects.get().uses_left == 1


def test_who_logs_in_by_it_is_in_the_group(cast: Cast, client: Client, settings: Settings):
    settings.SIGN_UP = "closed"
    User.objects.create_user("dora", password=SECRET)
    invitation = invite(cast)
    assert buttons(client.get(path_of(invitation))) == ["Log in"]
    door = client.post(path_of(invitation), {"log_in": ""})
    assert door["Location"].startswith("/accounts/login/?next=/invitations/")
    (leads,) = page(client.get(door["Location"])).xpath("//input[@name='next']/@value")
    fields = {"login": "dora", "password": SECRET, "next": leads}
    response = client.post("/accounts/login/", fields, follow=True)
    assert response.redirect_chain[-1][0] == cast.kitchen.get_absolute_url()
    assert response.wsgi_request.user.username == "dora"
    assert page(response).xpath("//form[@id='send-form']")


def test_a_link_to_the_log_in_by_another_site_lets_nobody_in(cast: Cast, client: Client):
    """Somebody has to have said so on the page of the invitation."""
    User.objects.create_user("dora", password=SECRET)
    fields = {"login": "dora", "password": SECRET, "next": path_of(invite(cast))}
    response = client.post("/accounts/login/", fields, follow=True)
    assert buttons(response) == ["Join"]
    assert not Membership.objects.filter(user__username="dora").exists()


def test_to_look_at_one_that_ended_costs_nobody_theirs(
    cast: Cast, client: Client, settings: Settings
):
    settings.SIGN_UP = "invited"
    client.post(path_of(invite(cast)))
    assert client.get(f"/invitations/{'0' * 32}.{'A' * 43}/").status_code == 404
    assert sign_up(client, "dora")["Location"] == cast.kitchen.get_absolute_url()


def test_one_of_staff_opens_the_sign_up_alone(cast: Cast, client: Client, settings: Settings):
    settings.SIGN_UP = "invited"
    boss = User.objects.create_user("boss", is_staff=True)
    invitation = actions.make_invitation(boss, group=None, uses=1, days=1)
    assert heading(client.get(path_of(invitation))) == "You are invited to DiscussIt"
    door = client.post(path_of(invitation))
    (leads,) = page(client.get(door["Location"])).xpath("//input[@name='next']/@value")
    assert sign_up(client, "dora", next=leads)["Location"] == "/"
    assert Invitation.objects.get().uses_left == 0
    assert log_in(cast.cleo).get(path_of(invitation)).status_code == 404


def test_without_one_nobody_signs_up_where_it_is_needed(
    cast: Cast, client: Client, settings: Settings
):
    settings.SIGN_UP = "invited"
    invitation = invite(cast)
    # To have looked at it is not enough, and no link leads there.
    client.get(path_of(invitation))
    response = sign_up(client, "dora")
    assert heading(response) == "By invitation"
    assert page(response).xpath("//main//*[@class='card']//a/@href") == ["/accounts/login/"]
    assert "/accounts/signup/" not in client.get("/accounts/login/").content.decode()
    client.post(path_of(invitation))
    actions.revoke_invitation(cast.member(cast.ann), invitation=invitation)
    assert heading(sign_up(client, "dora")) == "By invitation"
    assert not User.objects.filter(username="dora").exists()


@pytest.mark.log
@pytest.mark.django_db(transaction=True)
def test_of_two_who_sign_up_by_the_last_use_one_does_and_the_other_is_told(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Settings
):
    settings.SIGN_UP = "invited"
    invitation = invite(cast, uses=1)
    both, set_password = Barrier(2, timeout=60), User.set_password

    def set_together(user: User, password: str | None) -> None:
        # Behind the look whether it stands, and before anything is written.
        both.wait()
        set_password(user, password)

    def try_to(name: str, address: str) -> tuple[int, str]:
        # Of one address the second would wait for the count of the first, and be refused after a second.
        browser = Client(REMOTE_ADDR=address)
        try:
            browser.post(path_of(invitation))
            response = sign_up(browser, name)
            said = (
                page(response).xpath("//*[@class='errorlist nonfield']") if response.content else []
            )
            return response.status_code, text(said[0]) if said else ""
        finally:
            connection.close()

    monkeypatch.setattr(User, "set_password", set_together)
    with ThreadPoolExecutor(2) as threads:
        first, second = sorted(threads.map(try_to, ["dora", "erna"], ["192.0.2.1", "192.0.2.2"]))
    assert first == (
        200,
        "This invitation is not good any more. Ask whoever sent it for a new one.",
    )
    assert second == (302, "")
    assert User.objects.filter(username__in=["dora", "erna"]).count() == 1
    assert cast.kitchen.memberships.count() == 4


# --- what has ended ---------------------------------------------------------------------------------


def used_up(cast: Cast, invitation: Invitation) -> None:
    Invitation.objects.update(uses_left=0)


def expired(cast: Cast, invitation: Invitation) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def revoked(cast: Cast, invitation: Invitation) -> None:
    actions.revoke_invitation(cast.member(cast.ann), invitation=invitation)


def made_by_who_was_removed(cast: Cast, invitation: Invitation) -> None:
    actions.remove_member(cast.member(cast.ann), membership=cast.member(cast.mod))


def of_a_closed_group(cast: Cast, invitation: Invitation) -> None:
    actions.delete_group(cast.member(cast.ann), group=cast.kitchen)


def unknown(cast: Cast, invitation: Invitation) -> None:
    invitation.delete()


@pytest.mark.parametrize("how", ["GET", "POST"])
@pytest.mark.parametrize("who", ["a stranger", "somebody"])
@pytest.mark.parametrize(
    "end", [used_up, expired, revoked, made_by_who_was_removed, of_a_closed_group, unknown]
)
def test_whatever_ended_it_the_answer_is_that_of_one_that_never_was(
    cast: Cast, end: Callable[[Cast, Invitation], None], who: str, how: str, monkeypatch
):
    """To the byte, whether the group can be found or not."""
    hide(monkeypatch, pk=cast.kitchen.pk)
    invitation = invite(cast)
    browser = Client() if who == "a stranger" else log_in(cast.cleo)
    ask = getattr(browser, how.lower())

    def answer(path: str) -> tuple[Any, ...]:
        response = ask(path)
        return whole(response, path.split("/")[2])

    path, forged = path_of(invitation), f"/invitations/{'0' * 32}.{'A' * 43}/"
    end(cast, invitation)
    assert heading(ask(path)) == OVER
    assert "Kitchen" not in ask(path).content.decode()
    assert answer(path) == answer(forged)
    assert not cast.cleo.memberships.exists()


def test_what_stands_shows_a_stranger_the_name_that_the_test_above_looks_for(cast: Cast):
    assert "Kitchen" in Client().get(path_of(invite(cast))).content.decode()


@pytest.mark.parametrize("token", ["x", "%00", "é.é", "." * 200, "../../admin", "a" * 2000])
def test_what_makes_no_sense_is_no_invitation(cast: Cast, token: str):
    for end in ("", "code.svg"):
        assert Client().get(f"/invitations/{token}/{end}").status_code == 404


# --- its makers' page -------------------------------------------------------------------------------


def test_a_moderator_makes_shows_and_revokes_them(cast: Cast):
    browser = log_in(cast.mod)
    address = f"{cast.kitchen.get_absolute_url()}invitations/"
    assert address in browser.get(cast.kitchen.get_absolute_url()).content.decode()
    assert browser.post(address, {"uses": "3", "days": "7"})["Location"] == address
    invitation = Invitation.objects.get()
    assert (invitation.made_by, invitation.group, invitation.uses_left) == (
        cast.mod,
        cast.kitchen,
        3,
    )
    assert invitation.expires_at is not None
    assert timedelta(days=6) < invitation.expires_at - timezone.now() < timedelta(days=8)
    shown = browser.get(address)
    assert "no-store" in shown["Cache-Control"]
    document = page(shown)
    assert document.xpath("//section//a/@href") == [invitation.link]
    assert text(document.xpath("//section/h2")[0]).startswith("For 3 people, for ")
    assert document.xpath("//section//img/@src") == [f"{path_of(invitation)}code.svg"]
    assert invitation.link.startswith(f"{project_settings.PUBLIC_URL}/invitations/")
    for _ in range(2):
        assert browser.post(address, {"revoke": invitation.pk})["Location"] == address
    assert not page(browser.get(address)).xpath("//section")
    assert Client().get(path_of(invitation)).status_code == 404


def test_members_to_whom_it_is_left_see_their_own_alone(cast: Cast):
    owner = cast.member(cast.ann)
    actions.change_group_settings(owner, group=cast.kitchen, settings={"invites": "members"})
    address, browser = f"{cast.kitchen.get_absolute_url()}invitations/", log_in(cast.bob)
    theirs = invite(cast)
    browser.post(address, {"uses": "3", "days": "7"})
    own = Invitation.objects.get(made_by=cast.bob)
    assert page(browser.get(address)).xpath("//section//a/@href") == [own.link]
    shown = page(log_in(cast.mod).get(address)).xpath("//section//a/@href")
    assert shown == [own.link, theirs.link]
    said = browser.post(address, {"revoke": theirs.pk}, follow=True).content.decode()
    assert "Only an owner or a moderator" in said
    assert theirs.stands()


def test_an_owner_finds_them_in_the_settings(cast: Cast):
    page_of_settings = log_in(cast.ann).get(f"{cast.kitchen.get_absolute_url()}settings/")
    assert f'{cast.kitchen.get_absolute_url()}invitations/"' in page_of_settings.content.decode()


@pytest.mark.parametrize("values", [{"uses": "0"}, {"uses": "1001"}, {"days": "365"}, {"uses": ""}])
def test_what_is_wrong_is_said_beside_the_field(cast: Cast, values: dict[str, str]):
    address = f"{cast.kitchen.get_absolute_url()}invitations/"
    response = log_in(cast.ann).post(address, {"uses": "3", "days": "7"} | values)
    assert response.status_code == 400
    assert page(response).xpath("//ul[@class='errorlist']")
    assert not Invitation.objects.exists()


def test_nobody_revokes_one_of_another_group(cast: Cast):
    cellar = actions.create_group(cast.cleo, name="Cellar")
    invitation = invite(cast)
    log_in(cast.cleo).post(f"{cellar.get_absolute_url()}invitations/", {"revoke": invitation.pk})
    assert Invitation.objects.standing().get() == invitation


def test_they_are_made_so_often_and_no_oftener(cast: Cast, settings: Settings):
    settings.RATE_LIMITS = {"invitation": (1, 3600.0)}
    address, browser = f"{cast.kitchen.get_absolute_url()}invitations/", log_in(cast.ann)
    answers = [browser.post(address, {"uses": "3", "days": "7"}).status_code for _ in range(2)]
    assert answers == [302, 400]
    assert Invitation.objects.count() == 1


def test_the_code_is_a_picture_that_nobody_keeps(cast: Cast):
    invitation = invite(cast)
    response = Client().get(f"{path_of(invitation)}code.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert "no-store" in response["Cache-Control"]
    picture = ElementTree.fromstring(response.content)  # noqa: S314
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert not re.search(rb"style|script|href", response.content)
