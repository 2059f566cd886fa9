"""Every address, as everybody: what an open group answers, and that a hidden one is none to others."""

import re
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse

from discuss import actions
from discuss.accounts.first_admin import new_link
from discuss.design.edges.urls import urlpatterns as design
from discuss.edges.urls import urlpatterns as chat
from discuss.forms import AboutForm
from discuss.models import Act, Case, Filter, Group, Membership, Role, User
from discuss.moderation.edges.urls import urlpatterns as moderation
from discuss.rendering import fragments
from tests.cast import Cast, log_in
from tests.hidden import hide

pytestmark = pytest.mark.django_db

# Where an answer leads, else its status.
LOG_IN, LOBBY, GROUP, OTHER = "to log in", "to the lobby", "to the group", "elsewhere"
type Answer = int | str


class Row(NamedTuple):
    """What people get who are logged out, are no members, are members, moderate the group, and own it.

    Staff get what other people outside get, where nothing else is said.
    """

    logged_out: Answer
    outside: Answer
    member: Answer
    moderator: Answer
    owner: Answer
    staff: Answer | None = None


def same(answer: Answer) -> Row:
    return Row(answer, answer, answer, answer, answer)


def behind_log_in(answer: Answer) -> Row:
    return Row(LOG_IN, answer, answer, answer, answer)


OWNERS_PAGE = Row(LOG_IN, 403, GROUP, GROUP, 200)
OF_STAFF = Row(LOG_IN, 403, 403, 403, 403, staff=200)
# Of the line that ann, the owner, wrote.
LINE, LINES_MENU = "to the line", "to what one may do with it"

