"""What is typed is not lost by a refusal, nor where one has to log in first; and it is nobody else's."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from lxml.html import HtmlElement

from discuss import actions
from discuss.models import Group
from tests.cast import Cast, log_in
from tests.document import elements
from tests.page import Page
from tests.test_pages import load

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"


@pytest.fixture
def path(cast: Cast) -> str:
    return cast.kitchen.get_absolute_url()


@pytest.fixture
def client(cast: Cast) -> Client:
    """A browser of bob's, in which he is not logged in."""
    cast.bob.set_password(PASSWORD)
    cast.bob.save()
    return Client()


@pytest.fixture
def bob(cast: Cast) -> Client:
    return log_in(cast.bob)


def log_in_by_hand(client: Client, response: Any, who: str = "bob") -> Any:
    """Follow to the log-in, fill it in, and return the page behind it."""
    assert response.headers["Location"].startswith("/accounts/login/?next=")
    path = response.headers["Location"].partition("next=")[2]
    values = {"login": who, "password": PASSWORD, "next": path}
    return client.post("/accounts/login/", values, follow=True)


def main(response: Any) -> HtmlElement:
    (found,) = Page(Client(), "/", response.content.decode()).document.xpath("//main")
    return found


def shown(response: Any) -> list[str]:
    """What a page shows to be copied."""
    return [each.text or "" for each in main(response).xpath(".//textarea[@readonly]")]


# --- behind a log-in --------------------------------------------------------------------------------


def test_what_somebody_logged_out_sends_waits_for_them_behind_the_log_in(
    cast: Cast, client: Client, path: str
):
    response = client.post(f"{path}post/", {"text": "Soup? <b>", "nonce": "nonce-123"})
    assert response.headers["Location"] == f"/accounts/login/?next={path}"
    values = {"login": "bob", "password": "correct horse battery staple", "next": path}
    response = client.post("/accounts/login/", values, follow=True)
    assert response.redirect_chain[-1][0] == path
    assert Page(client, path, response.content.decode()).typed == "Soup? <b>"
    # Once, and nowhere else.
    assert load(client, path).typed == ""
    assert cast.head() == 3


def test_all_that_waits_comes_along_to_a_log_in(cast: Cast, client: Client, path: str):
    values = {"text": ["refused", "waits", ""], "nonce": "nonce-123", "back": "yes"}
    response = client.post(f"{path}post/", values)
    behind = log_in_by_hand(client, response)
    assert Page(client, path, behind.content.decode()).typed == "refused waits"
    assert cast.head() == 3


def test_who_has_logged_in_elsewhere_finds_it_and_nothing_is_sent(cast: Cast, path: str):
    """The button says "Log in again": nobody has asked to send what stands there."""
    bob = log_in(cast.bob)
    response = bob.post(f"{path}post/", {"text": ["waits", "half a sent"], "back": "yes"})
    assert response.headers["Location"] == path
    # To look whether the page is there takes nothing away, nor does an older one.
    bob.head(path)
    bob.get(f"{path}?before=2")
    assert load(bob, path).typed == "waits half a sent"
    assert cast.head() == 3


def test_what_one_typed_is_not_shown_to_the_next_who_logs_in(cast: Cast, client: Client, path: str):
    values = {"text": "of ann's", "back": "yes", "reader": str(cast.ann.pk)}
    behind = log_in_by_hand(client, client.post(f"{path}post/", values))
    assert "of ann" not in behind.content.decode()
    assert "of ann" not in client.get(path).content.decode()


@pytest.mark.parametrize("where", ["/groups/new/", "settings"])
def test_a_groups_name_and_description_wait_behind_the_log_in(
    cast: Cast, client: Client, where: str
):
    attic = actions.create_group(cast.bob, name="Attic")
    address = f"{attic.get_absolute_url()}settings/" if where == "settings" else where
    response = client.post(address, {"name": "Cellar", "description": "What is <below>"})
    form = main(log_in_by_hand(client, response)).xpath(".//form")[0]
    assert form.xpath(".//input[@name='name']/@value") == ["Cellar"]
    assert "What is <below>" in (form.text_content() + "".join(form.xpath(".//@value")))
    assert set(Group.objects.values_list("name", flat=True)) == {"Kitchen", "Attic"}


# --- a form of another session ----------------------------------------------------------------------


@pytest.fixture
def strict(cast: Cast) -> Client:
    """Bob's browser, logged in; it sends no token."""
    strict = Client(enforce_csrf_checks=True, headers={"Origin": settings.PUBLIC_ORIGINS[0]})
    strict.force_login(cast.bob, backend="django.contrib.auth.backends.ModelBackend")
    return strict


def test_a_form_of_another_session_is_refused_and_what_was_typed_is_in_the_page(
    cast: Cast, strict: Client, path: str
):
    response = strict.post(f"{path}post/", {"text": "Soup? <b>", "nonce": "nonce-123"}, follow=True)
    page = Page(strict, path, response.content.decode())
    assert page.typed == "Soup? <b>"
    assert "open in another session" in response.content.decode()
    assert cast.head() == 3


