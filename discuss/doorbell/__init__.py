"""The doorbell: it says that there is something to read, never what."""

from discuss.doorbell.bells import (
    Bell,
    attach,
    beat,
    detach,
    probe,
    ring_deletion,
    ring_group,
    ring_lobby,
    ring_looks,
    ring_person,
    ring_presence,
    ring_read,
    ring_site,
    ring_task,
    ring_unread,
    tell_typing,
)

__all__ = [
    "Bell",
    "attach",
    "beat",
    "detach",
    "probe",
    "ring_deletion",
    "ring_group",
    "ring_lobby",
    "ring_looks",
    "ring_person",
    "ring_presence",
    "ring_read",
    "ring_site",
    "ring_task",
    "ring_unread",
    "tell_typing",
]
