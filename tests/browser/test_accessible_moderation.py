"""Pages and states of moderation, as test_fit_for_everybody.py looks at the others."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from discuss import actions
from discuss.models import Case, Entry, Group, Membership, User
from discuss.moderation.actions import Why, perform_act, report_message
from discuss.moderation.actions.filters import make_filter
from tests.browser.axe import have_axe_at_hand
from tests.browser.conftest import WIDE
from tests.browser.fit import is_fit_for_everybody
from tests.browser.person import Person, open_line_menu
from tests.browser.stage import Stage
from tests.test_grid import GRID

Appear = Callable[..., Person]

pytestmark = pytest.mark.timeout(600)


class Scene(NamedTuple):
    """A group of root's, who is staff as well, in which bob was reported and has things done to him."""

    here: str
    bob: User
    case: Case
    line: Entry
    filter: int


# The pages by the names of their addresses, each as root sees it.
PAGES: dict[str, Callable[[Scene], str]] = {
    "queue": lambda scene: "/moderation/",
    "case": lambda scene: f"/moderation/cases/{scene.case.pk}/",
    "record": lambda scene: "/moderation/record/",
    "charts": lambda scene: "/moderation/charts/",
    "mine": lambda scene: "/moderation/mine/",
    # To an owner: the record of their groups.
    "group_record": lambda scene: f"{scene.here}record/",
    "networks": lambda scene: "/moderation/addresses/",
    "reports": lambda scene: "/reports/",
    "report_group": lambda scene: f"{scene.here}report/",
    "report_member": lambda scene: f"{scene.here}people/{scene.bob.pk}/report/",
    "person": lambda scene: f"{scene.here}people/{scene.bob.pk}/",
    "held": lambda scene: f"{scene.here}held/",
    "new_filter": lambda scene: f"{scene.here}filters/new/words/",
    "site_filters": lambda scene: "/moderation/filters/",
    "new_site_filter": lambda scene: "/moderation/filters/new/denied/",
    "written_site_filter": lambda scene: f"/moderation/filters/{scene.filter}/",
    "line_menu": lambda scene: f"{scene.here}{scene.line.position}/menu/",
}
# What else answers 200: looked at there, or no page.
LOOKED_AT = {
    *(
        "lobby",
        "search",
        "saved",
        "mentions",
        "new_group",
        "group",
        "line",
        "history",
        "replies",
        "log",
    ),
    *("group_settings", "close_group", "hand_over", "invitations", "filters", "written_filter"),
    # To who is outside: why not. To members they lead to the line's menu.
    *("editing", "reactions", "replying"),
    # test_gallery.py, test_plays.py, test_token_sheet.py; what stands in their frames is of this list.
    *("gallery", "fragment", "sample", "sample_alone", "whole_page", "whole_page_state"),
    *("play", "tokens_page"),
}
NO_PAGES = {"at_hand", "names", "record_csv", "tokens_sheet"}
# In a group's page: as bob, but for the last.
STATES = ("a warning", "a time-out", "what waits", "a lock", "acts in a menu")


def has_done(stage: Stage, root: User, bob: User, name: str, group: Group, **why: object) -> None:
    """Have root do this to bob."""

    def act() -> None:
        owner = Membership.objects.get(user=root, group=group)
        perform_act(owner, name, user=bob, group=group, why=Why(reason="spam", **why))  # type: ignore[arg-type]

    stage(act)


def hold(stage: Stage, root: User, bob: User, group: Group) -> None:
    """Have a message of bob's wait for a moderator."""

    def wait() -> None:
        owner = Membership.objects.get(user=root, group=group)
        actions.change_group_settings(owner, group=group, settings={"held_days": 7})
        member = Membership.objects.select_related("user", "group").get(user=bob, group=group)
        text = "Soup, as I make it " + "x" * 200
        actions.post_messages([actions.Draft(member, text, actions.new_nonce())])

    stage(wait)


