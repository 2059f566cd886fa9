"""Accounts: signing up, logging in and out, passwords, email, and the pages for what goes wrong."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import lxml.html
import pytest
from allauth.account.models import EmailAddress
from allauth.account.urls import urlpatterns
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from lxml.html import HtmlElement
from pytest_django import DjangoAssertNumQueries, Settings

from discuss.models import User
from tests.cast import Cast, log_in
from tests.document import text

pytestmark = pytest.mark.django_db
SECRET = "correct horse battery"
OTHER_SECRET = "staple of another stable"


@pytest.fixture(autouse=True)
def _no_tries_yet() -> Iterator[None]:
    """Tries are counted in the cache, which tests share."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann", "ann@chat.invalid", SECRET)


@pytest.fixture
def at_home(ann: User) -> Client:
    """Ann's browser, where she is logged in."""
    return log_in(ann)


def sign_up(client: Client, name: str, email: str = "", **values: str) -> Any:
    fields = {"username": name, "email": email, "password1": SECRET, "password2": SECRET}
    return client.post("/accounts/signup/", fields | values)


def enter(
    client: Client, name: str, password: str = SECRET, address: str = "", **extra: Any
) -> Any:
    fields = {"login": name, "password": password}
    return client.post(address or "/accounts/login/", fields, **extra)


def is_logged_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def page(response: Any) -> HtmlElement:
    return lxml.html.document_fromstring(response.content.decode())


def errors_of(response: Any, name: str) -> str:
    """What is said beside a field, where a screen reader finds it: by aria-describedby."""
    document = page(response)
    (field,) = document.xpath("//input[@name=$name]", name=name)
    described = (field.get("aria-describedby") or "").split()
    assert field.get("aria-invalid") == "true"
    lists = [document.get_element_by_id(each) for each in described if each.endswith("_error")]
    return " ".join(text(each) for each in lists)


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"https?://\S+/accounts/\S+/", str(mail.body))
    assert found, mail.body
    return found[0]


def path_of(url: str) -> str:
    return urlsplit(url).path


# --- signing up -------------------------------------------------------------------------------------


def test_someone_signs_up_with_a_name_and_a_password_and_lands_in_the_lobby(client: Client) -> None:
    response = sign_up(client, "dora")
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert client.get("/").wsgi_request.user == User.objects.get(username="dora")


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [("ann", "ANN"), ("ann", "ＡＮＮ"), ("ärger", "Ärger"), ("Straße", "STRASSE"), ("Σας", "ΣΑΣ")],
)
def test_it_refuses_a_name_that_looks_like_another(client: Client, taken: str, wanted: str) -> None:
    User.objects.create_user(taken)
    response = sign_up(client, wanted)
    assert errors_of(response, "username") == "Someone has this name already."
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "name",
    [
        "an\u200bn",  # zero width space
        "an\u200dn",  # zero width joiner
        "an\u202en",  # right-to-left override
        "an\u2066n",  # left-to-right isolate
        "an\x07n",  # a control character
        "an\u3164n",  # Hangul filler, a letter
        "\u3164",
        "an\uffa0n",  # its halfwidth form
        "an\u115fn",  # Hangul choseong filler
        "ann bob",
        "ﷺ" * 40,  # many characters once normalized
        "a" * 41,
    ],
)
def test_it_refuses_a_name_that_cannot_be_read(client: Client, name: str) -> None:
    response = sign_up(client, name)
    assert errors_of(response, "username")
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["हिन्दी", "สมศรี", "น้ำฝน", "علی\u200cرضا", "ශ්\u200dරී"])
def test_letters_of_every_script_make_a_name_and_log_in(client: Client, name: str) -> None:
    sign_up(client, name)
    assert User.objects.get().username == name
    plain = name.translate({0x200C: None, 0x200D: None})
    assert Client().login(username=plain, password=SECRET)
    if plain != name:
        response = sign_up(Client(), plain)
        assert errors_of(response, "username") == "Someone has this name already."


