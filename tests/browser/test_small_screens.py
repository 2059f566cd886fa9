"""Where there is little room: a phone on its side with its keyboard open, and the longest names."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import Person, composer, open_menu, send
from tests.browser.stage import Stage

Appear = Callable[..., Person]


def height(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["height"]


@pytest.mark.parametrize(("width", "high"), [(568, 200), (320, 200), (640, 280), (740, 160)])
def test_on_its_side_with_the_keyboard_open_one_reads_and_writes(
    person: Appear, stage: Stage, width: int, high: int
) -> None:
    anns = person("ann", viewport={"width": width, "height": high}, has_touch=True)
    group = stage.group(members=[anns.user])
    stage.fill(group, anns.user, 60)
    page = anns.enter(group)
    # Three lines at least.
    assert height(page, ".scroller") >= 84
    expect(composer(page)).to_be_in_viewport(ratio=1)
    send(page, "here")
    expect(page.locator("#log").get_by_text("here", exact=True)).to_be_in_viewport(ratio=1)
    # The bar is there too: somebody may have enlarged a whole screen to that.
    page.get_by_role("button", name="About this group").focus()
    expect(page.get_by_role("button", name="About this group")).to_be_in_viewport(ratio=1)


def test_letters_twice_as_large_fit(person: Appear, stage: Stage) -> None:
    # Which is what 200 % of a page half as wide are.
    anns = person("ann", viewport={"width": 180, "height": 400}, device_scale_factor=2)
    stage.give_password(anns.user)
    group = stage.group("What the neighbours of the third floor talk about", owner=anns.user)
    stage.invite(group)
    here = group.get_absolute_url()
    page = anns.context.new_page()
    for path in (
        "/",
        here,
        f"{here}settings/",
        f"{here}invitations/",
        f"{here}filters/",
        f"{here}filters/{stage.filter(group, 'noise')}/",
        f"{here}filters/new/repeated/",
        "/search/",
        "/search/?q=line",
        "/search/?q=nowhere",
        "/accounts/password/change/",
    ):
        page.goto(anns.url + path)
        for width in (360, 1280):
            page.set_viewport_size({"width": width // 2, "height": 400})
            assert page.evaluate("document.documentElement.scrollWidth") == width // 2, path


def test_what_is_written_the_other_way_round_stands_on_the_pages_side(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann")
    group = stage.group(members=[anns.user], description="وصفات وأخبار")
    stage.say(anns.user, group, "one", "صباح الخير")
    page = anns.enter(group)
    lefts = page.locator(".line .text").evaluate_all(
        "texts => texts.map(text => text.getBoundingClientRect().left)"
    )
    assert len(set(lefts)) == 1
    assert page.locator("#group-about .description").evaluate(
        """description => {
            const words = document.createRange()
            words.selectNodeContents(description)
            return words.getBoundingClientRect().left - description.getBoundingClientRect().left < 1
        }"""
    )


def test_a_name_as_long_as_may_be_leaves_the_site_its_own_on_one_line(
    person: Appear, stage: Stage
) -> None:
    anns = person("W" * 40, viewport={"width": 320, "height": 640})
    page = anns.enter()
    assert height(page, ".brand bdi") < 30
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_groups_name_of_two_lines_stands_above_its_description(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann", viewport={"width": 360, "height": 740})
    stage.group("What the neighbours of the third floor talk about", description="Noise")
    page = anns.enter()
    name, description = page.locator("#group-list h3 bdi"), page.locator("#group-list .description")
    above, below = name.bounding_box(), description.bounding_box()
    assert above is not None
    assert below is not None
    assert above["height"] > 30
    assert above["y"] + above["height"] <= below["y"]


def test_the_people_of_a_narrow_page_say_who_is_here(person: Appear, stage: Stage) -> None:
    anns = person("ann", viewport={"width": 360, "height": 640})
    bobs = person("bob")
    group = stage.group(members=[anns.user, bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    ann.get_by_role("button", name="People").click()
    named = ann.locator("#here-names")
    expect(named).to_be_visible()
    expect(named.locator("bdi")).to_have_text(["ann", "bob"])
    bob.close()
    expect(named.locator("bdi")).to_have_text(["ann"])


def test_the_bar_is_one_row_on_a_phone_where_several_people_are_here(
    person: Appear, stage: Stage
) -> None:
    anns = person("ann", viewport={"width": 360, "height": 740}, has_touch=True)
    bobs, cleos = person("bob"), person("cleo")
    group = stage.group("Kitchen", owner=anns.user, members=[bobs.user, cleos.user])
    bobs.enter(group)
    cleos.enter(group)
    page = anns.enter(group)
    expect(page.locator(".faces > li")).to_have_count(3)
    assert height(page, ".room-head") <= 64


def test_one_logs_out_in_a_group_on_a_narrow_page(person: Appear, stage: Stage) -> None:
    anns = person("ann", viewport={"width": 360, "height": 640})
    page = anns.enter(stage.group(members=[anns.user]))
    open_menu(page)
    expect(page.get_by_role("link", name="Your account")).to_be_visible()
    page.get_by_role("link", name="Log out").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


@pytest.mark.parametrize(("has_touch", "height"), [(True, 44), (False, 38)])
def test_buttons_are_as_high_as_a_finger_or_a_mouse_needs(
    person: Appear, stage: Stage, has_touch: bool, height: int
) -> None:
    anns = person("ann", has_touch=has_touch)
    page = anns.enter(stage.group(members=[anns.user]))
    box = page.get_by_role("button", name="About this group").bounding_box()
    assert box is not None
    assert box["height"] == height
