"""Who may post: the rule, and that the one road asks it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from discuss import actions
from discuss.models import Group, Membership, Posting
from discuss.rules.posting import (
    MODERATORS,
    Poster,
    Rules,
    is_held,
    may_edit,
    may_post,
    may_react,
)
from discuss.rules.refusals import Code
from tests.cast import Cast

NOW = timezone.now()
SOON, BEFORE = NOW + timedelta(minutes=5), NOW - timedelta(minutes=5)
MEMBER, MODERATOR, OWNER = (Poster(1, role) for role in ("member", "moderator", "owner"))
NEW, FROM_ABOVE = Rules(), Rules(posting=MODERATORS)
LOCKED, SLOW = Rules(is_locked=True), Rules(slow_mode=360)
WAITING, HELD = Rules(newcomers_wait=6), Rules(held_days=1)


@pytest.mark.parametrize(
    ("poster", "rules", "refusal"),
    [
        (None, NEW, Code.NOT_A_MEMBER),
        (MEMBER, NEW, None),
        (Poster(2, "member"), NEW, Code.NOT_A_MEMBER),
        (Poster(1, "stranger"), NEW, Code.NOT_A_MEMBER),
        (MEMBER, FROM_ABOVE, Code.MODERATORS_ALONE),
        (MODERATOR, FROM_ABOVE, None),
        (OWNER, FROM_ABOVE, None),
        (OWNER._replace(muted_until=SOON), NEW, Code.MUTED),
        (MEMBER._replace(muted_until=BEFORE), NEW, None),
        (MEMBER, LOCKED, Code.LOCKED),
        (MODERATOR, LOCKED, None),
        (MEMBER._replace(posted_at=BEFORE), SLOW, Code.SLOW_MODE),
        (MEMBER._replace(posted_at=BEFORE), NEW, None),
        (MEMBER._replace(posted_at=BEFORE), Rules(slow_mode=300), None),
        (MEMBER, SLOW, None),
        (MODERATOR._replace(posted_at=BEFORE), SLOW, None),
        (MEMBER._replace(joined_at=BEFORE), WAITING, Code.NEWCOMER),
        (MEMBER._replace(joined_at=BEFORE), Rules(newcomers_wait=5), None),
        (OWNER._replace(joined_at=BEFORE), WAITING, None),
        (MEMBER._replace(account_since=BEFORE), HELD, None),
    ],
)
def test_who_may_post(poster: Poster | None, rules: Rules, refusal: Code | None):
    came = may_post(poster, 1, rules, NOW)
    assert (came.code if came else None) == refusal


@pytest.mark.parametrize(
    ("poster", "rules", "edits", "reacts", "is_kept"),
    [
        (MEMBER, NEW, None, None, False),
        (MEMBER, FROM_ABOVE, Code.MODERATORS_ALONE, None, False),
        (MEMBER, LOCKED, Code.LOCKED, Code.LOCKED, False),
        (MODERATOR, LOCKED, None, None, False),
        (MEMBER._replace(muted_until=SOON), NEW, None, None, False),
        (MEMBER._replace(posted_at=BEFORE), SLOW, None, None, False),
        (MEMBER._replace(joined_at=BEFORE), WAITING, Code.NEWCOMER, None, False),
        (MEMBER._replace(account_since=BEFORE), HELD, Code.HELD_TO_EDIT, None, True),
        (MEMBER._replace(account_since=NOW - timedelta(days=1)), HELD, None, None, False),
        (MODERATOR._replace(account_since=BEFORE), HELD, None, None, False),
    ],
)
def test_who_may_edit_and_react_and_what_waits(
    poster: Poster, rules: Rules, edits: Code | None, reacts: Code | None, is_kept: bool
):
    came = [each and each.code for each in (may_edit(poster, rules, NOW), may_react(poster, rules))]
    assert came == [edits, reacts]
    assert is_held(poster, rules, NOW) is is_kept


def test_who_has_to_wait_is_told_how_long():
    told = may_post(MEMBER._replace(posted_at=NOW - timedelta(seconds=348.5)), 1, SLOW, NOW)
    assert str(told) == "Slow mode: you may write again in 12 seconds."
    told = may_post(MEMBER._replace(joined_at=BEFORE), 1, Rules(newcomers_wait=3 * 1440), NOW)
    assert str(told) == "You are new here: you may write in 3 days."


@pytest.mark.django_db
@pytest.mark.log
def test_together_and_alone_are_refused_alike(cast: Cast):
    Membership.objects.filter(user=cast.bob).update(muted_until=timezone.now() + timedelta(hours=1))
    bob, ann = cast.member(cast.bob), cast.member(cast.ann)
    drafts = [actions.Draft(bob, "Soup?", "nonce-bob"), actions.Draft(ann, "Soup!", "nonce-ann")]
    refused, stored = actions.post_messages(drafts)
    assert isinstance(refused, actions.Refused)
    assert refused.code == Code.MUTED
    assert isinstance(stored, actions.Stored)
    with pytest.raises(actions.Refused) as alone:
        actions.post_message(bob, text="Soup?", nonce="nonce-bob")
    assert alone.value.code == Code.MUTED


@pytest.mark.django_db
def test_where_moderators_alone_write_a_member_is_refused(cast: Cast):
    Group.objects.filter(pk=cast.kitchen.pk).update(posting=Posting.MODERATORS)
    assert cast.say(cast.mod, "Closed today").text == "Closed today"
    with pytest.raises(actions.Refused) as refused:
        cast.say(cast.bob, "But why?")
    assert refused.value.code == Code.MODERATORS_ALONE
