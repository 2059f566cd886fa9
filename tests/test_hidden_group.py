"""A hidden group on open pages: its members see all of it, and nobody else hears that there is one."""

from typing import Any

import pytest

from discuss import actions
from discuss.db.workers import in_worker
from discuss.doorbell import bells
from discuss.live.hub import hub
from discuss.models import Group, Membership
from tests.cast import Cast
from tests.document import outer, text
from tests.hidden import hide
from tests.page import Page, enter, settled
from tests.told import GONE, LEFT, REMOVED

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


@pytest.fixture
def cellar(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Group:
    """A hidden group of ann's, with bob."""
    group = actions.create_group(cast.ann, name="Cellar")
    actions.join_group(cast.bob, group=group)
    hide(monkeypatch, pk=group.pk)
    return group


@pytest.fixture
def lose_bells(monkeypatch: pytest.MonkeyPatch) -> Any:
    def lose() -> None:
        monkeypatch.setattr(bells._doorbell, "hand_over", lambda bell: None)

    return lose


def names(page: Page) -> list[str]:
    return [text(heading) for heading in page.element("group-list").xpath("./li//h3")]


async def sees(page: Page, *wanted: str) -> None:
    """Wait until the page lists these groups, as a fresh load does."""
    await page.until(lambda page: names(page) == list(wanted))
    await settled()
    page.read()
    fresh = await Page.open(page.client, page.path)
    assert names(fresh) == list(wanted)
    assert outer(page.element("group-list")).split() == outer(fresh.element("group-list")).split()


def heard_nothing(page: Page, *words: str) -> None:
    page.read()
    assert not [word for word in words if word in "".join(page.frames)]


async def owner(cast: Cast, group: Group) -> Membership:
    return await in_worker(Membership.objects.get, group=group, user=cast.ann)


async def test_what_becomes_of_it_is_shown_to_its_members_alone(cast: Cast, cellar: Group):
    bob, cleo = await enter(cast.bob, "/"), await enter(cast.cleo, "/")
    await sees(bob, "Cellar", "Kitchen")
    ann = await owner(cast, cellar)
    for name, order in (("Vault", ["Kitchen", "Vault"]), ("Attic", ["Attic", "Kitchen"])):
        await in_worker(actions.change_group, ann, group=cellar, name=name, description="Dark")
        await sees(bob, *order)
    await in_worker(actions.create_group, cast.ann, name="Garden")
    for page in (bob, cleo):
        await page.until(lambda page: "Garden" in names(page))
    await sees(bob, "Attic", "Garden", "Kitchen")
    await in_worker(actions.delete_group, ann, group=cellar)
    await sees(bob, "Garden", "Kitchen")
    await sees(cleo, "Garden", "Kitchen")
    heard_nothing(cleo, str(cellar.uuid), "Cellar", "Vault", "Attic", "Dark")


async def test_a_new_one_is_shown_to_who_made_it(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    hide(monkeypatch, name="Cellar")
    ann, cleo = await enter(cast.ann, "/"), await enter(cast.cleo, "/")
    await in_worker(actions.create_group, cast.ann, name="Cellar")
    await sees(ann, "Cellar", "Kitchen")
    await in_worker(actions.create_group, cast.ann, name="Garden")
    await sees(cleo, "Garden", "Kitchen")
    heard_nothing(cleo, "Cellar")


async def test_who_is_let_in_is_shown_it_until_they_are_put_out(cast: Cast, cellar: Group):
    boss = await in_worker(type(cast.ann).objects.create_superuser, "boss")
    cleo, bob = await enter(cast.cleo, "/"), await enter(cast.bob, "/")
    await sees(cleo, "Kitchen")
    membership = await in_worker(actions.let_in, boss, user=cast.cleo, group=cellar)
    await sees(cleo, "Cellar", "Kitchen")
    await bob.until(lambda page: "3 members" in text(page.element("group-list")))
    await in_worker(actions.remove_member, boss, membership=membership)
    await sees(cleo, "Kitchen")
    await sees(bob, "Cellar", "Kitchen")


async def test_what_no_bell_told_is_found_by_a_sweep_that_else_writes_nothing(
    cast: Cast, cellar: Group, lose_bells: Any
):
    bob, cleo = await enter(cast.bob, "/"), await enter(cast.cleo, "/")
    await settled()
    bob.read()
    for page in (bob, cleo):
        page.frames.clear()
    await hub.subscriptions.sweep()
    await settled()
    bob.read()
    assert "group-" not in "".join(bob.frames)
    lose_bells()
    ann = await owner(cast, cellar)
    await in_worker(actions.change_group, ann, group=cellar, name="Vault", description="")
    await settled()
    await hub.subscriptions.sweep()
    await sees(bob, "Kitchen", "Vault")
    heard_nothing(cleo, "Cellar", "Vault")


async def test_many_who_come_at_once_are_each_shown_what_they_find(cast: Cast, cellar: Group):
    """They share what they are shown, and are read together."""
    pages = [await Page.open((await enter(user, "/")).client, "/") for user in cast_of(cast)]
    for page in pages:
        await page.connect(resumes=False)
    for page in pages:
        page.submit("resume-form", fingerprint="another")
    for page, user in zip(pages, cast_of(cast), strict=True):
        is_in = user in (cast.ann, cast.bob)
        await page.until(lambda page: "group-list" in "".join(page.frames))
        assert names(page) == (["Cellar", "Kitchen"] if is_in else ["Kitchen"])


def cast_of(cast: Cast) -> list[Any]:
    return [cast.ann, cast.cleo, cast.bob, cast.mod]


@pytest.mark.parametrize("how", ["removed", "left"])
async def test_who_is_put_out_or_leaves_is_offered_no_way_back(cast: Cast, cellar: Group, how: str):
    path = cellar.get_absolute_url()
    bob = await enter(cast.bob, path)
    if how == "left":
        bob.leave()
    else:
        membership = await in_worker(Membership.objects.get, group=cellar, user=cast.bob)
        await in_worker(actions.remove_member, await owner(cast, cellar), membership=membership)
    await bob.until(lambda page: page.close_code)
    ending = text(bob.element("ending"))
    assert (LEFT if how == "left" else REMOVED) in ending
    assert "Join again" not in ending


async def test_who_is_found_to_be_no_member_is_told_that_it_is_gone(
    cast: Cast, cellar: Group, lose_bells: Any
):
    bob = await enter(cast.bob, cellar.get_absolute_url())
    await settled()
    await in_worker(Membership.objects.filter(group=cellar, user=cast.bob).delete)
    await hub.revocation.check_members()
    await bob.until(lambda page: page.close_code)
    assert GONE in text(bob.element("ending"))
