"""What a flush reads, without a feed and without sockets."""

from discuss.live.states import PageState, UpdateRequest
from discuss.live.updates import read_updates
from discuss.models import User
from discuss.rendering.audience import Audience
from tests.cast import Cast, log_in
from tests.page import Page

EVERYONE = Audience.everyone()


def load(cast: Cast, user: User | None = None) -> Page:
    """A first page of the Kitchen, without a socket."""
    client, path = log_in(user or cast.bob), cast.kitchen.get_absolute_url()
    return Page(client, path, client.get(path).content.decode())


def state_of(page: Page) -> PageState:
    epoch = page.element("epoch").get("value") or ""
    return PageState(page.cursor, epoch, page.oldest, page.members, EVERYONE)


def updates(cast: Cast, cursor: int | None = None, **asked):
    names = ("live", "joining", "joining_people", "live_people", "older")
    given = {"shown": None, **{name: set() for name in names}, **asked}
    return read_updates(UpdateRequest(cast.kitchen.pk, cursor, **given))
