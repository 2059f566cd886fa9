"""Who may post: the rule, and that the one road asks it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from discuss import actions
from discuss.models import Group, Membership, Posting
from discuss.rules.posting import EVERYBODY, MODERATORS, Poster, may_post
from discuss.rules.refusals import Code
from tests.cast import Cast

NOW = timezone.now()
SOON, BEFORE = NOW + timedelta(minutes=5), NOW - timedelta(minutes=5)


@pytest.mark.parametrize(
    ("poster", "posting", "refusal"),
    [
        (None, EVERYBODY, Code.NOT_A_MEMBER),
        (Poster(1, "member"), EVERYBODY, None),
        (Poster(2, "member"), EVERYBODY, Code.NOT_A_MEMBER),
        (Poster(1, "stranger"), EVERYBODY, Code.NOT_A_MEMBER),
        (Poster(1, "member"), MODERATORS, Code.MODERATORS_ALONE),
        (Poster(1, "moderator"), MODERATORS, None),
        (Poster(1, "owner"), MODERATORS, None),
        (Poster(1, "owner", SOON), EVERYBODY, Code.MUTED),
        (Poster(1, "member", BEFORE), EVERYBODY, None),
    ],
)
def test_who_may_post(poster: Poster | None, posting: str, refusal: Code | None):
    refused = may_post(poster, 1, posting, NOW)
    assert (refused and refused.code) == refusal


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
