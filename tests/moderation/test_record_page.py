"""The record's page: who sees which row, what it is narrowed down to, and what stands in it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from discuss import actions
from discuss.actions.record import write_act
from discuss.models import Act, Case, Entry, Group, Membership, Role, User
from discuss.moderation.actions import (
    Why,
    acts,
    change_filter,
    decide_case,
    make_filter,
    perform_act,
    report_member,
    report_message,
)
from discuss.moderation.reading.record import RecordQuery, _latest, matching, read_record
from discuss.moderation.reading.record_scopes import read_record_scope
from discuss.moderation.rules.otherwise import OTHERWISE
from discuss.rendering import fragments
from tests.cast import Cast, log_in
from tests.document import Document, text

pytestmark = [pytest.mark.django_db, pytest.mark.log]

RECORD = "/moderation/record/"


@pytest.fixture
def soup(cast: Cast) -> Entry:
    return cast.say(cast.bob, "Soup is cold")


@pytest.fixture
def boss(db: None) -> User:
    return User.objects.create_superuser("boss")


@pytest.fixture
def garden(cast: Cast) -> Group:
    """Another group, which zoe owns; nobody of the Kitchen is in it."""
    return actions.create_group(User.objects.create_user("zoe"), name="Garden")


def staff(name: str, *rights: str) -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


def rows(client: Client, query: str = "") -> list[str]:
    """Return what the rows of the page say."""
    response = client.get(f"{RECORD}{query}")
    page = Document(response.content.decode())
    return [text(row) for row in page.document.xpath("//ol[contains(@class, 'record-rows')]/li")]


def numbers(user: User, **query: Any) -> list[int]:
    page = read_record(read_record_scope(user.pk), RecordQuery(**query))
    return [done.act.pk for done in page.rows]


def act_on(cast: Cast, by: User, name: str, user: User, **why: Any) -> Act:
    actor = cast.member(by) if cast.kitchen.memberships.filter(user=by).exists() else by
    kind = acts[name]
    group = None if kind.of == "person" else cast.kitchen
    done = perform_act(actor, name, user=user, group=group, why=Why(**why))
    assert done is not None
    return done


def in_an_hour() -> datetime:
    return timezone.now() + timedelta(hours=1)


# --- who sees it ----------------------------------------------------------------------------------------


def test_who_sees_which_row(cast: Cast, garden: Group, boss: User):
    """Role by role: the rows of one's own groups, of others', of the site, and of cases that one may see."""
    olga = User.objects.create_user("olga")
    actions.join_group(olga, group=cast.kitchen)
    Membership.objects.filter(user=olga).update(role=Role.MODERATOR)
    made = {
        "on a member": write_act(
            "warn", actor=cast.mod, user_id=cast.bob.pk, group_id=cast.kitchen.pk
        ),
        "on a moderator": write_act(
            "warn", actor=cast.ann, user_id=cast.mod.pk, group_id=cast.kitchen.pk
        ),
        "on an owner": write_act("hide", actor=boss, user_id=cast.ann.pk, group_id=cast.kitchen.pk),
        "elsewhere": write_act("warn", actor=boss, user_id=cast.bob.pk, group_id=garden.pk),
        "on the site": write_act("ban", actor=boss, user_id=cast.cleo.pk),
    }
    # A dismissed report tells that there was one.
    member = report_member(cast.member(cast.ann), user=cast.bob, reason="spam").case
    decide_case(cast.mod, case_id=member.pk, name="dismiss", why=Why())
    made["case of a member"] = Act.objects.latest("pk")
    moderator = report_member(cast.member(cast.bob), user=cast.mod, reason="spam").case
    decide_case(cast.ann, case_id=moderator.pk, name="dismiss", why=Why())
    made["case of a moderator"] = Act.objects.latest("pk")
    owner = report_member(cast.member(cast.bob), user=cast.ann, reason="spam").case
    decide_case(boss, case_id=owner.pk, name="dismiss", why=Why())
    made["case of an owner"] = Act.objects.latest("pk")
    of_staff = Case.objects.create(kind="person", group=cast.kitchen, user=boss)
    made["case of a superuser"] = write_act(
        "settle", actor=None, user_id=boss.pk, group_id=cast.kitchen.pk, case_id=of_staff.pk
    )
    here = {"on a member", "on a moderator", "on an owner", "case of a member"}
    everything = set(made)
    seen = {
        name: {key for key, row in made.items() if row.pk in numbers(user)}
        for name, user in {
            "bob": cast.bob,
            "cleo": cast.cleo,
            "mod": cast.mod,
            "olga": olga,
            "ann": cast.ann,
            "zoe": User.objects.get(username="zoe"),
            "sam": staff("sam", "view_act", "view_case"),
            "tom": staff("tom", "view_case"),
            "boss": boss,
        }.items()
    }
    # Whoever is of no rank here is a lower one to moderators: the superuser is no member.
    of_no_member = {"case of a superuser"}
    assert seen == {
        "bob": set(),
        "cleo": set(),
        "mod": here | of_no_member,
        "olga": here | of_no_member,
        "ann": here | of_no_member | {"case of a moderator"},
        "zoe": {"elsewhere"},
        "sam": everything - {"case of a superuser"},
        "tom": set(),
        "boss": everything - {"case of a superuser"},
    }


def test_who_moderates_nothing_has_no_record(cast: Cast, soup: Entry):
    act_on(cast, cast.mod, "warn", cast.bob)
    for user in (cast.bob, cast.cleo, staff("tom", "view_case")):
        client = log_in(user)
        assert client.get(RECORD).status_code == 403
        assert client.get(f"{RECORD}csv/").status_code == 403
    assert "/accounts/login/" in Client().get(RECORD)["Location"]


def test_who_is_no_moderator_any_more_sees_nothing(cast: Cast):
    act_on(cast, cast.mod, "warn", cast.bob)
    assert len(numbers(cast.mod)) == 1
    Membership.objects.filter(user=cast.mod).update(role=Role.MEMBER)
    assert numbers(cast.mod) == []


def test_rows_of_a_closed_group_are_the_staffs(cast: Cast, boss: User):
    done = act_on(cast, cast.mod, "warn", cast.bob)
    Group.objects.filter(pk=cast.kitchen.pk).update(is_deleted=True)
    assert numbers(cast.ann) == []
    assert numbers(boss) == [done.pk]
    (row,) = rows(log_in(boss))
    assert "in a group that is gone" in row


# --- what stands there ----------------------------------------------------------------------------------


def test_a_row_says_who_did_what_to_whom_where_and_why(cast: Cast, soup: Entry):
    until = in_an_hour()
    act_on(cast, cast.mod, "time_out", cast.bob, reason="flood", note="Slow down", until=until)
    (row,) = rows(log_in(cast.mod))
    for part in (
        "Time-out given until",
        "Too much at once",
        "by mod",
        "to bob",
        "in Kitchen",
        "Slow down",
    ):
        assert part in row, part


def test_it_never_shows_what_a_message_said(cast: Cast, soup: Entry):
    perform_act(cast.member(cast.mod), "hide", entry=soup, why=Why(reason="spam"))
    client = log_in(cast.mod)
    (row,) = rows(client)
    assert "Message hidden" in row
    assert "cold" not in client.get(RECORD).content.decode()


def test_it_leads_to_the_case_the_person_and_the_message(cast: Cast, soup: Entry, boss: User):
    case = report_message(cast.member(cast.ann), entry=soup, reason="insult").case
    decide_case(cast.mod, case_id=case.pk, name="hide", why=Why())
    line = reverse("line", args=[cast.kitchen.uuid, soup.position])
    person = reverse("person", args=[cast.kitchen.uuid, cast.bob.pk])
    shown = log_in(cast.mod).get(RECORD).content.decode()
    for address in (line, person, reverse("case", args=[case.pk])):
        assert f'href="{address}"' in shown, address
    # Staff who are no members have the admin.
    shown = log_in(boss).get(RECORD).content.decode()
    for address in (
        reverse("admin:discuss_message_context", args=[soup.pk]),
        reverse("admin:discuss_user_change", args=[cast.bob.pk]),
    ):
        assert f'href="{address}"' in shown, address
    shown = log_in(staff("sam", "view_act")).get(RECORD).content.decode()
    assert "Message hidden" in shown
    assert "/admin/discuss/" not in shown
    assert "/moderation/cases/" not in shown


def test_a_case_that_one_may_not_see_is_not_named(cast: Cast):
    line = cast.say(cast.mod, "I moderate")
    case = report_message(cast.member(cast.bob), entry=line, reason="insult").case
    decide_case(cast.ann, case_id=case.pk, name="hide", why=Why())
    address = reverse("case", args=[case.pk])
    assert address in log_in(cast.ann).get(RECORD).content.decode()
    shown = log_in(cast.mod).get(RECORD).content.decode()
    assert "Message hidden" in shown
    assert address not in shown


def test_who_is_gone_is_someone_and_what_the_site_did_is_its_own(cast: Cast):
    act_on(cast, cast.mod, "warn", cast.bob)
    write_act("end_ban", actor=None, group_id=cast.kitchen.pk)
    cast.delete(cast.bob)
    by_site, warned = rows(log_in(cast.ann))
    assert "by the site itself" in by_site
    assert "to someone" in warned
    assert "/people/" not in log_in(cast.ann).get(RECORD).content.decode()


def test_what_was_before_and_after_is_told_in_words(cast: Cast):
    actions.change_group_settings(
        cast.member(cast.ann), group=cast.kitchen, settings={"slow_mode": 30, "is_locked": True}
    )
    locked_first = sorted(rows(log_in(cast.mod)))
    assert "Settings changed" in locked_first[0]
    assert "Locked: no → yes" in locked_first[0]
    assert "Slow mode: Off → 30 seconds" in locked_first[1]


def test_what_filters_look_for_is_for_those_who_write_them(cast: Cast):
    made = make_filter(
        cast.member(cast.ann), group=cast.kitchen, kind="words", name="Rude", terms="turnip"
    )
    change_filter(cast.member(cast.ann), filter=made, terms="turnip\nleek")
    (changed, written) = rows(log_in(cast.ann))
    assert "Filter changed" in changed
    assert "Words or hosts: turnip → turnip, leek" in changed
    assert "Filter written" in written
    for row in rows(log_in(cast.mod)):
        assert "filter Rude" in row
        assert "turnip" not in row


def test_what_was_taken_back_is_told(cast: Cast):
    act_on(cast, cast.mod, "time_out", cast.bob, until=in_an_hour())
    act_on(cast, cast.mod, "end_time_out", cast.bob)
    ended, given = rows(log_in(cast.mod))
    assert "Time-out ended" in ended
    assert "taken back" not in ended
    assert "taken back" in given


def test_each_kind_of_row_has_words(cast: Cast):
    for kind in {*acts, *OTHERWISE}:
        label = str(fragments.label_of(kind))
        assert label
        assert label != kind
        # Told by what was done, and not by what one may do.
        assert not label.startswith(("Hide", "Dismiss the", "Ban from", "Remove "))


# --- narrowed down --------------------------------------------------------------------------------------


@pytest.fixture
def mixed(cast: Cast, garden: Group, boss: User) -> dict[str, Act]:
    return {
        "warned": act_on(cast, cast.mod, "warn", cast.bob),
        "by ann": act_on(cast, cast.ann, "warn", cast.mod),
        "in the garden": write_act("hide", actor=boss, user_id=cast.bob.pk, group_id=garden.pk),
        "caught": write_act("filter", actor=None, group_id=garden.pk, details={"rule": 7}),
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"warned", "by ann", "in the garden", "caught"}),
        ("group=kitchen", {"warned", "by ann"}),
        ("person=bob", {"warned", "in the garden"}),
        ("person=@Bob&group=Kitchen", {"warned"}),
        ("by=ann", {"by ann"}),
        ("kind=hide", {"in the garden"}),
        ("kind=warn&by=boss", set()),
        ("rule=7", {"caught"}),
        ("rule=8", set()),
        ("since=2020-01-01", {"warned", "by ann", "in the garden", "caught"}),
        ("until=2020-01-01", set()),
    ],
)
def test_it_is_narrowed_down(boss: User, mixed: dict[str, Act], query: str, found: set[str]):
    shown = log_in(boss).get(f"{RECORD}?{query}").content.decode()
    assert {name for name, act in mixed.items() if f'id="act-{act.pk}"' in shown} == found


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("person=nobody", "There is nobody of this name."),
        ("by=nobody", "There is nobody of this name."),
        ("group=Nowhere", "There is no group of this name whose record you see."),
        ("group=Garden", "There is no group of this name whose record you see."),
        ("kind=nonsense", "nonsense"),
        ("since=yesterday", "valid date"),
        ("since=0001-01-01", "valid date"),
        ("until=9999-12-31", "valid date"),
        ("before=-1", ""),
        ("rule=99999999999999999999", ""),
        ("person=%00", "Null characters"),
    ],
)
def test_what_is_wrong_is_said_and_no_row_is_shown(
    cast: Cast, garden: Group, query: str, told: str
):
    act_on(cast, cast.mod, "warn", cast.bob)
    response = log_in(cast.mod).get(f"{RECORD}?{query}")
    assert response.status_code == 400
    assert told in response.content.decode()
    assert 'id="act-' not in response.content.decode()


def test_days_are_those_of_the_readers_zone(cast: Cast):
    """Half past eleven at night in London is the next day in Berlin."""
    act = write_act(
        "warn",
        actor=cast.mod,
        user_id=cast.bob.pk,
        group_id=cast.kitchen.pk,
        at=datetime(2026, 1, 10, 23, 30, tzinfo=UTC),
    )
    User.objects.filter(pk=cast.mod.pk).update(time_zone="Europe/Berlin")
    client = log_in(cast.mod)
    for query, is_found in {
        "since=2026-01-11&until=2026-01-11": True,
        "until=2026-01-10": False,
        "since=2026-01-12": False,
    }.items():
        shown = client.get(f"{RECORD}?{query}").content.decode()
        assert (f'id="act-{act.pk}"' in shown) == is_found, query


def test_rows_that_were_written_out_of_order_are_found(cast: Cast):
    """Another machine's clock is a few hours wrong."""
    noon = datetime(2026, 1, 10, 12, tzinfo=UTC)
    hours = [0, 5, -3, 2]
    made = [
        write_act("warn", actor=None, group_id=cast.kitchen.pk, at=noon + timedelta(hours=hour))
        for hour in hours
    ]
    found = numbers(cast.mod, since=noon, until=noon + timedelta(hours=4))
    assert found == [made[3].pk, made[0].pk]