def test_it_refuses_a_password_that_is_easy_to_guess(client: Client) -> None:
    response = sign_up(client, "dora", password1="12345678", password2="12345678")
    assert "too common" in errors_of(response, "password1")
    assert not User.objects.exists()


def test_the_focus_is_on_the_first_field_with_an_error(client: Client) -> None:
    fresh = page(client.get("/accounts/signup/"))
    assert fresh.xpath("//input[@autofocus]/@name") == ["username"]
    refused = page(sign_up(client, "dora", email="nowhere", password2="another"))
    assert refused.xpath("//input[@autofocus]/@name") == ["email"]


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_database_while_a_password_is_hashed(client: Client) -> None:
    inside: list[bool] = []
    original = User.set_password

    def hash_password(user: User, password: str | None) -> None:
        inside.append(connection.in_atomic_block)
        original(user, password)

    with mock.patch.object(User, "set_password", hash_password):
        sign_up(client, "dora")
    assert inside == [False]
    assert User.objects.get().check_password(SECRET)


# --- logging in -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed"),
    [("ann", "ann"), ("ann", "ANN"), ("ann", " Ann "), ("ann", "ＡＮＮ"), ("ärger", "ÄRGER")],
)
def test_a_name_logs_in_in_any_case(client: Client, name: str, typed: str) -> None:
    User.objects.create_user(name, password=SECRET)
    assert enter(client, typed)["Location"] == "/"
    assert is_logged_in(client)


def test_a_wrong_password_does_not_log_in(client: Client, ann: User) -> None:
    response = enter(client, "ann", "wrong")
    assert response.status_code == 200
    assert "not correct" in response.content.decode()
    assert not is_logged_in(client)


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client: Client, ann: User) -> None:
    known = text(
        page(enter(client, "ann", "wrong")).xpath("//ul[contains(@class, 'errorlist')]")[0]
    )
    unknown = text(
        page(enter(client, "nobody", "wrong")).xpath("//ul[contains(@class, 'errorlist')]")[0]
    )
    assert known == unknown


def test_an_account_that_is_closed_is_told_so(client: Client, ann: User) -> None:
    User.objects.filter(pk=ann.pk).update(is_active=False)
    response = enter(client, "ann")
    assert response["Location"] == "/accounts/inactive/"
    assert not is_logged_in(client)


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/signup/"])
@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "https:evil.example", "javascript:alert(1)"],
)
def test_next_does_not_lead_to_another_host(
    client: Client, ann: User, address: str, elsewhere: str
) -> None:
    name = "ann" if "login" in address else "dora"
    fields = {"login": name, "password": SECRET, "username": name}
    fields |= {"password1": SECRET, "password2": SECRET}
    here = Client().post(address, fields | {"next": "/groups/new/", "username": "eve"})
    assert here["Location"] == "/groups/new/"
    there = client.post(address, fields | {"next": elsewhere})
    assert there["Location"] == "/"


def test_the_log_in_page_leads_to_sign_up_and_to_the_password_reset(client: Client) -> None:
    links = page(client.get("/accounts/login/?next=/groups/new/")).xpath("//main//a/@href")
    assert "/accounts/signup/?next=%2Fgroups%2Fnew%2F" in links
    assert "/accounts/password/reset/" in links


# --- logging out ------------------------------------------------------------------------------------


def test_logging_out_takes_a_post(at_home: Client) -> None:
    asked = at_home.get("/accounts/logout/")
    assert text(page(asked).xpath("//h1")[0]) == "Log out"
    assert is_logged_in(at_home)
    response = at_home.post("/accounts/logout/")
    assert response["Location"] == "/accounts/login/"
    assert not is_logged_in(at_home)


