"""Pages of moderators, and those on which people report something, or read what was done to them."""

from discuss.moderation.edges.views.appeals import appeal, appeal_of_ban, mine
from discuss.moderation.edges.views.case import case, decide, let_go, reopen, take
from discuss.moderation.edges.views.charts import charts
from discuss.moderation.edges.views.queue import live_queue, queue
from discuss.moderation.edges.views.record import group_record, record, record_csv
from discuss.moderation.edges.views.reports import report_group, report_member, reports

__all__ = [
    "appeal",
    "appeal_of_ban",
    "case",
    "charts",
    "decide",
    "group_record",
    "let_go",
    "live_queue",
    "mine",
    "queue",
    "record",
    "record_csv",
    "reopen",
    "report_group",
    "report_member",
    "reports",
    "take",
]
