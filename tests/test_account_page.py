"""The account is one page in parts, where people choose what is their own, their email and their password."""

import re
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as project_settings
from django.db import connection
from django.db.models import Choices
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml.html import HtmlElement
from pytest_django import Settings

from discuss.forms import YouForm
from discuss.models import User
from discuss.models.user import ColorScheme, Density, TextSize
from tests.cast import Cast, log_in
from tests.document import text

pytestmark = pytest.mark.django_db

SECRET = "correct horse battery"
PARTS = ["you", "email", "password"]
ADDRESSES = {
    "you": "/accounts/",
    "email": "/accounts/email/",
    "password": "/accounts/password/change/",
}
each_part = pytest.mark.parametrize("part", PARTS)
# Columns of a person, each with the attribute by which pages say it.
CHOICES: dict[str, tuple[str, type[Choices]]] = {
    "color_scheme": ("data-color-scheme", ColorScheme),
    "text_size": ("data-text-size", TextSize),
    "density": ("data-density", Density),
}


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann", "ann@chat.invalid", SECRET)


@pytest.fixture
def at_home(ann: User) -> Client:
    client = log_in(ann)
    # The password was entered just now.
    client.post("/accounts/reauthenticate/", {"password": SECRET})
    return client


def page(response: Any) -> HtmlElement:
    return lxml.html.document_fromstring(response.content.decode())


def part_of(document: HtmlElement, name: str) -> HtmlElement:
    return document.get_element_by_id(name)


def said(part: HtmlElement) -> list[str]:
    """Return the messages in a part."""
    return [text(each) for each in part.xpath(".//ul[contains(@class, 'messages')]/li")]


def errors(part: HtmlElement, field: str) -> str:
    """Return what is said below a field, where a screen reader finds it."""
    (described,) = {*part.xpath(".//*[@name=$name]/@aria-describedby", name=field)} or {
        *part.xpath(".//fieldset[.//@name=$name]/@aria-describedby", name=field)
    }
    lists = [each for each in described.split() if each.endswith("_error")]
    return " ".join(text(part.get_element_by_id(each)) for each in lists)


# --- one page ---------------------------------------------------------------------------------------


@each_part
def test_every_address_of_it_shows_all_parts(at_home: Client, part: str):
    document = page(at_home.get(ADDRESSES[part]))
    assert [each.get("id") for each in document.xpath("//main//section")] == PARTS
    heads = [text(each) for each in document.xpath("//main//section/h2")]
    assert heads == ["You", "Email", "Password"]
    # Whatever is chosen for oneself is saved at once.
    assert len(part_of(document, "you").xpath(".//form")) == 1
    heads = [text(each) for each in part_of(document, "you").xpath(".//form/h3")]
    assert heads == ["How it looks", "What you hear"]
    assert [text(each) for each in document.xpath("//main//h1")] == ["Your account"]
    for name in PARTS:
        actions = part_of(document, name).xpath(".//form/@action")
        assert {*actions} == {f"{ADDRESSES[name]}#{name}"}
    # Nobody who reads it from its top is taken elsewhere.
    assert not document.xpath("//main//@autofocus")


def test_the_account_menu_leads_there_and_it_leads_back(at_home: Client):
    assert "/accounts/" in page(at_home.get("/")).xpath("//*[@id='me']//a/@href")
    assert "/" in page(at_home.get("/accounts/")).xpath("//main//header/a/@href")


@each_part
def test_somebody_logged_out_logs_in_first(client: Client, part: str):
    for method in (client.get, client.post):
        response = method(ADDRESSES[part])
        assert response["Location"] == f"/accounts/login/?next={ADDRESSES[part]}"


def test_who_has_no_password_sets_one_there(cast: Cast):
    browser = log_in(cast.ann)
    document = page(browser.get("/accounts/"))
    password = part_of(document, "password")
    assert password.xpath(".//form/@action") == ["/accounts/password/set/#password"]
    assert "no password yet" in text(password)
    fields = {"password1": SECRET, "password2": SECRET}
    shown = page(browser.post("/accounts/password/set/", fields, follow=True))
    assert said(part_of(shown, "password")) == ["Password successfully set."]
    assert User.objects.get(pk=cast.ann.pk).check_password(SECRET)