def test_logging_out_takes_a_token_against_forgery(ann: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ann, backend="django.contrib.auth.backends.ModelBackend")
    response = browser.post("/accounts/logout/")
    assert response.status_code == 403
    assert text(page(response).xpath("//h1")[0]) == "This form was not accepted"
    assert is_logged_in(browser)


# --- the password -----------------------------------------------------------------------------------


def test_changing_the_password_keeps_ones_own_session_alone(ann: User, at_home: Client) -> None:
    elsewhere = log_in(ann)
    fields = {"oldpassword": SECRET, "password1": OTHER_SECRET, "password2": OTHER_SECRET}
    response = at_home.post("/accounts/password/change/", fields)
    assert response["Location"] == "/accounts/password/change/#password"
    assert is_logged_in(at_home)
    assert not is_logged_in(elsewhere)
    ann.refresh_from_db()
    assert ann.check_password(OTHER_SECRET)


def test_changing_the_password_takes_the_old_one(ann: User, at_home: Client) -> None:
    fields = {"oldpassword": "wrong", "password1": OTHER_SECRET, "password2": OTHER_SECRET}
    response = at_home.post("/accounts/password/change/", fields)
    assert errors_of(response, "oldpassword") == "Please type your current password."
    ann.refresh_from_db()
    assert ann.check_password(SECRET)


def test_someone_without_a_password_sets_one(cast: Cast) -> None:
    browser = log_in(cast.ann)
    assert browser.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
    fields = {"password1": SECRET, "password2": SECRET}
    browser.post("/accounts/password/set/", fields)
    assert is_logged_in(browser)
    assert enter(Client(), "ann").status_code == 302


def test_a_forgotten_password_is_reset_by_mail(
    client: Client, ann: User, sent: Callable[[], list[EmailMessage]]
) -> None:
    response = client.post("/accounts/password/reset/", {"email": "Ann@chat.invalid"}, follow=True)
    assert "We have sent an email" in response.content.decode()
    (mail,) = sent()
    assert mail.to == ["ann@chat.invalid"]
    assert mail.subject.startswith("DiscussIt: ")
    link = link_in(mail)
    assert link.startswith(f"{settings.PUBLIC_URL}/accounts/password/reset/key/")
    # As the console prints it.
    assert link in mail.message().as_string()

    form = client.get(path_of(link), follow=True)
    address = form.redirect_chain[-1][0]
    # The key is not in the address of the page, from where it could be read.
    assert address.endswith("-set-password/")
    mismatch = client.post(address, {"password1": OTHER_SECRET, "password2": "other"})
    assert errors_of(mismatch, "password2")
    done = client.post(address, {"password1": OTHER_SECRET, "password2": OTHER_SECRET})
    assert done["Location"] == "/"
    assert is_logged_in(client)
    assert enter(Client(), "ann", OTHER_SECRET).status_code == 302

    again = Client().get(path_of(link))
    assert text(page(again).xpath("//h1")[0]) == "This link is not valid"


def test_a_mail_speaks_of_the_public_address_whatever_host_was_asked(
    client: Client,
    ann: User,
    sent: Callable[[], list[EmailMessage]],
    settings: Settings,
) -> None:
    settings.PUBLIC_URL = "https://chat.example.net"
    client.post(
        "/accounts/password/reset/", {"email": ann.email}, headers={"host": "localhost:666"}
    )
    client.post(
        "/accounts/password/reset/", {"email": "x@chat.invalid"}, headers={"host": "localhost:666"}
    )
    sign_up(client, "dora", "dora@chat.invalid")
    mails = sent()
    assert len(mails) == 3
    for mail in mails:
        words = f"{mail.subject}\n{mail.body}"
        assert "https://chat.example.net/accounts/" in words
        assert "localhost" not in words
        assert "testserver" not in words
        assert "example.com" not in words


def test_the_reset_page_does_not_tell_whose_addresses_are_known(client: Client, ann: User) -> None:
    answers = [
        client.post("/accounts/password/reset/", {"email": email}, follow=True)
        for email in (ann.email, "nobody@chat.invalid")
    ]
    assert text(page(answers[0]).body) == text(page(answers[1]).body)


