"""Who may do what: every cell of the table (discuss/rules/roles.py), by really doing it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.utils import timezone

from discuss import actions
from discuss.actions import Refused
from discuss.actions.change import next_change
from discuss.actions.record import write_act
from discuss.actions.waiting import hold
from discuss.models import (
    Act,
    Appeal,
    Bar,
    Bookmark,
    Case,
    Entry,
    Filter,
    Group,
    Held,
    Invitation,
    LongAct,
    Membership,
    Mention,
    Message,
    Report,
    User,
    Warning,
)
from discuss.moderation.actions import Why, make_appeal, make_filter, perform_act, report_group
from discuss.rules import roles
from discuss.rules.roles import (
    EQUAL,
    GROUP,
    HIGHER,
    LOWER,
    MEMBER,
    MODERATOR,
    OWN,
    OWNER,
    RELATIONS,
    ROLES,
    STAFF,
    STRANGER,
    TABLE,
)
from tests.admin.desk import url
from tests.cast import Cast, log_in

pytestmark = pytest.mark.django_db

# What came of it.
DONE, NOTHING, REFUSED = "done", "nothing to do", "refused"
# What is done on the whole site has tests of its own (tests/moderation/test_ban.py, test_networks.py,
# test_held_sign_ups.py).
ELSEWHERE = {"ban", "block", "admit"}
# What moderators do to others alone.
ON_OTHERS = {"restore", "time_out", "warn", "bar", "promote", "demote", "dismiss"} | {
    "hide_all",
    "erase",
}
# What has to be there before it can be taken back.
TAKEN_BACK = {"restore": "hide"}
VERBS = [verb for verb in TABLE if verb not in ELSEWHERE]
# What is done to the group as a whole.
ON_GROUP = {"read", "post", "mark_unread", "leave"} | {
    "notify",
    "call_all",
    "invite",
    "filter",
    "change",
    "close",
    "moderate",
    "report_group",
}


class Person(NamedTuple):
    """Somebody with a role in the Kitchen, the proof of it that actions take, and a line of theirs."""

    user: User
    role: str
    proof: Membership | User
    line: Entry


class People(NamedTuple):
    """Two of each role. The strangers were members once, the staff never."""

    first: dict[str, Person]
    second: dict[str, Person]


@pytest.fixture
def people(cast: Cast) -> People:
    def gather(*users: User) -> dict[str, Person]:
        for user in users:
            actions.join_group(user, group=cast.kitchen)
        memberships = {role: cast.member(user) for role, user in zip(ROLES, users, strict=True)}
        lines = [cast.say(user, "Broth") for user in users]
        for user, line in zip(users, lines, strict=True):
            actions.edit_message(cast.member(user), entry=line, text="Soup")
        for role in (MODERATOR, OWNER):
            memberships[role].role = role
            memberships[role].save()
        for role in (STRANGER, STAFF):
            actions.leave_group(memberships[role])
        proofs: dict[str, Membership | User] = {**memberships, STAFF: users[-1]}
        return {
            role: Person(user, role, proofs[role], line)
            for role, user, line in zip(ROLES, users, lines, strict=True)
        }

    def staff(name: str) -> User:
        user = User.objects.create_user(name, is_staff=True)
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="discuss"))
        return user

    others = [User.objects.create_user(name) for name in ("cleo2", "bob2", "mod2", "ann2")]
    return People(
        gather(cast.cleo, cast.bob, cast.mod, cast.ann, staff("sam")),
        gather(*others, staff("sam2")),
    )


class Cell(NamedTuple):
    """Who does it, and to whom; nobody where it is done to the group."""

    role: str
    relation: str
    target: str


def cells(verb: str) -> Iterator[Cell]:
    """Yield what can happen at all: an owner has nobody above them, a stranger is not to be removed."""
    if verb in ON_GROUP:
        yield from (Cell(role, GROUP, "") for role in ROLES)
        return
    targets = {
        "join": [STRANGER],
        "edit": ROLES[:-1],
        "hide": ROLES[:-1],
        "restore": ROLES[:-1],
        "bar": ROLES[:-1],
        "hide_all": ROLES[:-1],
        "erase": ROLES[:-1],
        "history": ROLES[:-1],
        "react": ROLES[:-1],
        "pin": ROLES[:-1],
        "save": ROLES[:-1],
        "report": ROLES[:-1],
        "dismiss": ROLES[:-1],
        "appeal": ROLES[:-1],
    }.get(verb, ROLES[1:-1])
    for role in ROLES:
        if role in targets or role == STAFF or verb == "join":
            yield Cell(role, OWN, role)
        for target in targets:
            yield Cell(role, roles.relation(role, target), target)


def expected(verb: str, cell: Cell) -> str:
    is_member = cell.role in {MEMBER, MODERATOR, OWNER}
    if (verb == "leave" and not is_member) or (
        verb == "join" and is_member and cell.target == cell.role
    ):
        return NOTHING
    if not roles.may(verb, cell.role, cell.relation):
        return REFUSED
    has_it = {"hand_over": OWNER, "promote": OWNER, "demote": MEMBER}
    return NOTHING if has_it.get(verb) == cell.target else DONE


def what_comes_of(cast: Cast, people: People, verb: str, cell: Cell) -> str:
    """Do it, say what came of it, and undo it."""
    actor = people.first[cell.role]
    target = (people.first if cell.relation == OWN else people.second).get(cell.target, actor)
    with transaction.atomic():
        if (
            actor.role == STAFF
            and cell.relation == OWN
            and verb in {"remove", "hand_over", "approve"}
        ):
            actions.join_group(actor.user, group=cast.kitchen)
        if verb == "dismiss":
            Case.objects.create(kind="message", group=cast.kitchen, user=target.user)
        if verb in TAKEN_BACK:
            # By nobody: what somebody of a higher role did is not everybody's to take back.
            line = target.line
            done = write_act(
                TAKEN_BACK[verb],
                actor=None,
                group_id=line.group_id,
                user_id=target.user.pk,
                entry_id=line.pk,
            )
            with next_change(line.group_id) as change:
                change.alter_line(line, hidden_at=timezone.now(), hidden_by=done.pk)
        if verb == "appeal":
            # By one superuser, for another to decide about.
            bosses = [User.objects.create_superuser(name) for name in ("boss", "other")]
            perform_act(bosses[0], "hide", entry=target.line)
        if verb == "approve":
            kitchen, author = cast.kitchen.pk, target.user.pk
            hold(group_id=kitchen, user_id=author, text="Salad", nonce="nonce of what is held")
        before = state()
        try:
            outcome = ACTS[verb](cast, actor, target)
        except Refused:
            outcome = REFUSED
        has_changed = state() != before
        transaction.set_rollback(True)
    if outcome is None:
        return DONE if has_changed else NOTHING
    assert not has_changed
    return outcome


@cache
def statements() -> list[tuple[str, tuple[Any, ...]]]:
    """Return what reads all that people can see of a group, and what each saved of it.

    The queries are made once: to make them takes longer than to run them, and each cell looks twice.
    """
    everything = (
        Group._base_manager.values_list("name", "is_deleted", "head"),
        Membership.objects.order_by("pk").values_list("group", "user", "role", "level"),
        Entry.objects.order_by("pk").values_list("kind", "text", "hidden_at", "change"),
        Invitation.objects.values_list("group", "uses_left"),
        Bookmark.objects.values_list("user", "entry"),
        Membership.objects.order_by("pk").values_list("muted_until"),
        Bar.objects.values_list("group", "user"),
        Warning.objects.values_list("group", "user"),
        Filter.objects.values_list("group", "terms"),
        Report.objects.values_list("reporter", "case__kind"),
        Case.objects.order_by("pk").values_list("pk", "state"),
        LongAct.objects.values_list("kind", "group", "user"),
        Appeal.objects.values_list("user", "note"),
    )
    return [each.query.sql_with_params() for each in everything]


def state() -> list[list[tuple[Any, ...]]]:
    """Return all that people can see of a group, and what each saved of it."""
    with connection.cursor() as cursor:
        return [cursor.execute(*each).fetchall() for each in statements()]


def read(cast: Cast, actor: Person, _: Person) -> str:
    client = log_in(actor.user)
    path = url(Message, "changelist") if actor.role == STAFF else cast.kitchen.get_absolute_url()
    return DONE if "Soup" in client.get(path).content.decode() else REFUSED


def post(cast: Cast, actor: Person, _: Person) -> str | None:
    values = {"text": "Salad", "nonce": actions.new_nonce()}
    response = log_in(actor.user).post(f"{cast.kitchen.get_absolute_url()}post/", values)
    return REFUSED if response.status_code == 403 else None


def notify(cast: Cast, actor: Person, _: Person) -> str | None:
    if isinstance(actor.proof, Membership):
        actions.change_level(actor.proof, level="nothing")
        return None
    # There is no level of who is no member.
    response = log_in(actor.user).post(
        f"{cast.kitchen.get_absolute_url()}notify/", {"level": "nothing"}
    )
    return REFUSED if response.status_code == 403 else None


def call_all(cast: Cast, actor: Person, _: Person) -> str:
    """Whoever may not writes the same, and calls nobody by it."""
    values = {"text": "@all @here", "nonce": actions.new_nonce()}
    with transaction.atomic():
        log_in(actor.user).post(f"{cast.kitchen.get_absolute_url()}post/", values)
        is_called = Mention.objects.filter(user=None).exists()
        # What is left then is what was written, and that is another verb.
        transaction.set_rollback(True)
    return DONE if is_called else REFUSED


def mark_unread(cast: Cast, actor: Person, _: Person) -> str:
    line = actor.line
    path = f"{cast.kitchen.get_absolute_url()}{line.position}/mark-unread/"
    log_in(actor.user).post(path)
    marked = Membership.objects.filter(user=actor.user, read_upto=line.position - 1)
    return DONE if marked.exists() else REFUSED


def join(cast: Cast, actor: Person, target: Person) -> None:
    if actor == target and actor.role != STAFF:
        actions.join_group(actor.user, group=cast.kitchen)
    else:
        actions.let_in(actor.proof, user=target.user, group=cast.kitchen)


def edit(cast: Cast, actor: Person, target: Person) -> str | None:
    if isinstance(actor.proof, Membership):
        actions.edit_message(actor.proof, entry=target.line, text="Salad")
        return None
    # The admin is all that staff have.
    path = url(Message, "change", target.line.pk)
    response = log_in(actor.user).post(path, {"text": "Salad"})
    return REFUSED if response.status_code == 403 else None


def history(cast: Cast, actor: Person, target: Person) -> str:
    path = f"{cast.kitchen.get_absolute_url()}{target.line.position}/history/"
    return DONE if "Broth" in log_in(actor.user).get(path).content.decode() else REFUSED


def restore(cast: Cast, actor: Person, target: Person) -> None:
    perform_act(actor.proof, "restore", entry=target.line)


def erase(cast: Cast, actor: Person, target: Person) -> None:
    perform_act(actor.proof, "erase", entry=target.line)


def by_act(cast: Cast, actor: Person, target: Person, name: str) -> None:
    why = Why(until=timezone.now() + timedelta(hours=1), role=OWNER)
    perform_act(actor.proof, name, user=target.user, group=cast.kitchen, why=why)


def moderate(cast: Cast, actor: Person, _: Person) -> str:
    """Look at the queue, and say that one is on a case."""
    case = Case.objects.create(kind="person", group=cast.kitchen, user=cast.cleo)
    client = log_in(actor.user)
    is_shown = f"cases/{case.pk}/" in client.get("/moderation/").content.decode()
    with transaction.atomic():
        client.post(f"/moderation/cases/{case.pk}/take/")
        is_taken = Case.objects.filter(pk=case.pk, taken_by=actor.user).exists()
        transaction.set_rollback(True)
    Case.objects.filter(pk=case.pk).delete()
    assert is_shown == is_taken
    return DONE if is_shown else REFUSED


def appeal(cast: Cast, actor: Person, _: Person) -> str | None:
    """The latest act is the one that it is about; the admin has no way to do it."""
    if actor.role == STAFF:
        return REFUSED
    make_appeal(actor.user, act_id=Act.objects.latest("pk").pk, note="It was a joke")
    return None


def dismiss(cast: Cast, actor: Person, target: Person) -> None:
    case = Case.objects.get(kind="message")
    perform_act(
        actor.proof, "dismiss", user=target.user, group=cast.kitchen, why=Why(case_id=case.pk)
    )
    Case.objects.filter(pk=case.pk).update(state="closed")


def by_form(cast: Cast, actor: Person, target: Person, verb: str, **data: str) -> str | None:
    address = f"{cast.kitchen.get_absolute_url()}{target.line.position}/{verb}/"
    response = log_in(actor.user).post(address, data)
    return (
        REFUSED if response.status_code == 403 or "menu" in response.headers["Location"] else None
    )


ACTS: Mapping[str, Callable[[Cast, Person, Person], str | None]] = {
    "read": read,
    "post": post,
    "mark_unread": mark_unread,
    "join": join,
    "leave": lambda cast, actor, _: actions.leave_from_lobby(actor.user, group=cast.kitchen),
    "notify": notify,
    "call_all": call_all,
    "edit": edit,
    "hide": lambda _, actor, target: _nothing(actions.hide_message(actor.proof, entry=target.line)),
    "restore": restore,
    "erase": erase,
    "history": history,
    "react": partial(by_form, verb="react", emoji="👍"),
    "pin": partial(by_form, verb="pin"),
    "save": partial(by_form, verb="save"),
    "report": partial(by_form, verb="report", reason="spam"),
    "report_group": lambda cast, actor, _: _nothing(
        report_group(actor.user, group=cast.kitchen, reason="spam")
    ),
    "appeal": appeal,
    "moderate": moderate,
    "dismiss": dismiss,
    "remove": lambda cast, actor, target: actions.remove_member(
        actor.proof, membership=cast.member(target.user)
    ),
    **{name: partial(by_act, name=name) for name in ON_OTHERS - {"restore", "dismiss", "erase"}},
    "approve": lambda _, actor, target: _nothing(
        actions.approve_held(actor.proof, held=Held.objects.get(user=target.user))
    ),
    "invite": lambda cast, actor, _: _nothing(
        actions.make_invitation(actor.proof, group=cast.kitchen, uses=1, days=1)
    ),
    "hand_over": lambda cast, actor, target: actions.hand_over(
        actor.proof, successor=cast.member(target.user)
    ),
    "change": lambda cast, actor, _: actions.change_group(
        actor.proof, group=cast.kitchen, name="Canteen", description=""
    ),
    "filter": lambda cast, actor, _: _nothing(
        make_filter(actor.proof, group=cast.kitchen, kind="words", name="Spam", terms="spam")
    ),
    "close": lambda cast, actor, _: actions.delete_group(actor.proof, group=cast.kitchen),
}


def _nothing(_: object) -> None:
    """An action's answer is not what is looked at here."""