def test_pages_go_on_by_number_whatever_comes_meanwhile(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("discuss.moderation.reading.record.read_record.__defaults__", (2,))
    made = [
        write_act("warn", actor=cast.mod, group_id=cast.kitchen.pk, user_id=cast.bob.pk)
        for _ in range(5)
    ]
    client, query, seen = log_in(cast.mod), "?person=bob", []
    for _ in range(3):
        page = Document(client.get(f"{RECORD}{query}").content.decode()).document
        seen += [row.get("id") for row in page.xpath("//li[starts-with(@id, 'act-')]")]
        write_act("warn", actor=cast.mod, group_id=cast.kitchen.pk, user_id=cast.bob.pk)
        more = page.xpath("//a[@rel='next']/@href")
        query = more[0] if more else ""
    assert seen == [f"act-{act.pk}" for act in reversed(made)]
    assert query == ""


def test_of_several_groups_the_latest_come_first(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    garden = actions.create_group(cast.mod, name="Garden")
    made = [
        write_act("warn", actor=cast.ann, group_id=group.pk, user_id=cast.bob.pk).pk
        for group in (cast.kitchen, garden, garden, cast.kitchen, cast.kitchen, garden)
    ]
    scope, seen = read_record_scope(cast.mod.pk), []
    before: int | None = 0
    while before is not None:
        page = read_record(scope, RecordQuery(before=before), 2)
        seen += [done.act.pk for done in page.rows]
        before = page.before
    assert seen == made[::-1]
    assert numbers(cast.ann) == [made[4], made[3], made[0]]


@pytest.mark.parametrize(("apart", "of_rows"), [(3, 1), (4, 4)])
def test_the_record_of_many_groups_takes_few_statements(
    cast: Cast,
    django_assert_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
    apart: int,
    of_rows: int,
):
    """One for each of a few groups or one for all of many, and two for the times, however many there are."""
    monkeypatch.setattr("discuss.moderation.reading.record.MOST_APART", apart)
    groups = [actions.create_group(cast.mod, name=f"Garden {number}") for number in range(3)]
    made = [
        write_act("warn", actor=cast.ann, group_id=group.pk, user_id=cast.bob.pk).pk
        for group in (*groups, cast.kitchen, *groups)
    ]
    now = timezone.now()
    query = RecordQuery(since=now - timedelta(days=1), until=now + timedelta(days=1))
    scope = read_record_scope(cast.mod.pk)
    with django_assert_num_queries(2 + of_rows):
        found = _latest(scope, query, 5)
    assert [act.pk for act in found] == made[:1:-1]


def test_a_page_takes_as_many_statements_for_many_rows_as_for_one(
    cast: Cast, django_assert_num_queries: Any
):
    def write(count: int) -> None:
        for number in range(count):
            user = User.objects.create_user(f"p{number}{count}")
            write_act("warn", actor=user, group_id=cast.kitchen.pk, user_id=user.pk)

    scope = read_record_scope(cast.mod.pk)
    write(1)
    with django_assert_num_queries(5):
        assert len(read_record(scope, RecordQuery()).rows) == 1
    write(20)
    with django_assert_num_queries(5):
        assert len(read_record(scope, RecordQuery()).rows) == 21


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ({"group_id": 1}, "acts_in_group"),
        ({"user_id": 1}, "acts_to_user"),
        ({"actor_id": 1}, "acts_by_actor"),
        ({"rule_id": 1}, "acts_by_rule"),
        ({"kind": "hide"}, "acts_by_kind"),
    ],
)
@pytest.mark.only_on("sqlite")
def test_an_index_finds_what_is_asked_for_in_its_order(
    boss: User, query: dict[str, Any], index: str
):
    found = matching(read_record_scope(boss.pk), RecordQuery(before=10, **query))
    plan = found.explain()
    assert index in plan
    assert "TEMP B-TREE" not in plan
