"""What pages that stand here and there lack."""

import pytest

from discuss import actions
from discuss.live.states import Older
from discuss.models import Entry, Group, Kind, Membership, User, new_epoch
from discuss.reading.members import read_members
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.rendering.lines import LINE_KEPT
from tests.cast import Cast
from tests.page import Page
from tests.test_reading import fill
from tests.updates import EVERYONE, load, state_of, updates
from tests.waiting import do_tasks

pytestmark = pytest.mark.django_db


def catch_up(cast: Cast, page: Page) -> str:
    """Have the page join, take its frame, and hold what a fresh load shows. Returns the frame."""
    place = state_of(page)
    frame = updates(cast, joining={place}, joining_people={cast.bob.pk}).joining[place]
    page.swap(frame.prepared.text)
    assert page.oldest == frame.window.oldest
    fresh = load(cast)
    assert page.log[-len(fresh.log) :] == fresh.log[-len(page.log) :]
    assert state_of(page)[:2] == state_of(fresh)[:2]
    return frame.prepared.text


# --- what a page lacks ------------------------------------------------------------------------------


def test_new_lines_are_added_in_order(cast: Cast):
    page = load(cast)
    for text in ("one", "two", "three"):
        cast.say(cast.ann, text)
    catch_up(cast, page)
    assert page.texts == ["one", "two", "three"]


def test_changed_lines_take_the_place_of_their_earlier_selves(cast: Cast):
    first, second = cast.say(cast.ann, "Soop"), cast.say(cast.ann, "Salad")
    page = load(cast)
    actions.edit_message(cast.member(cast.ann), entry=first, text="Soup")
    actions.hide_message(cast.member(cast.ann), entry=second)
    html = catch_up(cast, page)
    assert page.texts == ["Soup (edited)", "This message was removed."]
    assert "beforeend:#log" not in html


def test_a_new_line_that_was_changed_since_is_added_once(cast: Cast):
    page = load(cast)
    entry = cast.say(cast.ann, "Soop")
    actions.edit_message(cast.member(cast.ann), entry=entry, text="Soup")
    cast.say(cast.ann, "More")
    catch_up(cast, page)
    assert page.texts == ["Soup (edited)", "More"]


def test_one_that_was_new_before_and_changed_after_is_replaced(cast: Cast):
    """Its change is as new as the others', its place is not."""
    entry = cast.say(cast.ann, "Soop")
    page = load(cast)
    cast.say(cast.bob, "What?")
    actions.edit_message(cast.member(cast.ann), entry=entry, text="Soup")
    html = catch_up(cast, page)
    assert page.texts == ["Soup (edited)", "What?"]
    assert html.index("beforeend:#log") < html.index("Soup")


def test_a_page_that_lacks_nothing_gets_its_cursor_alone(cast: Cast):
    page = load(cast)
    before = page.log
    html = catch_up(cast, page)
    assert page.log == before
    assert "entry-" not in html


def test_a_live_page_that_lacks_nothing_gets_nothing(cast: Cast):
    place = state_of(load(cast))
    assert updates(cast, 3, live={place}).live == {}
    cast.say(cast.ann, "Soup")
    assert updates(cast, 3, live={place}).live.keys() == {place}


def test_lines_above_the_oldest_are_not_named(cast: Cast):
    entry = cast.say(cast.ann, "Soop")
    fill(cast.kitchen, 60)
    page = load(cast)
    assert page.oldest > entry.position
    actions.edit_message(cast.member(cast.ann), entry=entry, text="Soup")
    cast.say(cast.ann, "More")
    html = catch_up(cast, page)  # htmx would report a target that is missing
    assert f"entry-{entry.pk}" not in html
    assert page.texts[-1] == "More"


def test_panels_follow_the_events_and_come_with_nothing_else(cast: Cast):
    page = load(cast)
    cast.say(cast.ann, "Soup")
    assert 'id="members"' not in catch_up(cast, page)
    actions.join_group(cast.cleo, group=cast.kitchen)
    html = catch_up(cast, page)
    assert page.has(f"member-{cast.cleo.pk}")
    assert 'id="group-about"' not in html
    sam = User.objects.create_user("sam", is_staff=True)
    actions.change_group(sam, group=cast.kitchen, name="Canteen", description="")
    assert 'id="members"' not in catch_up(cast, page)
    assert page.element("group-about").find("h1").text_content() == "Canteen"