def test_what_is_allowed_is_done_and_nothing_else_is(cast: Cast, people: People):
    """Whatever is done is undone again, so that all verbs have the same people."""
    wrong = {}
    for verb in VERBS:
        for cell in cells(verb):
            came, wanted = what_comes_of(cast, people, verb, cell), expected(verb, cell)
            if came != wanted:
                wrong[verb, cell] = f"{came}, not {wanted}"
    assert wrong == {}


def test_no_cell_but_what_cannot_happen_is_left_out():
    at_an_end = {(STRANGER, LOWER), (OWNER, HIGHER), (STAFF, EQUAL), (STAFF, HIGHER)}
    # Members alone are removed, and strangers alone join.
    among_members = at_an_end | {(STRANGER, OWN), (STRANGER, EQUAL), (MEMBER, LOWER)}
    not_strangers = {(role, HIGHER) for role in ROLES} | {(role, EQUAL) for role in ROLES[1:]}
    cannot_happen: dict[str, set[tuple[str, str]]] = {
        "join": not_strangers | {(STRANGER, LOWER)},
        "edit": at_an_end,
        "hide": at_an_end,
        "restore": at_an_end,
        "bar": at_an_end,
        "hide_all": at_an_end,
        "erase": at_an_end,
        "time_out": among_members,
        "warn": among_members,
        "promote": among_members,
        "demote": among_members,
        "history": at_an_end,
        "react": at_an_end,
        "pin": at_an_end,
        "save": at_an_end,
        "report": at_an_end,
        "dismiss": at_an_end,
        "appeal": at_an_end,
        "remove": among_members,
        "approve": among_members,
        "hand_over": among_members,
    }
    for verb in VERBS:
        relations = {GROUP} if verb in ON_GROUP else {*RELATIONS} - {GROUP}
        every = {(role, relation) for role in ROLES for relation in relations}
        tried = {(cell.role, cell.relation) for cell in cells(verb)}
        assert every - tried == cannot_happen.get(verb, set()), verb
        assert all(cell <= relations for cell in TABLE[verb].values()), verb


