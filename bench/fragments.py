"""How long a line takes to be rendered: `python -m bench.fragments` prints a table, a row for each look.

Nothing of it waits for anything, so it needs no server and no database. Each is the median of many, and the
least, in microseconds of computing time of its thread: of a line that nobody has seen, so that nothing of it
is kept. On a machine that is busy, processes take each other's caches: then the least says more.
"""

import os
import statistics
import time
from collections.abc import Callable
from copy import copy

import django

# What a message may take in the look of the site, and in any other, in microseconds.
GOAL, GOAL_OF_SKINS = 150, 250
TIMES = 2_000
STATES = ("message", "goes on", "reply", "reacted to", "formatted", "event: joined")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    django.setup()
    from tests import sheets

    print(f"| look | {' | '.join(STATES)} | goal for a message |")
    print(f"|---|{'---|' * len(STATES)}---|")
    for look in sheets.looks():
        taken = " | ".join(microseconds(look, state) for state in STATES)
        print(f"| {look or 'the site’s'} | {taken} | {GOAL_OF_SKINS if look else GOAL} |")


def microseconds(look: str, state: str) -> str:
    """Return the median and the least for a line in this state."""
    from discuss.rendering import fragments
    from discuss.rendering.samples.made_up import LINES
    from tests import sheets

    entry, audience = copy(LINES[state]), sheets.audience_of(look)

    def render() -> None:
        # Another line each time: what is kept of a line is known by its number.
        entry.pk += 1
        fragments.line(entry, audience)

    render()
    taken = [timed(render) * 1_000_000 for _ in range(TIMES)]
    return f"{statistics.median(taken):.0f} ({min(taken):.0f})"


def timed(work: Callable[[], object]) -> float:
    begin = time.thread_time()
    work()
    return time.thread_time() - begin


if __name__ == "__main__":
    main()
