"""What a page's header tells its person: cases that wait for them, and answers to what they said."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.db.models import QuerySet, Value

from discuss.db.compiled import Compiled
from discuss.models import Appeal, CaseState, Report, User
from discuss.moderation.reading.queue import count_cases
from discuss.moderation.reading.scopes import Scope, read_scopes

# More are not counted.
MOST = 99


class Duties(NamedTuple):
    """How many cases somebody may work at (None: they are no moderator), and how many answers are new.

    `answers` are those to what they reported, `appeals` those to what they said against an act.
    """

    cases: int | None = None
    answers: int = 0
    appeals: int = 0

    @property
    def is_moderator(self) -> bool:
        return self.cases is not None

    @property
    def told(self) -> str:
        """What a page says of it when it resumes."""
        return f"{'' if self.cases is None else self.cases}-{self.answers}-{self.appeals}"

    @property
    def cases_in_words(self) -> str:
        return in_words(self.cases or 0)

    @property
    def answers_in_words(self) -> str:
        return in_words(self.answers)

    @property
    def appeals_in_words(self) -> str:
        return in_words(self.appeals)


NONE = Duties()


def in_words(count: int) -> str:
    """Return the number as it stands at a link; nothing for nothing."""
    return f"{MOST}+" if count > MOST else str(count) if count else ""


def read_duties(user: User) -> Duties:
    """Return what the header of a page of this person's says, in two statements for most people."""
    scopes = read_scopes([user.pk], [user.pk] if user.is_staff else [])
    return duties_of([user.pk], scopes)[user.pk]


def duties_of(user_ids: Collection[int], scopes: Mapping[int, Scope]) -> dict[int, Duties]:
    """Return what their headers say; people of one scope are counted for once."""
    counts = {scope: count_cases(scope) for scope in {*scopes.values()} if scope.is_any}
    untold = Counter(_untold.rows(list(user_ids)))
    return {pk: Duties(counts.get(scopes[pk]), untold[pk, 0], untold[pk, 1]) for pk in user_ids}


# For speed (bench case connects): the header of each page asks it, and is told of both in one statement.
@Compiled
def _untold(user_ids: list[int]) -> QuerySet[Any, tuple[int, int]]:
    """Whose reports (0) and appeals (1) were decided about, once for each that they have not read of."""
    closed = {"told_at": None, "case__state": CaseState.CLOSED}
    answers = Report.objects.filter(reporter__in=user_ids, **closed)
    appeals = Appeal.objects.filter(user__in=user_ids, **closed)
    untold: QuerySet[Any, tuple[int, int]] = answers.values_list("reporter", Value(0)).union(
        appeals.values_list("user", Value(1)), all=True
    )
    return untold
