"""How long a line takes to be rendered, in each skin: `python -m bench.lines`. No database and no server."""

import os
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from django.conf import settings  # noqa: E402

from discuss.rendering import fragments  # noqa: E402
from discuss.rendering.audience import Audience  # noqa: E402
from discuss.rendering.samples.made_up import LINES  # noqa: E402

TRIES = 2_000
STATES = ("message", "goes on", "reacted to", "event: pinned")


def main() -> None:
    print(f"{'':12}{''.join(f'{state:>15}' for state in STATES)}   (µs, median)")
    for skin in ("", *settings.SKINS):
        audience = Audience.everyone().wearing(skin)
        if skin and not audience.skin:
            continue
        took = [microseconds(partial(fragments.line, LINES[s], audience)) for s in STATES]
        print(f"{skin or 'default':12}{''.join(f'{each:15.0f}' for each in took)}")


def microseconds(work: Callable[[], object]) -> float:
    """Return the median of what one call takes, after some that fill what is kept."""
    for _ in range(50):
        work()
    took = []
    for _ in range(TRIES):
        begin = perf_counter()
        work()
        took.append(perf_counter() - begin)
    return median(took) * 1e6


if __name__ == "__main__":
    main()