# Of each address, by its name: what GET and what POST is answered.
GRID: Mapping[str, tuple[Row, Row]] = {
    "lobby": (behind_log_in(200), behind_log_in(405)),
    "live_lobby": (same(200), same(405)),
    "search": (behind_log_in(200), behind_log_in(405)),
    "forget_searches": (behind_log_in(405), behind_log_in(OTHER)),
    "saved": (behind_log_in(200), behind_log_in(405)),
    "mentions": (behind_log_in(200), behind_log_in(405)),
    "new_group": (behind_log_in(200), behind_log_in(OTHER)),
    "at_hand": (same(200), same(405)),
    "favicon": (same(OTHER), same(OTHER)),
    # Of one that is none. What a right one opens: test_token_sheet.py.
    "token_sheet": (same(404), same(405)),
    "group": (behind_log_in(200), behind_log_in(405)),
    "line": (behind_log_in(200), behind_log_in(405)),
    "live_line": (same(200), same(405)),
    **dict.fromkeys(
        ("live_search", "live_saved", "live_mentions", "live_line_menu", "live_history"),
        (same(200), same(405)),
    ),
    **dict.fromkeys(("live_replies", "live_reports"), (same(200), same(405))),
    "line_menu": (behind_log_in(200), behind_log_in(405)),
    "editing": (Row(LOG_IN, 200, LINES_MENU, LINES_MENU, LINES_MENU), behind_log_in(405)),
    "history": (Row(LOG_IN, 200, 403, 200, 200), behind_log_in(405)),
    "reactions": (Row(LOG_IN, 200, LINES_MENU, LINES_MENU, LINES_MENU), behind_log_in(405)),
    "react": (same(LINES_MENU), Row(LOG_IN, 403, LINE, LINE, LINE)),
    "unreact": (same(LINES_MENU), Row(LOG_IN, 403, LINE, LINE, LINE)),
    "pin": (same(LINES_MENU), Row(LOG_IN, 403, LINES_MENU, LINE, LINE)),
    "unpin": (same(LINES_MENU), Row(LOG_IN, 403, LINES_MENU, LINE, LINE)),
    "save": (same(LINES_MENU), Row(LOG_IN, 403, LINE, LINE, LINE)),
    "unsave": (same(LINES_MENU), Row(LOG_IN, 403, OTHER, OTHER, OTHER)),
    "replying": (Row(LOG_IN, 200, LINES_MENU, LINES_MENU, LINES_MENU), behind_log_in(405)),
    "replies": (behind_log_in(200), behind_log_in(405)),
    "edit": (same(LINES_MENU), Row(LOG_IN, 403, 400, 400, LINE)),
    "mark_unread": (same(LINES_MENU), Row(LOG_IN, 403, LINE, LINE, LINE)),
    "hide": (same(LINES_MENU), Row(LOG_IN, 403, LINES_MENU, LINES_MENU, LINE)),
    "log": (same(200), same(405)),
    "live_group": (same(200), same(405)),
    "post": (same(GROUP), Row(LOG_IN, 403, GROUP, GROUP, GROUP)),
    "join": (same(GROUP), behind_log_in(GROUP)),
    # Nobody to whoever is outside; and what is put into a field is nobody's secret.
    "names": (same(200), same(200)),
    "notify": (same(GROUP), Row(LOG_IN, 403, GROUP, GROUP, GROUP)),
    "leave": (same(GROUP), Row(LOG_IN, LOBBY, LOBBY, LOBBY, GROUP)),
    "group_settings": (OWNERS_PAGE, Row(LOG_IN, 403, 403, 403, GROUP)),
    "held": (Row(LOG_IN, 403, GROUP, 200, 200), Row(LOG_IN, 403, GROUP, OTHER, OTHER)),
    "withdraw": (same(GROUP), Row(LOG_IN, 403, GROUP, GROUP, GROUP)),
    "close_group": (OWNERS_PAGE, Row(LOG_IN, 403, GROUP, GROUP, LOBBY)),
    "hand_over": (OWNERS_PAGE, Row(LOG_IN, 403, GROUP, GROUP, GROUP)),
    "invitations": (Row(LOG_IN, 403, GROUP, 200, 200), Row(LOG_IN, 403, GROUP, OTHER, OTHER)),
    "filters": (OWNERS_PAGE, OWNERS_PAGE),
    "new_filter": (OWNERS_PAGE, Row(LOG_IN, 403, 403, 403, OTHER)),
    "written_filter": (OWNERS_PAGE, Row(LOG_IN, 403, GROUP, GROUP, OTHER)),
    "site_filters": (OF_STAFF, OF_STAFF),
    "new_site_filter": (OF_STAFF, OF_STAFF._replace(staff=OTHER)),
    "written_site_filter": (OF_STAFF, OF_STAFF._replace(staff=OTHER)),
    "acknowledge": (same(GROUP), Row(LOG_IN, 403, GROUP, GROUP, GROUP)),
    # Of bob, a member, and of what ann wrote.
    "member": (Row(LOG_IN, 404, OTHER, OTHER, OTHER), behind_log_in(405)),
    "person": (behind_log_in(200), behind_log_in(405)),
    # Without htmx, which asks for it, it leads to the person's page.
    "long_acts": (behind_log_in(OTHER), behind_log_in(405)),
    "act_on_person": (same(OTHER), Row(LOG_IN, 403, 400, OTHER, OTHER)),
    "act_on_line": (
        same(LINES_MENU),
        Row(LOG_IN, 403, LINES_MENU, LINES_MENU, LINES_MENU),
    ),
    "networks": (OF_STAFF, OF_STAFF._replace(staff=OTHER)),
    # By a token that is none's. What a right one opens: test_invitation_pages.py.
    "invitation": (same(404), same(404)),
    "invitation_code": (same(404), same(405)),
    "report": (same(LINES_MENU), Row(LOG_IN, 403, OTHER, OTHER, LINES_MENU)),
    # The queue: of the first case, which is about a line of the owner's, so that it is for staff alone.
    "queue": (Row(LOG_IN, 403, 403, 200, 200, 200), behind_log_in(405)),
    "charts": (Row(LOG_IN, 403, 403, 200, 200, 200), behind_log_in(405)),
    "live_queue": (same(200), same(405)),
    "live_case": (same(200), same(405)),
    "case": (behind_log_in(404), behind_log_in(405)),
    **dict.fromkeys(("take", "let_go", "decide", "reopen"), (same(OTHER), behind_log_in(404))),
    **dict.fromkeys(
        ("record", "record_csv"), (Row(LOG_IN, 403, 403, 200, 200, 200), behind_log_in(405))
    ),
    # Of an act that is none of theirs, and by a token that is none's: moderation/test_appeal_pages.py.
    "mine": (behind_log_in(200), behind_log_in(405)),
    "appeal": (behind_log_in(404), behind_log_in(404)),
    "appeal_of_ban": (same(404), same(404)),
    # What it shows where owners want that: moderation/test_public_record.py.
    "group_record": (Row(LOG_IN, 200, GROUP, OTHER, OTHER), behind_log_in(405)),
    "reports": (behind_log_in(200), behind_log_in(405)),
    "report_group": (behind_log_in(200), Row(LOG_IN, OTHER, OTHER, OTHER, 400)),
    "report_member": (Row(LOG_IN, 403, 200, 200, 200), Row(LOG_IN, 403, OTHER, OTHER, 400)),
    # By a link of today, where there is an admin. Else: admin/test_first_admin.py.
    "first_admin": (same(404), same(404)),
    # What is pressed there leads back to it; where nothing is played there is no page.
    "play": (same(404)._replace(staff=200), same(404)._replace(staff=OTHER)),
    "play_page": (same(404), same(404)._replace(staff=405)),
    # Of a look that nobody has saved: for those who may change it.
    **dict.fromkeys(("tokens_page", "tokens_sheet"), (same(404)._replace(staff=200), same(405))),
    # Of a fragment and one of its states.
    **dict.fromkeys(
        ("gallery", "fragment", "sample", "sample_alone", "whole_page", "whole_page_state"),
        (same(404)._replace(staff=200), same(404)._replace(staff=405)),
    ),
}
# What is for moderators of any group.
OF_ANOTHER_GROUP = {
    (name, "GET", "elsewhere"): 200 for name in ("queue", "charts", "record", "record_csv")
}
# Which of them tell somebody outside whether there is such a group: of a hidden one they say 404.
OF_A_LINE = {"line", "line_menu", "editing", "history", "reactions", "replying", "replies"}
TELLING = {
    "GET": {
        *OF_A_LINE,
        "report_group",
        "report_member",
        "group",
        "group_record",
        "person",
        "log",
        "group_settings",
        "close_group",
        "hand_over",
        "held",
        "invitations",
        "filters",
        "new_filter",
        "written_filter",
    },
    "POST": {
        "acknowledge",
        "act_on_line",
        "act_on_person",
        "edit",
        "hide",
        "react",
        "unreact",
        "pin",
        "unpin",
        "save",
        "unsave",
        "report",
        "report_group",
        "report_member",
        "mark_unread",
        "post",
        "join",
        "leave",
        "notify",
        "held",
        "withdraw",
        "group_settings",
        "close_group",
        "hand_over",
        "invitations",
        "filters",
        "new_filter",
        "written_filter",
    },
}

