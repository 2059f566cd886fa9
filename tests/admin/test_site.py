"""What the site is called, said in the admin."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from discuss.doorbell.bell import Bell
from discuss.models import Site, User
from discuss.site import site
from tests.admin.desk import form_of, told, url
from tests.cast import log_in

PAGE = reverse("admin:discuss_site_change", args=[1])


@pytest.mark.django_db(transaction=True)
def test_staff_say_it_and_read_it_at_once(desk: Client, bells: list[Bell]) -> None:
    bells.clear()
    values = {"name": "  The \u3000 Attic ", "words": "Bats,\nand more"}
    response = desk.post(PAGE, values, follow=True)
    assert response.redirect_chain[-1][0] == PAGE
    assert (Site.objects.get().name, Site.objects.get().words) == ("The Attic", "Bats, and more")
    assert bells == [Bell("site", 0)]
    html = response.content.decode()
    assert html.count("The Attic") >= 4  # the title, the branding, the application, the field
    desk.post(PAGE, {"name": "", "words": ""})
    assert site.name == "DiscussIt"
    assert Site.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("name", "x" * 41, "at most 40"),
        ("name", "a\u200bb", "invisible"),
        ("name", "a\x00b", "cannot be stored"),
        ("name", "\u0301" * 9, "marks"),
        ("words", "x" * 121, "at most 120"),
        ("words", "a" + "\u0301" * 9, "marks"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    desk: Client, field: str, value: str, why: str
) -> None:
    response = desk.post(PAGE, {"name": "Attic", "words": "Bats"} | {field: value})
    errors = form_of(response).errors
    assert [*errors] == [field]
    assert why in str(errors)
    assert not Site.objects.exists()


def test_the_fields_show_what_the_settings_say(desk: Client, settings: Settings) -> None:
    settings.SITE_NAME, settings.SITE_WORDS = "Kitchen", "Soup for all"
    html = desk.get(PAGE).content.decode()
    for said in ("Kitchen", "Soup for all"):
        assert f'placeholder="{said}"' in html


def test_the_table_is_its_one_row(desk: Client) -> None:
    assert desk.get(url(Site, "changelist"))["Location"] == PAGE
    assert url(Site, "changelist") in desk.get(reverse("admin:index")).content.decode()
    for view, args in (("add", []), ("delete", [1])):
        assert desk.post(url(Site, view, *args), {"name": "x", "post": "yes"}).status_code == 403


def test_it_takes_the_right_to(desk: Client, helper: User) -> None:
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_message"))
    assert log_in(reader).post(PAGE, {"name": "Attic", "words": ""}).status_code == 403
    assert not Site.objects.exists()
    assert log_in(helper).post(PAGE, {"name": "Attic", "words": ""}).status_code == 302
    assert Site.objects.get().name == "Attic"


def test_a_right_that_was_taken_away_meanwhile_is_none(
    desk: Client, helper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discuss.admin.site.SiteAdmin.has_change_permission", lambda *args: True)
    helper.user_permissions.clear()
    response = log_in(helper).post(PAGE, {"name": "Attic", "words": ""})
    assert told(response) == ["Only staff may do this."]
    assert not Site.objects.exists()
