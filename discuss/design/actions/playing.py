"""Steps of a scene, done by people who are made up."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from discuss import actions, doorbell
from discuss.actions import plays
from discuss.design.rules.scenes import Scene, Step
from discuss.live.hub import hub
from discuss.models import Entry, Group, Membership, Play, User
from discuss.rules.refusals import Code, Refused

# By this name a text of a scene mentions whoever looks on.
READER = "you"
# How often a message is tried again that meets others in the group, and seconds between two tries.
TRIES, TRY_PAUSE = 50, 0.02


def begin(user: User, *, name: str, scene: Scene, skin: str = "") -> Play:
    """Make a group in which nothing has happened yet, in the place of the person's earlier one."""
    return plays.begin_play(
        user,
        scene=name,
        name=scene.group,
        description=scene.about,
        people={who: _handle(who) for who in scene.people},
        present=scene.present,
        skin=skin,
    )


def end(user: User) -> None:
    """Delete the person's play."""
    plays.end_play(user)


def take_step(play: Play, scene: Scene, *, expected: int) -> bool:
    """Do the next step, if it is the expected one; return whether it was. Raises Refused.

    The count is moved first: of two pages, or of a request that comes twice, one does it. What a step is
    refused stays undone, and the next one is the next.
    """
    moved = Play.objects.filter(pk=play.pk, step=expected, group=play.group_id)
    if expected >= len(scene.steps) or not moved.update(step=F("step") + 1):
        return False
    play.step = expected + 1
    step = scene.steps[expected]
    _ACTS[step.does](play, step)
    return True


def _handle(who: str) -> str:
    """Return what a name becomes in a username."""
    return "".join(letter for letter in who if letter.isalnum())[:20] or "somebody"


# --- what each step does ----------------------------------------------------------------------------------


def _group(play: Play) -> Group:
    group: Group | None = Group.objects.filter(pk=play.group_id).first()
    if group is None:
        raise Refused(Code.GONE)
    return group


def _person(play: Play, who: str) -> User:
    person = User.objects.filter(pk=play.people.get(who), is_made_up=True).first()
    if person is None:
        raise Refused(Code.NO_MEMBER)
    return person


def _member(play: Play, who: str) -> Membership:
    found = Membership.objects.select_related("user", "group")
    member = found.filter(group=play.group_id, user=play.people.get(who)).first()
    if member is None:
        raise Refused(Code.NO_MEMBER)
    return member


def _entry(play: Play, name: str) -> Entry:
    entry: Entry | None = Entry.objects.filter(
        pk=play.messages.get(name), group=play.group_id
    ).first()
    if entry is None:
        raise Refused(Code.NO_MESSAGE)
    return entry


def _spoken(play: Play, text: str) -> str:
    """Return a text with the usernames of those whom it mentions."""
    if "@" not in text:
        return text
    known = dict(User.objects.filter(pk__in=play.people.values()).values_list("pk", "username"))
    names = {who: known[pk] for who, pk in play.people.items() if pk in known}
    names[READER] = play.user.username
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    pattern = rf"(?<!\w)@({'|'.join(longest_first)})(?!\w)"
    return re.sub(pattern, lambda found: f"@{names[found[1]]}", text)


def _draft(play: Play, who: str, text: str, to: str = "") -> actions.Draft:
    reply_to = _entry(play, to).position if to else None
    # No filter is for what nobody says, and none counts it.
    return actions.Draft(
        _member(play, who),
        _spoken(play, text),
        f"{actions.new_nonce()}.play",
        reply_to,
        is_approved=True,
    )


def _joins(play: Play, step: Step) -> None:
    plays.join_play(_group(play), _person(play, step.who))


def _leaves(play: Play, step: Step) -> None:
    actions.leave_group(_member(play, step.who))


def _types(play: Play, step: Step) -> None:
    person = _person(play, step.who)
    hub.show_typing(play.group_id or 0, person.pk, person.name)


def _says(play: Play, step: Step) -> None:
    entry = _post([_draft(play, step.who, step.text, step.to)])
    if step.name and entry is not None:
        play.messages[step.name] = entry.pk
        Play.objects.filter(pk=play.pk).update(messages=play.messages)


def _bursts(play: Play, step: Step) -> None:
    here = Membership.objects.filter(group=play.group_id, user__in=play.people.values())
    here_now = set(here.values_list("user", flat=True))
    people = [who for who, pk in play.people.items() if pk in here_now]
    numbers = range(step.first, step.first + step.times)
    _post(
        [
            _draft(play, people[n % len(people)], step.text.replace("{n}", str(n + 1)))
            for n in numbers
        ]
    )


def _post(drafts: list[actions.Draft]) -> Entry | None:
    """Write these, as the messages of one moment; return the last. Raises Refused."""
    outcomes: list[Any] = actions.post_messages(drafts)
    for _try in range(TRIES):
        if actions.AGAIN not in outcomes:
            break
        # The group is busy with what its reader does.
        time.sleep(TRY_PAUSE)
        outcomes = actions.post_messages(drafts)
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            raise outcome
        if not isinstance(outcome, actions.Stored):
            raise Refused(Code.NOT_POSTED)
    return outcomes[-1].entry if outcomes else None


def _edits(play: Play, step: Step) -> None:
    member, text = _member(play, step.who), _spoken(play, step.text)
    actions.edit_message(member, entry=_entry(play, step.to), text=text)


def _removes(play: Play, step: Step) -> None:
    actions.hide_message(_member(play, step.who), entry=_entry(play, step.to))


def _reacts(play: Play, step: Step) -> None:
    actions.react(_member(play, step.who), entry=_entry(play, step.to), emoji=step.emoji)


def _unreacts(play: Play, step: Step) -> None:
    actions.unreact(_member(play, step.who), entry=_entry(play, step.to), emoji=step.emoji)


def _pins(play: Play, step: Step) -> None:
    actions.pin_message(_member(play, step.who), entry=_entry(play, step.to))


def _unpins(play: Play, step: Step) -> None:
    actions.unpin_message(_member(play, step.who), entry=_entry(play, step.to))


def _disconnects(play: Play, step: Step) -> None:
    with transaction.atomic():
        doorbell.ring_lost(play.group_id or 0)


def _wears(play: Play, step: Step) -> None:
    plays.wear(_group(play), step.skin)


_ACTS: Mapping[str, Callable[[Play, Step], None]] = {
    "joins": _joins,
    "leaves": _leaves,
    "types": _types,
    "says": _says,
    "edits": _edits,
    "removes": _removes,
    "reacts": _reacts,
    "unreacts": _unreacts,
    "pins": _pins,
    "unpins": _unpins,
    "bursts": _bursts,
    "disconnects": _disconnects,
    "wears": _wears,
}
