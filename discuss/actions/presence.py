"""What processes say of themselves: that they live, and who is connected through them."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from discuss import doorbell
from discuss.models import Presence, Process
from discuss.reading.presence import Here


def beat(process: str) -> bool:
    """Show that this process lives. Returns False where it was not known, or thought to be gone."""
    if Process.objects.filter(name=process).update(beat=F("beat") + 1):
        return True
    Process.objects.get_or_create(name=process)
    return False


def show_presence(process: str, shown: Mapping[int, Here]) -> None:
    """Show who is connected through this process, by group; of a group with nobody nothing is kept."""
    with transaction.atomic():
        row, _ = Process.objects.get_or_create(name=process)
        Presence.objects.filter(
            process=row, group__in=[group for group, here in shown.items() if not here.people]
        ).delete()
        Presence.objects.bulk_create(
            [
                Presence(
                    process=row, group_id=group, people=list(here.names), user_ids=[*here.people]
                )
                for group, here in shown.items()
                if here.people
            ],
            update_conflicts=True,
            unique_fields=["process", "group"],
            update_fields=["people", "user_ids"],
        )
        for group in shown:
            doorbell.ring_presence(group)


def forget_process(name: str, *, beat: int | None = None) -> None:
    """Take away what a process that has ended said of who is here; nothing if it is past this `beat`."""
    with transaction.atomic():
        processes = Process.objects.select_for_update().filter(name=name)
        process = processes.first() if beat is None else processes.filter(beat=beat).first()
        if process is not None:
            for group in process.presences.values_list("group_id", flat=True):
                doorbell.ring_presence(group)
            process.delete()
