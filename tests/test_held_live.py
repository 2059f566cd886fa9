"""The page of what waits in a group is live, equals a fresh load, and ends for who moderates no more."""

import pytest
from django.urls import reverse

from discuss import actions
from discuss.actions.waiting import hold
from discuss.db.workers import in_worker
from discuss.models import Held, Membership, Role
from discuss.server.protocol import CLOSE_NO_MEMBER
from tests.cast import Cast
from tests.document import outer, text
from tests.page import Page, enter, visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


def path_of(cast: Cast) -> str:
    return reverse("held", args=[cast.kitchen.uuid])


async def wait(cast: Cast, *texts: str) -> list[Held]:
    """Have messages of bob's wait."""

    def held() -> list[Held]:
        group, bob = cast.kitchen.pk, cast.bob.pk
        return [
            hold(text=each, nonce=actions.new_nonce(), group_id=group, user_id=bob)
            for each in texts
        ]

    return await in_worker(held)


async def decide(cast: Cast, held: Held, *, approves: bool = True) -> None:
    act = actions.approve_held if approves else actions.discard_held
    ann = await in_worker(cast.member, cast.ann)
    await in_worker(lambda: act(ann, held=held))


def waiting(page: Page) -> list[str]:
    return [text(each) for each in page.find("#held-list .words")]


async def is_fresh(page: Page) -> bool:
    fresh = await Page.open(page.client, page.path)
    return shown(page) == shown(fresh)


def shown(page: Page) -> list[str]:
    return [outer(each) for each in (*page.find("#held-list .held"), page.element("desk-shown"))]


async def test_what_comes_and_what_is_decided_elsewhere_shows_at_once(cast: Cast):
    page = await enter(cast.mod, path_of(cast))
    assert waiting(page) == []
    soup, salad, bread = await wait(cast, "Soup", "Salad", "Bread")
    await page.until(lambda page: waiting(page) == ["Soup", "Salad", "Bread"])
    assert await is_fresh(page)
    await decide(cast, salad)
    await page.until(lambda page: waiting(page) == ["Soup", "Bread"])
    # What stays is not touched: somebody may be about to press its button.
    assert f"held-{soup.pk}" not in page.frames[-1]
    await decide(cast, soup, approves=False)
    await in_worker(actions.withdraw_held, await in_worker(cast.member, cast.bob), held=bread.pk)
    await page.until(lambda page: waiting(page) == [])
    assert await is_fresh(page)


async def test_a_page_that_was_away_is_brought_up_to_date(cast: Cast):
    (soup,) = await wait(cast, "Soup")
    page = await enter(cast.mod, path_of(cast))
    await page.disconnect()
    await decide(cast, soup)
    await wait(cast, "Salad")
    await page.join_in()
    await page.until(lambda page: waiting(page) == ["Salad"])
    assert await is_fresh(page)


async def test_its_buttons_decide_and_the_old_form_does_too(cast: Cast):
    soup, salad = await wait(cast, "Soup", "Salad")
    page = await enter(cast.mod, path_of(cast))
    form = page.values(page.element("deciding"))
    (button,) = page.find(f"#held-{soup.pk} [name=approve]")
    data = {**form, "approve": button.get("value")}
    await in_worker(page.client.post, page.path, data)
    await page.until(lambda page: waiting(page) == ["Salad"])
    await in_worker(page.client.post, page.path, {"held": salad.pk, "decision": "discard"})
    await page.until(lambda page: waiting(page) == [])
    texts = [line.text for line in await in_worker(cast.lines)]
    assert ("Soup" in texts, "Salad" in texts) == (True, False)


async def test_it_ends_for_who_moderates_no_more_and_shows_nothing_to_others(cast: Cast):
    await wait(cast, "Soup")
    page = await enter(cast.mod, path_of(cast))
    members = Membership.objects.filter(user=cast.mod)
    await in_worker(lambda: members.update(role=Role.MEMBER))
    await wait(cast, "Salad")
    await page.until(lambda page: page.close_code == CLOSE_NO_MEMBER)
    assert "Salad" not in "".join(page.frames)
    # A moderator of another group asks for it by hand.
    garden = await in_worker(lambda: actions.create_group(cast.cleo, name="Garden"))
    other = await visit(cast.cleo, reverse("held", args=[garden.uuid]))
    other.element("held-of").set("value", str(cast.kitchen.uuid))
    await other.connect()
    await other.until(lambda page: page.close_code == CLOSE_NO_MEMBER)
    assert "Soup" not in "".join(other.frames)
