"""Every verb of the chat's sockets, as everybody: what comes of it; and a hidden group is none to others."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from django.test import Client

from discuss.db.workers import in_worker
from discuss.edges.consumers import GroupConsumer, LobbyConsumer
from discuss.models import Group, Membership, User
from discuss.server.protocol import CLOSE_NO_MEMBER, CLOSE_NO_SESSION
from discuss.verbs import verbs_of
from tests.hidden import hide
from tests.page import PATIENCE, dial
from tests.test_grid import OUTSIDE, WHO, Row, browsers as browsers, cellar as cellar
from tests.told import GONE, LEFT, NO_MEMBER
from tests.ways import heard

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]

# What comes of it, besides what a page is told that is closed.
DONE, REFUSED, NO_SESSION = "done", "refused", "no session"


class Verb(NamedTuple):
    """What a page sends with the verb, what it hears where that is done, and what comes of it for whom."""

    data: dict[str, Any]
    sign: str
    row: Row


class Kind(NamedTuple):
    """A kind of socket: its verbs but `resume`, what it resumes with, and what it hears then."""

    resume: Verb
    verbs: dict[str, Verb]
    known: frozenset[str]


INSIDE = Row(NO_SESSION, NO_MEMBER, DONE, DONE, DONE)
NO_LINE = INSIDE._replace(member=REFUSED, moderator=REFUSED, owner=REFUSED)
LOGGED_IN = Row(NO_SESSION, DONE, DONE, DONE, DONE)

GRID: Mapping[str, Kind] = {
    "group": Kind(
        Verb(
            {"cursor": 0, "epoch": "x", "oldest": 0, "writing": "yes", "own": "x"},
            "innerHTML:#log",
            INSIDE,
        ),
        {
            "older": Verb({"oldest": 1}, "afterbegin:#log", INSIDE),
            # Of a page at the end of the log there are none.
            "newer": Verb({"newest": "x"}, "nothing", NO_LINE),
            # What was read is answered by nobody, nonsense is.
            "read": Verb(
                {"read": "x"},
                "nothing",
                INSIDE._replace(member=REFUSED, moderator=REFUSED, owner=REFUSED),
            ),
            # So is what somebody is writing.
            "draft": Verb(
                {"nonce": "x"},
                "nothing",
                INSIDE._replace(member=REFUSED, moderator=REFUSED, owner=REFUSED),
            ),
            "typing": Verb({}, "data-typists", INSIDE),
            "post": Verb({"text": "Soup", "nonce": "nonce-123"}, 'id="answered"', INSIDE),
            # Done to a line that there is not. What comes of it else: test_line_verbs.py.
            "edit": Verb({"line": 99, "text": "Soup"}, "nothing", NO_LINE),
            "hide": Verb({"line": 99}, "nothing", NO_LINE),
            "react": Verb({"line": 99, "emoji": "👍"}, "nothing", NO_LINE),
            "unreact": Verb({"line": 99, "emoji": "👍"}, "nothing", NO_LINE),
            "pin": Verb({"line": 99}, "nothing", NO_LINE),
            "unpin": Verb({"line": 99}, "nothing", NO_LINE),
            "save": Verb({"line": 99}, "nothing", NO_LINE),
            "unsave": Verb({"line": 99}, "nothing", NO_LINE),
            "report": Verb({"line": 99, "reason": "spam"}, "nothing", NO_LINE),
            # What is chosen is shown by the person's feed.
            "notify": Verb({"level": "mentions"}, 'data-level="mentions"', INSIDE),
            # What is taken back is shown by it too.
            "withdraw": Verb({"held": "x"}, "nothing", NO_LINE),
            "mark_unread": Verb({"line": 99}, "nothing", NO_LINE),
            # Of a warning that is none. What comes of it else: moderation/test_sanctions_live.py.
            "acknowledge": Verb({"warning": "x"}, "nothing", NO_LINE),
            "leave": Verb({}, LEFT, Row(NO_SESSION, NO_MEMBER, LEFT, LEFT, REFUSED)),
        },
        GroupConsumer.asks | verbs_of(Membership).keys(),
    ),
    "lobby": Kind(
        Verb({"fingerprint": "x"}, 'id="group-list"', LOGGED_IN),
        {
            "join": Verb({"group": "UUID"}, "-actions", LOGGED_IN),
            "leave": Verb({"group": "UUID"}, "-actions", LOGGED_IN._replace(owner=REFUSED)),
        },
        LobbyConsumer.asks | verbs_of(User).keys(),
    ),
}
each_kind = pytest.mark.parametrize("kind", GRID)


class Heard(NamedTuple):
    """What came of it, and every frame, without what differs each time."""

    outcome: str
    frames: list[str]


async def speak(client: Client, kind: str, uuid: UUID, verb: str) -> Heard:
    """Open a socket, resume, send the verb, and listen until it is answered or closed."""
    path = f"/ws/groups/{uuid}/" if kind == "group" else "/ws/"
    resume, verbs, _ = GRID[kind]
    asked = {"resume": resume} | ({verb: verbs[verb]} if verb != "resume" else {})
    socket = dial(path, client)
    assert (await socket.connect(PATIENCE))[0]
    frames: list[str] = []
    outcome = DONE
    for name, (data, sign, _) in asked.items():
        fields = {key: str(uuid) if value == "UUID" else value for key, value in data.items()}
        await socket.send_to(text_data=json.dumps({"verb": name, **fields}))
        is_answered = False
        while not is_answered:
            message = await socket.receive_output(PATIENCE)
            if message["type"] == "websocket.close":
                outcome = told(message["code"], frames[-1])
                socket.input_queue.put_nowait({"type": "websocket.disconnect", "code": 1000})
                await socket.wait(PATIENCE)
                return Heard(outcome, without(frames, uuid))
            frame, _ = heard(message)
            frames.append(frame)
            if 'id="notice"' in frame and 'id="status"' not in frame:
                outcome, is_answered = REFUSED, True
            # Its page is closed next.
            is_answered = is_answered or (sign in frame and sign != LEFT)
    await socket.disconnect(timeout=PATIENCE)
    return Heard(outcome, without(frames, uuid))


def told(code: int, last: str) -> str:
    if code == CLOSE_NO_SESSION:
        return NO_SESSION
    assert code == CLOSE_NO_MEMBER
    (text,) = (text for text in (NO_MEMBER, GONE, LEFT) if text in last)
    return text


def without(frames: list[str], uuid: UUID) -> list[str]:
    return [frame.replace(str(uuid), "UUID") for frame in frames]


@each_kind
def test_every_verb_is_in_the_grid(kind: str):
    _, verbs, known = GRID[kind]
    assert {"resume", *verbs} == known


@each_kind
@pytest.mark.parametrize("is_hidden", [False, True])
async def test_a_verb_comes_to_what_the_grid_says(
    cellar: Group,
    browsers: dict[str, Client],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    is_hidden: bool,
):
    """A hidden group is like an open one to its members, and none to others."""
    if is_hidden:
        hide(monkeypatch, pk=cellar.pk)
    resume, verbs, _ = GRID[kind]
    expected, came = {}, {}
    for verb, (_, _, row) in {"resume": resume, **verbs}.items():
        for who, of_whom in WHO.items():
            outcome = getattr(row, of_whom)
            if is_hidden and of_whom == "outside" and (kind, verb) != ("lobby", "resume"):
                outcome = GONE if kind == "group" else REFUSED
            expected[who, verb] = outcome
            came[who, verb] = (await speak(browsers[who], kind, cellar.uuid, verb)).outcome
    assert came == expected


@each_kind
async def test_a_hidden_group_is_to_others_what_none_is(
    cellar: Group, browsers: dict[str, Client], monkeypatch: pytest.MonkeyPatch, kind: str
):
    """To the byte. Open, it is told from none by whoever is logged in: the test could fail."""
    none = uuid4()
    members = await in_worker(lambda: list(cellar.memberships.values_list("pk", flat=True)))
    for verb in ("resume", *GRID[kind].verbs):
        for who in OUTSIDE:
            with monkeypatch.context() as patched:
                hide(patched, pk=cellar.pk)
                hidden = await speak(browsers[who], kind, cellar.uuid, verb)
                assert hidden == await speak(browsers[who], kind, none, verb), (who, verb)
                assert "Cellar" not in "".join(hidden.frames)
            while_open = await speak(browsers[who], kind, cellar.uuid, verb)
            is_told = while_open != await speak(browsers[who], kind, none, verb)
            assert is_told == (WHO[who] == "outside"), (who, verb)
            if WHO[who] == "outside" and kind == "lobby":
                assert "Cellar" in "".join(while_open.frames)
            # Who has joined meanwhile is outside again.
            await in_worker(cellar.memberships.exclude(pk__in=members).delete)