@pytest.mark.parametrize(
    ("part", "field", "typed", "reason"),
    [
        ("you", "time_zone", {"time_zone": "Mars/Olympus"}, "Choose one of these."),
        ("you", "display_name", {"display_name": "The <b>"}, "letters and digits of any script"),
        ("you", "display_name", {"display_name": "Some one"}, "Nobody is called so here."),
        ("you", "density", {"density": "airless"}, "Choose one of these."),
        ("you", "color_scheme", {"color_scheme": "sepia"}, "Choose one of these."),
        ("you", "text_size", {"text_size": "huge"}, "Choose one of these."),
        ("you", "composer", {"composer": "quill"}, "Choose one of these."),
        ("you", "sound", {"sound": "trumpet"}, "Choose one of these."),
        ("email", "email", {"email": "nowhere", "action_add": ""}, "Enter a valid email address."),
        ("password", "oldpassword", {"oldpassword": "wrong"}, "type your current password."),
    ],
)
def test_what_is_refused_is_said_below_its_field(
    ann: User, at_home: Client, part: str, field: str, typed: dict[str, str], reason: str
):
    before = User.objects.values().get()
    document = page(at_home.post(ADDRESSES[part], typed))
    assert [each.get("id") for each in document.xpath("//main//section")] == PARTS
    assert reason in errors(part_of(document, part), field)
    assert len(document.xpath("//main//ul[contains(@class, 'errorlist')]")) == len(
        part_of(document, part).xpath(".//ul[contains(@class, 'errorlist')]")
    )
    assert User.objects.values().get() == before


def test_what_was_typed_stays(at_home: Client):
    document = page(at_home.post("/accounts/email/", {"email": "no@where", "action_add": ""}))
    (field,) = part_of(document, "email").xpath(".//input[@type='email']")
    assert (field.get("value"), field.get("autofocus") is not None) == ("no@where", True)
    document = page(at_home.post("/accounts/", {"density": "airless", "text_size": "large"}))
    chosen = part_of(document, "you").xpath(".//input[@checked]/@value")
    assert "large" in chosen


@pytest.mark.parametrize(
    ("part", "fields", "message"),
    [
        ("you", {"time_zone": "Asia/Tokyo"}, "Saved."),
        ("you", {"display_name": "Ann Baker"}, "Saved."),
        ("you", {"density": "compact"}, "Saved."),
        ("you", {"sound": "mentions"}, "Saved."),
        (
            "email",
            {"action_add": "", "email": "b@chat.invalid"},
            "To confirm b@chat.invalid, open the link in the email to it.",
        ),
        (
            "password",
            {"oldpassword": SECRET, "password1": f"{SECRET}!", "password2": f"{SECRET}!"},
            "Password successfully changed.",
        ),
    ],
)
def test_what_was_done_is_said_in_its_part(
    at_home: Client, part: str, fields: dict[str, str], message: str
):
    response = at_home.post(ADDRESSES[part], fields)
    assert response["Location"] == f"{ADDRESSES[part]}#{part}"
    document = page(at_home.get(ADDRESSES[part]))
    assert said(part_of(document, part)) == [message]
    assert len(document.xpath("//ul[contains(@class, 'messages')]")) == 1


def test_an_address_that_staff_gave_is_there_from_the_beginning(ann: User, at_home: Client):
    assert not EmailAddress.objects.exists()
    assert "ann@chat.invalid" in text(part_of(page(at_home.get("/accounts/")), "email"))


def test_the_main_address_stands_first(ann: User, at_home: Client):
    for email in ("a@chat.invalid", "z@chat.invalid"):
        EmailAddress.objects.create(user=ann, email=email, primary=email[0] == "z")
    found = part_of(page(at_home.get("/accounts/")), "email").xpath(".//input[@name='email']")
    assert [each.get("value") for each in found][:2] == ["z@chat.invalid", "a@chat.invalid"]


# --- what is one's own ------------------------------------------------------------------------------


def test_a_display_name_is_chosen_and_given_up(ann: User, at_home: Client):
    for typed, name in (("Ann  Baker", "Ann Baker"), ("", "ann")):
        at_home.post("/accounts/", {"display_name": typed, "time_zone": ""})
        ann.refresh_from_db()
        assert ann.name == name
        document = page(at_home.get("/"))
        assert text(document.get_element_by_id("own-name-again")).endswith(name)


def test_who_changes_their_name_too_often_waits_and_loses_nothing(
    ann: User, at_home: Client, settings: Settings
):
    settings.RATE_LIMITS = {"name": (1, 3600.0)}
    at_home.post("/accounts/", {"display_name": "Ann Baker", "time_zone": ""})
    typed = {"display_name": "Ann Carter", "time_zone": "Asia/Tokyo"}
    document = page(at_home.post("/accounts/", typed))
    assert "Try again in 60 minutes." in errors(part_of(document, "you"), "display_name")
    assert document.xpath("//input[@name='display_name']/@value") == ["Ann Carter"]
    ann.refresh_from_db()
    assert (ann.name, ann.time_zone) == ("Ann Baker", "")
    # What else is saved costs nothing.
    at_home.post("/accounts/", {"display_name": "Ann Baker", "time_zone": "Asia/Tokyo"})
    ann.refresh_from_db()
    assert ann.time_zone == "Asia/Tokyo"