@pytest.fixture
def scene(stage: Stage) -> Scene:
    root = stage.user("root", is_staff=True, is_superuser=True)
    bob = stage.user("bob", display_name="Bob the builder of long names")
    group = stage.group(owner=root, members=[bob])
    line, _ = stage.say(bob, group, "You are a turnip", "x" * 300)
    stage.say(root, group, "Salad")

    def report() -> Case:
        member = Membership.objects.get(user=root, group=group)
        return report_message(member, entry=line, reason="insult", note="Again " * 20).case

    def write_filter() -> int:
        values = {"kind": "words", "name": "Calm", "terms": "turnip", "does": "block"}
        return int(make_filter(root, group=None, **values).pk)

    case = stage(report)
    has_done(stage, root, bob, "warn", group, note="No turnips")
    has_done(stage, root, bob, "time_out", group, until=timezone.now() + timedelta(hours=1))
    return Scene(group.get_absolute_url(), bob, case, line, stage(write_filter))


def test_every_page_of_the_grid_is_looked_at() -> None:
    answering = {name for name, (get, _) in GRID.items() if 200 in get}
    live = {name for name in answering if name.startswith("live_")}
    assert answering - live - NO_PAGES <= {*PAGES, *LOOKED_AT}


def test_a_page_is_fit_for_everybody(
    person: Appear, stage: Stage, scene: Scene, subtests: pytest.Subtests
) -> None:
    roots = person("root", has_touch=True)
    have_axe_at_hand(roots.context)
    attic = stage.group("Attic", owner=roots.user, members=[stage.user("cleo")])
    hold(stage, roots.user, stage.user("cleo"), attic)
    page = roots.context.new_page()
    for name, path in PAGES.items():
        with subtests.test(name):
            there = scene._replace(here=attic.get_absolute_url()) if name == "held" else scene
            page.goto(roots.url + path(there))
            assert page.locator("h1").count() == 1
            # All at once: of some, one closes the other.
            page.locator("main details").evaluate_all(
                "all => all.forEach(each => { each.removeAttribute('name'); each.open = true })"
            )
            is_fit_for_everybody(page)
            assert roots.complaints == []


def test_a_state_of_a_groups_page_is_fit_for_everybody(
    person: Appear, stage: Stage, subtests: pytest.Subtests
) -> None:
    roots = person(stage.user("root", is_staff=True, is_superuser=True), has_touch=True)
    bobs = person("bob", has_touch=True)
    pages = {}
    for each in (roots, bobs):
        have_axe_at_hand(each.context)
        pages[each] = each.context.new_page()
    for name in STATES:
        group = stage.group(name, owner=roots.user, members=[bobs.user])
        stage.say(bobs.user, group, "You are a turnip")
        who = roots if name == "acts in a menu" else bobs
        with subtests.test(name):
            pages[who].set_viewport_size(WIDE)
            who.go_live(pages[who], group)
            bring_about(name, pages[who], stage, group, roots.user, bobs.user)
            is_fit_for_everybody(pages[who])
            assert who.complaints == []


def bring_about(name: str, page: Page, stage: Stage, group: Group, root: User, bob: User) -> None:
    """Bring one of STATES about, and wait until the page shows it."""
    if name == "acts in a menu":
        open_line_menu(page, "You are a turnip")
        page.locator("#line-menu summary").first.click()
    elif name == "a warning":
        has_done(stage, root, bob, "warn", group, note="No turnips")
        expect(page.get_by_role("button", name="I have read it")).to_be_visible()
    elif name == "a time-out":
        until = timezone.now() + timedelta(hours=1)
        has_done(stage, root, bob, "time_out", group, until=until)
        expect(page.get_by_text("You may not write in this group until")).to_be_visible()
    elif name == "what waits":
        hold(stage, root, bob, group)
        expect(page.locator("#waiting .waits")).to_have_count(1)
    else:
        settings = {"is_locked": True}
        stage(lambda: actions.change_group_settings(root, group=group, settings=settings))
        expect(page.locator("#rules")).to_contain_text("Moderators alone write")