@pytest.mark.parametrize("where", ["/groups/new/", "settings"])
def test_a_groups_form_of_another_session_keeps_its_fields(cast: Cast, strict: Client, where: str):
    attic = actions.create_group(cast.bob, name="Attic")
    address = f"{attic.get_absolute_url()}settings/" if where == "settings" else where
    response = strict.post(address, {"name": "Cellar"}, follow=True)
    assert main(response).xpath(".//input[@name='name']/@value") == ["Cellar"]


@pytest.mark.parametrize("verb", ["post", "close", "leave", "join"])
def test_what_another_site_sends_is_offered_to_nobody(cast: Cast, path: str, verb: str):
    """One click on "Send" would do it in the name of who is logged in."""
    foreign = Client(enforce_csrf_checks=True, headers={"Origin": "https://evil.example"})
    foreign.force_login(cast.ann, backend="django.contrib.auth.backends.ModelBackend")
    response = foreign.post(f"{path}{verb}/", {"text": "buy this", "name": "x"})
    assert response.status_code == 403
    assert main(response).xpath(".//form | .//textarea") == []
    assert load(foreign, path).typed == ""


def test_without_a_word_of_where_it_comes_from_it_can_be_copied(cast: Cast, path: str):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.bob, backend="django.contrib.auth.backends.ModelBackend")
    response = strict.post(f"{path}post/", {"text": "Soup? <b>"})
    assert (response.status_code, shown(response)) == (403, ["Soup? <b>"])
    assert main(response).xpath(".//form") == []


def test_after_a_log_in_elsewhere_sending_again_takes_a_second_try(
    cast: Cast, strict: Client, path: str
):
    """The page has a token of before; with the reason comes one that counts."""
    values = {"text": "Soup", "nonce": "nonce-123"}
    response = strict.post(f"{path}post/", values, headers={"HX-Request": "true"})
    assert response.headers["HX-Retarget"] == "find .error"
    reason, token = elements(response.content.decode())
    assert "send it again" in reason.text
    assert (token.get("id"), token.get("hx-swap-oob")) == ("token", "true")
    values["csrfmiddlewaretoken"] = token.get("value")
    response = strict.post(f"{path}post/", values, headers={"HX-Request": "true"})
    assert "Sent." in response.content.decode()
    assert cast.lines()[-1].text == "Soup"


# --- a page of somebody else's ----------------------------------------------------------------------


@pytest.mark.parametrize("has_token", [True, False])
def test_a_page_that_was_made_for_another_posts_nothing_and_shows_what_was_typed(
    cast: Cast, bob: Client, strict: Client, path: str, has_token: bool
):
    client = bob if has_token else strict
    values = {"text": "of ann's", "nonce": "nonce-123", "reader": str(cast.ann.pk)}
    response = client.post(f"{path}post/", values)
    assert (response.status_code, shown(response)) == (403, ["of ann's"])
    response = client.post(f"{path}post/", values, headers={"HX-Request": "true"})
    assert "made for somebody else" in response.content.decode()
    assert load(client, path).typed == ""
    assert cast.head() == 3


def test_a_page_says_whom_it_was_made_for(cast: Cast, bob: Client, path: str):
    form = load(bob, path).element("post-form")
    fields = form.xpath("//input[@form='post-form' and @name='reader']/@value")
    assert fields == [str(cast.bob.pk)]


# --- refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_gone", [False, True])
def test_who_is_no_member_any_more_can_copy_what_they_wrote(
    cast: Cast, bob: Client, path: str, is_gone: bool
):
    if is_gone:
        actions.delete_group(cast.member(cast.ann), group=cast.kitchen)
    else:
        actions.leave_group(cast.member(cast.bob))
    response = bob.post(f"{path}post/", {"text": "Soup? <b>", "nonce": "nonce-123"})
    assert (response.status_code, shown(response)) == (404 if is_gone else 403, ["Soup? <b>"])


def test_who_is_no_owner_any_more_can_copy_what_they_wrote(cast: Cast, bob: Client, path: str):
    response = bob.post(f"{path}settings/", {"name": "Canteen", "description": "Eat"})
    assert (response.status_code, shown(response)) == (403, ["Canteen", "Eat"])


def test_a_refused_message_that_is_sent_again_stays_or_is_stored(
    cast: Cast, bob: Client, path: str
):
    values = {"text": "x" * 4001, "nonce": "nonce-123"}
    response = bob.post(f"{path}post/", values, headers={"HX-Request": "true"})
    # The reason alone, in the place of the one before: the field is left to whoever types in it.
    reason, _ = elements(response.content.decode())
    assert "at most 4,000" in reason.text
    assert response.headers["HX-Retarget"] == "find .error"
    response = bob.post(f"{path}post/", values | {"text": "x"}, headers={"HX-Request": "true"})
    assert "Sent." in response.content.decode()
    assert cast.lines()[-1].text == "x"


@pytest.mark.parametrize(("who", "reason"), [(None, "logged out"), ("cleo", "not a member")])
def test_a_refused_message_of_who_may_not_send_it_stays(
    cast: Cast, client: Client, path: str, who: str | None, reason: str
):
    client = log_in(getattr(cast, who)) if who else client
    values = {"text": "x", "nonce": "nonce-123"}
    response = client.post(f"{path}post/", values, headers={"HX-Request": "true"})
    assert response.headers["HX-Retarget"] == "find .error"
    assert reason in response.content.decode()
    assert cast.head() == 3
