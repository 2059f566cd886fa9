"""Reading what is being deleted."""

from discuss.models import Deletion


def read_beats() -> dict[int, int]:
    """Return the beat of each deletion, by primary key."""
    return dict(Deletion.objects.values_list("pk", "beat"))


def read_deletion(pk: int, beat: int) -> Deletion | None:
    """Return a deletion that is at this beat; None where somebody has gone on with it, or it is done."""
    return Deletion.objects.filter(pk=pk, beat=beat).first()