@pytest.mark.parametrize(
    ("is_active", "said"), [(False, "closed by ann"), (True, "opened again by ann")]
)
def test_a_live_list_says_whose_account_is_closed(cast: Cast, is_active: bool, said: str):
    actions.join_group(cast.cleo, group=cast.kitchen)
    cleo = cast.cleo
    for cleo.is_active in (not is_active, is_active):
        page = load(cast)
        cleo.save()
        actions.announce_account(cast.ann, user=cleo)
        do_tasks()
    catch_up(cast, page)
    line = " ".join(page.element("log")[-1].text_content().split())
    assert f"cleo's account was {said}" in line
    shown = page.element(f"member-{cleo.pk}").text_content()
    assert ("Account closed" in shown) == (not is_active)


def test_new_lines_are_announced_and_changed_ones_are_not(cast: Cast):
    entry = cast.say(cast.ann, "Soop")
    page = load(cast)
    actions.edit_message(cast.member(cast.ann), entry=entry, text="Soup")
    for text in ("one", "two", "three", "four"):
        cast.say(cast.ann, text)
    catch_up(cast, page)
    said = [paragraph.text_content().strip() for paragraph in page.element("announced")]
    assert said == ["ann: two", "ann: three", "ann: four"]


# --- pages that stand elsewhere ---------------------------------------------------------------------


@pytest.mark.parametrize(("count", "is_replaced"), [(200, False), (201, True)])
def test_a_page_too_far_behind_gets_its_log_replaced(cast: Cast, count: int, is_replaced: bool):
    page = load(cast)
    fill(cast.kitchen, count)
    html = catch_up(cast, page)
    assert ("innerHTML:#log" in html) is is_replaced
    assert len(page.log) == (50 if is_replaced else 3 + count)
    assert page.has_older is is_replaced


def test_a_page_far_behind_does_not_make_the_turn_read_everything(cast: Cast):
    far = state_of(load(cast))
    fill(cast.kitchen, 1000)
    near = state_of(load(cast))
    cast.say(cast.ann, "Soup")
    done = updates(cast, 1003, joining={far}, live={near}, joining_people={cast.bob.pk})
    assert "innerHTML:#log" in done.joining[far].prepared.text
    assert "beforeend:#log" in done.live[near].prepared.text


def test_a_page_of_another_epoch_gets_its_log_replaced(cast: Cast):
    page = load(cast)
    Group.objects.filter(pk=cast.kitchen.pk).update(epoch=new_epoch())
    assert "innerHTML:#log" in catch_up(cast, page)
    assert "innerHTML:#log" not in catch_up(cast, page)


def test_a_live_page_hears_of_another_epoch_too(cast: Cast):
    place = state_of(load(cast))
    Group.objects.filter(pk=cast.kitchen.pk).update(epoch=new_epoch())
    assert "innerHTML:#log" in updates(cast, 3, live={place}).live[place].prepared.text


def test_a_cursor_ahead_of_the_head_gets_its_log_replaced(cast: Cast):
    """A database that was restored from a copy is behind the pages that are open."""
    cast.say(cast.ann, "Soup")
    page = load(cast)
    Entry.objects.filter(position=4).delete()
    Group.objects.filter(pk=cast.kitchen.pk).update(head=3)
    assert "innerHTML:#log" in catch_up(cast, page)
    assert (page.texts, page.cursor) == ([], 3)


@pytest.mark.parametrize("oldest", [0, 2, 4, 10**6, 2**63 - 1])
def test_a_page_is_told_of_no_line_above_the_oldest_that_it_claims(cast: Cast, oldest: int):
    entry = cast.say(cast.ann, "Soop")
    page = load(cast)
    place = state_of(page)._replace(oldest=oldest)
    actions.edit_message(cast.member(cast.ann), entry=entry, text="Soup")
    html = updates(cast, joining={place}).joining[place].prepared.text
    assert (f"entry-{entry.pk}" in html) is (oldest <= entry.position)


# --- several at once --------------------------------------------------------------------------------


