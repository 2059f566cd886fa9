"""An appeal from beginning to end: the person, the queue, and what they hear; with a script and without."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from discuss.models import Act, Group, Membership, Role, User
from discuss.moderation.actions import Why, make_appeal, perform_act
from tests.browser.axe import have_axe_at_hand
from tests.browser.conftest import NARROW
from tests.browser.fit import is_fit_for_everybody
from tests.browser.person import Person, composer
from tests.browser.stage import PASSWORD, Stage

Appear = Callable[..., Person]

QUEUE = "/moderation/"


def kitchen(stage: Stage, ann: Person, mod: Person, bob: Person) -> Group:
    """Have ann own a group, mod moderate it, and bob be its member."""
    group = stage.group(owner=ann.user, members=[mod.user, bob.user])
    theirs = Membership.objects.filter(group=group, user=mod.user)
    stage(lambda: theirs.update(role=Role.MODERATOR))
    return group


def muted(stage: Stage, group: Group, mod: Person, bob: Person) -> Act:
    def work() -> Act:
        until = timezone.now() + timedelta(hours=1)
        why = Why("flood", "Slow down, please.", until)
        member = Membership.objects.get(group=group, user=mod.user)
        done = perform_act(member, "time_out", user=bob.user, group=group, why=why)
        assert done is not None
        return done

    return stage(work)


def write_appeal(page: Page, words: str) -> None:
    page.get_by_label("What do you say against it?").fill(words)
    page.get_by_role("button", name="Send the appeal").click()


def test_an_appeal_from_the_notice_to_the_field_that_is_there_again(
    person: Appear, stage: Stage
) -> None:
    anns, bobs, mods = person("ann"), person("bob"), person("mod", viewport=NARROW, has_touch=True)
    group = kitchen(stage, mods, anns, bobs)
    muted(stage, group, anns, bobs)
    owner, other = mods.enter(QUEUE), anns.enter(QUEUE)
    room = bobs.enter(group)
    expect(room.locator("#sanctions")).to_contain_text("You may not write in this group")
    bob = bobs.enter("/")
    room.get_by_role("link", name="Why, and what you can do").click()
    expect(room.get_by_text("Slow down, please.")).to_be_visible()
    room.get_by_role("link", name="Appeal").click()
    write_appeal(room, "It was a joke.\nAsk ann.")
    expect(room.get_by_text("Another moderator will look at it.").first).to_be_visible()
    expect(room.get_by_role("link", name="Appeal")).to_have_count(0)

    # It comes into the open queue of who may decide, and not into that of who did it.
    cases = owner.locator("#queue > li")
    expect(cases).to_have_count(1)
    expect(cases).to_contain_text("An appeal of bob")
    expect(owner.locator("#duties")).to_contain_text("1")
    expect(other.locator("#queue > li")).to_have_count(0)
    cases.get_by_role("link").tap()
    expect(owner.get_by_text("Ask ann.")).to_be_visible()
    button = owner.get_by_role("button", name="Accept: take it back")
    expect(button).to_be_in_viewport(ratio=1)
    button.tap()
    expect(owner.get_by_text("is closed: Appeal accepted")).to_be_visible()
    expect(owner.locator("#queue > li")).to_have_count(0)

    # Whoever appealed hears of it on every page, and may write again.
    expect(bob.locator("#duties")).to_contain_text("1 decided")
    bobs.go_live(room, group)
    expect(room.locator("#sanctions .muted")).to_have_count(0)
    composer(room).fill("Thank you")
    composer(room).press("Enter")
    expect(composer(room)).to_have_value("")
    bob.goto(bobs.url + "/moderation/mine/")
    expect(bob.get_by_text("has looked at it, and taken it back")).to_be_visible()


def test_without_javascript_it_is_refused_with_a_reason(person: Appear, stage: Stage) -> None:
    anns = person("ann", java_script_enabled=False)
    bobs, mods = person("bob", java_script_enabled=False), person("mod")
    group = kitchen(stage, anns, mods, bobs)
    act = muted(stage, group, mods, bobs)
    bob = bobs.open("/moderation/mine/")
    bob.get_by_role("link", name="Appeal").click()
    again = bobs.open(f"/moderation/mine/{act.pk}/")
    write_appeal(bob, "It was a joke.")
    expect(bob.get_by_text("Another moderator will look at it.").first).to_be_visible()
    # Once, and what is refused is kept.
    bobs.allow_answer(400, f"/moderation/mine/{act.pk}/")
    write_appeal(again, "A good one.")
    expect(again.get_by_text("One may do so once.")).to_be_visible()
    expect(again.get_by_label("What do you say against it?")).to_have_value("A good one.")
    ann = anns.open(QUEUE)
    ann.get_by_role("link", name="An appeal of bob").click()
    ann.get_by_text("Refuse it, with a reason").click()
    ann.get_by_label("Reason").select_option(label="Too much at once")
    ann.get_by_label("Note, for the record").fill("Ten in a minute.")
    ann.get_by_role("button", name="Refuse: it stays").click()
    expect(ann.get_by_text("is closed: Appeal refused")).to_be_visible()
    bob.goto(bobs.url + "/")
    bob.get_by_role("link", name="Your appeals").click()
    expect(bob.get_by_text("has looked at it, and it stays")).to_be_visible()
    expect(bob.get_by_text("Ten in a minute.")).to_be_visible()


def test_whoever_is_banned_appeals_by_the_link_at_the_log_in(
    stranger: Appear, stage: Stage
) -> None:
    cleo, anyone = stage.user("cleo"), stranger()
    stage.give_password(cleo)
    stage(lambda: [User.objects.create_superuser(name) for name in ("boss", "other")])

    def ban() -> None:
        boss = User.objects.get(username="boss")
        perform_act(boss, "ban", user=cleo, why=Why("spam"))

    stage(ban)
    anyone.allow_answer(403, "/accounts/login/")
    page = anyone.open("/accounts/login/")
    page.get_by_label("Username").fill("cleo")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("You are banned from this site.")).to_be_visible()
    page.get_by_role("link", name="appeal against this ban").click()
    write_appeal(page, "It was my sister.")
    expect(page.get_by_text("Another moderator will look at it.").first).to_be_visible()


@pytest.mark.timeout(600)
def test_its_pages_are_fit_for_everybody(person: Appear, stage: Stage) -> None:
    anns, mods, bobs = person("ann", has_touch=True), person("mod"), person("bob", has_touch=True)
    pages = {}
    for each in (anns, bobs):
        have_axe_at_hand(each.context)
        pages[each] = each.context.new_page()
    group = kitchen(stage, anns, mods, bobs)
    first, second = (muted(stage, group, mods, bobs) for _ in range(2))
    stage(lambda: Group.objects.filter(pk=group.pk).update(record_is_public=True))
    record, here = f"{QUEUE}record/", group.get_absolute_url()

    def look(who: Person, *paths: str) -> None:
        page = pages[who]
        for path in paths:
            page.goto(who.url + path)
            for summary in page.locator("main details:not([open]) > summary").all():
                summary.click()
            is_fit_for_everybody(page)

    mine = f"{QUEUE}mine/"
    look(anns, record, f"{record}?kind=time_out&person=bob", f"{here}record/")
    look(bobs, mine, f"{mine}{second.pk}/", f"{mine}{first.pk}/")
    case = stage(lambda: make_appeal(bobs.user, act_id=second.pk, note="It was a joke").case)
    look(anns, f"{QUEUE}cases/{case.pk}/")
    look(bobs, mine, f"{here}record/")