# Which say nothing of it where they are asked for by htmx.
REFUSED_ON_ITS_PAGE = {
    *("edit", "hide", "react", "unreact", "pin", "unpin", "save", "unsave"),
    *("mark_unread", "act_on_line", "act_on_person", "post", "report"),
}

ADDRESSES: dict[str, URLPattern] = {
    str(pattern.name): pattern for pattern in [*chat, *moderation, *design]
}
OF_A_GROUP = [name for name, pattern in ADDRESSES.items() if ":uuid>" in str(pattern.pattern)]

# The position of the message in the cellar.
LAST_LINE = 4

# Whose browsers there are, and whose answers they get.
WHO = {
    "anonymous": "logged_out",
    "closed": "logged_out",
    "stranger": "outside",
    "elsewhere": "outside",
    "staff": "outside",
    "member": "member",
    "moderator": "moderator",
    "owner": "owner",
}
OUTSIDE = [who for who, row in WHO.items() if row in {"logged_out", "outside"}]
INSIDE = WHO.keys() - OUTSIDE


@pytest.fixture
def cellar(cast: Cast) -> Group:
    """Another group of the Kitchen's people, in their roles."""
    group = actions.create_group(cast.ann, name="Cellar", description="Wine and spiders")
    for user in (cast.mod, cast.bob):
        actions.join_group(user, group=group)
    owner = Membership.objects.get(group=group, user=cast.ann)
    actions.post_message(owner, text="Dust", nonce=actions.new_nonce())
    Membership.objects.filter(group=group, user=cast.mod).update(role=Role.MODERATOR)
    return group


