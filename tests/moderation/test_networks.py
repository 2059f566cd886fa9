"""Networks that moderators of the site block: who may, which they may not, and what is in the record."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from discuss.actions import Refused, networks
from discuss.doorbell.bell import Bell
from discuss.models import Act, BlockedNetwork, SeenAddress, User
from discuss.reading import networks as networks_read
from discuss.reading.networks import known_networks
from discuss.rules import roles
from discuss.rules.networks import Bars
from discuss.rules.refusals import Code
from tests.admin.desk import choose, told, url
from tests.cast import Cast, log_in
from tests.moderation.networked import block, moderator, unblock
from tests.moderation.ruled import staff
from tests.moderation.test_command import moderate
from tests.moderation.test_filter_pages import html, said

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
PAGE = "/moderation/addresses/"
NETWORK, INSIDE_OF_IT = "203.0.113.0/24", "203.0.113.7"
FORM = {"network": NETWORK, "bars": "sign-ups", "length": "7d", "reason": "spam", "note": "A farm"}


@pytest.fixture
def sam(db: None) -> User:
    return moderator()


def refusal(*args: Any, **more: Any) -> Code | None:
    try:
        block(*args, **more)
    except Refused as refused:
        return Code(refused.code)
    return None


# --- the act --------------------------------------------------------------------------------------------


@pytest.mark.log
def test_a_block_is_in_the_record_and_so_is_that_it_was_taken_back(sam: User):
    until = timezone.now() + timedelta(days=7)
    done = block(NETWORK, reason="spam", note="A farm", until=until)
    assert done is not None
    assert (done.kind, done.actor_id, done.reason, done.note, done.until) == (
        "block_network",
        sam.pk,
        "spam",
        "A farm",
        until,
    )
    told = {"network": NETWORK, "bars": "sign-ups"}
    assert done.details == {"after": told}
    assert done.user_id is None
    back = unblock(NETWORK)
    assert back is not None
    assert (back.kind, back.undoes_id) == ("unblock_network", done.pk)
    assert back.details == {"before": told}
    assert not BlockedNetwork.objects.exists()
    assert unblock(NETWORK) is None
    assert Act.objects.count() == 2


def test_the_page_of_the_record_tells_it_in_words(sam: User):
    boss = User.objects.create_superuser("boss")
    block(NETWORK, reason="spam", note="A farm")
    block(NETWORK, Bars.ENTRANCE)
    unblock(NETWORK)
    shown = " ".join(html(log_in(boss).get("/moderation/record/")).text_content().split())
    for words in ("Network blocked", "Network not blocked any more", NETWORK, "A farm"):
        assert words in shown
    for words in ("No new accounts", "No entrance at all"):
        assert words in shown


@pytest.mark.log
def test_a_network_is_blocked_once_and_its_hits_go_on(sam: User):
    block(NETWORK)
    BlockedNetwork.objects.update(hits=7)
    first = BlockedNetwork.objects.get()
    assert block(NETWORK) is None
    done = block("203.0.113.9/24", Bars.ENTRANCE)
    assert done is not None
    assert done.details == {
        "before": {"bars": "sign-ups"},
        "after": {"network": NETWORK, "bars": "entrance"},
    }
    second = BlockedNetwork.objects.get()
    assert (second.bars, second.hits) == ("entrance", 7)
    # A row never becomes another one: by that a process knows whether it knows them all.
    assert second.pk > first.pk


def test_whoever_blocks_rings_and_who_changes_nothing_does_not(bells_of: Any, sam: User):
    assert bells_of(lambda: block(NETWORK)) == [Bell("networks", 0)]
    assert bells_of(lambda: block(NETWORK)) == []
    assert bells_of(lambda: unblock(NETWORK)) == [Bell("networks", 0)]


@pytest.mark.parametrize("rights", [(), ("add_act", "view_case", "change_filter")])
def test_staff_without_the_right_may_not(rights: tuple[str, ...]):
    kim = staff(*rights, name="kim")
    assert refusal(NETWORK, by=kim) == Code.STAFF_ONLY
    block(NETWORK)
    with pytest.raises(Refused):
        unblock(NETWORK, by=kim)
    assert BlockedNetwork.objects.exists()


def test_neither_owners_nor_whoever_is_no_staff_any_more_may(cast: Cast, sam: User):
    assert refusal(NETWORK, by=cast.ann) == Code.STAFF_ONLY
    User.objects.filter(pk=sam.pk).update(is_staff=False)
    assert refusal(NETWORK, by=sam) == Code.STAFF_ONLY


def test_the_table_of_roles_decides(monkeypatch: pytest.MonkeyPatch, sam: User):
    assert {role for role in roles.ROLES if roles.may("block", role)} == {roles.STAFF}
    monkeypatch.setitem(roles.TABLE["block"], roles.STAFF, roles.NO)
    assert refusal(NETWORK) == Code.STAFF_ONLY
    assert log_in(sam).get(PAGE).status_code == 403


@pytest.mark.parametrize("here", [INSIDE_OF_IT, f"::ffff:{INSIDE_OF_IT}"])
@pytest.mark.parametrize("bars", Bars.values)
def test_nobody_blocks_where_they_are_themselves(sam: User, here: str, bars: str):
    assert refusal(NETWORK, bars, here=here) == Code.NETWORK_OWN
    assert refusal(NETWORK, bars, here="203.0.114.7") is None


def test_nor_where_they_logged_in_lately(sam: User):
    networks.note_address(sam, INSIDE_OF_IT)
    assert refusal(NETWORK, here="198.51.100.1") == Code.NETWORK_OWN
    SeenAddress.objects.update(seen_at=timezone.now() - timedelta(days=31))
    assert refusal(NETWORK, here="198.51.100.1") is None


@pytest.mark.parametrize("network", ["2001:db8:1:2:3::4/128", "2001:db8:1:2:8000::/65"])
def test_a_part_of_somebodys_network_is_theirs_too(sam: User, network: str):
    """Of IPv6 no more is kept of anybody than their /64."""
    kim = staff(name="kim")
    assert refusal(network, Bars.ENTRANCE) is None
    unblock(network)
    networks.note_address(kim, "2001:db8:1:2:3::4")
    assert refusal(network, Bars.ENTRANCE) == Code.NETWORK_OF_STAFF
    assert refusal("2001:db8:1:3:3::4/128", Bars.ENTRANCE) is None
    networks.note_address(sam, "2001:db8:1:2:3::4")
    assert refusal(network) == Code.NETWORK_OWN


def test_nobody_shuts_out_whom_they_could_not_ban(cast: Cast, sam: User):
    kim, boss = staff(name="kim"), User.objects.create_superuser("boss")
    networks.note_address(kim, "203.0.113.7")
    networks.note_address(boss, "198.51.100.7")
    networks.note_address(cast.bob, "192.0.2.7")
    for network in (NETWORK, "198.51.100.0/24"):
        assert refusal(network, Bars.ENTRANCE) == Code.NETWORK_OF_STAFF
        assert refusal(network) is None
    assert refusal("192.0.2.0/24", Bars.ENTRANCE) is None
    assert refusal(NETWORK, Bars.ENTRANCE, by=boss) is None


def test_nobody_takes_back_what_a_superuser_blocked(sam: User):
    boss = User.objects.create_superuser("boss")
    block(NETWORK, Bars.ENTRANCE, by=boss)
    for other in (Bars.SIGN_UPS, Bars.ENTRANCE):
        assert refusal(NETWORK, other, until=timezone.now() + DAY) == Code.OF_HIGHER
    with pytest.raises(Refused):
        unblock(NETWORK)
    page = html(log_in(sam).post(PAGE, {"unblock": NETWORK}, follow=True))
    assert str(Code.OF_HIGHER.label) in page.text_content()
    # Once it has ended it binds nobody.
    BlockedNetwork.objects.update(until=timezone.now())
    assert block(NETWORK)
    assert unblock(NETWORK, by=boss)


def test_private_networks_are_for_sites_inside_of_one(settings: Settings, sam: User):
    assert refusal("192.168.1.0/24") == Code.NETWORK_NOT_PUBLIC
    settings.PRIVATE_NETWORK = True
    assert refusal("192.168.1.0/24") is None
    assert refusal("127.0.0.0/16") == Code.NETWORK_NOT_PUBLIC


def test_there_are_not_endlessly_many(monkeypatch: pytest.MonkeyPatch, sam: User):
    monkeypatch.setattr("discuss.moderation.actions.networks.MOST", 2)
    assert [refusal(f"203.0.113.{n}") for n in range(3)] == [None, None, Code.MANY_NETWORKS]
    # One that takes the place of another is not one more.
    assert refusal("203.0.113.1", Bars.ENTRANCE) is None


# --- what a process knows -------------------------------------------------------------------------------


def bars(address: str = INSIDE_OF_IT) -> tuple[bool, bool]:
    """Return whether nobody signs up from there, and whether nobody comes in."""
    of_sign_ups, of_entrance = known_networks.bars_sign_ups, known_networks.bars_entrance
    return of_sign_ups(address) is not None, of_entrance(address) is not None


def test_a_block_bars_sign_ups_and_entrance_if_that_was_chosen(sam: User):
    assert bars() == (False, False)
    block(NETWORK)
    assert bars() == (True, False)
    block(NETWORK, Bars.ENTRANCE)
    assert bars() == (True, True)
    assert bars("203.0.114.7") == (False, False)
    unblock(NETWORK)
    assert bars() == (False, False)


def test_a_process_that_starts_reads_them(sam: User):
    block(NETWORK, Bars.ENTRANCE)
    BlockedNetwork.objects.update(hits=7)
    known_networks.forget()
    assert not known_networks.is_known
    assert bars() == (True, True)
    assert BlockedNetwork.objects.get().hits == 7


@pytest.mark.log
def test_a_look_reads_them_only_where_they_are_others(sam: User, django_assert_num_queries: Any):
    block(NETWORK)
    known = known_networks.renew()
    with django_assert_num_queries(1):
        assert known_networks.renew() is known
    BlockedNetwork.objects.update(hits=7)
    assert known_networks.renew() is known
    # One goes and another comes, and their number stays.
    BlockedNetwork.objects.all().delete()
    BlockedNetwork.objects.create(network="198.51.100.0/24", bars="entrance")
    assert known_networks.renew() is not known
    assert (bars(), bars("198.51.100.7")) == ((False, False), (True, True))


def test_one_that_comes_during_a_look_is_not_known_for_ever(
    sam: User, monkeypatch: pytest.MonkeyPatch
):
    look = networks_read._signature

    def look_and_be_late() -> networks_read.Signature:
        seen = look()
        # As another process does.
        BlockedNetwork.objects.create(network=NETWORK, bars="entrance")
        return seen

    known_networks.forget()
    with monkeypatch.context() as patch:
        patch.setattr(networks_read, "_signature", look_and_be_late)
        known_networks.renew()
    BlockedNetwork.objects.all().delete()
    known_networks.renew()
    assert bars() == (False, False)


def test_to_ask_asks_no_database(sam: User, django_assert_num_queries: Any):
    block(NETWORK, Bars.ENTRANCE)
    with django_assert_num_queries(0):
        assert bars() == (True, True)
        assert Client(REMOTE_ADDR=INSIDE_OF_IT).get("/").status_code == 403


def test_a_block_ends_by_itself_and_its_row_goes_later(sam: User, monkeypatch: pytest.MonkeyPatch):
    now = timezone.now()
    block(NETWORK, Bars.ENTRANCE, until=now + timedelta(days=1))
    block("198.51.100.0/24", Bars.ENTRANCE)
    assert bars() == (True, True)
    known = known_networks._known
    later = (now + timedelta(days=1, seconds=1)).timestamp()
    monkeypatch.setattr("discuss.reading.networks.time.time", lambda: later)
    assert bars() == (False, False)
    assert bars("198.51.100.7") == (True, True)
    # Nothing was read anew for it.
    assert known_networks._known is known
    assert networks.clear_ended(200) == 0
    BlockedNetwork.objects.filter(network=NETWORK).update(until=now)
    assert networks.clear_ended(200) == 1
    assert list(BlockedNetwork.objects.values_list("network", flat=True)) == ["198.51.100.0/24"]


# --- the page -------------------------------------------------------------------------------------------


def test_the_queue_leads_there_whom_it_is_for(cast: Cast, sam: User):
    assert html(log_in(sam).get("/moderation/")).xpath(f"//a[@href='{PAGE}']")
    for other in (cast.mod, staff("view_case", name="kim")):
        assert not html(log_in(other).get("/moderation/")).xpath(f"//a[@href='{PAGE}']")
        assert log_in(other).get(PAGE).status_code == 403


def test_a_network_is_blocked_there_and_taken_back(sam: User):
    browser = log_in(sam)
    assert said(html(browser.get(PAGE)), ".description") == ["There is nothing."]
    assert browser.post(PAGE, FORM).headers["Location"] == PAGE
    row = BlockedNetwork.objects.get()
    assert (row.network, row.bars, row.by, row.reason) == (NETWORK, "sign-ups", sam, "spam")
    assert row.until is not None
    assert abs(row.until - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)
    page = html(browser.get(PAGE))
    assert said(page, ".messages") == [f"{NETWORK} is blocked."]
    (shown,) = said(page, ".blocked li")
    for words in (NETWORK, "No new accounts", "Spam or advertising", "A farm", "sam", "0 refusals"):
        assert words in shown
    browser.post(PAGE, {"unblock": NETWORK})
    assert not BlockedNetwork.objects.exists()
    kinds = list(Act.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["block_network", "unblock_network"]


@pytest.mark.parametrize(
    ("network", "why"),
    [
        ("soup", "no address and no network"),
        ("10.0.0.0/24", "No stranger comes from there"),
        ("127.0.0.1", "No stranger comes from there"),
        ("203.0.0.0/15", "131,072 addresses"),
        ("9" * 500, "at most"),
        ("", "required"),
    ],
)
def test_what_may_not_be_is_said_beside_the_field_and_what_was_typed_stays(
    sam: User, network: str, why: str
):
    page = html(log_in(sam).post(PAGE, {**FORM, "network": network}), 400)
    (field,) = page.cssselect("[name=network]")
    errors = page.get_element_by_id("block_network-network_error")
    assert why in " ".join(errors.text_content().split())
    assert "block_network-network_error" in (field.get("aria-describedby") or "")
    assert (field.get("value") or "") == network
    assert page.cssselect("[name=note]")[0].text.strip() == "A farm"
    assert not BlockedNetwork.objects.exists()


def test_ones_own_address_is_refused_there(sam: User):
    page = html(browser_at(sam, INSIDE_OF_IT).post(PAGE, FORM), 400)
    assert "You come from there yourself." in page.text_content()
    assert not BlockedNetwork.objects.exists()


def browser_at(user: User, address: str) -> Client:
    client = log_in(user)
    client.defaults["REMOTE_ADDR"] = address
    return client


def test_a_wide_one_is_asked_about_again(sam: User):
    browser, wide = log_in(sam), {**FORM, "network": "203.0.0.0/15"}
    assert not html(browser.get(PAGE)).cssselect("[name=is_sure]")
    page = html(browser.post(PAGE, wide), 400)
    assert page.cssselect("[name=is_sure]")
    assert browser.post(PAGE, {**wide, "is_sure": "on"}).status_code == 302
    assert BlockedNetwork.objects.get().network == "203.0.0.0/15"


def test_a_link_may_name_the_network(sam: User):
    page = html(log_in(sam).get(f"{PAGE}?network={INSIDE_OF_IT}"))
    assert page.cssselect("[name=network]")[0].get("value") == INSIDE_OF_IT


def test_many_are_shown_page_by_page(sam: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("discuss.moderation.reading.networks.AT_ONCE", 2)
    for number in range(3):
        block(f"203.0.113.{number}")
    browser = log_in(sam)
    page = html(browser.get(PAGE))
    assert said(page, ".blocked .network") == ["203.0.113.2", "203.0.113.1"]
    (older,) = page.xpath("//nav[@class='pages']//a/@href")
    assert said(html(browser.get(PAGE + older)), ".blocked .network") == ["203.0.113.0"]
    assert said(html(browser.get(f"{PAGE}?before=x")), ".blocked .network") == [
        "203.0.113.2",
        "203.0.113.1",
    ]


def test_what_has_ended_is_not_listed(sam: User):
    block(NETWORK)
    BlockedNetwork.objects.update(until=timezone.now())
    assert not html(log_in(sam).get(PAGE)).cssselect(".blocked li")


# --- the admin and the command --------------------------------------------------------------------------


def test_the_admin_lists_them_and_takes_them_back(sam: User):
    block(NETWORK, reason="spam")
    desk = log_in(sam)
    page = desk.get(url(BlockedNetwork, "changelist"))
    assert NETWORK in page.content.decode()
    assert (
        desk.get(url(BlockedNetwork, "change", BlockedNetwork.objects.get().pk)).status_code == 200
    )
    assert desk.get(url(BlockedNetwork, "add")).headers["Location"] == PAGE
    response = choose(desk, BlockedNetwork, "unblock", BlockedNetwork.objects.all())
    assert told(response) == ["Not blocked any more: 1."]
    assert not BlockedNetwork.objects.exists()
    assert Act.objects.latest("pk").kind == "unblock_network"


def test_the_admin_is_for_those_with_the_right(cast: Cast, sam: User):
    block(NETWORK)
    row = BlockedNetwork.objects.get()
    desk = log_in(staff("view_case", "view_user", name="kim"))
    for address in (
        url(BlockedNetwork, "changelist"),
        url(BlockedNetwork, "change", row.pk),
        url(BlockedNetwork, "add"),
    ):
        assert desk.get(address).status_code == 403
    assert choose(desk, BlockedNetwork, "unblock", [row]).status_code == 403
    assert log_in(sam).post(url(BlockedNetwork, "delete", row.pk)).status_code == 403
    assert BlockedNetwork.objects.exists()


def test_the_command_blocks_and_takes_back(sam: User):
    here = "--network=203.0.113.0/24"
    assert moderate("block_network", "--by=sam", here, "--length=7d").startswith("Done: ")
    assert BlockedNetwork.objects.get().bars == "sign-ups"
    assert moderate("block_network", "--by=sam", here, "--length=ever", "--bars=entrance")
    row = BlockedNetwork.objects.get()
    assert (row.bars, row.until) == ("entrance", None)
    assert moderate("unblock_network", "--by=sam", here).startswith("Done: ")
    assert moderate("unblock_network", "--by=sam", here) == "There was nothing to do.\n"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--network=soup", "--length=7d"], "no address"),
        (["--length=7d"], "network"),
        (["--network=203.0.113.7"], "length"),
        (["--network=127.0.0.1", "--length=7d"], "No stranger"),
        (["--network=203.0.0.0/15", "--length=7d"], "very wide"),
    ],
)
def test_the_command_says_what_was_wrong(sam: User, words: list[str], why: str):
    with pytest.raises(CommandError, match=why):
        moderate("block_network", "--by=sam", *words)
    assert not Act.objects.exists()


def test_a_wide_one_takes_a_second_word_of_the_command(sam: User):
    moderate("block_network", "--by=sam", "--network=203.0.0.0/15", "--length=7d", "--sure")
    assert BlockedNetwork.objects.exists()