# --- email addresses --------------------------------------------------------------------------------


def test_an_address_is_added_after_the_password_and_confirmed_by_mail(
    ann: User, at_home: Client, sent: Callable[[], list[EmailMessage]]
) -> None:
    fields = {"action_add": "", "email": "second@chat.invalid"}
    asked = at_home.post("/accounts/email/", fields, follow=True)
    assert asked.redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    wrong = at_home.post(
        "/accounts/reauthenticate/", {"password": "wrong", "next": "/accounts/email/"}
    )
    assert errors_of(wrong, "password") == "Incorrect password."
    assert not EmailAddress.objects.filter(email="second@chat.invalid").exists()
    at_home.post("/accounts/reauthenticate/", {"password": SECRET, "next": "/accounts/email/"})
    assert EmailAddress.objects.get(email="second@chat.invalid").user == ann

    (mail,) = sent()
    confirm = path_of(link_in(mail))
    shown = at_home.get(confirm)
    assert not EmailAddress.objects.get(email="second@chat.invalid").verified
    assert "second@chat.invalid" in text(page(shown).body)
    at_home.post(confirm)
    assert EmailAddress.objects.get(email="second@chat.invalid").verified


def test_an_address_is_made_the_main_one_and_removed(ann: User, at_home: Client) -> None:
    at_home.post("/accounts/reauthenticate/", {"password": SECRET})
    for email in ("ann@chat.invalid", "second@chat.invalid"):
        EmailAddress.objects.create(
            user=ann, email=email, verified=True, primary=email == "ann@chat.invalid"
        )
    shown = page(at_home.get("/accounts/email/"))
    # The main one first.
    assert shown.xpath("//input[@type='hidden'][@name='email']/@value") == [
        "ann@chat.invalid",
        "second@chat.invalid",
    ]
    at_home.post("/accounts/email/", {"action_primary": "", "email": "second@chat.invalid"})
    assert EmailAddress.objects.get(primary=True).email == "second@chat.invalid"
    at_home.post("/accounts/email/", {"action_remove": "", "email": "ann@chat.invalid"})
    assert EmailAddress.objects.get().email == "second@chat.invalid"


# --- the admin's log-in -----------------------------------------------------------------------------


def test_the_admin_uses_this_log_in_and_goes_back(client: Client) -> None:
    User.objects.create_superuser("root", password=SECRET)
    asked = client.get("/admin/", follow=True)
    address = asked.redirect_chain[-1][0]
    assert address == "/accounts/login/?next=%2Fadmin%2F"
    assert enter(client, "root", address=address)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_someone_who_is_no_admin_is_told_so(at_home: Client) -> None:
    response = at_home.get("/admin/", follow=True)
    assert response.status_code == 403
    assert text(page(response).xpath("//h1")[0]) == "You may not do this"


# --- every page -------------------------------------------------------------------------------------

PARTS = {"account_confirm_email": ["x"], "account_reset_password_from_key": ["x", "y"]}
NAMES = [pattern.name for pattern in urlpatterns]
ADDRESSES = ["/accounts/", *(reverse(name, args=PARTS.get(name)) for name in NAMES)]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("who", ["nobody", "ann", "someone without a password"])
def test_every_page_is_in_our_look(client: Client, who: str, address: str) -> None:
    if who != "nobody":
        user = User.objects.create_user("ann", "ann@chat.invalid", SECRET if who == "ann" else None)
        client = log_in(user)
    response = client.get(address, follow=True)
    # There is nothing to enter again.
    is_refused = (who, address) == ("someone without a password", "/accounts/reauthenticate/")
    assert response.status_code == (403 if is_refused else 200)
    document = page(response)
    assert document.xpath("//header[@class='site-header']")
    assert len(document.xpath("//main//h1")) == 1
    assert document.xpath("//title")[0].text_content().strip().endswith(" · DiscussIt")
    assert not re.search(r"sign(ed)?[ -]?(in|out)\b", document.text_content(), re.IGNORECASE)
    check_markup(document)