@pytest.fixture
def browsers(cast: Cast, cellar: Group) -> dict[str, Client]:
    eve, zoe = User.objects.create_user("eve"), User.objects.create_user("zoe")
    actions.create_group(zoe, name="Garden")
    # Who is a member, if only the account were open.
    actions.join_group(eve, group=cellar)
    browsers = {
        "anonymous": Client(),
        "closed": log_in(eve),
        "stranger": log_in(cast.cleo),
        "elsewhere": log_in(zoe),
        "staff": log_in(User.objects.create_superuser("boss")),
        "member": log_in(cast.bob),
        "moderator": log_in(cast.mod),
        "owner": log_in(cast.ann),
    }
    User.objects.filter(pk=eve.pk).update(is_active=False)
    return browsers


def ask(client: Client, name: str, uuid: Any, method: str, query: str = "", **more: Any) -> Any:
    """Do what a browser does at this address, and undo what came of it."""
    wanted = {
        "uuid": uuid,
        "line": LAST_LINE,
        "case": Case.objects.values_list("pk", flat=True).first() or 1,
        "version": fragments.at_hand_version(),
        "digest": "0123456789abcdef",
        "token": "0.wrong",
        "key": LAST_LINE,
        "act": "hide",
        "fragment": "line",
        "state": "message",
        "page": "lobby",
    }
    if name == "whole_page_state":
        wanted["state"] = "some-groups"
    if "filter" in name:
        wanted |= {"kind": "words", "pk": filter_of(None if "site" in name else uuid)}
    if name in {"person", "act_on_person", "member"}:
        bob = User.objects.get(username="bob")
        theirs = Membership.objects.filter(group__name="Cellar", user=bob).get()
        wanted |= {"key": bob.pk, "pk": theirs.pk, "act": "warn"}
    if name == "appeal":
        # Of bob's, where there is one.
        done = Act.objects.filter(user_id=User.objects.get(username="bob").pk, kind="warn")
        wanted["act"] = done.values_list("pk", flat=True).first() or LAST_LINE
    if name == "report_member":
        wanted["key"] = User.objects.get(username="ann").pk
    if name == "first_admin":
        wanted["token"] = new_link().split("/")[-2]
    pattern = str(ADDRESSES[name].pattern)
    known = {key: value for key, value in wanted.items() if f":{key}>" in pattern}
    address = reverse(name, kwargs=known) + query
    data = filled_in(name, uuid) if method == "POST" else {}
    cookies = {key: morsel.value for key, morsel in client.cookies.items()}
    with transaction.atomic():
        response = getattr(client, method.lower())(address, data | more.pop("data", {}), **more)
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(cookies)
    return response


def filter_of(uuid: Any) -> int:
    """Return the key of a filter of the group, or of the site; of no group it is that of none."""
    group = Group.objects.filter(uuid=uuid).first() if uuid else None
    if uuid and group is None:
        return 1
    made, _ = Filter.objects.get_or_create(group=group, kind="words", name="Soup", terms="Soup")
    return int(made.pk)


