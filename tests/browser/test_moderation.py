"""An evening of moderators: a report, the queue on a phone, a case, and what the reporter hears of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from discuss.models import Case, Entry, Group, Membership, Role
from discuss.moderation.actions import report_member, report_message
from tests.browser.axe import have_axe_at_hand
from tests.browser.conftest import NARROW
from tests.browser.fit import is_fit_for_everybody
from tests.browser.person import Person, composer, has_focus, messages, open_line_menu
from tests.browser.stage import Stage

Appear = Callable[..., Person]

QUEUE = "/moderation/"


def report(stage: Stage, reporter: Person, entry: Entry, reason: str = "insult") -> Case:
    def write() -> Case:
        member = Membership.objects.get(user=reporter.user, group=entry.group_id)
        return report_message(member, entry=entry, reason=reason, note="Again").case

    return stage(write)


def moderate(stage: Stage, group: Group, person: Person) -> None:
    """Make a member of the group its moderator."""
    members = Membership.objects.filter(group=group, user=person.user)
    stage(lambda: members.update(role=Role.MODERATOR))


def cases(page: Page) -> Locator:
    return page.locator("#queue > li")


def test_an_evening_from_the_report_to_its_answer(person: Appear, stage: Stage) -> None:
    anns, bobs, mods = person("ann"), person("bob"), person("mod", viewport=NARROW, has_touch=True)
    cleos = person("cleo")
    group = stage.group(members=[anns.user, bobs.user, mods.user, cleos.user])
    moderate(stage, group, mods)
    stage.say(anns.user, group, "Good morning", "Soup or salad?")
    stage.say(bobs.user, group, "You are a turnip", "All of you")
    phone = mods.enter(QUEUE)
    ann, bob, cleo = anns.enter(group), bobs.enter(group), cleos.enter(group)
    expect(phone.get_by_text("no case that waits for you")).to_be_visible()
    composer(ann).fill("half a sentence")

    # Two clicks, and nobody leaves the room for it.
    open_line_menu(ann, "You are a turnip")
    ann.get_by_text("Report", exact=True).click()
    ann.get_by_label("What moderators should know").fill("Every evening")
    ann.get_by_role("button", name="Insults or harassment").click()
    expect(ann.locator("#line-menu")).to_contain_text("Thank you")
    has_focus(ann.get_by_role("button", name="Close"))
    ann.keyboard.press("Enter")
    expect(ann.locator("#line-menu")).to_be_hidden()
    expect(composer(ann)).to_have_value("half a sentence")

    # The moderator's phone shows it by itself, and works with one thumb.
    expect(cases(phone)).to_have_count(1)
    expect(phone.locator("#duties")).to_contain_text("1")
    cases(phone).get_by_role("link").tap()
    expect(phone.locator(".kept")).to_contain_text("Soup or salad?")
    expect(phone.locator(".reported")).to_contain_text("You are a turnip")
    expect(phone.locator("#case-progress")).to_contain_text("Every evening")
    for name in ("Dismiss", "Hide this message", "I am on it"):
        button = phone.get_by_role("button", name=name)
        expect(button).to_be_in_viewport(ratio=1)
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44
        # Where a thumb reaches.
        assert box["y"] > NARROW["height"] / 2
    phone.get_by_role("button", name="I am on it").tap()
    expect(phone.get_by_role("button", name="I am not on it any more")).to_be_visible()
    phone.get_by_role("button", name="Hide this message").tap()
    expect(phone.get_by_text("is closed: Message hidden")).to_be_visible()
    expect(cases(phone)).to_have_count(0)

    for page in (ann, bob, cleo):
        expect(page.get_by_text("You are a turnip")).to_have_count(0)
    expect(messages(cleo).last).to_contain_text("All of you")
    # Who reported it hears of it, without losing anything, and nobody else does.
    expect(ann.locator("#duties")).to_contain_text("1 with an answer")
    expect(composer(ann)).to_have_value("half a sentence")
    assert bob.locator("#duties").inner_text().strip() == ""
    reports = anns.open("/reports/")
    expect(reports.get_by_text("have removed it")).to_be_visible()
    expect(ann.locator("#duties a")).to_have_count(0)


def test_two_moderators_see_each_other_at_work(person: Appear, stage: Stage) -> None:
    anns, bobs, mods = person("ann"), person("bob"), person("mod")
    group = stage.group(owner=anns.user, members=[bobs.user, mods.user])
    moderate(stage, group, mods)
    (entry,) = stage.say(bobs.user, group, "You are a turnip")
    case = report(stage, anns, entry)
    address = f"{QUEUE}cases/{case.pk}/"
    ann, mod, list_of_mod = anns.enter(address), mods.enter(address), mods.enter(QUEUE)
    ann.get_by_role("button", name="I am on it").click()
    expect(ann.get_by_role("button", name="I am not on it any more")).to_be_visible()
    # What the other could do is gone at once, without a reload.
    expect(mod.locator("#case-progress")).to_contain_text("ann is on it")
    expect(list_of_mod.locator("#queue")).to_contain_text("ann is on it")
    for name in ("Dismiss", "Hide this message", "I am on it"):
        expect(mod.get_by_role("button", name=name)).to_be_hidden()
    mod.get_by_role("button", name="Take it over").click()
    expect(mod.get_by_role("button", name="Dismiss")).to_be_visible()
    ann.get_by_role("button", name="Take it over").wait_for()
    expect(ann.get_by_role("button", name="Dismiss")).to_be_hidden()
    mod.get_by_role("button", name="Dismiss").click()
    expect(ann.get_by_role("button", name="Open the case again")).to_be_visible()
    expect(cases(list_of_mod)).to_have_count(0)


def test_the_queue_by_keyboard_alone(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(owner=anns.user, members=[bobs.user])
    lines = stage.say(bobs.user, group, *(f"Line {number}" for number in range(3)))
    first, second = [report(stage, anns, line) for line in lines[:2]]
    page = anns.enter(QUEUE)
    row = page.locator(f"#case-{second.pk} a")
    row.focus()
    # What comes and goes around it takes the place away from nobody.
    report(stage, anns, lines[2])
    expect(cases(page)).to_have_count(3)
    has_focus(row)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{QUEUE}cases/{second.pk}/")
    page.get_by_role("link", name="Skip to what you can do").press("Enter")
    page.keyboard.press("Tab")
    has_focus(page.get_by_role("button", name="Hide this message"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is closed: Dismiss")).to_be_visible()
    expect(page.locator(f"#case-{first.pk}")).to_be_visible()


def test_without_javascript_all_of_it_is_done_by_forms(person: Appear, stage: Stage) -> None:
    anns = person("ann", java_script_enabled=False)
    mods, bobs = person("mod", java_script_enabled=False), person("bob")
    group = stage.group(members=[anns.user, bobs.user, mods.user])
    moderate(stage, group, mods)
    (entry,) = stage.say(bobs.user, group, "You are a turnip")
    ann = anns.open(f"{group.get_absolute_url()}{entry.position}/menu/")
    ann.get_by_text("Report", exact=True).click()
    ann.get_by_role("button", name="Insults or harassment").click()
    expect(ann.get_by_text("Moderators will look at it.")).to_be_visible()
    mod = mods.open(QUEUE)
    cases(mod).get_by_role("link").click()
    mod.get_by_role("button", name="I am on it").click()
    mod.get_by_text("Reason, note, and other acts").click()
    mod.get_by_label("Note, for the record").fill("No turnips")
    mod.get_by_role("button", name="Hide this message").click()
    expect(mod.get_by_text("is closed: Message hidden")).to_be_visible()
    ann.goto(anns.url + "/reports/")
    expect(ann.get_by_text("have removed it")).to_be_visible()


@pytest.mark.timeout(600)
def test_its_pages_are_fit_for_everybody(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann", has_touch=True), person("bob")
    have_axe_at_hand(anns.context)
    group = stage.group(owner=anns.user, members=[bobs.user])
    lines = stage.say(bobs.user, group, "Soup", "You are a turnip", "x" * 300)
    (salad,) = stage.say(anns.user, group, "Salad")
    report(stage, bobs, salad)
    case = report(stage, anns, lines[1])
    report(stage, anns, lines[2], "spam")
    here = group.get_absolute_url()
    page = anns.context.new_page()
    for path in (
        QUEUE,
        f"{QUEUE}charts/",
        f"{QUEUE}cases/{case.pk}/",
        "/reports/",
        f"{here}people/{bobs.user.pk}/report/",
        f"{here}{lines[1].position}/menu/",
    ):
        page.goto(anns.url + path)
        for summary in page.locator("main summary").all():
            summary.click()
        is_fit_for_everybody(page)


def test_a_person_is_reported_from_their_page(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann"), person("bob")
    group = stage.group(owner=anns.user, members=[bobs.user])
    page = anns.open(f"{group.get_absolute_url()}people/{bobs.user.pk}/report/")
    page.get_by_label("What is wrong?").select_option(label="Somebody passes for somebody else")
    page.get_by_role("button", name="Send to moderators").click()
    expect(page.get_by_text("Moderators will look at it.")).to_be_visible()
    expect(page.locator("#duties")).to_contain_text("1")
    stage(
        lambda: report_member(Membership.objects.get(user=bobs.user), user=anns.user, reason="spam")
    )
    assert stage(Case.objects.count) == 2


def test_on_a_phone_the_bar_of_a_group_says_how_many_cases_wait(
    person: Appear, stage: Stage
) -> None:
    """In its one row, beside those who are here; nobody else's bar has anything of it."""
    mods, anns, bobs = person("mod", viewport=NARROW, has_touch=True), person("ann"), person("bob")
    phones = person("cleo", viewport=NARROW, has_touch=True)
    group = stage.group(
        "What the neighbours of the third floor talk about",
        members=[anns.user, bobs.user, mods.user, phones.user],
    )
    moderate(stage, group, mods)
    entry = stage.say(bobs.user, group, "You are a turnip")[0]
    for each in (anns, bobs):
        each.enter(group)
    phone, bystander = mods.enter(group), phones.enter(group)
    flag = phone.locator(".room-head #duties a")
    expect(flag).to_be_hidden()
    before = phone.locator(".room-head").bounding_box()
    report(stage, anns, entry)
    expect(flag.filter(has_text="1")).to_be_in_viewport(ratio=1)
    box, bar = flag.bounding_box(), phone.locator(".room-head").bounding_box()
    assert box
    assert bar
    assert before
    assert bar["height"] == before["height"]
    assert min(box["height"], box["width"]) >= 44
    # The name keeps some room, and the page does not scroll sideways.
    name = phone.locator(".room-head h1").bounding_box()
    assert name
    assert name["width"] > 90
    assert phone.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    expect(bystander.locator(".room-head #duties a")).to_have_count(0)
    flag.tap()
    expect(cases(phone)).to_have_count(1)
