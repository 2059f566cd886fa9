"""All that somebody wrote is hidden, while a moderator looks on; and what is erased is asked for twice."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from discuss.models import Entry, Membership, User
from discuss.moderation.actions import perform_act
from tests.browser.axe import have_axe_at_hand
from tests.browser.fit import is_fit_for_everybody
from tests.browser.person import Person, messages, open_line_menu
from tests.browser.stage import Stage

Appear = Callable[..., Person]

SPAM = [f"Buy my watches, number {number}" for number in range(12)]


def test_it_is_hidden_and_shown_again_before_the_eyes_of_all(person: Appear, stage: Stage) -> None:
    anns, bobs, cleos = person("ann"), person("bob"), person("cleo")
    group = stage.group(owner=anns.user, members=[bobs.user, cleos.user])
    stage.say(anns.user, group, "Good morning")
    stage.say(bobs.user, group, *SPAM)
    ann, cleo = anns.enter(group), cleos.enter(group)
    expect(messages(cleo).last).to_contain_text(SPAM[-1])
    open_line_menu(ann, SPAM[-1])
    ann.get_by_role("link", name="Hide everything they wrote").click()
    form = ann.locator("#hide-all")
    form.get_by_label("How far back").select_option(label="Everything")
    form.get_by_role("button", name="Hide everything they wrote").click()
    progress = ann.locator("#long-acts")
    stop, show = (
        ann.get_by_role("button", name=name) for name in ("Stop hiding", "Show all of that again")
    )
    # What is typed meanwhile stays, and so does the focus.
    ann.get_by_text("Warn", exact=True).first.click()
    note = ann.locator("#warn").get_by_label("Note")
    note.fill("No watches, please")
    expect(progress).to_contain_text("12 of 12 messages are hidden")
    expect(note).to_be_focused()
    expect(note).to_have_value("No watches, please")
    expect(stop).to_be_hidden()
    expect(cleo.get_by_text("Buy my watches")).to_have_count(0)
    show.click()
    expect(progress).to_contain_text("12 of 12 messages are shown again")
    expect(show).to_be_hidden()
    expect(messages(cleo).last).to_contain_text(SPAM[-1])


def test_it_is_stopped_and_told_without_javascript_too(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann", java_script_enabled=False), person("bob")
    group = stage.group(owner=anns.user, members=[bobs.user])
    stage.say(bobs.user, group, *SPAM)

    def begin() -> None:
        """Ask for it where the server hears of it later, by its look."""
        member = Membership.objects.select_related("user", "group").get(user=anns.user)
        perform_act(member, "hide_all", user=bobs.user, group=group)

    stage(begin)
    ann = anns.open(f"{group.get_absolute_url()}people/{bobs.user.pk}/")
    progress = ann.locator("#long-acts")
    expect(progress).to_contain_text("0 of 12 messages are hidden")
    ann.get_by_role("link", name="How far is it now?").click()
    expect(progress).to_contain_text("Under way")
    ann.get_by_role("button", name="Stop hiding").click()
    expect(progress).to_contain_text("Stopped")
    expect(ann.get_by_role("button", name="Stop hiding")).to_be_hidden()
    hidden = Entry.objects.filter(group=group).exclude(hidden_at=None)
    assert not stage(hidden.exists)


def test_a_message_is_erased_once_it_was_asked_for_twice(person: Appear, stage: Stage) -> None:
    chefs, bobs, cleos = person("ann"), person("bob"), person("cleo")
    group = stage.group(owner=chefs.user, members=[bobs.user, cleos.user])
    stage(lambda: User.objects.filter(pk=chefs.user.pk).update(is_staff=True, is_superuser=True))
    stage.say(bobs.user, group, "Soup", "The key is under the mat", "Salad")
    chef, cleo = chefs.enter(group), cleos.enter(group)
    open_line_menu(chef, "The key is under the mat")
    chef.get_by_role("link", name="Erase for good").click()
    expect(chef.get_by_text("The key is under the mat")).to_be_visible()
    chef.get_by_role("button", name="Go on").click()
    expect(chef.get_by_text("Nobody can take this back")).to_be_visible()
    expect(cleo.get_by_text("The key is under the mat")).to_be_visible()
    chef.get_by_role("button", name="Erase it for good").click()
    expect(cleo.get_by_text("The key is under the mat")).to_have_count(0)
    expect(cleo.locator(".tombstone")).to_have_count(1)
    expect(chef.locator(".tombstone")).to_have_count(1)
    expect(chef.get_by_text("The key is under the mat")).to_have_count(0)


@pytest.mark.timeout(600)
def test_its_pages_are_fit_for_everybody(person: Appear, stage: Stage) -> None:
    anns, bobs = person("ann", has_touch=True), person("bob")
    have_axe_at_hand(anns.context)
    group = stage.group(owner=anns.user, members=[bobs.user])
    stage(lambda: User.objects.filter(pk=anns.user.pk).update(is_staff=True, is_superuser=True))
    (line,) = stage.say(bobs.user, group, "x" * 300)
    chef = stage(lambda: User.objects.get(pk=anns.user.pk))
    stage(lambda: perform_act(chef, "hide_all_on_site", user=bobs.user))
    here = group.get_absolute_url()
    page = anns.context.new_page()
    for path in (
        f"{here}people/{bobs.user.pk}/",
        f"{here}people/{bobs.user.pk}/erase-all/",
        f"{here}{line.position}/acts/erase/",
    ):
        page.goto(anns.url + path)
        for _ in range(2 if "erase" in path else 1):
            is_fit_for_everybody(page)
            if "erase" in path and page.get_by_role("button", name="Go on").count():
                page.get_by_role("button", name="Go on").click()
