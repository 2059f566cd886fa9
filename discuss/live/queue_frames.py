"""What is written to pages of the queue. Whatever is the same for several is rendered once."""

from functools import cache

from discuss.moderation.reading.case import Progress
from discuss.moderation.reading.duties import Duties
from discuss.moderation.reading.held import HeldList
from discuss.moderation.reading.queue import Queue, Row
from discuss.rendering import fragments
from discuss.rendering.audience import Audience
from discuss.server.wire import Prepared


class QueueFrames:
    """The frames of one flush."""

    def __init__(self) -> None:
        self.status = cache(lambda audience: Prepared(fragments.status_renewed(audience)))
        self.header = cache(self._header)
        self.progress = cache(self._progress)
        self.whole = cache(self._whole)
        self.moved = cache(self._moved)
        self.held_whole = cache(self._held_whole)
        self.held_moved = cache(self._held_moved)
        self._row = cache(lambda audience, row: fragments.case_row(audience, row=row))

    def _header(self, audience: Audience, duties: Duties) -> Prepared:
        return Prepared(fragments.duties_shown(audience, duties=duties))

    def _progress(self, audience: Audience, progress: Progress) -> Prepared:
        html = fragments.case_progress(audience, progress=progress)
        html += fragments.case_kept(audience, kept=progress.kept)
        return Prepared(html + self._shown(audience, progress.fingerprint))

    def _whole(self, audience: Audience, queue: Queue) -> Prepared:
        rows = [self._row(audience, row) for row in queue.rows]
        shown = self._shown(audience, queue.fingerprint)
        more = fragments.queue_continued(audience, beyond=queue.beyond)
        return Prepared(fragments.queue_replaced(audience, rows=rows) + more + shown)

    def _moved(self, audience: Audience, before: Queue, after: Queue) -> Prepared:
        """Render what makes the one list the other, row by row, so that nobody loses their place in it."""
        shown = {row.pk: row for row in before.rows}
        staying = {row.pk for row in after.rows}
        if any(row.pk in shown and _head(shown[row.pk]) != _head(row) for row in after.rows):
            return self.whole(audience, after)
        parts = [
            fragments.case_removed(audience, row=row)
            for row in before.rows
            if row.pk not in staying
        ]
        above = 0
        for row in after.rows:
            if row.pk not in shown:
                parts.append(fragments.case_added(audience, row=row, above=above))
            elif row != shown[row.pk]:
                parts.append(fragments.case_changed(audience, row=row))
            above = row.pk
        if before.beyond != after.beyond:
            parts.append(fragments.queue_continued(audience, beyond=after.beyond))
        parts.append(self._shown(audience, after.fingerprint))
        return Prepared("".join(parts))

    def _held_whole(self, audience: Audience, held: HeldList) -> Prepared:
        rows = [fragments.held_row(audience, row=row) for row in held.rows]
        html = fragments.held_replaced(audience, rows=rows)
        return Prepared(html + self._shown(audience, held.fingerprint))

    def _held_moved(self, audience: Audience, before: HeldList, after: HeldList) -> Prepared:
        """Render what goes and what comes, which is always the latest: nobody loses their place."""
        staying = [row for row in before.rows if row in after.rows]
        added = after.rows[len(staying) :]
        if list(after.rows[: len(staying)]) != staying:
            return self.held_whole(audience, after)
        parts = [
            fragments.held_removed(audience, row=row) for row in before.rows if row not in staying
        ]
        if added:
            rows = [fragments.held_row(audience, row=row) for row in added]
            parts.append(fragments.held_added(audience, rows=rows))
        parts.append(self._shown(audience, after.fingerprint))
        return Prepared("".join(parts))

    def _shown(self, audience: Audience, fingerprint: str) -> str:
        return fragments.desk_shown(audience, fingerprint=fingerprint)


def _head(row: Row) -> tuple[object, ...]:
    """Return what a row shows that never moves by itself: a new name, for instance, is a new row."""
    return row.kind, row.group, row.name, row.words, row.opened_at
