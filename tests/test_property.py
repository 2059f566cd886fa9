"""Every page equals a fresh load, whatever happens to people, bells and connections on the way.

A state machine (Hypothesis) lets people join, leave, write, edit, hide, react, pin, read, remove, moderate,
hide and show all of somebody, erase, ban and delete their account, lock the group, slow it down, filter, hold
messages and decide about them, in any order, alone and at one moment, while rings are dropped, doubled and
reordered and pages disconnect and return. In the end each page shows exactly what a fresh load from its
oldest line on shows: none missing, none twice, in order, and to moderators what was hidden.
"""

import asyncio
import contextlib
import os
import random
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from discuss import actions
from discuss.actions import deletions
from discuss.db import workers
from discuss.db.workers import in_worker
from discuss.doorbell import bells
from discuss.doorbell.bell import Bell
from discuss.live import end, later
from discuss.live.feeds.group import GroupFeed
from discuss.live.feeds.person import PersonFeed
from discuss.live.hub import hub
from discuss.models import (
    Ban,
    Deletion,
    Entry,
    Filter,
    Group,
    Held,
    Kind,
    Level,
    LongAct,
    Membership,
    Role,
    User,
)
from discuss.moderation.actions import (
    Why,
    delete_filter,
    long_steps,
    make_filter,
    perform_act,
    switch_filter,
    take_long_steps,
)
from discuss.reading import lines as windows, log as reading, members
from discuss.server.protocol import CLOSE_NO_MEMBER, CLOSE_NO_SESSION
from tests.cast import log_in
from tests.document import outer, text
from tests.history import count_joined, lines_of_strangers
from tests.page import Page, eventually, fresh_log, settled
from tests.waiting import do_tasks

# How many sequences, each way. SEQUENCES=200 and more are for before a release (CONTRIBUTING.md).
SEQUENCES = int(os.environ.get("SEQUENCES", "30"))
STEPS = 30
NAMES = ("ann", "bob", "cleo", "mod")

# What is done to members.
ACTS = (
    *("time_out", "end_time_out", "warn", "take_warning_back"),
    *("remove", "let_in_again", "bar", "end_bar", "promote", "demote"),
)

people = st.sampled_from(NAMES)
# Which of them: an index that wraps around. Drawn before one knows how many there are, because sockets work
# in the background and Hypothesis must draw the same again.
picks = st.integers(0, 999)
# What becomes of the bells that an action rings.
fates = st.sampled_from(["rung", "rung", "dropped", "doubled", "late"])


def soon() -> datetime:
    return timezone.now() + timedelta(hours=1)


def told(page: Page) -> str:
    """Return what keeps the page's person from writing, as it says it."""
    return text(page.element("sanctions"))


def own_list(page: Page) -> tuple[list[str], str]:
    """Return what the page shows of its person's groups, and of what is unread in them, and its title."""
    page.element("own-shown").set("value", "")
    return outer(page.element("own-groups")).split(), page.find("head > title")[0].text or ""


def ends_are_looked_at() -> bool:
    """Whether no end of a log is to be renewed, and who has not answered the latest reads no more."""
    ends = [feed._pages._end for feed in hub.subscriptions.groups.values()]
    now = asyncio.get_running_loop().time()
    looks = [end._looking.when() for end in ends if end._looking]
    are_written = all(end.is_idle and end._renewing is None for end in ends)
    return are_written and all(when < now for when in looks)