def filled_in(name: str, uuid: Any) -> dict[str, Any]:
    """Return the fields of the form that leads to this address."""
    if name == "edit":
        return {"text": "Soup"}
    if name in {"react", "unreact"}:
        return {"emoji": "👍"}
    if name == "post":
        return {"text": "Soup", "nonce": actions.new_nonce()}
    if name in {"new_group", "group_settings"}:
        return {"name": "Attic"}
    if name.startswith("report"):
        return {"reason": "spam"}
    if name == "networks":
        return {"network": "203.0.113.0/24", "bars": "entrance", "length": "7d"}
    if name == "notify":
        return {"level": "mentions"}
    if name.startswith("new_") and name.endswith("filter"):
        return {"name": "Soup", "terms": "Soup", "does": "block", "save": "1"}
    if name == "acknowledge":
        return {"warning": "1"}
    if name in {"held", "withdraw"}:
        return {"held": "1", "decision": "approve"}
    if name == "names":
        return {"name": "ann", "text": "Soup"}
    if name == "invitations":
        return {"uses": "3", "days": "7"}
    members = Membership.objects.filter(group__uuid=uuid, role=Role.MEMBER, user__is_active=True)
    if name == "hand_over" and members:
        return {"successor": members[0].pk}
    return {}


def answer(response: Any, uuid: Any) -> Answer:
    place = response.headers.get("Location")
    lines = f"/groups/{uuid}/{LAST_LINE}/"
    if place is None:
        return int(response.status_code)
    if place.startswith("/accounts/login/"):
        return LOG_IN
    known = {"/": LOBBY, f"/groups/{uuid}/": GROUP, lines: LINE, f"{lines}menu/": LINES_MENU}
    return known.get(place, OTHER)


def whole(response: Any, uuid: Any) -> tuple[Any, ...]:
    """All that a browser gets, without what differs each time, and what it asked for itself."""

    def without(text: str) -> str:
        text = text.replace(str(uuid), "UUID")
        text = re.sub(r'nonce="[^"]+"|value="\w{64}"', "", text)
        return re.sub(r"'nonce-[^']+'", "'nonce'", text)

    headers = sorted(
        (key, without(value)) for key, value in response.headers.items() if key != "Expires"
    )
    cookies = sorted(response.cookies)
    return response.status_code, headers, cookies, without(response.content.decode())


def test_every_address_is_in_the_grid():
    assert GRID.keys() == ADDRESSES.keys()


class Reply(NamedTuple):
    """What an address answers, all of what comes, and whether the Cellar is named there."""

    answer: Answer
    whole: tuple[Any, ...]
    tells: bool


# By the address and by who asked.
type Replies = dict[tuple[str, str], Reply]
type Browsers = dict[str, Client]


def replies(
    browsers: Browsers,
    uuid: Any,
    method: str,
    names: Iterable[str],
    people: Iterable[str],
    **more: Any,
) -> Replies:
    """Ask at each of these addresses as each of these people."""
    came = {}
    for name, who in product(names, people):
        response = ask(browsers[who], name, uuid, method, **more)
        # What is streamed: moderation/test_record_csv.py.
        all_of_it = () if response.streaming else whole(response, uuid)
        tells = bool(all_of_it) and "Cellar" in response.content.decode()
        came[name, who] = Reply(answer(response, uuid), all_of_it, tells)
    return came


def wrong(came: Replies, method: str, *, is_hidden: bool) -> dict[tuple[str, str], str]:
    """Return what is not as the grid says; of a hidden group, others are told that there is none."""
    found = {}
    for (name, who), reply in came.items():
        is_none = is_hidden and WHO[who] == "outside" and name in TELLING[method]
        row = GRID[name][method == "POST"]
        expected = row.staff if who == "staff" and row.staff else getattr(row, WHO[who])
        expected = OF_ANOTHER_GROUP.get((name, method, who), 404 if is_none else expected)
        if reply.answer != expected:
            found[name, who] = f"{reply.answer}, not {expected}"
    return found