# What there is no other way to do for staff than that of members.
OF_MEMBERS = {"leave", "notify", "call_all", "mark_unread"} | {
    *("edit", "history", "react", "pin", "save"),
}
OBEYING = {"join", "hide", *OF_MEMBERS, *ON_OTHERS} | {
    *("remove", "approve", "invite", "hand_over", "change", "close"),
}


def contraries(verb: str) -> Iterator[Cell]:
    """Yield the cells that may be turned into their contrary: where there is a way to do it at all."""
    for cell in cells(verb):
        # Whatever the table says, nobody does it to themselves.
        to_oneself = verb in ON_OTHERS and cell.relation == OWN
        by_stranger = cell.role == STRANGER and (verb, cell.relation) != ("join", OWN)
        if not (to_oneself or by_stranger or (cell.role == STAFF and verb in OF_MEMBERS)):
            yield cell


def test_another_table_is_obeyed(cast: Cast, people: People, monkeypatch: pytest.MonkeyPatch):
    """Each cell is turned into its contrary, but where there is no way for a stranger or for staff."""
    wrong = {}
    for verb in OBEYING:
        for cell in contraries(verb):
            with monkeypatch.context() as patched:
                contrary = TABLE[verb][cell.role] ^ {cell.relation}
                patched.setitem(TABLE[verb], cell.role, contrary)
                came, wanted = what_comes_of(cast, people, verb, cell), expected(verb, cell)
            if came != wanted:
                wrong[verb, cell] = f"{came}, not {wanted}"
    assert wrong == {}


