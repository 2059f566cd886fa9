"""What markup costs: `python -m bench.markup` renders texts of all kinds and says how long that took, the
worst first.

Nothing of it waits for anything, so it needs no server and no database. Each is the best of three tries, in
computing time of its thread.
"""

import time
from collections.abc import Callable

from discuss.rules.excerpts import excerpt
from discuss.rules.markup.code import LANGUAGES
from discuss.rules.stored_html import stored_rendering
from tests.hostile_markup import long_texts

# What no text may take, in milliseconds.
GOAL = 50
TRIES = 3
SHOWN = 10
MESSAGES = {
    "plain, 19 characters": "Hello, how are you?",
    "plain, 300 characters": "A longer text, as people write it at times. " * 7,
    "a link": "See https://example.org/soup?of=the+day",
    "a word in bold": "It is **hot** today",
    "a list, a link, code": (
        "See **this**:\n- one\n- two [link](https://example.org/a)\n\n"
        "```python\ndef f(x):\n    return x + 1  # more\n```"
    ),
}


def main() -> None:
    for name, text in MESSAGES.items():
        print(f"{name}: {milliseconds(stored_rendering, text) * 1000:.0f} µs")
    texts = [*long_texts(), *(f"```{name}\n{'a b(c) ' * 600}"[:4_000] for name in LANGUAGES)]
    tried = sorted(((milliseconds(stored_rendering, text), text) for text in texts), reverse=True)
    print(f"\nOf {len(tried)} texts of 4,000 characters (goal: below {GOAL} ms):")
    for took, text in tried[:SHOWN]:
        print(f"{took:6.1f} ms  {text[:60]!r}")
    longest = max(milliseconds(excerpt, text) for text in texts)
    print(f"\nAn excerpt: {longest:.1f} ms at most")


def milliseconds(work: Callable[[str], object], text: str) -> float:
    # The first try may have something to load.
    return min(timed(work, text) for _ in range(TRIES))


def timed(work: Callable[[str], object], text: str) -> float:
    begin = time.thread_time()
    work(text)
    return (time.thread_time() - begin) * 1000


if __name__ == "__main__":
    main()
