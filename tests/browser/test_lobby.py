"""The list of groups, in several tabs of several people."""

from collections.abc import Callable

import pytest
from django.db import transaction
from playwright.sync_api import Locator, Page, ViewportSize, WebSocketRoute, expect

from bench.stage import many_groups
from discuss import actions
from discuss.models import User
from tests.browser.conftest import NARROW, WIDE
from tests.browser.person import Person, frames_of, has_focus, leave, send, until
from tests.browser.stage import Stage

Appear = Callable[..., Person]


def own(page: Page) -> Locator:
    """Return the names of one's own groups."""
    return page.locator("#own-groups li .name")


def others(page: Page) -> Locator:
    """Return the names that the list below them shows."""
    return page.locator("#group-list h3:visible")


def test_join_and_leave_change_the_buttons_in_all_of_ones_tabs_and_nobody_elses(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group("Kitchen", description="")
    here, there, bob = anns.enter(), anns.enter(), bobs.enter()

    here.get_by_role("button", name="Join Kitchen").click()
    for page in (here, there):
        expect(own(page)).to_have_text(["Kitchen"])
        expect(page.get_by_role("button", name="Join Kitchen")).to_have_count(0)
        expect(page.locator(".count")).to_have_text("2 members")
    # Where it was joined it stays till the next load, so that nothing moves below the pointer.
    expect(here.get_by_role("link", name="Open Kitchen")).to_be_visible()
    expect(others(there)).to_have_count(0)
    here.reload()
    expect(others(here)).to_have_count(0)
    expect(here.get_by_text("You are in every group that there is.")).to_be_visible()
    here.wait_for_load_state()
    expect(bob.locator(".count")).to_have_text("2 members")
    expect(bob.get_by_role("button", name="Join Kitchen")).to_be_visible()
    expect(bob.get_by_role("link", name="Open Kitchen")).to_have_count(0)

    inside = anns.enter(group)
    leave(inside)
    for page in (here, there):
        expect(page.get_by_role("button", name="Join Kitchen")).to_be_visible()
        expect(own(page)).to_have_count(0)
        expect(page.get_by_text("You are in every group that there is.")).to_be_hidden()
    for page in (here, there, bob):
        expect(page.locator(".count")).to_have_text("1 member")


def test_the_focus_moves_to_the_button_that_came_and_stays_elsewhere_in_other_tabs(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann")
    stage.group("Kitchen")
    here, there = anns.enter(), anns.enter()
    there.get_by_role("searchbox", name="Search the groups").focus()
    here.get_by_role("button", name="Join Kitchen").focus()
    here.keyboard.press("Enter")
    has_focus(here.get_by_role("link", name="Open Kitchen"))
    expect(own(there)).to_have_text(["Kitchen"])
    has_focus(there.get_by_role("searchbox", name="Search the groups"))


def test_a_late_answer_to_join_takes_nobody_away(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    stage.group("Kitchen")
    late: list[tuple[WebSocketRoute, str | bytes]] = []
    pressed: list[bool] = []

    def delay(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(
            lambda frame: late.append((socket, frame)) if pressed else socket.send(frame)
        )

    page = anns.context.new_page()
    page.route_web_socket("**/ws/", delay)
    page.goto(anns.url)
    until(page, lambda: frames_of(page), "the first frame")
    pressed.append(True)
    page.get_by_role("button", name="Join Kitchen").click()
    until(page, lambda: any("autofocus" in str(frame) for _, frame in late), "the answer")
    search = page.get_by_role("searchbox", name="Search the groups")
    search.press_sequentially("All")
    for socket, frame in late:
        socket.send(frame)
    expect(page.get_by_role("link", name="Open Kitchen")).to_be_visible()
    page.wait_for_timeout(300)
    page.keyboard.type("otment")
    expect(search).to_have_value("Allotment")
    # The way there is in its place all the same.
    page.get_by_role("link", name="Open Kitchen").focus()
    has_focus(page.get_by_role("link", name="Open Kitchen"))


def test_a_double_click_on_join_joins(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    group = stage.group("Kitchen")
    page = anns.enter()
    page.get_by_role("button", name="Join Kitchen").dblclick()
    expect(page.get_by_role("link", name="Open Kitchen")).to_be_visible()
    page.wait_for_timeout(500)
    assert stage(lambda: group.memberships.filter(user=anns.user).exists())


def test_a_group_that_is_made_appears_in_its_place_for_everybody(
    person: Appear, stage: Stage
) -> None:
    anns, bobs = person("ann"), person("bob")
    for name in ("Allotment", "Reading"):
        stage.group(name)
    bob = bobs.enter()
    ann = anns.enter()
    ann.get_by_role("link", name="New group").click()
    ann.get_by_label("Name").fill("Kitchen")
    ann.get_by_role("button", name="Create the group").click()
    expect(bob.locator("#group-list h3")).to_have_text(["Allotment", "Kitchen", "Reading"])
    bob.get_by_role("button", name="Join Kitchen").click()
    expect(bob.get_by_role("link", name="Open Kitchen")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_of_hundreds_of_ones_own_groups_those_out_of_sight_are_not_laid_out_and_nothing_moves(
    person: Appear, stage: Stage, size: ViewportSize
) -> None:
    anns = person("ann", viewport=size)
    stage(lambda: many_groups([anns.user], 240))
    page = anns.enter()
    expect(own(page)).to_have_count(120)
    rows = page.locator("#own-groups li")
    is_laid_out = "row => row.firstElementChild.checkVisibility({contentVisibilityAuto: true})"
    assert rows.first.evaluate(is_laid_out)
    assert not rows.last.evaluate(is_laid_out)
    height = page.evaluate("document.documentElement.scrollHeight")
    for row in (rows.nth(60), rows.last):
        row.scroll_into_view_if_needed()
        expect(row.locator(".name")).to_be_in_viewport()
        assert row.evaluate(is_laid_out)
        assert page.evaluate("document.documentElement.scrollHeight") == height
    # What is out of sight is found by keyboard, and by who looks for its words.
    rows.first.scroll_into_view_if_needed()
    page.get_by_role("link", name="Group 0239").focus()
    expect(page.get_by_role("link", name="Group 0239")).to_be_in_viewport()


def test_what_another_process_does_is_seen_after_a_sweep(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    stage.group("Kitchen")
    ann = anns.enter()
    stage.group("Allotment")
    expect(ann.locator("#group-list h3")).to_have_text(["Allotment", "Kitchen"])


def test_a_group_renamed_in_the_admin_has_its_new_name_everywhere(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann")
    group = stage.group("Kitchen", members=[anns.user])
    lobby, page = anns.enter(), anns.enter(group)
    expect(page).to_have_title("Kitchen · DiscussIt")
    staff = person(stage.user("root", is_staff=True, is_superuser=True))
    admin = staff.open(f"/admin/discuss/group/{group.pk}/change/")
    admin.get_by_label("Name:").fill("Canteen & <Bar>")
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Canteen & <Bar>")).to_be_visible()
    expect(page).to_have_title("Canteen & <Bar> · DiscussIt")
    expect(page.locator("#log .event").last).to_contain_text("renamed the group to Canteen & <Bar>")
    expect(lobby.locator("#group-list h3")).to_have_text(["Canteen & <Bar>"])


def test_a_group_deleted_in_the_admin_goes_from_the_list_and_its_page_says_so(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann")
    group = stage.group("Kitchen", members=[anns.user])
    stage.group("Allotment")
    lobby, page = anns.enter(), anns.enter(group)
    staff = stage.user("root", is_staff=True, is_superuser=True)
    stage(actions.delete_group, staff, group=group)
    expect(lobby.locator("#group-list h3")).to_have_text(["Allotment"])
    expect(page.get_by_role("alert").filter(has_text="This group is gone.")).to_be_visible()


def test_five_hundred_groups_come_in_pages_and_can_be_searched(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann")

    # In one transaction, which is much faster than 500.
    @transaction.atomic
    def make() -> None:
        olga = User.objects.create_user("olga")
        for n in range(500):
            actions.create_group(olga, name=f"Group {n:03}", description="")

    stage(make)
    ann = anns.enter()
    rows = ann.locator("#group-list > li")
    expect(rows).to_have_count(50)
    expect(ann.get_by_text("Page 1 of 10")).to_be_visible()
    ann.get_by_role("link", name="Next").click()
    expect(ann.locator("#group-list h3").first).to_have_text("Group 050")
    ann.wait_for_load_state()
    ann.get_by_role("button", name="Join Group 051").click()
    has_focus(ann.get_by_role("link", name="Open Group 051"))
    ann.get_by_role("searchbox", name="Search the groups").fill("group 12")
    ann.get_by_role("searchbox", name="Search the groups").press("Enter")
    expect(rows).to_have_count(10)
    expect(rows.first).to_contain_text("Group 120")


def test_an_empty_list_and_a_search_without_results_say_what_to_do(
    person: Appear, stage: Stage
) -> None:
    ann = person("ann").enter()
    expect(ann.get_by_text("There is no group yet")).to_be_visible()
    stage.group("Kitchen")
    expect(ann.locator("#group-list h3")).to_have_text(["Kitchen"])
    expect(ann.get_by_text("There is no group yet")).to_be_hidden()
    ann.get_by_role("searchbox", name="Search the groups").fill("nothing like it")
    ann.get_by_role("searchbox", name="Search the groups").press("Enter")
    expect(ann.get_by_text("No group matches “nothing like it”")).to_be_visible()
    ann.get_by_role("link", name="Show all groups").click()
    expect(ann.locator("#group-list h3")).to_have_text(["Kitchen"])


def test_ones_own_groups_stand_once_and_a_search_finds_both(person: Appear, stage: Stage) -> None:
    anns = person("ann")
    stage.group("Kitchen", members=[anns.user])
    stage.group("Kitchen garden", description="")
    ann = anns.enter()
    expect(own(ann)).to_have_text(["Kitchen"])
    expect(ann.get_by_role("heading", name="Other groups")).to_be_visible()
    expect(others(ann)).to_have_text(["Kitchen garden"])
    ann.get_by_role("searchbox", name="Search the groups").fill("kitchen")
    ann.get_by_role("searchbox", name="Search the groups").press("Enter")
    expect(others(ann)).to_have_text(["Kitchen", "Kitchen garden"])
    ann.wait_for_load_state()
    expect(ann.get_by_role("link", name="Open Kitchen")).to_be_visible()


def test_a_row_of_ones_own_says_who_wrote_what_in_one_line(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann", viewport={"width": 320, "height": 640}), person("bob")
    group = stage.group("Kitchen", members=[anns.user, bobs.user], description="What is for dinner")
    ann, bob = anns.enter(), bobs.enter(group)
    row = ann.locator("#own-groups li a")
    expect(row.locator(".words")).to_have_text("What is for dinner")
    before = row.bounding_box()
    arabic = "مرحبا بكم في المطبخ " * 20
    for text, is_leftmost in (("Soup and bread " * 20, True), (arabic, False)):
        send(bob, text)
        said = row.locator(".said")
        expect(said).to_contain_text(text[:30])
        expect(row.locator(".who")).to_have_text("bob:")
        assert before is not None
        box = row.bounding_box()
        assert box is not None
        assert (box["width"], box["height"]) == (before["width"], before["height"])
        # What is cut away is its end: on the left where it is written from right to left.
        start, end = said.evaluate(
            "said => { const all = document.createRange(); all.selectNodeContents(said);"
            " const [words, room] = [all.getBoundingClientRect(), said.getBoundingClientRect()];"
            " return [words.left - room.left, words.right - room.right] }"
        )
        assert abs(start if is_leftmost else end) < 1
        assert abs(end if is_leftmost else start) > 100
    assert ann.evaluate("document.documentElement.scrollWidth") == 320