def test_a_time_zone_is_chosen_by_region_and_the_servers_is_the_default(
    ann: User, at_home: Client, settings
):
    settings.TIME_ZONE = "Europe/Berlin"
    (select,) = page(at_home.get("/accounts/")).xpath("//select[@name='time_zone']")
    assert text(select.xpath("./option")[0]) == "As the server (Europe/Berlin)"
    assert "Europe" in select.xpath("./optgroup/@label")
    (option,) = select.xpath(".//option[@value='America/Argentina/Buenos_Aires']")
    assert text(option) == "Argentina, Buenos Aires"
    at_home.post("/accounts/", {"time_zone": "Asia/Tokyo"})
    ann.refresh_from_db()
    assert ann.time_zone == "Asia/Tokyo"
    chosen = page(at_home.get("/accounts/")).xpath("//select[@name='time_zone']//option[@selected]")
    assert [text(each) for each in chosen] == ["Tokyo"]
    at_home.post("/accounts/", {"time_zone": ""})
    ann.refresh_from_db()
    assert ann.time_zone == ""


@pytest.mark.parametrize("name", CHOICES)
def test_every_page_says_what_its_person_has_chosen(cast: Cast, name: str):
    attribute, choices = CHOICES[name]
    path = cast.kitchen.get_absolute_url()
    browser, other = log_in(cast.ann), log_in(cast.bob)
    for value in filter(None, choices.values):
        assert browser.post("/accounts/", {name: value}).status_code == 302
        for address in ("/", path, f"{path}log/", "/accounts/", "/nowhere/"):
            assert page(browser.get(address)).get(attribute) == value
            assert page(other.get(address)).get(attribute) is None
    browser.post("/accounts/", {name: ""})
    assert page(browser.get("/")).get(attribute) is None
    assert page(Client().get("/accounts/login/")).get(attribute) is None


def test_the_browser_knows_the_colours_before_the_style_sheets_come(cast: Cast):
    browser = log_in(cast.ann)
    meta = "//meta[@name='color-scheme']/@content"
    assert page(browser.get("/")).xpath(meta) == ["light dark"]
    browser.post("/accounts/", {"color_scheme": "dark"})
    assert page(browser.get("/")).xpath(meta) == ["dark"]


@pytest.mark.parametrize("name", CHOICES)
def test_the_style_sheet_knows_each_choice(name: str):
    attribute, choices = CHOICES[name]
    tokens = Path(project_settings.BASE_DIR, "static/discuss/tokens.css").read_text()
    known = re.findall(rf':root\[{attribute}="(\w+)"\]', tokens)
    assert known == [value for value in choices.values if value]


def test_all_of_it_is_on_the_page(at_home: Client):
    names = part_of(page(at_home.get("/accounts/")), "you").xpath(".//@name")
    assert {*names} - {"csrfmiddlewaretoken"} == {*YouForm.base_fields}


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/accounts/", {"display_name": "Ann Baker", "time_zone": "Asia/Tokyo"}),
        ("/accounts/appearance/", {"color_scheme": "dark", "density": "compact"}),
        ("/accounts/sound/", {"sound": "mentions"}),
    ],
)
def test_what_a_page_of_the_version_before_did_not_send_stays_as_it_is(
    ann: User, at_home: Client, address: str, sent: dict[str, str]
):
    before = {"time_zone": "Europe/Berlin", "text_size": "large", "composer": "large"}
    User.objects.filter(pk=ann.pk).update(display_name="Ann", **before)
    assert at_home.post(address, sent)["Location"] == "/accounts/#you"
    ann.refresh_from_db()
    for name, value in {"display_name": "Ann", **before, **sent}.items():
        assert getattr(ann, name) == value


def test_forms_and_columns_are_the_same():
    columns = {*YouForm.base_fields}
    assert columns == {*CHOICES, "display_name", "time_zone", "composer", "skins", "sound"}
    for name in columns:
        assert getattr(User, name).field.has_db_default()


def test_it_is_read_with_the_session(cast: Cast, django_assert_num_queries):
    browser, path = log_in(cast.ann), cast.kitchen.get_absolute_url()
    browser.get(path)
    with CaptureQueriesContext(connection) as before:
        browser.get(path)
    chosen = {"time_zone": "Asia/Tokyo", "color_scheme": "dark", "density": "compact"}
    User.objects.filter(pk=cast.ann.pk).update(**chosen)
    with django_assert_num_queries(len(before)):
        html = browser.get(path).content.decode()
    assert 'data-density="compact"' in html
