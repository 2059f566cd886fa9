"""One evening of a group, played through in five browsers.

A moderator has the queue on a phone. Ann reports. Bob offends in two tabs, and with a second account. Cleo
is offline for a while.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from discuss.models import Entry, Group, Membership, Role
from tests.browser.conftest import NARROW
from tests.browser.person import LOST, Person, composer, refused, send, tap
from tests.browser.stage import PASSWORD, Stage
from tests.browser.wire import Wire

Appear = Callable[..., Person]

QUEUE = "/moderation/"
BAD = "You are a turnip"
NOTE = "Call nobody names, please."


@dataclass
class Evening:
    """Who is there, and their pages."""

    stage: Stage
    wire: Wire
    person: Appear
    mods: Person
    anns: Person
    bobs: Person
    bobbys: Person
    cleos: Person
    group: Group
    bad: Entry
    phone: Page
    ann: Page
    cleo: Page
    tabs: tuple[Page, Page]

    def about(self, person: Person) -> str:
        """The page of somebody in the group."""
        return f"{person.url}{self.group.get_absolute_url()}people/{person.user.pk}/"


@pytest.fixture
def evening(person: Appear, stage: Stage, wire: Wire) -> Evening:
    mods = person("mod", viewport=NARROW, has_touch=True)
    anns, bobs, bobbys = person("ann"), person("bob"), person("bobby")
    cleos = person("cleo", proxy=wire.proxy)
    cleos.allow(*LOST)
    there = (mods, anns, bobs, bobbys, cleos)
    group = stage.group(members=[each.user for each in there])
    places = Membership.objects.filter(group=group, user=mods.user)
    stage(lambda: places.update(role=Role.MODERATOR))
    stage.say(anns.user, group, "Good morning", "Soup or salad?")
    (bad,) = stage.say(bobs.user, group, BAD)
    stage.reply(anns.user, bad, "That is not kind")
    pages = mods.enter(QUEUE), anns.enter(group), cleos.enter(group)
    tabs = bobs.enter(group), bobs.enter(group)
    return Evening(stage, wire, person, *there, group, bad, *pages, tabs)


def test_an_evening_played_through(evening: Evening) -> None:
    expect(evening.cleo.locator("body")).to_contain_text(BAD)
    evening.wire.cut()
    ann_reports(evening)
    the_phone_warns(evening)
    bob_has_to_read_it(evening)
    the_phone_hides_it_from_everybody(evening)
    bob_gets_a_time_out_while_he_writes(evening)
    his_second_account_is_removed_and_barred(evening)
    staff_ban_him(evening)
    ann_hears_of_it(evening)
    the_phone_shows_it_in_numbers(evening)


def ann_reports(evening: Evening) -> None:
    ann = evening.ann
    ann.bring_to_front()
    ann.locator(f"#entry-{evening.bad.pk} .menu-button").press("Enter")
    ann.get_by_text("Report", exact=True).click()
    ann.get_by_role("button", name="Insults or harassment").click()
    expect(ann.locator("#line-menu")).to_contain_text("Thank you")
    ann.keyboard.press("Escape")


def the_phone_warns(evening: Evening) -> None:
    """The case comes by itself; a first act leaves it open."""
    phone = evening.phone
    phone.bring_to_front()
    tap(phone.locator("#queue > li a"))
    tap(phone.get_by_role("button", name="I am on it"))
    tap(phone.get_by_text("Reason, note, and other acts"))
    phone.get_by_label("Note, for the record and the person").fill(NOTE)
    phone.get_by_label("Leave the case open").check()
    tap(phone.get_by_role("button", name="Warn", exact=True))
    expect(phone.get_by_text("The case is still open")).to_be_visible()


def bob_has_to_read_it(evening: Evening) -> None:
    """Both tabs say so; what he sends before he has read it comes through from neither."""
    first, second = evening.tabs
    for tab in evening.tabs:
        expect(tab.locator("#sanctions")).to_contain_text(NOTE)
    composer(second).fill("half a sentence")
    composer(second).press("Enter")
    expect(refused(second)).to_contain_text("half a sentence")
    expect(refused(second)).to_contain_text("Please read the warning of a moderator first.")
    first.get_by_role("button", name="I have read it").click()
    for tab in evening.tabs:
        expect(tab.locator("#sanctions")).not_to_contain_text(NOTE)


def the_phone_hides_it_from_everybody(evening: Evening) -> None:
    """The words are nowhere on a page: neither of those who were there, nor of who was offline meanwhile."""
    tap(evening.phone.get_by_role("button", name="Hide this message"))
    expect(evening.phone.get_by_text("is closed: Message hidden")).to_be_visible()
    for page in (evening.ann, *evening.tabs):
        expect(page.locator("body")).not_to_contain_text(BAD)
    cleo = evening.cleo
    expect(cleo.locator("body")).to_contain_text(BAD)
    evening.wire.mend()
    expect(cleo.locator("body")).not_to_contain_text(BAD)
    cleo.goto(evening.cleos.url)
    expect(cleo.locator("body")).not_to_contain_text(BAD)
    cleo.go_back()
    expect(cleo.get_by_text("Good morning")).to_be_visible()
    expect(cleo.locator("body")).not_to_contain_text(BAD)


def bob_gets_a_time_out_while_he_writes(evening: Evening) -> None:
    first, _second = evening.tabs
    send(first, "Turnips, all of you")
    composer(first).fill("And another thing")
    act(evening, evening.bobs, "Time-out", "10 minutes")
    expect(evening.phone.get_by_text("May not write here until")).to_be_visible()
    for tab in evening.tabs:
        expect(tab.locator("#sanctions")).to_contain_text("You may not write in this group until")
    composer(first).press("Enter")
    expect(refused(first)).to_contain_text("And another thing")
    assert "And another thing" not in evening.stage.texts(evening.group)


def his_second_account_is_removed_and_barred(evening: Evening) -> None:
    bobby = evening.bobbys.enter(evening.group)
    send(bobby, "Turnips from me, too")
    act(evening, evening.bobbys, "Remove from the group")
    expect(bobby.get_by_text("You were removed from this group.")).to_be_visible()
    bobby.get_by_role("link", name="Join again").click()
    bobby.get_by_role("button", name="Join").click()
    expect(composer(bobby)).to_be_visible()
    act(evening, evening.bobbys, "Bar from the group", "7 days")
    expect(bobby.get_by_text("You may not come into this group until")).to_be_visible()
    expect(bobby.get_by_role("link", name="Join again")).to_have_count(0)
    bobby.reload()
    expect(bobby.get_by_text("You may not come into this group until")).to_be_visible()
    expect(bobby.get_by_role("button", name="Join")).to_have_count(0)


def staff_ban_him(evening: Evening) -> None:
    """All his pages end, and whoever has his password reads why he does not come in."""
    stage, bobs = evening.stage, evening.bobs
    stage.give_password(bobs.user)
    bosses = evening.person(stage.user("boss", is_staff=True, is_superuser=True))
    boss = bosses.open("/admin/discuss/user/?q=bob")
    row = boss.get_by_role("row").filter(has=boss.get_by_role("link", name="bob", exact=True))
    row.get_by_role("checkbox").check()
    boss.locator("select[name=action]").first.select_option(label="Ban from the site")
    boss.get_by_role("button", name="Run").first.click()
    boss.get_by_label("For how long").select_option(label="28 days")
    boss.get_by_label("Reason").select_option(label="Insults or harassment")
    boss.get_by_role("button", name="Ban from the site").click()
    expect(boss.get_by_text("Banned from the site: 1.")).to_be_visible()
    for tab in evening.tabs:
        expect(tab.get_by_text("You are banned from this site until")).to_be_visible()
    bobs.allow_answer(403, "/accounts/login/")
    first, _second = evening.tabs
    first.goto(f"{bobs.url}/accounts/login/")
    first.locator("[name=login]").fill("bob")
    first.locator("[name=password]").fill(PASSWORD)
    first.locator("[name=password]").press("Enter")
    expect(first.get_by_text("The reason: Insults or harassment.")).to_be_visible()


def ann_hears_of_it(evening: Evening) -> None:
    expect(evening.ann.locator("#duties")).to_contain_text("1 with an answer")
    reports = evening.anns.open("/reports/")
    expect(reports.get_by_text("have removed it")).to_be_visible()


def the_phone_shows_it_in_numbers(evening: Evening) -> None:
    phone = evening.phone
    phone.goto(f"{evening.mods.url}{QUEUE}")
    tap(phone.get_by_role("link", name="Charts"))
    # One report; a warning, a hiding, a time-out, a removal and a bar. Bans are none of the group's.
    for name, total in (("Reports", "1"), ("What moderators did", "5")):
        expect(phone.get_by_role("img", name=name)).to_be_visible()
        expect(phone.get_by_role("heading", name=name)).to_contain_text(total)
    # A scrollbar takes some of it in Firefox.
    width, there = phone.evaluate("(e => [e.scrollWidth, e.clientWidth])(document.documentElement)")
    assert width == there <= NARROW["width"]


def act(evening: Evening, person: Person, name: str, length: str = "") -> None:
    """Do an act on somebody's page, on the phone."""
    page = evening.phone
    page.goto(evening.about(person))
    tap(page.locator("summary").get_by_text(name, exact=True))
    offered = page.locator("details[open]").filter(has=page.get_by_text(name, exact=True))
    if length:
        offered.get_by_label("For how long").select_option(label=length)
    tap(offered.get_by_role("button", name=name, exact=True))
    expect(page.locator(".record").get_by_role("listitem").first).to_be_visible()
