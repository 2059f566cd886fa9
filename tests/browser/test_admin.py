"""The admin, as axe sees it: in the light, in the dark, in forced colours."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models
from django.urls import reverse
from playwright.sync_api import Page, expect

from discuss.models import Event, Group, Invitation, Membership, Message, User
from tests.browser.axe import axe_finds_nothing
from tests.browser.person import Person
from tests.browser.stage import Stage

Appear = Callable[..., Person]

TABLES: tuple[type[models.Model], ...] = (Event, Group, Invitation, Membership, Message, User)


class Desk:
    """The admin of a site with something in each table, before a superuser."""

    def __init__(self, person: Appear, stage: Stage) -> None:
        self.stage = stage
        root = stage.user("root", is_staff=True, is_superuser=True)
        # Else the colours of links would be on their way from one to another.
        self.staff = person(root, reduced_motion="reduce")
        bob = stage.user("bob")
        group = stage.group(owner=root, members=[bob])
        stage.say(bob, group, "Soup", "Bread with https://example.org/")
        stage.invite(group)

    def open(self, page: str, *arguments: Any) -> Page:
        return self.staff.open(reverse(f"admin:{page}", args=arguments))

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


def test_axe_finds_nothing_where_the_admin_begins(desk: Desk) -> None:
    axe_finds_nothing(desk.open("index"))
    axe_finds_nothing(desk.open("discuss_site_changelist"))


@pytest.mark.parametrize("model", TABLES)
def test_axe_finds_nothing_in_a_table_and_in_a_page_about_one_row(
    desk: Desk, model: type[models.Model]
) -> None:
    axe_finds_nothing(desk.table(model))
    page = desk.about(model)
    without_django_s_own(page)
    axe_finds_nothing(page)


def test_axe_finds_nothing_where_nothing_is_found(desk: Desk) -> None:
    page = desk.table(Message)
    page.goto(f"{page.url}?q=nothing-of-that-name")
    expect(page.get_by_text("0 results")).to_be_visible()
    axe_finds_nothing(page)


@pytest.mark.parametrize("model", [Group, User])
def test_axe_finds_nothing_where_it_asks_before_it_deletes(
    desk: Desk, model: type[models.Model]
) -> None:
    axe_finds_nothing(desk.about(model, "delete"))


@pytest.mark.parametrize("model", [Membership, User])
def test_axe_finds_nothing_in_a_form_that_is_refused(desk: Desk, model: type[models.Model]) -> None:
    page = desk.open(f"{_name(model)}_add")
    page.locator(".submit-row").evaluate("row => row.closest('form').noValidate = true")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errorlist").first).to_be_visible()
    without_django_s_own(page)
    axe_finds_nothing(page)


def test_axe_finds_nothing_after_an_action(desk: Desk) -> None:
    page = desk.table(Message)
    page.locator("input.action-select").first.check()
    page.get_by_label("Action:").select_option("remove")
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".messagelist")).to_be_visible()
    axe_finds_nothing(page)


def test_axe_finds_nothing_around_a_line_and_in_its_history(desk: Desk) -> None:
    axe_finds_nothing(desk.about(Message, "context"))
    axe_finds_nothing(desk.about(Message, "history"))
