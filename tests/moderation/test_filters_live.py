"""How processes hear of filters, write their hits, and tell pages what was refused."""

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from discuss import actions
from discuss.db.workers import in_worker
from discuss.doorbell.bell import Bell
from discuss.live import keeper
from discuss.live.hub import Hub
from discuss.models import Filter, FilterHits, User
from discuss.moderation.actions import switch_filter
from discuss.reading import filters
from discuss.reading.filters import known_filters
from discuss.rules.filters import RuleSet
from tests.cast import Cast
from tests.moderation.ruled import ruled, ruled_everywhere
from tests.page import enter, eventually

SPAM = {"kind": "words", "name": "No spam", "terms": "spam", "does": "block", "is_on": True}


def knows(group_id: int) -> bool:
    return bool(known_filters.of_group(group_id))


async def has_hits(made: Filter, hits: int) -> bool:
    return await in_worker(FilterHits.objects.filter(filter=made, hits=hits).exists)


@pytest.mark.django_db(transaction=True)
async def test_a_bell_of_another_process_is_enough(live: Hub, cast: Cast):
    page = await enter(cast.bob, cast.kitchen.get_absolute_url())
    assert not knows(cast.kitchen.pk)
    # As another process does.
    await in_worker(Filter.objects.create, group=cast.kitchen, **SPAM)
    live.hear(Bell("filters", 0))
    await eventually(lambda: knows(cast.kitchen.pk))
    page.write("Buy spam")
    await page.until(lambda page: page.refused)
    ((text, reason),) = page.refused
    assert (text, "not wanted here (No spam)" in reason) == ("Buy spam", True)
    page.write("Soup")
    await page.until(lambda page: page.texts == ["Soup"])


@pytest.mark.django_db(transaction=True)
async def test_without_a_bell_they_are_looked_for(
    live: Hub, cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(keeper, "KEEPER_INTERVAL", 0.05)
    live.start()
    made = await in_worker(Filter.objects.create, group=cast.kitchen, **SPAM)
    await eventually(lambda: knows(cast.kitchen.pk))
    await in_worker(made.delete)
    await eventually(lambda: not knows(cast.kitchen.pk))


@pytest.mark.django_db(transaction=True)
async def test_those_that_are_known_stay_while_the_database_is_away(
    live: Hub, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    await in_worker(ruled, cast)

    def fail() -> None:
        raise DatabaseError("away")

    monkeypatch.setattr("discuss.reading.filters._signature", fail)
    await live.upkeep.filters.renew()
    assert knows(cast.kitchen.pk)
    assert "The filters could not be read" in caplog.text
    caplog.clear()


@pytest.mark.django_db(transaction=True)
async def test_hits_are_written_by_the_hub(live: Hub, cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("discuss.live.upkeep.HITS_INTERVAL", 0.05)
    made = await in_worker(lambda: ruled(cast, does="note"))
    live.start()
    await in_worker(cast.say, cast.bob, "spam")

    await eventually(lambda: has_hits(made, 1))


@pytest.mark.django_db(transaction=True)
async def test_hits_are_written_when_the_process_ends(live: Hub, cast: Cast):
    made = await in_worker(lambda: ruled(cast, does="note"))
    live.start()
    await in_worker(cast.say, cast.bob, "spam")
    assert not await has_hits(made, 1)
    await live.stop()
    assert await has_hits(made, 1)


@pytest.mark.django_db
def test_whoever_writes_one_rings(cast: Cast, bells_of: Any):
    made = ruled(cast, is_on=False)
    owner = cast.member(cast.ann)
    assert bells_of(lambda: switch_filter(owner, filter=made, is_on=True)) == [Bell("filters", 0)]
    assert bells_of(lambda: switch_filter(owner, filter=made, is_on=True)) == []


@pytest.mark.django_db
def test_only_what_has_changed_is_made_anew(cast: Cast):
    other = actions.create_group(cast.ann, name="Garden")
    made = ruled(cast)
    ruled(cast, group=other)
    (before,), (others,) = map(known_filters.of_group, (cast.kitchen.pk, other.pk))
    made.version += 1
    made.terms = "ham"
    made.save()
    known_filters.renew()
    (after,), (same,) = map(known_filters.of_group, (cast.kitchen.pk, other.pk))
    assert after is not before
    assert same is others
    # And a look finds that nothing has.
    known = known_filters.renew()
    assert known_filters.renew() is known


@pytest.mark.django_db
def test_changes_that_make_up_for_each_other_are_found(cast: Cast):
    """The keys' sum, and that of the versions by their keys, are the same before and after."""
    four = [ruled(cast, name=f"No. {number}") for number in range(4)]
    Filter.objects.filter(pk__in=[four[1].pk, four[2].pk]).update(is_on=False)
    before = {rule.name for each in renewed(cast) for rule in each.rules}
    assert before == {"No. 0", "No. 3"}
    for number, each in enumerate(four):
        Filter.objects.filter(pk=each.pk).update(is_on=number in {1, 2})
    after = {rule.name for each in renewed(cast) for rule in each.rules}
    assert after == {"No. 1", "No. 2"}


@pytest.mark.django_db
def test_one_that_comes_during_a_look_is_not_known_for_ever(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    look = filters._signature

    def look_and_be_late() -> filters.Signature:
        seen = look()
        # As another process does.
        Filter.objects.create(group=cast.kitchen, **SPAM)
        return seen

    known_filters.forget()
    with monkeypatch.context() as patch:
        patch.setattr(filters, "_signature", look_and_be_late)
        known_filters.renew()
    Filter.objects.all().delete()
    known_filters.renew()
    assert not knows(cast.kitchen.pk)


def renewed(cast: Cast) -> tuple[RuleSet, ...]:
    known_filters.renew()
    return known_filters.of_group(cast.kitchen.pk)


@pytest.mark.django_db
def test_a_process_without_a_hub_reads_them_at_the_first_message(cast: Cast):
    Filter.objects.create(group=cast.kitchen, **SPAM)
    known_filters.forget()
    with pytest.raises(actions.Refused):
        cast.say(cast.bob, "spam")


@pytest.mark.django_db
def test_nobody_signs_up_with_a_name_that_a_filter_stops(cast: Cast):
    def is_let_in(name: str) -> bool:
        data = {"username": name, "password1": "correct horse", "password2": "correct horse"}
        Client().post("/accounts/signup/", data)
        return User.objects.filter(username=name).exists()

    ruled_everywhere(is_for_names=True, is_part=True)
    assert not is_let_in("spammer")
    assert is_let_in("sam.spade")
