"""How often each fault happens: in CI, and in `bench/faults --long`."""

import os
from typing import NamedTuple


class Repetitions(NamedTuple):
    """A fault, as the report names it. `seconds` is what one repetition takes at most on an idle machine."""

    title: str
    ci: int
    long: int
    seconds: float

    @property
    def times(self) -> int:
        return self.long if IS_LONG else self.ci

    @property
    def bound(self) -> float:
        """Seconds after which the whole fault hangs: beginning and settling take their time, too."""
        return SLOWER * (START_SECONDS + self.times * self.seconds)


IS_LONG = os.environ.get("FAULTS") == "long"
# What the product promises in seconds is asserted by bench/faults. Elsewhere other things run beside.
IS_MEASURED = "FAULTS" in os.environ
START_SECONDS = 100.0
# How many times slower than an idle machine a busy one may be.
SLOWER = 5

FAULTS = {
    "kill": Repetitions("kill -9 of a random process under load", 10, 200, 30),
    "presence": Repetitions(
        "kill -9: who was connected through it is gone from the list", 1, 10, 90
    ),
    "rolling-restart": Repetitions("rolling restart by SIGTERM", 3, 50, 90),
    "redis-restart": Repetitions("Redis: kill and restart", 3, 25, 40),
    "redis-stop": Repetitions("Redis: SIGSTOP for 8 s", 3, 25, 40),
    "redis-client-kill": Repetitions("Redis: CLIENT KILL", 3, 25, 40),
    "redis-flushall": Repetitions("Redis: FLUSHALL", 3, 25, 40),
    "postgres-restart": Repetitions("PostgreSQL: restart", 3, 50, 60),
    "postgres-terminate": Repetitions("PostgreSQL: pg_terminate_backend", 3, 50, 40),
    "sqlite-lock": Repetitions("SQLite: another process holds the write lock 3 s", 3, 10, 20),
    "sqlite-full": Repetitions("SQLite: database full", 3, 10, 30),
    "ban": Repetitions("kill -9 in the middle of a ban, and no bell tells of it", 1, 1, 60),
    "hide-all": Repetitions("kill -9 in the middle of hiding all of somebody, twice", 1, 5, 120),
    "ban-redis": Repetitions("the same, while Redis is away", 1, 1, 60),
    "ban-deaf": Repetitions("a ban while Redis is away, and while it hangs", 2, 2, 120),
    "lost-answer": Repetitions("the answer is lost after the commit", 100, 1000, 5),
    "proxy": Repetitions("a proxy cuts, half-closes, delays, swallows", 20, 500, 60),
    "slow-reader": Repetitions("a reader stops reading", 4, 50, 60),
    "clock": Repetitions("the clock jumps an hour", 1, 10, 60),
    "browser": Repetitions("a page hidden, shown, offline, online", 5, 100, 40),
}
