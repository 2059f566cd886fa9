"""The admin, as axe sees it: in the light, in the dark, in forced colours."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models
from django.urls import reverse
from playwright.sync_api import Page, expect

from discuss.models import Event, Group, Invitation, Membership, Message, User
from tests.browser.axe import axe_finds_nothing, have_axe_at_hand
from tests.browser.person import Person
from tests.browser.stage import Stage

Appear = Callable[..., Person]

TABLES: tuple[type[models.Model], ...] = (Event, Group, Invitation, Membership, Message, User)


class Desk:
    """The admin of a site with something in each table, before a superuser."""

    def __init__(self, person: Appear, stage: Stage) -> None:
        self.stage = stage
        root = stage.user("root", is_staff=True, is_superuser=True)
        self.staff = person(root)
        have_axe_at_hand(self.staff.context)
        self.page = self.staff.context.new_page()
        bob = stage.user("bob")
        group = stage.group(owner=root, members=[bob])
        stage.say(bob, group, "Soup", "Bread with https://example.org/")
        stage.invite(group)

    def open(self, page: str, *arguments: Any) -> Page:
        self.page.goto(self.staff.url + reverse(f"admin:{page}", args=arguments))
        return self.page

    def table(self, model: type[models.Model]) -> Page:
        page = self.open(f"{_name(model)}_changelist")
        expect(page.locator("#result_list tbody tr").first).to_be_visible()
        return page

    def about(self, model: type[models.Model], page: str = "change") -> Page:
        row = self.stage(lambda: model._default_manager.order_by("pk").last())
        assert row is not None
        return self.open(f"{_name(model)}_{page}", row.pk)


def _name(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def without_django_s_own(page: Page) -> None:
    """Take away what Django's scripts make: signs that have a name and no role, and fields without a name."""
    made = page.locator(".search-label-icon, .select2-selection")
    made.evaluate_all("elements => elements.forEach(element => element.remove())")


@pytest.fixture
def desk(person: Appear, stage: Stage) -> Desk:
    return Desk(person, stage)


@pytest.mark.timeout(600)
def test_axe_finds_nothing(desk: Desk, subtests: pytest.Subtests) -> None:
    with subtests.test("where the admin begins"):
        axe_finds_nothing(desk.open("index"))
        axe_finds_nothing(desk.open("discuss_site_changelist"))
    for model in TABLES:
        with subtests.test(f"in the table of {_name(model)} and in a page about one row"):
            axe_finds_nothing(desk.table(model))
            page = desk.about(model)
            without_django_s_own(page)
            axe_finds_nothing(page)
    with subtests.test("where nothing is found"):
        page = desk.table(Message)
        page.goto(f"{page.url}?q=nothing-of-that-name")
        expect(page.get_by_text("0 results")).to_be_visible()
        axe_finds_nothing(page)
    for model in (Group, User):
        with subtests.test(f"where it asks before it deletes a {_name(model)}"):
            axe_finds_nothing(desk.about(model, "delete"))
    for model in (Membership, User):
        with subtests.test(f"in a form for a {_name(model)} that is refused"):
            page = desk.open(f"{_name(model)}_add")
            page.locator(".submit-row").evaluate("row => row.closest('form').noValidate = true")
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.locator(".errorlist").first).to_be_visible()
            without_django_s_own(page)
            axe_finds_nothing(page)
    with subtests.test("around a line and in its history"):
        axe_finds_nothing(desk.about(Message, "context"))
        axe_finds_nothing(desk.about(Message, "history"))
    with subtests.test("after an action"):
        page = desk.table(Message)
        page.locator("input.action-select").first.check()
        page.get_by_label("Action:").select_option("remove")
        page.get_by_role("button", name="Run").click()
        expect(page.locator(".messagelist")).to_be_visible()
        axe_finds_nothing(page)
    assert desk.staff.complaints == []
