"""Everything by one person is hidden: in steps, stopped in the middle, and taken back as one act."""

import pytest
from django.utils import timezone

from discuss import actions
from discuss.actions import Refused, steps
from discuss.doorbell import Bell
from discuss.models import Act, Entry, LongAct, LongState, Membership, Mention, Role, User
from discuss.moderation.actions import long_steps, perform_act, take_long_steps
from discuss.moderation.actions.offers import offers_to_turn
from tests.cast import Cast
from tests.moderation.long import ago, do_whole, hidden, hide_all, take_all, written
from tests.moderation.ruled import staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mod(cast: Cast) -> Membership:
    return cast.member(cast.mod)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lines are a step."""
    monkeypatch.setattr(long_steps, "LINES_AT_ONCE", 2)


def state() -> list[str]:
    return list(LongAct.objects.order_by("pk").values_list("state", flat=True))


def test_what_they_wrote_since_then_is_hidden_and_nothing_else(cast: Cast, mod: Membership):
    written(cast, 5, "Old")
    written(cast, 1, "New")
    written(cast, 1, "Ann's", by=cast.ann)
    written(cast, 0, "Now")
    done = hide_all(mod, cast, hours=2)
    assert hidden(cast) == {"New", "Now"}
    assert state() == ["done"]
    row = Act.objects.get()
    assert row == done
    assert (row.kind, row.actor_id, row.user_id) == ("hide_all", cast.mod.pk, cast.bob.pk)
    assert row.group_id == cast.kitchen.pk
    assert row.details is not None
    assert row.details["lines"] == 2
    assert {line.hidden_by for line in cast.lines() if line.is_hidden} == {row.pk}


def test_to_ask_for_it_is_one_bell_and_takes_no_number(cast: Cast, mod: Membership, bells_of):
    cast.say(cast.bob, "Soup")
    head = cast.head()
    bells = bells_of(lambda: perform_act(mod, "hide_all", user=cast.bob, group=cast.kitchen))
    work = LongAct.objects.get()
    assert bells == [Bell("long_act", work.pk, 0)]
    assert (work.total, work.done, cast.head()) == (1, 0, head)


@pytest.mark.usefixtures("few")
def test_each_step_takes_a_number_and_rings(cast: Cast, mod: Membership, bells_of):
    lines = [cast.say(cast.bob, f"Soup {number}") for number in range(3)]
    perform_act(mod, "hide_all", user=cast.bob, group=cast.kitchen)
    head, pk = cast.head(), cast.kitchen.pk
    taken = take_long_steps(LongAct.objects.get())
    bells = bells_of(lambda: next(taken))
    assert set(bells) == {Bell("group", pk, head + 1), Bell("hidden", pk, head + 1)}
    for line in lines:
        line.refresh_from_db()
    # The latest come first.
    assert [line.change for line in lines[1:]] == [head + 1] * 2
    assert not lines[0].is_hidden
    next(taken)
    assert cast.head() == head + 2
    assert hidden(cast) == {"Soup 0", "Soup 1", "Soup 2"}


def test_a_step_is_no_more_than_200_lines(cast: Cast, mod: Membership):
    assert steps.LINES_AT_ONCE <= 200


def test_with_nothing_to_hide_nothing_is_done(cast: Cast, mod: Membership, bells_of):
    written(cast, 5, "Old")
    assert bells_of(lambda: hide_all(mod, cast, hours=1)) == []
    assert not Act.objects.exists()
    assert not LongAct.objects.exists()


@pytest.mark.usefixtures("few")
def test_what_they_write_meanwhile_stays(cast: Cast, mod: Membership):
    for number in range(3):
        cast.say(cast.bob, f"Soup {number}")
    perform_act(mod, "hide_all", user=cast.bob, group=cast.kitchen)
    taken = take_long_steps(LongAct.objects.get())
    next(taken)
    cast.say(cast.bob, "Salad")
    for _ in taken:
        pass
    assert "Salad" not in hidden(cast)
    assert len(hidden(cast)) == 3


def test_replies_that_quote_it_take_the_number_too_and_mentions_go(cast: Cast, mod: Membership):
    soup = cast.say(cast.bob, "Soup for @ann")
    reply = actions.post_message(
        cast.member(cast.ann), text="Yes", nonce="1", reply_to=soup.position
    )
    hide_all(mod, cast)
    reply.refresh_from_db()
    assert reply.change == cast.head()
    assert not Mention.objects.exists()
    do_whole(mod, "show_all", user=cast.bob, group=cast.kitchen)
    assert Mention.objects.get().user == cast.ann


def test_it_is_taken_back_as_one_and_nothing_else_is(cast: Cast, mod: Membership):
    """What was hidden before, by somebody else or by its author, is not touched; nor what was meanwhile."""
    own, others, shown = (cast.say(cast.bob, text) for text in ("Own", "Others", "Shown"))
    cast.say(cast.bob, "Soup")
    actions.hide_message(cast.member(cast.bob), entry=own)
    perform_act(cast.member(cast.ann), "hide", entry=others)
    first = hide_all(mod, cast)
    perform_act(mod, "restore", entry=shown)
    perform_act(mod, "hide", entry=shown)
    done = do_whole(cast.member(cast.ann), "show_all", user=cast.bob, group=cast.kitchen)
    assert hidden(cast) == {"Own", "Others", "Shown"}
    assert first is not None
    assert done is not None
    assert done.undoes_id == first.pk
    assert state() == ["undone"]
    assert LongAct.objects.get().restored == 1
    assert do_whole(mod, "show_all", user=cast.bob, group=cast.kitchen) is None


@pytest.mark.usefixtures("few")
def test_it_is_stopped_in_the_middle_and_then_taken_back(cast: Cast, mod: Membership):
    for number in range(5):
        cast.say(cast.bob, f"Soup {number}")
    first = perform_act(mod, "hide_all", user=cast.bob, group=cast.kitchen)
    taken = take_long_steps(LongAct.objects.get())
    next(taken)
    stopped = perform_act(mod, "stop_hiding", user=cast.bob, group=cast.kitchen)
    assert list(taken) == []
    take_all()
    assert len(hidden(cast)) == 2
    assert state() == ["stopped"]
    assert first is not None
    assert stopped is not None
    assert stopped.details == {"stops": first.pk, "lines": 2}
    assert perform_act(mod, "stop_hiding", user=cast.bob, group=cast.kitchen) is None
    do_whole(mod, "show_all", user=cast.bob, group=cast.kitchen)
    assert hidden(cast) == set()


@pytest.mark.usefixtures("few")
def test_it_turns_round_while_it_is_under_way(cast: Cast, mod: Membership):
    for number in range(5):
        cast.say(cast.bob, f"Soup {number}")
    perform_act(mod, "hide_all", user=cast.bob, group=cast.kitchen)
    taken = take_long_steps(LongAct.objects.get())
    next(taken)
    perform_act(mod, "show_all", user=cast.bob, group=cast.kitchen)
    # Whoever went on with it takes no further step.
    assert list(taken) == []
    assert len(hidden(cast)) == 2
    with pytest.raises(Refused, match="under way"):
        perform_act(mod, "hide_all", user=cast.bob, group=cast.kitchen)
    take_all()
    assert hidden(cast) == set()


@pytest.mark.usefixtures("few")
def test_two_processes_never_take_one_step(cast: Cast, mod: Membership):
    for number in range(6):
        cast.say(cast.bob, f"Soup {number}")
    perform_act(mod, "hide_all", user=cast.bob, group=cast.kitchen)
    head = cast.head()
    mine, theirs = (take_long_steps(LongAct.objects.get()) for _ in range(2))
    next(mine)
    assert list(theirs) == []
    for _ in mine:
        pass
    assert cast.head() == head + 3
    assert LongAct.objects.get().done == 6


def test_a_second_is_refused_while_one_is_under_way(cast: Cast, mod: Membership):
    cast.say(cast.bob, "Soup")
    perform_act(mod, "hide_all", user=cast.bob, group=cast.kitchen)
    with pytest.raises(Refused, match="under way"):
        perform_act(cast.member(cast.ann), "hide_all", user=cast.bob, group=cast.kitchen)
    assert Act.objects.count() == 1


def test_it_is_taken_back_act_by_act(cast: Cast, mod: Membership):
    written(cast, 5, "Old")
    written(cast, 1, "New")
    hide_all(mod, cast, hours=2)
    hide_all(mod, cast)
    assert hidden(cast) == {"Old", "New"}
    do_whole(mod, "show_all", user=cast.bob, group=cast.kitchen)
    assert hidden(cast) == {"New"}
    do_whole(mod, "show_all", user=cast.bob, group=cast.kitchen)
    assert hidden(cast) == set()


def test_it_is_done_to_somebody_who_left(cast: Cast, mod: Membership):
    cast.say(cast.bob, "Soup")
    actions.leave_group(cast.member(cast.bob))
    hide_all(mod, cast)
    assert hidden(cast) == {"Soup"}


@pytest.mark.parametrize("who", ["mod", "ann"])
def test_nobody_hides_what_an_equal_or_a_higher_rank_wrote(cast: Cast, who: str):
    Membership.objects.filter(user=cast.bob).update(role=Role.MODERATOR)
    cast.say(getattr(cast, who), "Soup")
    for name in ("hide_all", "stop_hiding", "show_all"):
        with pytest.raises(Refused, match="may not do this"):
            perform_act(cast.member(cast.bob), name, user=getattr(cast, who), group=cast.kitchen)
    assert not Act.objects.exists()


def test_staff_hide_it_on_the_whole_site(cast: Cast):
    sam = staff("delete_message")
    garden = actions.create_group(cast.ann, name="Garden")
    theirs = actions.join_group(cast.bob, group=garden)
    cast.say(cast.bob, "Soup")
    actions.post_message(theirs, text="Beans", nonce="1")
    before = cast.say(cast.bob, "Hidden before")
    perform_act(sam, "hide", entry=before)
    done = do_whole(sam, "hide_all_on_site", user=cast.bob)
    assert done is not None
    assert done.group_id is None
    lines = Entry.objects.filter(author=cast.bob, kind="message")
    assert not lines.filter(hidden_at=None).exists()
    do_whole(sam, "show_all_on_site", user=cast.bob)
    assert set(lines.filter(hidden_at=None).values_list("text", flat=True)) == {"Soup", "Beans"}


def test_the_site_is_for_staff_with_the_right(cast: Cast):
    cast.say(cast.bob, "Soup")
    for actor in (cast.member(cast.ann), staff("add_act")):
        with pytest.raises(Refused, match="staff"):
            perform_act(actor, "hide_all_on_site", user=cast.bob)
    assert not LongAct.objects.exists()


def test_a_group_that_goes_meanwhile_is_left_out(cast: Cast):
    boss = User.objects.create_superuser("boss")
    garden = actions.create_group(cast.ann, name="Garden")
    theirs = actions.join_group(cast.bob, group=garden)
    actions.post_message(theirs, text="Beans", nonce="1")
    cast.say(cast.bob, "Soup")
    perform_act(boss, "hide_all_on_site", user=cast.bob)
    actions.delete_group(cast.member(cast.ann), group=cast.kitchen)
    take_all()
    assert state() == ["done"]
    assert Entry.objects.get(text="Beans").is_hidden


def test_it_ends_with_the_account(cast: Cast, mod: Membership):
    cast.say(cast.bob, "Soup")
    perform_act(mod, "hide_all", user=cast.bob, group=cast.kitchen)
    taken = take_long_steps(LongAct.objects.get())
    cast.delete(cast.bob)
    assert list(taken) == []
    assert not LongAct.objects.exists()


def test_a_step_that_fails_leaves_no_half(
    cast: Cast, mod: Membership, monkeypatch: pytest.MonkeyPatch
):
    cast.say(cast.bob, "Soup")
    perform_act(mod, "hide_all", user=cast.bob, group=cast.kitchen)
    head = cast.head()

    def fail(*args: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as failing:
        failing.setattr("discuss.actions.change.rewrite_mentions", fail)
        with pytest.raises(ZeroDivisionError):
            take_all()
    work = LongAct.objects.get()
    assert (work.beat, work.done, work.below) == (0, 0, head + 1)
    assert (hidden(cast), cast.head()) == (set(), head)
    take_all()
    assert hidden(cast) == {"Soup"}


def test_the_moment_counts_and_not_the_order(cast: Cast, mod: Membership):
    """A clock may have gone wrong: what lies in the time between is hidden, wherever it stands."""
    written(cast, 1, "In time")
    late = written(cast, 0, "Too early")
    Entry.objects.filter(pk=late.pk).update(timestamp=ago(50))
    hide_all(mod, cast, hours=2)
    assert hidden(cast) == {"In time"}
    assert LongAct.objects.get().upto <= timezone.now()
    assert LongAct.objects.get().state == LongState.DONE


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("name", ["stop_hiding", "show_all"])
def test_nobody_of_a_lower_role_stops_what_was_begun(cast: Cast, mod: Membership, name: str):
    for number in range(3):
        cast.say(cast.bob, f"Soup {number}")
    ann = cast.member(cast.ann)
    # What the moderator did before is no reason.
    hide_all(mod, cast)
    do_whole(mod, "show_all", user=cast.bob, group=cast.kitchen)
    perform_act(ann, "hide_all", user=cast.bob, group=cast.kitchen)
    with pytest.raises(Refused, match="of a higher role"):
        perform_act(mod, name, user=cast.bob, group=cast.kitchen)
    assert name not in {offer.kind.name for offer in offers_to_turn(mod, cast.bob)}
    assert name in {offer.kind.name for offer in offers_to_turn(ann, cast.bob)}
    assert LongAct.objects.going_on().exists()
    assert perform_act(ann, name, user=cast.bob, group=cast.kitchen)


def test_staff_do_not_stop_what_a_superuser_began(cast: Cast):
    boss = User.objects.create_superuser("boss")
    sam = staff("delete_message", "erase_entry")
    member = actions.join_group(sam, group=cast.kitchen)
    cast.say(cast.bob, "Soup")
    for begun, name in (("hide_all_on_site", "stop_hiding_on_site"), ("erase_all", "stop_erasing")):
        perform_act(boss, begun, user=cast.bob)
        with pytest.raises(Refused, match="of a higher role"):
            perform_act(sam, name, user=cast.bob)
        assert name not in {offer.kind.name for offer in offers_to_turn(member, cast.bob)}
        assert perform_act(boss, name, user=cast.bob)
    perform_act(sam, "erase_all", user=cast.bob)
    assert "stop_erasing" in {offer.kind.name for offer in offers_to_turn(member, cast.bob)}
    assert perform_act(sam, "stop_erasing", user=cast.bob)