def test_pages_at_one_place_share_one_frame(cast: Cast, django_assert_max_num_queries):
    places = {state_of(load(cast))._replace(cursor=cursor) for cursor in (1, 2, 3)}
    cast.say(cast.ann, "Soup")
    with django_assert_max_num_queries(6):
        frames = updates(cast, 3, joining=places, joining_people={cast.bob.pk}).joining
    assert [frame.prepared.text.count("<li id=") for frame in frames.values()].count(1) == 1
    assert len(frames) == 3


def test_candidates_who_are_no_members_are_not_admitted(cast: Cast):
    people = {cast.bob.pk, cast.cleo.pk}
    assert updates(cast, joining_people=people).admitted == {cast.bob.pk}


def test_a_removal_in_a_batch_ends_the_page_of_the_one_removed(cast: Cast):
    cast.say(cast.ann, "Before")
    actions.remove_member(cast.member(cast.mod), membership=cast.member(cast.bob))
    cast.say(cast.ann, "After")
    done = updates(cast, 3, live_people={cast.bob.pk, cast.ann.pk})
    assert {user: event and event.kind for user, event in done.ended.items()} == {
        cast.bob.pk: Kind.REMOVED
    }


def test_a_removal_that_the_feed_knows_already_ends_nothing(cast: Cast):
    actions.remove_member(cast.member(cast.mod), membership=cast.member(cast.bob))
    actions.join_group(cast.bob, group=cast.kitchen)
    place = state_of(load(cast))._replace(cursor=3)
    done = updates(
        cast, 5, joining={place}, joining_people={cast.bob.pk}, live_people={cast.bob.pk}
    )
    assert (done.ended, done.admitted) == ({}, {cast.bob.pk})


def test_a_removal_in_more_lines_than_are_held_ends_the_page_too(cast: Cast):
    actions.remove_member(cast.member(cast.mod), membership=cast.member(cast.bob))
    fill(cast.kitchen, 500)
    done = updates(cast, 3, live_people={cast.bob.pk, cast.ann.pk})
    assert done.ended.keys() == {cast.bob.pk}


def test_of_a_group_that_is_gone_there_is_nothing(cast: Cast):
    place = state_of(load(cast))
    assert updates(cast, 3, live={place}, joining={place}) is not None
    Membership.objects.all().delete()
    cast.kitchen.delete()
    assert updates(cast, 3, live={place}, joining={place}) is None


# --- older lines ------------------------------------------------------------------------------------


def test_older_lines_come_above_the_oldest(cast: Cast):
    fill(cast.kitchen, 120)
    page = load(cast)
    positions = [int(text) for text in page.texts]
    while page.has_older:
        request = Older(page.oldest, EVERYONE)
        frame = updates(cast, page.cursor, older={request}).history[request]
        page.swap(frame.prepared.text)
        assert page.oldest == frame.window.oldest
    assert [int(text) for text in page.texts] == list(range(4, 124))
    assert positions == list(range(74, 124))


def test_before_the_beginning_nothing_comes_and_the_oldest_stays(cast: Cast):
    page = load(cast)
    request = Older(page.oldest, EVERYONE)
    frame = updates(cast, 3, older={request}).history[request]
    before = page.log
    page.swap(frame.prepared.text)
    assert (frame.window.oldest, page.log, page.has_older) == (1, before, False)


# --- what it reads -----------------------------------------------------------------------------------


def test_a_turn_of_live_pages_reads_one_statement_whatever_waits(
    cast: Cast, django_assert_num_queries
):
    places = {state_of(load(cast)), state_of(load(cast))._replace(oldest=2)}
    for text in ("one", "two", "three"):
        cast.say(cast.ann, text)
    shown = read_members(cast.kitchen.pk).shown
    with django_assert_num_queries(1):
        updates(cast, 3, shown=shown, live=places, live_people={cast.ann.pk, cast.bob.pk})


def test_pages_that_return_together_share_what_they_lack(cast: Cast, django_assert_num_queries):
    place = state_of(load(cast))
    people = {User.objects.create_user(f"person{number}").pk for number in range(30)}
    cast.say(cast.ann, "Soup")
    shown = read_members(cast.kitchen.pk).shown
    # The lines, who of them may hear it, and for strangers the group, and which of them are barred.
    with django_assert_num_queries(4):
        updates(cast, 4, shown=shown, joining={place}, joining_people={cast.bob.pk, *people})


