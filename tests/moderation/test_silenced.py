"""A moderator who has to wait, or to read a warning, is offered nothing that would be refused."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from discuss import actions
from discuss.actions import Refused
from discuss.actions.waiting import hold
from discuss.models import Act, Entry, Held, Membership, Warning
from discuss.moderation.actions import make_filter, report_message
from discuss.rules.refusals import Code
from tests.cast import Cast, log_in
from tests.moderation.test_doors import address_of, menu

pytestmark = [pytest.mark.django_db, pytest.mark.log]


@pytest.fixture(params=["timed out", "warned", "warned by the site"])
def kept(request: pytest.FixtureRequest, cast: Cast) -> str:
    return str(request.param)


def silence(cast: Cast, how: str, name: str = "mod") -> None:
    user = getattr(cast, name)
    if how == "timed out":
        until = timezone.now() + timedelta(hours=1)
        Membership.objects.filter(user=user).update(muted_until=until)
    else:
        Warning.objects.create(user=user, group=cast.kitchen if how == "warned" else None)


@pytest.fixture
def soup(cast: Cast) -> Entry:
    return cast.say(cast.bob, "Soup")


def test_the_menu_of_a_line_and_a_persons_page_offer_no_acts(cast: Cast, soup: Entry, kept: str):
    mod = log_in(cast.mod)
    person = address_of(cast, cast.bob)
    assert "acts/hide/" in menu(mod, soup)
    assert "/warn/" in mod.get(person).content.decode()
    silence(cast, kept)
    for page in (menu(mod, soup), mod.get(person).content.decode()):
        assert "acts/hide/" not in page
        assert "/hide/" not in page
        assert "/warn/" not in page
        assert "/bar/" not in page
    # Others are offered them as before.
    assert "acts/hide/" in menu(log_in(cast.ann), soup)


def test_a_case_offers_nothing_and_says_why(cast: Cast, soup: Entry, kept: str):
    case = report_message(cast.member(cast.ann), entry=soup, reason="spam").case
    mod, address = log_in(cast.mod), reverse("case", args=[case.pk])
    assert 'value="dismiss"' in mod.get(address).content.decode()
    silence(cast, kept)
    page = mod.get(address).content.decode()
    assert 'name="act"' not in page
    assert "You may decide about cases" in page
    assert (
        'value="dismiss"' in log_in(cast.ann).get(reverse("case", args=[case.pk])).content.decode()
    )


def test_what_is_held_is_not_to_be_decided_and_the_page_says_why(cast: Cast, kept: str):
    hold(group_id=cast.kitchen.pk, user_id=cast.bob.pk, text="Soup", nonce="n")
    mod, address = log_in(cast.mod), reverse("held", args=[cast.kitchen.uuid])
    assert 'name="approve"' in mod.get(address).content.decode()
    silence(cast, kept)
    page = mod.get(address).content.decode()
    assert 'name="approve"' not in page
    assert "Soup" in page
    assert "You may decide about messages" in page
    held = Held.objects.get()
    mod.post(address, {"held": held.pk, "decision": "approve"})
    assert Held.objects.exists()
    assert not Act.objects.exists()


def test_an_owner_who_has_to_wait_changes_nothing_of_the_group(cast: Cast, kept: str):
    ann, kitchen = cast.member(cast.ann), cast.kitchen
    rule = {"name": "No soup", "kind": "words", "terms": "soup", "does": "block"}
    silence(cast, kept, "ann")
    for act in (
        lambda: actions.change_group(ann, group=kitchen, name="Cellar", description=""),
        lambda: actions.change_group_settings(ann, group=kitchen, settings={"is_locked": True}),
        lambda: actions.hand_over(ann, successor=cast.member(cast.bob)),
        lambda: actions.delete_group(ann, group=kitchen),
        lambda: make_filter(ann, group=kitchen, **rule),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code in {Code.MUTED, Code.MUST_READ}
    assert cast.head() == 3
