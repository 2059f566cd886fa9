"""One process for one database, where several could not wake each other."""

import fcntl
import logging
import os
import time
from pathlib import Path

logger = logging.getLogger(__name__)

# Seconds to wait for a process that is about to end: more than it has for that.
PATIENCE = 25.0


def lock(file: Path) -> bool:
    """Lock `file` for as long as this process lives, and return whether nobody else has.

    One that is about to end is waited for. The kernel frees the lock however a process ends, and the file
    stays: were it removed, two processes could each have locked one of that name. Raises OSError where it
    cannot be opened.
    """
    number = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    if _try_to_lock(number):
        return True
    logger.warning("Another process serves this database; waiting %.0f s for it to end.", PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        time.sleep(0.1)
        if _try_to_lock(number):
            return True
    os.close(number)
    return False


def _try_to_lock(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