def test_every_field_has_a_label_and_says_what_it_holds(at_home: Client) -> None:
    expected = {
        "/accounts/login/": {"login": "username", "password": "current-password"},
        "/accounts/signup/": {
            "username": "username",
            "email": "email",
            "password1": "new-password",
            "password2": "new-password",
        },
        "/accounts/password/reset/": {"email": "email"},
        "/accounts/": {
            "display_name": "name",
            "email": "email",
            "oldpassword": "current-password",
            "password1": "new-password",
            "password2": "new-password",
        },
        "/accounts/reauthenticate/": {"password": "current-password"},
    }
    for address, fields in expected.items():
        anonymous = address in {"/accounts/login/", "/accounts/signup/"}
        document = page((Client() if anonymous else at_home).get(address))
        inputs = document.xpath("//main//input[not(@type='hidden' or @type='radio')]")
        assert {each.get("name"): each.get("autocomplete") for each in inputs} == fields
        for each in inputs:
            assert document.xpath("//label[@for=$id]", id=each.get("id"))
            assert each.get("placeholder") is None


def check_markup(document: HtmlElement) -> None:
    """Nothing that the Content-Security-Policy would refuse."""
    assert not document.xpath("//main//script")
    assert not document.xpath("//@style")
    for element in document.iter("*"):
        assert not [name for name in element.attrib if str(name).startswith("on")]


# --- when something goes wrong ----------------------------------------------------------------------


def test_an_address_with_nothing_behind_it(client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert text(page(response).xpath("//h1")[0]) == "There is nothing here"


def test_a_host_that_is_not_ours(client: Client) -> None:
    response = client.get("/accounts/login/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert text(page(response).xpath("//h1")[0]) == "This request makes no sense"


def test_a_fault_of_the_server_is_told_without_asking_anything(
    client: Client, ann: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.raise_request_exception = False
    with mock.patch("discuss.edges.views.lobby.read_listing", side_effect=RuntimeError):
        client.force_login(ann, backend="django.contrib.auth.backends.ModelBackend")
        response = client.get("/")
    assert response.status_code == 500
    assert text(page(response).xpath("//h1")[0]) == "Something went wrong"
    check_markup(page(response))
    with django_assert_num_queries(0):
        assert "Something went wrong" in render_to_string("500.html")


@pytest.mark.parametrize("template", ["400", "403", "403_csrf", "404", "429", "500"])
def test_the_pages_of_errors_need_no_context(template: str) -> None:
    check_markup(lxml.html.document_fromstring(render_to_string(f"{template}.html")))


# --- names that are nobody's, and addresses that are somebody's -------------------------------------


@pytest.mark.parametrize(
    "name", ["admin", "Moderator", "ＳＹＳＴＥＭ", "someone", "everyone", "DiscussIt", "None"]
)
def test_nobody_signs_up_as_somebody_who_speaks_for_the_site(client: Client, name: str):
    fields = {"username": name, "password1": SECRET, "password2": SECRET}
    page = client.post("/accounts/signup/", fields).content.decode()
    assert "Nobody is called so here." in page
    assert not User.objects.exists()
    fields["username"] = f"{name}a"
    assert client.post("/accounts/signup/", fields).status_code == 302


def test_a_sign_up_tells_nobody_which_addresses_are_registered(client: Client):
    for name in ("bob", "mallory"):
        fields = {"username": name, "email": "bob@example.org", "password1": SECRET}
        response = client.post("/accounts/signup/", {**fields, "password2": SECRET})
        assert response.status_code == 302
        assert "already" not in client.get("/").content.decode()
        client.logout()
    assert set(User.objects.values_list("username", flat=True)) == {"bob", "mallory"}