def test_what_a_group_leaves_to_its_members_they_do_as_moderators_do():
    for verb, role in product(TABLE, ROLES):
        for relation in RELATIONS:
            opened = roles.may(verb, role, relation, opened=frozenset(roles.LEFT_TO_MEMBERS))
            as_if = MODERATOR if role == MEMBER and verb in {"pin", "invite"} else role
            assert opened == roles.may(verb, as_if, relation), (verb, role, relation)


@pytest.mark.parametrize("other", ["nobody", "closed", "active"])
def test_the_last_owner_stays(cast: Cast, other: str):
    """An owner whose account is closed does not count, and staff do put the last one out."""
    if other != "nobody":
        Membership.objects.filter(user=cast.bob).update(role=OWNER)
        User.objects.filter(pk=cast.bob.pk).update(is_active=other == "active")
    ann = cast.member(cast.ann)

    if other == "active":
        actions.leave_group(ann)
    else:
        with pytest.raises(Refused, match="only owner"):
            actions.leave_group(ann)
        boss = User.objects.create_user("boss", is_staff=True)
        actions.remove_member(boss, membership=ann)
    assert not cast.ann.memberships.exists()


def test_pages_show_the_buttons_that_the_table_allows(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    def page(user: User, end: str = "") -> str:
        return log_in(user).get(f"{cast.kitchen.get_absolute_url()}{end}").content.decode()

    hand_over, close = (
        f'{cast.kitchen.get_absolute_url()}{end}"' for end in ("hand-over/", "close/")
    )
    owners = page(cast.ann, "settings/")
    assert hand_over in owners
    assert close in owners
    # One's own row in the list of members says one's role, and a style shows the button by it.
    shown = '[data-role="{}"]) .owners-only'
    assert shown.format(OWNER) in page(cast.mod)
    assert shown.format(MODERATOR) not in page(cast.mod)
    hosts = '[data-role="{}"]) .hosts-only'
    assert hosts.format(MODERATOR) in page(cast.mod)
    assert hosts.format(MEMBER) not in page(cast.mod)
    assert f'{cast.kitchen.get_absolute_url()}invitations/"' in owners
    monkeypatch.setitem(TABLE["change"], MODERATOR, roles.YES)
    assert shown.format(MODERATOR) in page(cast.mod)
    moderators = page(cast.mod, "settings/")
    assert "Settings of" in moderators
    assert hand_over not in moderators
    assert close not in moderators
    monkeypatch.setitem(TABLE["close"], MODERATOR, roles.YES)
    closing = page(cast.mod, "close/")
    assert "Close it for good" in closing
    assert hand_over not in closing


def test_the_docs_have_the_table():
    def said(cell: roles.Cell) -> str:
        named = {roles.NO: "no", roles.YES: "yes", roles.ANYBODY: "anybody"}
        return named.get(cell) or ", ".join(each for each in RELATIONS if each in cell)

    lines = [
        f"| | {' | '.join(ROLES)} |",
        f"|---|{'---|' * len(ROLES)}",
        *(
            f"| {verb.replace('_', ' ')} | {' | '.join(said(row[role]) for role in ROLES)} |"
            for verb, row in TABLE.items()
        ),
    ]
    table = "\n".join(lines)
    doc = Path(settings.BASE_DIR) / "docs" / "roles.md"
    assert f"\n\n{table}\n\n" in doc.read_text(), f"docs/roles.md has to say:\n\n{table}\n"
