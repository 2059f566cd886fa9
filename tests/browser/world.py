"""Who and what is there in the tests that look at all pages and states."""

from collections.abc import Callable
from itertools import count
from typing import NamedTuple

import pytest
from playwright.sync_api import Page

from discuss.models import Entry, Group, User
from tests.browser.axe import have_axe_at_hand
from tests.browser.person import Person
from tests.browser.stage import Stage

Appear = Callable[..., Person]


class World(NamedTuple):
    """Ann, who owns the Kitchen with bob in it, and is not in the Allotment. In the Attic is nobody else.

    The Hall has more lines than a window.
    """

    stage: Stage
    person: Appear
    anns: Person
    bob: User
    kitchen: Group
    allotment: Group
    attic: Group
    hall: Group
    # Ann's, the last lines of the Kitchen but for one.
    said: list[Entry]

    @property
    def here(self) -> str:
        return self.kitchen.get_absolute_url()

    def pantry(self, page: Page) -> None:
        """Go to a group of its own: what one began to write comes again with every page of a group."""
        owner, name = self.anns.user, f"Pantry {next(numbers)}"
        group = self.stage.group(name, owner=owner, members=[self.bob])
        self.stage.say(owner, group, "See https://example.org/ please")
        self.anns.go_live(page, group)


numbers = count(1)


@pytest.fixture
def world(person: Appear, stage: Stage) -> World:
    # Else there would be a password to set. A session from before would end with it.
    stage.give_password(stage.user("ann"))
    anns = person("ann", has_touch=True)
    have_axe_at_hand(anns.context)
    bob = stage.user("bob")
    kitchen = stage.group(owner=anns.user, members=[bob])
    stage.fill(kitchen, bob, 3)
    stage.say(bob, kitchen, "@ann is there soup?")
    said = stage.say(anns.user, kitchen, "See https://example.org/ please", "w" * 300, "שלום עולם")
    stage.reply(bob, said[2], "Shalom")
    allotment = stage.group("Allotment", description="Seeds and slugs")
    attic = stage.group("Attic", owner=anns.user)
    hall = stage.group("Hall", owner=anns.user, members=[bob])
    stage.fill(hall, bob, 60)
    return World(stage, person, anns, bob, kitchen, allotment, attic, hall, said)
