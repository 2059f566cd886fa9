"""A page that is hidden, shown, offline and online again, while people write, ends as a fresh load."""

import json
import os
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import LOST, Person, composer, log_of, messages, send, until
from tests.browser.stage import Stage
from tests.faults.repetitions import FAULTS

Appear = Callable[..., Person]

FAULT = FAULTS["browser"]


@pytest.fixture
def report() -> Iterator[dict[str, object]]:
    """What bench/faults says of the test, however it ends."""
    said: dict[str, object] = {"fault": "browser", "title": FAULT.title, "outcome": "failed"}
    began = time.monotonic()
    yield said
    if path := os.environ.get("FAULTS_REPORT"):
        with open(path, "a") as file:
            print(json.dumps({**said, "took": time.monotonic() - began}), file=file)


@pytest.mark.timeout(FAULT.bound)
@pytest.mark.fault(name="browser")
def test_a_page_that_comes_and_goes_ends_as_a_fresh_load(
    person: Appear, stage: Stage, report: dict[str, object]
) -> None:
    anns, bobs = person("ann"), person("bob")
    bobs.allow(*LOST)
    group = stage.group(members=[anns.user, bobs.user])
    ann, bob = anns.enter(group), bobs.enter(group)
    said: list[str] = []
    for number in range(FAULT.times):
        hide(bob)
        say(ann, said, f"{number} while it is hidden")
        bobs.context.set_offline(True)
        say(ann, said, f"{number} while it is offline")
        # Typed offline: it goes out once, when the network is back.
        composer(bob).fill(f"{number} from the tunnel")
        composer(bob).press("Enter")
        show(bob)
        say(ann, said, f"{number} while it is shown")
        bobs.context.set_offline(False)
        said.append(f"{number} from the tunnel")
        expect(composer(bob)).to_have_value("")
        say(bob, said, f"{number} back again")
        until(bob, lambda: len(set(said) & set(texts_of(bob))) == len(said), "all")
        report["repetitions"] = number + 1
    stored = stage.texts(group)
    report |= {
        "posts": len(said),
        "answered": len(said),
        "resends": 0,
        "lost": len(set(said) - set(stored)),
        "twice": len(stored) - len(set(stored)),
    }
    assert sorted(stored) == sorted(said)
    for who, page in ((anns, ann), (bobs, bob)):
        expect(messages(page)).to_have_text(stored)
        fresh = who.enter(group)
        until(page, partial(ends_as, page, fresh), "a log that ends as that of a fresh load")
        fresh.close()
    report["outcome"] = "held"


def say(page: Page, said: list[str], text: str) -> None:
    send(page, text)
    said.append(text)


def ends_as(page: Page, fresh: Page) -> bool:
    return log_of(page).endswith(log_of(fresh))


def hide(page: Page) -> None:
    freeze(page, "frozen")


def show(page: Page) -> None:
    freeze(page, "active")


def freeze(page: Page, state: str) -> None:
    """Do to the page what Chromium does to a tab in the background for long, and when it is shown again."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Page.setWebLifecycleState", {"state": state})


def texts_of(page: Page) -> list[str]:
    return messages(page).all_inner_texts()
