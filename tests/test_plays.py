"""Scenes that are played: by real actions, in a group that is nobody else's and leaves nothing behind."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from discuss import actions, metrics
from discuss.actions import plays
from discuss.db.workers import in_worker
from discuss.design.actions import playing
from discuss.design.reading.scenes import find_script
from discuss.design.rules.scenes import NEEDS, Scene
from discuss.models import (
    Act,
    Case,
    Deletion,
    Entry,
    FilterHits,
    Group,
    GroupKind,
    Held,
    Membership,
    Play,
    User,
)
from discuss.moderation.actions import report_group, report_message
from discuss.moderation.reading.charts import count_sign_ups
from discuss.moderation.reading.trials import try_rule
from discuss.reading.lobby import ListQuery, read_listing, read_listings
from discuss.rules.filters import Rule
from discuss.rules.refusals import Code, Refused
from tests.cast import Cast, log_in
from tests.moderation.ruled import ruled_everywhere
from tests.moderation.test_charts import span_of
from tests.page import Page, enter, fresh_log, settled

pytestmark = pytest.mark.log

HEAD = """\
title = "Soup"
group = "Kitchen"
people = ["Ann", "Bob", "Cleo"]
"""


def step(does: str, **values: Any) -> str:
    fields = {"does": does, **values}
    said = [
        f"{key} = {value}" if isinstance(value, int) else f'{key} = "{value}"'
        for key, value in fields.items()
    ]
    return "\n".join(["", "[[step]]", *said, ""])


SAYS = step("says", who="Ann", text="Soup", name="soup")


@pytest.fixture
def dora(db: None) -> User:
    user = User.objects.create_user("dora", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_design"))
    return user


@pytest.fixture
def designer(dora: User) -> Client:
    return log_in(dora)


@pytest.fixture
def write(settings: Settings, tmp_path: Path) -> Callable[..., Scene | None]:
    """Return a function that writes the scene "soup", and returns it."""
    settings.SCENE_DIRS = [tmp_path, *settings.SCENE_DIRS]

    def write(*steps: str) -> Scene | None:
        (tmp_path / "soup.toml").write_text(HEAD + "".join(steps))
        script = find_script("soup")
        assert script
        return script.scene

    return write


def ask(client: Client, do: str, htmx: bool = True, **values: Any) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    data = {"do": do, "scene": "soup", "speed": "1", "width": "768", **values}
    return client.post("/design/play/", data, headers=headers)


def html_of(client: Client, do: str, **values: Any) -> str:
    response = ask(client, do, **values)
    assert response.status_code == 200
    return str(response.content.decode())


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def texts(play: Play | None = None) -> list[str]:
    lines = Entry.objects.filter(group__kind=GroupKind.PLAY, group__is_deleted=False)
    return [line.text for line in lines.order_by("position") if line.is_message]


def group_of(play: Play) -> Group:
    assert play.group
    return play.group


def play_all(user: User, scene: Scene) -> Play:
    play = playing.begin(user, name="soup", scene=scene)
    for expected in range(len(scene.steps)):
        assert playing.take_step(play, scene, expected=expected)
    return play


# --- each kind of step --------------------------------------------------------------------------------

STEPS: dict[str, tuple[str, Callable[[Group], bool]]] = {
    "joins": (
        step("joins", who="Bob"),
        lambda group: group.memberships.filter(user__display_name="Bob").exists(),
    ),
    "leaves": (
        step("leaves", who="Bob"),
        lambda group: not group.memberships.filter(user__display_name="Bob").exists(),
    ),
    "types": (step("types", who="Bob"), lambda group: group.head == 2),
    "says": (
        step("says", who="Bob", text="With bread", to="soup"),
        lambda group: bool(group.entries.get(text="With bread").reply_to),
    ),
    "edits": (
        step("edits", who="Ann", to="soup", text="Stew"),
        lambda group: group.entries.get(text="Stew").edited_at is not None,
    ),
    "removes": (
        step("removes", who="Ann", to="soup"),
        lambda group: group.entries.get(text="Soup").is_hidden,
    ),
    "reacts": (
        step("reacts", who="Bob", to="soup", emoji="👍"),
        lambda group: bool(group.entries.get(text="Soup").reactions),
    ),
    "unreacts": (
        step("reacts", who="Bob", to="soup", emoji="👍")
        + step("unreacts", who="Bob", to="soup", emoji="👍"),
        lambda group: not group.entries.get(text="Soup").reactions and group.head == 4,
    ),
    "pins": (
        step("pins", who="Bob", to="soup"),
        lambda group: group.entries.get(text="Soup").is_pinned,
    ),
    "unpins": (
        step("pins", who="Bob", to="soup") + step("unpins", who="Bob", to="soup"),
        lambda group: not group.entries.get(text="Soup").is_pinned and group.head >= 4,
    ),
    "bursts": (
        step("bursts", times=12, text="{n} more"),
        lambda group: group.entries.filter(text__endswith=" more").count() == 12,
    ),
    "disconnects": (step("disconnects"), lambda group: group.head == 2),
    "wears": (step("wears", skin="paper"), lambda group: group.skin == "paper"),
}


def test_each_kind_of_step_is_tried():
    assert STEPS.keys() == NEEDS.keys()


@pytest.mark.parametrize("does", STEPS)
def test_a_step_does_what_it_says(does: str, dora: User, write: Callable[..., Scene]):
    steps, is_done = STEPS[does]
    play = play_all(dora, write(SAYS, steps))
    assert is_done(Group.objects.get(pk=play.group_id))


def test_our_own_scenes_are_played_to_their_ends(dora: User):
    for name in ("burst", "evening", "everything"):
        script = find_script(name)
        assert script
        assert script.scene
        play_all(dora, script.scene)
        assert Play.objects.get().step == len(script.scene.steps)
    assert len(texts()) > 20


def test_a_text_mentions_who_looks_on_and_who_is_made_up(dora: User, write: Callable[..., Scene]):
    play_all(dora, write(step("says", who="Ann", text="@you, @Bob and ann@you.example")))
    (line,) = Entry.objects.filter(group__kind=GroupKind.PLAY, kind="message")
    bob = User.objects.get(display_name="Bob")
    assert line.text == f"@dora, @{bob.username} and ann@you.example"
    assert set((line.details or {})["mentions"].values()) == {dora.pk, bob.pk}


def test_a_step_is_done_once_whoever_asks(dora: User, write: Callable[..., Scene]):
    scene = write(SAYS, SAYS.replace('"soup"', '"more"'))
    play = playing.begin(dora, name="soup", scene=scene)
    assert playing.take_step(play, scene, expected=0)
    assert not playing.take_step(play, scene, expected=0)
    assert playing.take_step(play, scene, expected=1)
    assert not playing.take_step(play, scene, expected=2)
    assert texts() == ["Soup", "Soup"]


# --- what others see of it: nothing -------------------------------------------------------------------


@pytest.fixture
def played(cast: Cast, dora: User, write: Callable[..., Scene]) -> Play:
    return play_all(
        dora, write(SAYS, step("removes", who="Ann", to="soup"), SAYS.replace('"soup"', '"more"'))
    )


def test_nobody_else_finds_its_group(played: Play, cast: Cast):
    assert Group.objects.count() == 2
    for user, count in ((cast.ann, 1), (played.user, 2)):
        # What is read for one person, and what pages of many are sent.
        listing = read_listing(ListQuery(""), user.pk)
        ((_, live),) = read_listings([(ListQuery(""), user.pk)]).items()
        assert listing.groups == live.groups
        assert len(listing.groups) == count
    assert not Group.objects.findable_by(None).filter(pk=played.group_id or 0).exists()
    assert log_in(cast.ann).get(f"/groups/{group_of(played).uuid}/").status_code == 404
    with pytest.raises(Refused) as refusal:
        actions.join_group(cast.ann, group=group_of(played))
    assert refusal.value.code == Code.GONE
    # Others may be called as it is.
    assert actions.create_group(cast.ann, name="Soup")


def test_two_may_play_one_scene_and_each_has_their_own(
    cast: Cast, dora: User, write: Callable[..., Scene]
):
    scene = write(SAYS)
    first, second = play_all(dora, scene), play_all(cast.bob, scene)
    assert first.group_id != second.group_id
    assert set(first.people.values()).isdisjoint(second.people.values())
    assert not Membership.objects.filter(group=second.group_id, user=dora).exists()


def test_its_people_cannot_log_in_and_staff_do_not_see_them(played: Play):
    people = User.objects.filter(is_made_up=True)
    assert people.count() == 3
    assert not any(person.has_usable_password() for person in people)
    boss = log_in(User.objects.create_superuser("boss"))
    shown = {
        model: str(boss.get(f"/admin/discuss/{model}/").content.decode())
        for model in ("user", "group", "membership", "message", "event")
    }
    assert "dora" in shown["user"]
    assert "Kitchen" in shown["group"]
    assert "bob" in shown["membership"]
    for model, html in shown.items():
        assert not any(person.username in html for person in people), model
        assert f"{group_of(played).uuid}" not in html
    assert "Soup" not in shown["message"]
    assert boss.get(f"/admin/discuss/user/{people[0].pk}/change/").status_code == 302
    assert boss.get(f"/admin/discuss/group/{played.group_id}/change/").status_code == 302


def test_it_is_in_no_count(
    cast: Cast,
    dora: User,
    write: Callable[..., Scene],
    django_capture_on_commit_callbacks: Any,
):
    boss = User.objects.create_superuser("boss")
    before = metrics.MESSAGES._value.get(), count_sign_ups(span_of(boss))
    with django_capture_on_commit_callbacks(execute=True):
        play_all(dora, write(SAYS, step("bursts", times=5, text="x")))
    assert (metrics.MESSAGES._value.get(), count_sign_ups(span_of(boss))) == before
    with django_capture_on_commit_callbacks(execute=True):
        cast.say(cast.bob, "Hello")
    assert metrics.MESSAGES._value.get() == before[0] + 1


def test_moderators_learn_nothing_of_it(played: Play):
    assert not Act.objects.exists()
    member = Membership.objects.get(group=played.group_id, user=played.user_id)
    entry = Entry.objects.filter(group=played.group_id, kind="message").last()
    assert entry
    with pytest.raises(Refused) as refusal:
        report_message(member, entry=entry, reason="spam")
    assert refusal.value.code == Code.ONLY_A_PLAY
    assert not Case.objects.exists()


def test_no_filter_is_for_what_is_only_played(dora: User, write: Callable[..., Scene]):
    """Nor for what its reader writes there: it is gone after an hour, and the record stays."""
    for does in ("block", "hold", "report"):
        ruled_everywhere(terms="soup", does=does)
    acts = Act.objects.count()
    scene = write(SAYS, step("edits", who="Ann", to="soup", text="Soup!"))
    play = playing.begin(dora, name="soup", scene=scene)
    for expected in (0, 1):
        playing.take_step(play, scene, expected=expected)
    member = Membership.objects.get(group=play.group_id, user=dora)
    own = actions.post_message(member, text="More soup", nonce=actions.new_nonce())
    actions.edit_message(member, entry=own, text="No soup")
    assert texts() == ["Soup!", "No soup"]
    actions.write_filter_hits()
    assert Act.objects.count() == acts
    assert [kept.objects.count() for kept in (FilterHits, Case, Held)] == [0, 0, 0]


def test_what_is_played_is_no_proof_of_what_a_filter_would_catch(
    dora: User, cast: Cast, played: Play
):
    said = texts()
    assert said
    real = cast.say(cast.bob, said[0])
    tried = try_rule(Rule(1, "words", terms=(said[0],), is_part=True), None)
    assert [line.pk for line in tried.lines] == [real.pk]


def test_nobody_reports_the_group_of_a_play(played: Play):
    group = group_of(played)
    with pytest.raises(Refused) as refusal:
        report_group(played.user, group=group, reason="spam")
    assert refusal.value.code == Code.ONLY_A_PLAY


# --- it ends ------------------------------------------------------------------------------------------


def nothing_is_left() -> bool:
    people = User.objects.filter(is_made_up=True)
    groups = Group._base_manager.filter(kind=GroupKind.PLAY)
    return not (Play.objects.exists() or people.exists() or groups.exists())


def test_it_leaves_nothing_behind(played: Play):
    lines = Entry.objects.filter(group=played.group_id)
    assert lines.exists()
    playing.end(played.user)
    assert not Play.objects.exists()
    assert not Group.objects.filter(pk=played.group_id or 0).exists()
    actions.finish_deletions()
    assert nothing_is_left()
    assert not Deletion.objects.exists()
    assert not lines.exists()
    assert not Act.objects.exists()


def test_what_is_played_again_takes_the_place_of_what_there_was(
    played: Play, write: Callable[..., Scene]
):
    again = playing.begin(played.user, name="soup", scene=write(SAYS))
    assert Play.objects.get() == again
    assert texts() == []
    actions.finish_deletions()
    assert User.objects.filter(is_made_up=True).count() == 3
    assert not Group._base_manager.filter(pk=played.group_id or 0).exists()


def test_it_is_over_after_an_hour(played: Play):
    assert plays.clear_old(200) == 0
    Play.objects.update(begun_at=timezone.now() - plays.LASTS - timedelta(seconds=1))
    assert plays.clear_old(200) == 1
    actions.finish_deletions()
    assert nothing_is_left()


def test_it_goes_with_its_person(played: Play):
    User.objects.filter(pk=played.user_id).update(is_staff=False)
    actions.delete_user(
        User.objects.get(pk=played.user_id), user=User.objects.get(pk=played.user_id)
    )
    actions.finish_deletions()
    assert nothing_is_left()


def test_there_are_so_many_at_a_time(
    cast: Cast, dora: User, write: Callable[..., Scene], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(plays, "MOST_PLAYS", 1)
    scene = write(SAYS)
    play_all(dora, scene)
    with pytest.raises(Refused) as refusal:
        play_all(cast.bob, scene)
    assert refusal.value.code == Code.MANY_PLAYS
    play_all(dora, scene)


# --- its page -----------------------------------------------------------------------------------------


def test_it_is_played_step_by_step(designer: Client, write: Callable[..., Scene]):
    write(SAYS, step("says", who="Bob", text="Bread"))
    html = html_of(designer, "step")
    assert "Step 0 of 2 · paused" in words(html)
    assert 'hx-swap-oob="true"' in html
    assert "/design/play/page/" in html
    html = html_of(designer, "step", expected=0)
    assert "Step 1 of 2 · paused" in words(html)
    assert 'hx-swap-oob="true"' not in html
    assert "load delay" not in html
    html_of(designer, "step", expected=0)
    assert texts() == ["Soup"]
    assert "Step 2 of 2 · over" in words(html_of(designer, "step", expected=1))
    assert texts() == ["Soup", "Bread"]
    assert "Step 0 of 2 · playing" in words(html_of(designer, "play", expected=2))


@pytest.mark.parametrize(("speed", "pause"), [("0.5", 800), ("1", 400), ("4", 100), ("all", 20)])
def test_it_asks_for_the_next_step_when_that_is_due(
    designer: Client, write: Callable[..., Scene], speed: str, pause: int
):
    write(SAYS, step("types", who="Bob", after=400), step("types", who="Ann", after=400))
    html = html_of(designer, "play", speed=speed)
    assert f"load delay:{2400 if speed == '0.5' else 1500}ms" in html
    running = {"speed": speed, "is_running": "on", "expected": 0}
    html = html_of(designer, "tick", **running)
    if speed == "all":
        assert "Step 3 of 3 · over" in words(html)
        assert "load delay" not in html
    else:
        assert f"load delay:{pause}ms" in html
    html = html_of(designer, "pause", **running)
    assert "load delay" not in html
    if speed != "all":
        assert f"load delay:{pause}ms" in html_of(designer, "play", speed=speed)


def test_another_scene_begins_anew(designer: Client, write: Callable[..., Scene]):
    write(SAYS)
    html_of(designer, "step")
    html_of(designer, "step", expected=0)
    assert "Step 0 of 13 · playing" in words(html_of(designer, "play", scene="evening"))
    assert Play.objects.get().scene == "evening"
    assert texts() == []
    # What was asked before the scene was another one does nothing.
    html_of(designer, "tick", scene="soup", is_running="on")
    assert Play.objects.get().step == 0


def test_it_is_deleted_at_a_press(designer: Client, write: Callable[..., Scene]):
    write(SAYS)
    html_of(designer, "play")
    assert "Nothing is being played." in html_of(designer, "end")
    assert not Play.objects.exists()


def test_without_htmx_each_press_leads_back_to_the_page(
    designer: Client, write: Callable[..., Scene]
):
    write(SAYS)
    response = ask(designer, "step", htmx=False, width="1280", skin="paper", theme="dark")
    address = "/design/play/?scene=soup&speed=1&skin=paper&width=1280&theme=dark"
    assert response.headers["Location"] == address
    assert Group.objects.get(kind=GroupKind.PLAY).skin == "paper"
    html = str(designer.get(address).content.decode())
    assert "Step 0 of 1 · paused" in words(html)
    assert "?theme=dark&amp;group=" in html
    assert 'width="1280"' in html
    ask(designer, "step", htmx=False)
    assert texts() == ["Soup"]


def test_a_file_with_an_error_is_said_with_its_line_and_nothing_is_played(
    designer: Client, write: Callable[..., Scene]
):
    write(SAYS, step("says", who="Dora", text="Soup"))
    for html in (
        html_of(designer, "play"),
        str(designer.get("/design/play/?scene=soup").content.decode()),
    ):
        assert "soup.toml, line 11" in words(html)
        assert "Step 2: Dora is not among the people of the scene." in words(html)
    assert not Play.objects.exists()


def test_a_file_that_is_changed_amidst_says_what_it_cannot_do(
    designer: Client, write: Callable[..., Scene]
):
    write(SAYS, SAYS.replace('"soup"', '"more"'))
    html_of(designer, "play")
    write(SAYS.replace('"soup"', '"more"'), step("pins", who="Ann", to="more"))
    Play.objects.update(step=1)
    html = html_of(designer, "tick", expected=1, is_running="on")
    assert "soup.toml, line 11" in words(html)
    assert "Step 2: There is no such message in this group." in words(html)
    assert "load delay" not in html


def test_a_scene_that_is_gone_is_none(designer: Client):
    assert ask(designer, "play", scene="gone").status_code == 200
    assert ask(designer, "nonsense", scene="../gone", speed="x", width="7").status_code == 200
    assert designer.get("/design/play/?scene=gone").status_code == 200
    assert not Play.objects.exists()


def test_its_page_is_the_groups_own_and_may_be_framed_here(
    designer: Client, write: Callable[..., Scene], settings: Settings
):
    assert designer.get("/design/play/page/").status_code == 404
    write(SAYS)
    html_of(designer, "step", skin="paper")
    html_of(designer, "step", expected=0)
    response = designer.get("/design/play/page/?theme=dark")
    html = response.content.decode()
    group = Group.objects.get(kind=GroupKind.PLAY)
    assert "Soup" in html
    assert f'ws-connect="/ws/groups/{group.uuid}/"' in html
    assert '<link id="skin"' in html
    assert re.search(r'name="skin"[^>]+value="paper"', html)
    assert 'data-color-scheme="dark"' in html
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert not User.objects.filter(color_scheme="dark").exists()
    # The lobby leads back to real groups.
    assert settings.LAST_GROUP_COOKIE_NAME not in response.cookies


def test_it_is_for_staff_with_the_right_alone(
    cast: Cast, settings: Settings, write: Callable[..., Scene]
):
    write(SAYS)
    bob = log_in(cast.bob)
    assert ask(bob, "play").status_code == 404
    assert bob.get("/design/play/page/").status_code == 404
    assert not Play.objects.exists()
    settings.DEBUG = True
    assert ask(bob, "play").status_code == 200
    assert Play.objects.exists()


# --- through the real consumer ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_its_lines_come_in_order_and_equal_a_fresh_load(
    dora: User, write: Callable[..., Scene]
):
    script = find_script("everything")
    assert script
    assert script.scene
    scene = script.scene
    play = await in_worker(lambda: playing.begin(dora, name="everything", scene=scene))
    page = await enter(dora, f"/groups/{group_of(play).uuid}/")
    lost = 0
    for expected, each in enumerate(scene.steps):
        assert await in_worker(playing.take_step, play, scene, expected=expected)
        await settled()
        if each.does == "disconnects":
            await page.until(lambda page: page.close_code == 1012)
            lost += 1
            # What is said meanwhile.
            continue
        if page.close_code is not None and scene.steps[expected - 1].does != "disconnects":
            await page.join_in()
        page.read()
    assert lost == 1
    await _equals(page)
    numbered = [text for text in page.texts if text.endswith("more of these.")]
    assert numbered == [f"And {n} more of these." for n in range(1, 21)]


async def _equals(page: Page) -> None:
    await settled()
    page.read()
    assert page.log == await fresh_log(page)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_its_page_shows_who_is_writing(dora: User, write: Callable[..., Scene]):
    scene = write(step("types", who="Bob"), step("says", who="Bob", text="Soup"))
    play = await in_worker(lambda: playing.begin(dora, name="soup", scene=scene))
    page = await enter(dora, f"/groups/{group_of(play).uuid}/")
    await in_worker(lambda: playing.take_step(play, scene, expected=0))
    await page.until(lambda page: "Bob" in page.element("typing").text_content())
    await in_worker(lambda: playing.take_step(play, scene, expected=1))
    await page.until(lambda page: "Bob" not in page.element("typing").text_content())
    await page.until(lambda page: page.texts == ["Soup"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_no_other_page_loses_its_connection_and_an_open_one_is_told_of_the_end(
    cast: Cast, dora: User, write: Callable[..., Scene]
):
    scene = write(step("disconnects"))
    play = await in_worker(lambda: playing.begin(dora, name="soup", scene=scene))
    bob = await enter(cast.bob, cast.kitchen.get_absolute_url())
    page = await enter(dora, f"/groups/{group_of(play).uuid}/")
    await in_worker(lambda: playing.take_step(play, scene, expected=0))
    await page.until(lambda page: page.close_code == 1012)
    bob.read()
    assert bob.close_code is None
    await page.join_in()
    await in_worker(playing.end, dora)
    await page.until(lambda page: page.close_code in {4403, 1012})
    await asyncio.sleep(0)
