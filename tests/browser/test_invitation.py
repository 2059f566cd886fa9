"""Somebody who was never here comes in by an invitation, on a phone, and says a first sentence."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from discuss.accounts.first_admin import new_link
from tests.browser.conftest import NARROW
from tests.browser.person import Person, composer, messages, open_menu, send
from tests.browser.stage import PASSWORD, Stage

Appear = Callable[..., Person]


def is_narrow(page: Page) -> bool:
    """Whether nothing has to be scrolled to sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("has_javascript", [True, False])
def test_somebody_signs_up_by_it_and_says_a_first_sentence(
    person: Appear, stranger: Appear, stage: Stage, has_javascript: bool
) -> None:
    anns = person("ann", viewport=NARROW)
    group = stage.group("Kitchen", owner=anns.user)

    # Ann makes the link, and shows it on her phone.
    ann = anns.open(group)
    open_menu(ann)
    ann.get_by_role("link", name="Invite people").click()
    ann.get_by_role("button", name="Make a link").click()
    link = ann.locator(".invitation a")
    expect(link).to_be_visible()
    ann.get_by_text("QR code").click()
    picture = ann.get_by_role("img", name="The link as a QR code")
    expect(picture).to_be_visible()
    assert picture.evaluate(
        "async image => { await image.decode(); return image.naturalWidth > 0 }"
    )
    assert is_narrow(ann)
    address = urlsplit(link.inner_text()).path
    anns.go_live(ann, group)

    doras = stranger(viewport=NARROW, java_script_enabled=has_javascript)
    dora = doras.open(address)
    expect(dora.get_by_role("heading", name="You are invited to Kitchen")).to_be_visible()
    dora.get_by_role("main").get_by_role("button", name="Sign up").click()
    dora.get_by_label("Username").fill("dora")
    dora.get_by_label("Password", exact=True).fill(PASSWORD)
    dora.get_by_label("Password (again)").fill(PASSWORD)
    if has_javascript:
        assert is_narrow(dora)
    dora.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(dora.get_by_role("heading", name="Kitchen")).to_be_visible()
    expect(ann.locator("#log .event").last).to_contain_text("dora joined")

    if has_javascript:
        send(dora, "Good evening!")
    else:
        composer(dora).fill("Good evening!")
        composer(dora).press("Enter")
        expect(composer(dora)).to_have_value("")
    expect(messages(ann)).to_have_text(["Good evening!"])

    # Who has come in is led there by the same link, and whoever comes after it was revoked is not.
    dora.goto(doras.url + address)
    expect(dora.get_by_role("heading", name="Kitchen")).to_be_visible()
    ann.goto(f"{anns.url}{group.get_absolute_url()}invitations/")
    ann.get_by_role("button", name="Revoke").click()
    expect(ann.get_by_text("No invitation is open.")).to_be_visible()
    eves = stranger(viewport=NARROW, java_script_enabled=has_javascript)
    eves.allow_answer(404, address)
    expect(
        eves.open(address).get_by_role("heading", name="Sorry, this door is closed")
    ).to_be_visible()


def test_the_first_admin_is_made_in_the_browser(stranger: Appear, stage: Stage) -> None:
    bosses = stranger(viewport=NARROW)
    boss = bosses.open(urlsplit(stage(new_link)).path)
    boss.get_by_label("Name").fill("admin")
    boss.get_by_label("Password", exact=True).fill(PASSWORD)
    boss.get_by_label("Password confirmation").fill(PASSWORD)
    assert is_narrow(boss)
    boss.get_by_role("button", name="Begin").click()
    expect(boss.get_by_role("heading", name="Groups", exact=True)).to_be_visible()
    admin = bosses.open("/admin/")
    expect(admin.get_by_role("link", name="Invitations")).to_be_visible()