def other(came: Replies, of_none: Replies) -> set[tuple[str, str]]:
    """Return where those outside were answered otherwise than about a group that is none, by any byte."""
    assert all(reply.whole for reply in of_none.values()), "What is streamed cannot be compared."
    return {cell for cell in of_none if came[cell].whole != of_none[cell].whole}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_answers_everybody_as_the_grid_says(
    cellar: Group, browsers: Browsers, monkeypatch: pytest.MonkeyPatch, method: str
):
    """A hidden group is like an open one to its members, and none to others: to the byte.

    Each is asked once for all of that, because there are so many.
    """
    of_none = replies(browsers, uuid4(), method, OF_A_GROUP, OUTSIDE)
    while_open = replies(browsers, cellar.uuid, method, ADDRESSES, WHO)
    hide(monkeypatch, pk=cellar.pk)
    while_hidden = replies(browsers, cellar.uuid, method, ADDRESSES, WHO)
    assert wrong(while_open, method, is_hidden=False) == {}
    assert wrong(while_hidden, method, is_hidden=True) == {}
    assert other(while_hidden, of_none) == set()
    # As long as it is open, most addresses tell it from none: that could fail.
    assert {name for name, _ in other(while_open, of_none)} == TELLING[method]
    named = {cell for cell, reply in while_hidden.items() if reply.tells}
    assert {who for _, who in named} <= INSIDE
    assert method == "POST" or named >= set(product(("lobby", "group"), INSIDE))


@pytest.mark.parametrize(
    ("more", "not_told"),
    [
        # What is asked for by htmx stays on its page, and is told no more than that it was refused.
        ({"headers": {"HX-Request": "true"}}, REFUSED_ON_ITS_PAGE),
        ({"data": {"text": "Soup", "name": "Attic", "description": "Bats"}}, set()),
    ],
    ids=["by htmx", "of what was typed"],
)
def test_a_hidden_group_is_to_others_what_none_is(
    cellar: Group,
    browsers: Browsers,
    monkeypatch: pytest.MonkeyPatch,
    more: dict[str, Any],
    not_told: set[str],
):
    """However they post something there."""
    of_none, while_open = (
        replies(browsers, uuid, "POST", OF_A_GROUP, OUTSIDE, **more)
        for uuid in (uuid4(), cellar.uuid)
    )
    hide(monkeypatch, pk=cellar.pk)
    assert (
        other(replies(browsers, cellar.uuid, "POST", OF_A_GROUP, OUTSIDE, **more), of_none) == set()
    )
    assert {name for name, _ in other(while_open, of_none)} == TELLING["POST"] - not_told


@pytest.mark.parametrize(("words", "shown"), [("cellar", "spiders"), ("spiders", "Cellar")])
def test_a_hidden_group_is_found_by_its_members_alone(
    cellar: Group, browsers: Browsers, monkeypatch: pytest.MonkeyPatch, words: str, shown: str
):
    """By its name and by its description, of which the other is looked for in the answer."""
    hide(monkeypatch, pk=cellar.pk)
    found = {
        who
        for who in WHO
        if shown in ask(browsers[who], "lobby", cellar.uuid, "GET", f"?q={words}").content.decode()
    }
    assert found == INSIDE


def test_the_form_of_a_new_group_says_nothing_of_a_hidden_one(
    cast: Cast, cellar: Group, monkeypatch: pytest.MonkeyPatch
):
    """What the constraint says is another matter (discuss/models/group.py)."""
    taken = {"name": "CELLAR"}
    assert not AboutForm(taken, user=cast.cleo).is_valid()
    hide(monkeypatch, pk=cellar.pk)
    assert AboutForm(taken, user=cast.cleo).is_valid()
    assert not AboutForm(taken, user=cast.bob).is_valid()


def test_nobody_joins_a_group_that_they_may_not_find(
    cast: Cast, cellar: Group, monkeypatch: pytest.MonkeyPatch
):
    """As when it is hidden between the look and the act. Who is let in need not have found it."""
    hide(monkeypatch, pk=cellar.pk)
    with pytest.raises(actions.Refused, match="This group is gone"):
        actions.join_group(cast.cleo, group=cellar)
    boss = User.objects.create_superuser("boss")
    actions.let_in(boss, user=cast.cleo, group=cellar)
    assert cast.cleo.memberships.filter(group=cellar).exists()
