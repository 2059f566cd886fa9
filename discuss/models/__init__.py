"""What is: fields, constraints, queries and the rules about one row."""

from discuss.models.bookmark import Bookmark
from discuss.models.deletion import Deletion
from discuss.models.draft import KeptDraft
from discuss.models.entries import ONE_LINE_LOOKED_BACK, ONE_LINE_WITHIN
from discuss.models.entry import Entry
from discuss.models.event import Event
from discuss.models.group import Group, GroupKind, Posting, new_epoch
from discuss.models.invitation import Invitation
from discuss.models.kinds import ENDING_KINDS, MEMBERSHIP_KINDS, STANDING_KINDS, Kind
from discuss.models.lookups import Holds
from discuss.models.membership import Level, Membership, Role
from discuss.models.mention import Mention
from discuss.models.message import Message
from discuss.models.presence import Presence, Process
from discuss.models.reaction import Reaction
from discuss.models.revision import Revision
from discuss.models.search import REMEMBERED, SEARCH_LENGTH, IndexProgress, RecentSearch
from discuss.models.session import Session
from discuss.models.site import Site
from discuss.models.user import User

__all__ = [
    "ENDING_KINDS",
    "MEMBERSHIP_KINDS",
    "ONE_LINE_LOOKED_BACK",
    "ONE_LINE_WITHIN",
    "REMEMBERED",
    "SEARCH_LENGTH",
    "STANDING_KINDS",
    "Bookmark",
    "Deletion",
    "Entry",
    "Event",
    "Group",
    "GroupKind",
    "Holds",
    "IndexProgress",
    "Invitation",
    "KeptDraft",
    "Kind",
    "Level",
    "Membership",
    "Mention",
    "Message",
    "Posting",
    "Presence",
    "Process",
    "Reaction",
    "RecentSearch",
    "Revision",
    "Role",
    "Session",
    "Site",
    "User",
    "new_epoch",
]