class Conversation(RuleBasedStateMachine):
    """One group, four people, any number of pages, and a doorbell that cannot be trusted."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.pages: list[tuple[str, Page]] = []
        self.fate = "rung"
        self.late: list[Bell] = []
        # The number of each event by which somebody stopped being a member; the log may tell it no more.
        self.endings: dict[str, set[int]] = {name: set() for name in NAMES}
        self.count = 0
        # Who has been banned at some time: their pages may have been told to go at the door.
        self.banned: set[str] = set()
        # Somebody who speaks, and whose account goes little by little; then there is another.
        self.guest: User | None = None
        self.honest_hand_over = bells._doorbell.hand_over
        bells._doorbell.hand_over = self.hand_over  # type: ignore[method-assign]

    def teardown(self) -> None:
        try:
            if hasattr(self, "group"):
                self.run(self.check_every_page())
        finally:
            bells._doorbell.hand_over = self.honest_hand_over  # type: ignore[method-assign]
            self.run(self.go_home())
            self.runner.close()

    # --- what people do -----------------------------------------------------------------------------

    @initialize(names=st.lists(people, min_size=2, max_size=4))
    def gather(self, names: list[str]) -> None:
        """Begin with so many open pages: what they do to each other needs more than one."""
        self.run(in_worker(self._gather))
        for name in names:
            self.join(name, "rung")
            self.open_page(name, connects=True)

    @rule(name=people, fate=fates)
    def join(self, name: str, fate: str) -> None:
        self.act(fate, actions.join_group, self.users[name], group=self.group)

    @rule(name=people, fate=fates)
    def leave(self, name: str, fate: str) -> None:
        self.act_as(name, fate, actions.leave_group)
        self.run(in_worker(self._note_ending, name))

    @rule(actor=people, name=people, fate=fates)
    def remove(self, actor: str, name: str, fate: str) -> None:
        removed = self.run(in_worker(self._membership, name))
        if removed is not None:
            self.act_as(actor, fate, partial(actions.remove_member, membership=removed))
            self.run(in_worker(self._note_ending, name))

    @rule(actor=people, name=people, fate=fates)
    def hand_over_group(self, actor: str, name: str, fate: str) -> None:
        successor = self.run(in_worker(self._membership, name))
        if successor is not None:
            self.act_as(actor, fate, partial(actions.hand_over, successor=successor))

    @rule(name=people, fate=fates, times=st.integers(1, 3))
    def post(self, name: str, fate: str, times: int) -> None:
        for _ in range(times):
            write = partial(actions.post_message, text=self.next_text(), nonce=actions.new_nonce())
            self.act_as(name, fate, write)

    @rule(name=people, fate=fates, level=st.sampled_from(Level.values))
    def notify(self, name: str, fate: str, level: str) -> None:
        self.act_as(name, fate, partial(actions.change_level, level=level))

    @rule(name=people, fate=fates, pick=picks)
    def reply(self, name: str, fate: str, pick: int) -> None:
        entry = self.any_message(pick)
        if entry is not None:
            text, nonce = self.next_text(), actions.new_nonce()
            write = partial(actions.post_message, text=text, nonce=nonce)
            self.act_as(name, fate, partial(write, reply_to=entry.position))

    @rule(name=people, fate=fates, pick=picks)
    def edit(self, name: str, fate: str, pick: int) -> None:
        entry = self.any_message(pick)
        if entry is not None:
            change = partial(actions.edit_message, entry=entry, text=self.next_text())
            self.act_as(name, fate, change)

    @rule(name=people, fate=fates, pick=picks)
    def hide(self, name: str, fate: str, pick: int) -> None:
        entry = self.any_message(pick)
        if entry is not None:
            self.act_as(name, fate, partial(actions.hide_message, entry=entry))

    @rule(name=people, fate=fates, pick=picks, act=st.sampled_from(["hide", "restore"]))
    def moderate_line(self, name: str, fate: str, pick: int, act: str) -> None:
        """Moderators see what they hid, and others do not."""
        entry = self.any_message(pick)
        if entry is not None:
            self.act_as(name, fate, lambda member: perform_act(member, act, entry=entry))

    @rule(
        actor=people,
        name=people,
        fate=fates,
        act=st.sampled_from(["hide_all", "stop_hiding", "show_all"]),
        steps=st.integers(0, 3),
    )
    def moderate_all(self, actor: str, name: str, fate: str, act: str, steps: int) -> None:
        """Ask for all of somebody's lines to be hidden or shown again, and take some steps of it."""
        whom: dict[str, Any] = {"user": self.users[name], "group": self.group}
        self.act_as(actor, fate, lambda member: perform_act(member, act, **whom))
        works = LongAct.objects.filter(**whom).going_on()
        work = self.run(in_worker(works.first))
        if work is not None:
            taken = take_long_steps(work)
            for _ in range(steps):
                self.act(fate, next, taken, None)

    @rule(fate=fates, pick=picks)
    def erase(self, fate: str, pick: int) -> None:
        """Nobody sees it any more, moderators neither."""
        entry = self.any_message(pick)
        if entry is not None:
            self.act(fate, perform_act, self.boss, "erase", entry=entry)

    @rule(actor=people, name=people, fate=fates, act=st.sampled_from(ACTS), role=picks)
    def moderate_member(self, actor: str, name: str, fate: str, act: str, role: int) -> None:
        """Of time-outs a page shows until when, by bells of the person's; all else is in the log."""
        why = Why(until=soon(), role=("moderator", "owner")[role % 2])
        whom: dict[str, Any] = {"user": self.users[name], "group": self.group, "why": why}
        self.act_as(actor, fate, lambda member: perform_act(member, act, **whom))
        self.run(in_worker(self._note_ending, name))

    @rule(name=people, fate=fates)
    def ban(self, name: str, fate: str) -> None:
        """Ban somebody, or let them in again. Their pages end when a bell or a look says so."""
        self.banned.add(name)
        is_banned = self.run(in_worker(Ban.objects.filter(user=self.users[name]).exists))
        act = "end_ban" if is_banned else "ban"
        self.act(fate, perform_act, self.boss, act, user=self.users[name])

    @rule(name=people, fate=fates, pick=picks, emoji=st.sampled_from("👍🎉"), gives=st.booleans())
    def react(self, name: str, fate: str, pick: int, emoji: str, gives: bool) -> None:
        entry = self.any_message(pick)
        if entry is not None:
            change = actions.react if gives else actions.unreact
            self.act_as(name, fate, partial(change, entry=entry, emoji=emoji))

    @rule(name=people, fate=fates, pick=picks, gives=st.booleans())
    def pin(self, name: str, fate: str, pick: int, gives: bool) -> None:
        entry = self.any_message(pick)
        if entry is not None:
            change = actions.pin_message if gives else actions.unpin_message
            self.act_as(name, fate, partial(change, entry=entry))

    @rule(name=people, pick=picks, gives=st.booleans())
    def save(self, name: str, pick: int, gives: bool) -> None:
        """It is nobody else's, and changes no page."""
        entry = self.any_message(pick)
        if entry is not None:
            change = actions.save_message if gives else actions.unsave_message
            self.act_as(name, "rung", partial(change, entry=entry))
            # The head may move meanwhile, by what pages have sent.
            again = self.run(in_worker(lambda: Entry.objects.get(pk=entry.pk)))
            assert again.change == entry.change

    @rule(name=people, fate=fates, pick=picks)
    def mark_unread(self, name: str, fate: str, pick: int) -> None:
        entry = self.any_message(pick)
        if entry is not None:
            self.act_as(name, fate, partial(actions.mark_unread, entry=entry))

    @rule(
        name=people,
        fate=fates,
        setting=st.sampled_from(
            [
                ("is_locked", True),
                *[("is_locked", False)] * 2,
                ("slow_mode", 3600),
                *[("slow_mode", 0)] * 2,
                *[("held_days", 7), ("held_days", 0)],
                *[("posting", "moderators"), ("posting", "everybody")],
                *[("invites", "members"), ("pins", "members"), ("pins", "moderators")],
                *[("record_is_public", True), ("record_is_public", False)],
            ]
        ),
    )
    def settle(self, name: str, fate: str, setting: tuple[str, Any]) -> None:
        settings = dict([setting])
        change = partial(actions.change_group_settings, group=self.group, settings=settings)
        self.act_as(name, fate, change)

    @rule(fate=fates, does=st.sampled_from(["block", "hold", ""]))
    def filter(self, fate: str, does: str) -> None:
        """From now on what has a 3 in it is refused, or waits; or nothing is any more."""
        self.act(fate, self._filter, does)

    @rule(name=people, fate=fates, pick=picks, approves=st.booleans())
    def decide(self, name: str, fate: str, pick: int, approves: bool) -> None:
        held = self.any_held(pick)
        if held is not None:
            change = actions.approve_held if approves else actions.discard_held
            self.act_as(name, fate, partial(change, held=held))

    @rule(fate=fates, pick=picks)
    def withdraw(self, fate: str, pick: int) -> None:
        held = self.any_held(pick)
        author = next((n for n, user in self.users.items() if held and user == held.user), None)
        if held and author:
            self.act_as(author, fate, partial(actions.withdraw_held, held=held.pk))

    @rule(fate=fates)
    def render_anew(self, fate: str) -> None:
        """Render all as after an update: another renderer had stored nothing."""

        def render() -> None:
            Entry.objects.filter(group=self.group).update(html=None, renderer=None)
            actions.render_anew()

        self.act(fate, render)

    @rule(fate=fates, times=st.integers(1, 3))
    def guest_speaks(self, fate: str, times: int) -> None:
        self.fate = fate
        if self.guest is None:
            self.guest = self.run(in_worker(User.objects.create_user, f"guest-{uuid4().hex[:8]}"))
            self.act(fate, actions.join_group, self.guest, group=self.group)
        membership = Membership.objects.filter(user=self.guest, group=self.group)
        member = self.run(in_worker(membership.first))
        for _ in range(times if member else 0):
            text, nonce = self.next_text(), actions.new_nonce()
            self.act(fate, actions.post_message, member, text=text, nonce=nonce)
        if member and (entry := self.any_message(times)):
            self.act(fate, actions.react, member, entry=entry, emoji="👍")

    @precondition(lambda self: self.guest)
    @rule(fate=fates, steps=st.integers(1, 3))
    def delete_guest(self, fate: str, steps: int) -> None:
        """Take the next steps. Between two of them anything else may happen."""
        self.act(fate, actions.delete_user, self.guest, user=self.guest)
        deletion = self.run(in_worker(Deletion.objects.get, user=self.guest))
        taken = actions.take_steps(deletion)
        for _ in range(steps):
            self.act(fate, next, taken, None)
        if not self.run(in_worker(Deletion.objects.filter(pk=deletion.pk).exists)):
            self.guest = None

    # --- what happens to pages ----------------------------------------------------------------------

    @rule(name=people, connects=st.booleans())
    def open_page(self, name: str, connects: bool) -> None:
        async def open_page() -> None:
            page = await Page.open(self.clients[name], self.group.get_absolute_url())
            self.pages.append((name, page))
            if connects:
                await page.connect()

        if len(self.pages) < 8 and self.run(in_worker(self._membership, name)):
            self.run(open_page())

    @precondition(lambda self: self.pages)
    @rule(pick=picks, reads=st.booleans())
    def lose_connection(self, pick: int, reads: bool) -> None:
        _, page = self.pages[pick % len(self.pages)]
        if reads:
            page.read()
        self.run(page.disconnect())

    @precondition(lambda self: self.pages)
    @rule(pick=picks)
    def return_page(self, pick: int) -> None:
        _, page = self.pages[pick % len(self.pages)]
        page.read()
        if not page.is_connected and page.close_code not in {CLOSE_NO_MEMBER, CLOSE_NO_SESSION}:
            self.run(page.connect())

    @rule(
        name=people,
        pick=picks,
        connects=st.booleans(),
        how=st.sampled_from(["", "before", "after"]),
    )
    def open_window(self, name: str, pick: int, connects: bool, how: str) -> None:
        """Open a page at some place of the log: around a line, or before or after it."""

        async def open_window(path: str) -> None:
            page = await Page.open(self.clients[name], path)
            self.pages.append((name, page))
            if connects:
                await page.connect()

        if len(self.pages) < 8 and self.run(in_worker(self._membership, name)):
            line, here = pick % self.run(in_worker(self._last)) + 1, self.group.get_absolute_url()
            if how:
                self.run(open_window(f"{here}?{how}={line}"))
            elif self.run(in_worker(self._is_line, line)):
                self.run(open_window(f"{here}{line}/"))

    @precondition(lambda self: self.pages)
    @rule(pick=picks)
    def scroll_down(self, pick: int) -> None:
        _, page = self.pages[pick % len(self.pages)]
        page.read()
        if page.is_connected and page.newest is not None:
            page.ask_newer()

    @precondition(lambda self: self.pages)
    @rule(pick=picks)
    def scroll_up(self, pick: int) -> None:
        _, page = self.pages[pick % len(self.pages)]
        page.read()
        if page.is_connected and page.has_older:
            page.ask_older()

    @precondition(lambda self: self.pages)
    @rule(pick=picks, fate=fates)
    def see_the_end(self, pick: int, fate: str) -> None:
        self.fate = fate
        _, page = self.pages[pick % len(self.pages)]
        page.read()
        if page.is_connected:
            page.submit("read-form")

    @precondition(lambda self: self.pages)
    @rule(pick=picks, fate=fates, text=st.sampled_from(["", "Half a sent", "Something"]))
    def pause(self, pick: int, fate: str, text: str) -> None:
        """Somebody has stopped in the middle of a text, or emptied the field."""
        self.fate = fate
        _, page = self.pages[pick % len(self.pages)]
        page.read()
        # Its form comes with the first frame.
        if page.is_connected and page.can_post and page.has("draft-form"):
            page.submit("draft-form", text=text)

    @precondition(lambda self: self.pages)
    @rule()
    def write_what_waits(self) -> None:
        self.run(self.write_marks_and_drafts())

    @precondition(lambda self: self.pages)
    @rule(chosen=st.lists(picks, min_size=1, max_size=5), fate=fates, times=st.integers(1, 3))
    def send_from_pages(self, chosen: list[int], fate: str, times: int) -> None:
        """Drafts sent at one moment, each again and again, as after lost answers: a message of each."""
        self.fate = fate
        for number in sorted({pick % len(self.pages) for pick in chosen}):
            _, page = self.pages[number]
            page.read()
            if page.is_connected and page.can_post:
                page.write(self.next_text())
                for _ in range(times - 1):
                    page.submit("send-form")

    @precondition(lambda self: self.pages)
    @rule(pick=picks)
    def read_page(self, pick: int) -> None:
        _, page = self.pages[pick % len(self.pages)]
        self.run(asyncio.sleep(0.005))
        page.read()

    # --- what happens to bells ----------------------------------------------------------------------

    def hand_over(self, bell: Bell) -> None:
        """Stand in the doorbell's place: a ring may be lost, doubled, or come late and out of order."""
        if bell.kind in {"deletion", "long_act"}:
            return  # else the hub would take all steps at once
        if self.fate == "late":
            self.late.append(bell)
        for _ in range({"rung": 1, "doubled": 2}.get(self.fate, 0)):
            self.honest_hand_over(bell)

    @rule(pick=picks)
    def ring_late(self, pick: int) -> None:
        late, self.late = self.late, []
        random.Random(pick).shuffle(late)
        for bell in late:
            self.honest_hand_over(bell)

    @rule()
    def sweep(self) -> None:
        self.run(hub.subscriptions.sweep())

    # --- what must hold -----------------------------------------------------------------------------

    async def check_every_page(self) -> None:
        self.fate = "dropped"
        await in_worker(self._let_everybody_in)
        # Once as they are, with pages that are away, and once with all of them, so that posts are joined.
        for _ in range(2):
            self.speak_together()
            await self.bring_members_to_the_head()
        # From here on nothing changes. What is unread comes a moment after the log.
        await settled()
        await self.write_marks_and_drafts()
        await eventually(ends_are_looked_at)
        await hub.subscriptions.sweep()
        await settled()
        for _, page in self.pages:
            page.read()
        loads: dict[str, dict[str, Page]] = {name: {} for name in NAMES}
        for name, page in self.pages:
            is_member = await in_worker(self._membership, name)
            if page.is_connected and not is_member:
                await page.until(lambda page: page.close_code)
            if name in self.banned and page.close_code in {CLOSE_NO_MEMBER, CLOSE_NO_SESSION}:
                continue
            if page.is_connected:
                assert page.log == await fresh_log(page, loads[name])
                fresh = loads[name][self.group.get_absolute_url()]
                assert page.member_list == fresh.member_list
                for panel in ("pins", "pins-list", "rules", "waiting", "held-count"):
                    assert outer(page.element(panel)).split() == outer(fresh.element(panel)).split()
                assert own_list(page) == own_list(fresh)
                assert told(page) == told(fresh)
                await self.check_window(page)
            elif page.close_code == CLOSE_NO_MEMBER:
                # Told to go, by an ending that it heard nothing after.
                assert any(ending > page.cursor for ending in self.endings[name])
                assert max(await self.positions(page), default=0) <= page.cursor
            else:
                assert page.close_code is None or not is_member
        texts = await in_worker(self._texts) + await in_worker(self._held_texts)
        assert len(texts) == len(set(texts)), "A message is stored twice"
        assert await in_worker(lines_of_strangers, self.group) == []

    async def check_window(self, page: Page) -> None:
        """See that a page which does not show the end knows where it ends, and how much is below."""
        positions = await self.positions(page)
        last = await in_worker(self._last)
        assert max(positions, default=0) == (last if page.newest is None else page.newest)
        if page.newest is not None:
            below = Entry.objects.visible_messages().filter(group=self.group)
            count = await in_worker(below.filter(position__gt=page.newest).count)
            assert page.to_newest.partition(" ")[0] == (str(count) if count else "To")

    async def write_marks_and_drafts(self) -> None:
        await hub.subscriptions.marks.write()
        await hub.drafts.write()

    def speak_together(self) -> None:
        """Have all that are open write at one moment."""
        for _, page in self.pages:
            page.read()
            if page.is_connected and page.can_post:
                page.write(self.next_text())

    async def bring_members_to_the_head(self) -> None:
        """Bring them there again and again: a page that returns sends what it was closed over."""
        head = 0
        while True:
            # Sockets may still have frames to work on, and one may have begun an action.
            await eventually(lambda: all(page.is_heard for _, page in self.pages))
            await hub.subscriptions.sweep()
            before, head = head, await in_worker(self._head)
            for _, page in self.pages:
                page.read()
            if head == before and not any(
                page.is_connected and page.sent for _, page in self.pages
            ):
                return
            for name, page in self.pages:
                if await in_worker(self._membership, name):
                    await self.bring_to(page, head)

    async def bring_to(self, page: Page, head: int) -> None:
        """Do as htmx does, until the page is at the head or was told to go."""
        while page.close_code not in {CLOSE_NO_MEMBER, CLOSE_NO_SESSION}:
            if not page.is_connected:
                await page.connect()
            await page.until(lambda page: page.cursor >= head or page.close_code)
            if page.close_code is None:
                return

    async def positions(self, page: Page) -> list[int]:
        pks = [int(str(line.get("id")).removeprefix("entry-")) for line in page.element("log")]
        found = Entry.objects.filter(pk__in=pks).values_list("position", flat=True)
        return await in_worker(lambda: list(found))

    async def go_home(self) -> None:
        for _, page in self.pages:
            await page.disconnect()
        await hub.stop()

    # --- means --------------------------------------------------------------------------------------

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def act(self, fate: str, action: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Do it, with this fate for its bells; a refusal is an answer too."""
        self.fate = fate
        with contextlib.suppress(actions.Refused):
            self.run(in_worker(action, *args, **kwargs))

    def act_as(self, name: str, fate: str, action: Callable[..., Any]) -> None:
        membership = self.run(in_worker(self._membership, name))
        if membership is not None:
            self.act(fate, action, membership)

    def next_text(self) -> str:
        """Return a text of its own, which may mention somebody, or everybody."""
        self.count += 1
        whom = ("", "", *(f" @{user.username}" for user in self.users.values()), " @all", " @here")
        text = f"message {self.count}{whom[self.count % len(whom)]}"
        return f"**{text}**" if self.count % 3 == 0 else text

    def any_message(self, pick: int) -> Entry | None:
        messages = Entry.objects.filter(group=self.group, kind=Kind.MESSAGE).order_by("pk")
        found = self.run(in_worker(lambda: list(messages)))
        return found[pick % len(found)] if found else None

    def any_held(self, pick: int) -> Held | None:
        held = Held.objects.select_related("user").filter(group=self.group).order_by("pk")
        found = self.run(in_worker(lambda: list(held)))
        return found[pick % len(found)] if found else None

    def _gather(self) -> None:
        mark = uuid4().hex[:8]
        self.users = {name: User.objects.create_user(f"{name}-{mark}") for name in NAMES}
        self.boss = User.objects.create_superuser(f"boss-{mark}")
        self.clients: dict[str, Client] = {n: log_in(user) for n, user in self.users.items()}
        self.group = actions.create_group(self.users["ann"], name=f"Kitchen {mark}")
        actions.join_group(self.users["mod"], group=self.group)
        Membership.objects.filter(user=self.users["mod"]).update(role=Role.MODERATOR)

    def _filter(self, does: str) -> None:
        for each in Filter.objects.filter(group=self.group):
            delete_filter(self.boss, filter=each)
        if does:
            rule = {"kind": "words", "name": "No 3", "terms": "3", "is_part": True, "does": does}
            made = make_filter(self.boss, group=self.group, **rule)
            switch_filter(self.boss, filter=made, is_on=True)

    def _membership(self, name: str) -> Membership | None:
        standing = Membership.objects.standing()
        return standing.filter(user=self.users[name], group=self.group).first()

    def _let_everybody_in(self) -> None:
        for user in self.users.values():
            perform_act(self.boss, "end_ban", user=user)
        # What tells groups of it: a task that no bell told of would come at any moment.
        do_tasks()

    def _note_ending(self, name: str) -> None:
        """Note the number of the event, where they are no member: the latest of theirs."""
        if not Membership.objects.filter(user=self.users[name], group=self.group).exists():
            events = Entry.objects.filter(group=self.group, subject=self.users[name])
            latest = events.order_by("-change").values_list("change", flat=True)[:1]
            self.endings[name].update(latest)

    def _last(self) -> int:
        """Return the position of the last line."""
        lines = Entry.objects.filter(group=self.group).order_by("-position")
        return lines.values_list("position", flat=True)[0]

    def _is_line(self, position: int) -> bool:
        return Entry.objects.filter(group=self.group, position=position).exists()

    def _head(self) -> int:
        return Group.objects.get(pk=self.group.pk).head

    def _held_texts(self) -> list[str]:
        return list(Held.objects.filter(group=self.group).values_list("text", flat=True))

    def _texts(self) -> list[str]:
        messages = Entry.objects.filter(group=self.group, kind=Kind.MESSAGE).exclude(text="")
        return list(messages.values_list("text", flat=True))


@pytest.mark.log
@pytest.mark.both_ways
@pytest.mark.timeout(60 + 20 * SEQUENCES)
@pytest.mark.django_db(transaction=True)
def test_every_page_equals_a_fresh_load(way: str, monkeypatch: pytest.MonkeyPatch):
    joined = count_joined(monkeypatch)
    # Small, so that a page falls behind and has history to fetch within a few steps.
    monkeypatch.setattr(reading, "PAGE_LINES", 4)
    monkeypatch.setattr(reading, "CATCH_UP_LINES", 6)
    monkeypatch.setattr(windows, "PAGE_LINES", 4)
    monkeypatch.setattr(windows, "CATCH_UP_LINES", 6)
    # One less than there are people: somebody's row goes where another's comes above it.
    monkeypatch.setattr(members, "NAMED_MEMBERS", 3)
    monkeypatch.setattr(deletions, "LINES_AT_ONCE", 2)
    monkeypatch.setattr(long_steps, "LINES_AT_ONCE", 2)
    for feed in (GroupFeed, PersonFeed):
        monkeypatch.setattr(feed, "flush_interval", 0.0)
    monkeypatch.setattr(later, "INTERVAL", 0.0)
    # One that is due later would change what is unread while the pages are compared.
    monkeypatch.setattr(end, "END_INTERVAL", 0.05)
    monkeypatch.setattr(end, "SEEN_WITHIN", 0.02)
    run_state_machine_as_test(
        Conversation,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    workers.close()
    assert max(joined) > 1, "Nobody's posts were joined"