# --- rendered lines ---------------------------------------------------------------------------------


@pytest.fixture
def renderings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The primary keys of the lines that are rendered, in that order."""
    rendered: list[int] = []
    original = fragments.line

    def line(entry: Entry, audience: Audience, *, replaces: bool = False) -> str:
        rendered.append(entry.pk)
        return original(entry, audience, replaces=replaces)

    monkeypatch.setattr(fragments, "line", line)
    return rendered


def test_a_line_is_rendered_once_for_pages_that_return_one_by_one(cast: Cast, renderings):
    page, entry = load(cast), cast.say(cast.ann, "Soup")
    for _ in range(3):
        updates(cast, joining={state_of(page)}, joining_people={cast.bob.pk})
    assert renderings.count(entry.pk) == 1


def test_a_page_that_is_loaded_and_one_that_is_told_show_one_rendering(cast: Cast, renderings):
    page, entry = load(cast), cast.say(cast.ann, "Soup")
    fresh = load(cast)
    catch_up(cast, page)
    assert page.log == fresh.log
    assert renderings.count(entry.pk) == 1


def test_it_is_rendered_anew_when_it_has_changed(cast: Cast, renderings):
    page, entry = load(cast), cast.say(cast.ann, "Soop")
    catch_up(cast, load(cast))
    updates(cast, joining={state_of(page)}, joining_people={cast.bob.pk})
    actions.edit_message(cast.member(cast.ann), entry=entry, text="Soup")
    catch_up(cast, page)
    assert page.texts == ["Soup (edited)"]
    assert renderings.count(entry.pk) == 2


def test_it_is_rendered_anew_where_the_line_before_it_is_another(cast: Cast):
    first, second = cast.say(cast.ann, "Soup"), cast.say(cast.ann, "Salad")
    page = load(cast)
    updates(cast, joining={state_of(page)._replace(cursor=3)}, joining_people={cast.bob.pk})
    # As when a group's log is cut, which nothing here does yet.
    first.delete()
    frame = updates(cast, joining={state_of(page)._replace(cursor=3)}).joining
    (shown,) = frame.values()
    assert "continues" not in shown.prepared.text
    assert f"entry-{second.pk}" in shown.prepared.text


def test_a_line_of_another_database_is_another_line(cast: Cast, renderings):
    page, entry = load(cast), cast.say(cast.ann, "Soup")
    updates(cast, joining={state_of(page)}, joining_people={cast.bob.pk})
    # The same numbers at the same moment, with another text: a backup was restored, and it went on.
    Entry.objects.filter(pk=entry.pk).update(text="Salad")
    Group.objects.filter(pk=cast.kitchen.pk).update(epoch=new_epoch())
    catch_up(cast, page)
    assert page.texts == ["Salad"]


def test_while_a_template_is_being_changed_each_is_rendered_each_time(
    cast: Cast, renderings, settings
):
    settings.DEBUG = True
    page, entry = load(cast), cast.say(cast.ann, "Soup")
    for _ in range(2):
        updates(cast, joining={state_of(page)}, joining_people={cast.bob.pk})
    assert renderings.count(entry.pk) == 2


def test_a_line_with_all_that_lines_have_is_kept(cast: Cast, renderings):
    text = "**Soup**\n- one\n\n```python\n" + "soup(1)\n" * 40 + "```"
    page, entry = load(cast), cast.say(cast.ann, text)
    for emoji in "👍🎉👀🚀":
        actions.react(cast.member(cast.bob), entry=entry, emoji=emoji)
    for _ in range(2):
        updates(cast, joining={state_of(page)}, joining_people={cast.bob.pk})
    assert renderings.count(entry.pk) == 1


def test_a_very_long_line_is_not_kept(cast: Cast, renderings):
    page, entry = load(cast), cast.say(cast.ann, "'" * 4_000)
    assert len(entry.text) * len("&#x27;") > LINE_KEPT
    for _ in range(2):
        updates(cast, joining={state_of(page)}, joining_people={cast.bob.pk})
    assert renderings.count(entry.pk) == 2
