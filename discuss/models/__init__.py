"""What is: fields, constraints, queries and the rules about one row."""

from discuss.models.act import Act, RecordStays
from discuss.models.appeal import Appeal
from discuss.models.ban import Ban
from discuss.models.bar import Bar
from discuss.models.bookmark import Bookmark
from discuss.models.case import Case, CaseKind, CaseState
from discuss.models.case_author import CaseAuthor
from discuss.models.deletion import Deletion
from discuss.models.draft import KeptDraft
from discuss.models.entries import ONE_LINE_LOOKED_BACK, ONE_LINE_WITHIN
from discuss.models.entry import Entry
from discuss.models.event import Event
from discuss.models.filter import Filter, FilterHits, Utterance
from discuss.models.group import Group, GroupKind, Hosts, Posting, new_epoch
from discuss.models.held import Held
from discuss.models.invitation import Invitation
from discuss.models.kinds import ENDING_KINDS, MEMBERSHIP_KINDS, STANDING_KINDS, Kind
from discuss.models.last_post import LastPost
from discuss.models.long_act import LongAct, LongKind, LongState
from discuss.models.lookups import Holds
from discuss.models.membership import Level, Membership, Role
from discuss.models.mention import Mention
from discuss.models.message import Message
from discuss.models.network import BlockedNetwork, SeenAddress
from discuss.models.play import Play
from discuss.models.presence import Presence, Process
from discuss.models.reaction import Reaction
from discuss.models.report import Report
from discuss.models.revision import Revision
from discuss.models.search import REMEMBERED, SEARCH_LENGTH, IndexProgress, RecentSearch
from discuss.models.session import Session
from discuss.models.sign_up import HeldSignUp
from discuss.models.site import Site
from discuss.models.token_sheet import TokenSheet
from discuss.models.user import User
from discuss.models.warning import Warning

__all__ = [
    "ENDING_KINDS",
    "MEMBERSHIP_KINDS",
    "ONE_LINE_LOOKED_BACK",
    "ONE_LINE_WITHIN",
    "REMEMBERED",
    "SEARCH_LENGTH",
    "STANDING_KINDS",
    "Act",
    "Appeal",
    "Ban",
    "Bar",
    "BlockedNetwork",
    "Bookmark",
    "Case",
    "CaseAuthor",
    "CaseKind",
    "CaseState",
    "Deletion",
    "Entry",
    "Event",
    "Filter",
    "FilterHits",
    "Group",
    "GroupKind",
    "Held",
    "HeldSignUp",
    "Holds",
    "Hosts",
    "IndexProgress",
    "Invitation",
    "KeptDraft",
    "Kind",
    "LastPost",
    "Level",
    "LongAct",
    "LongKind",
    "LongState",
    "Membership",
    "Mention",
    "Message",
    "Play",
    "Posting",
    "Presence",
    "Process",
    "Reaction",
    "RecentSearch",
    "RecordStays",
    "Report",
    "Revision",
    "Role",
    "SeenAddress",
    "Session",
    "Site",
    "TokenSheet",
    "User",
    "Utterance",
    "Warning",
    "new_epoch",
]
