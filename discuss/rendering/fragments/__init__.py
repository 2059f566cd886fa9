"""What people see live: every fragment that goes over a socket is rendered here and nowhere else.

Each function renders one template of templates/discuss/fragments/, of the same name; the pages include the
same files, so the first paint and the live update cannot differ. A fragment fetches nothing: it is given
what it shows.
"""

from discuss.rendering.fragments.at_hand import (
    at_hand,
    at_hand_version,
    composer_of,
    connection_lost,
    draft,
    signs_version,
    unreached,
    unseen,
)
from discuss.rendering.fragments.composer import (
    DRAFTS_AT_ONCE,
    UNANSWERED,
    Refusal,
    composing,
    message_answered,
)
from discuss.rendering.fragments.doing import editing, line_menu, reacted_shown
from discuss.rendering.fragments.group import (
    group_renamed,
    members_changed,
    members_context,
    members_moved,
    membership_ended,
    own_actions,
    pins_changed,
    presence,
    presence_changed,
)
from discuss.rendering.fragments.lines import (
    ANNOUNCED,
    history_added,
    is_unshown,
    line,
    line_unshown,
    log_moved,
    log_replaced,
)
from discuss.rendering.fragments.lobby import (
    group_added,
    group_changed,
    group_list_replaced,
    group_removed,
    group_row,
    membership_changed,
)
from discuss.rendering.fragments.page import (
    notice_shown,
    person_renamed,
    reader_changed,
    session_ended,
    status_renewed,
    verb_answered,
)
from discuss.rendering.fragments.person import (
    end_renewed,
    last_line_changed,
    mentions_counted,
    own_groups_replaced,
    own_row,
    sound_played,
    title_changed,
    unread_changed,
)
from discuss.rendering.fragments.writing import Typist, typing_shown, writing_begun

__all__ = [
    "ANNOUNCED",
    "DRAFTS_AT_ONCE",
    "UNANSWERED",
    "Refusal",
    "Typist",
    "at_hand",
    "at_hand_version",
    "composer_of",
    "composing",
    "connection_lost",
    "draft",
    "editing",
    "end_renewed",
    "group_added",
    "group_changed",
    "group_list_replaced",
    "group_removed",
    "group_renamed",
    "group_row",
    "history_added",
    "is_unshown",
    "last_line_changed",
    "line",
    "line_menu",
    "line_unshown",
    "log_moved",
    "log_replaced",
    "members_changed",
    "members_context",
    "members_moved",
    "membership_changed",
    "membership_ended",
    "mentions_counted",
    "message_answered",
    "notice_shown",
    "own_actions",
    "own_groups_replaced",
    "own_row",
    "person_renamed",
    "pins_changed",
    "presence",
    "presence_changed",
    "reacted_shown",
    "reader_changed",
    "session_ended",
    "signs_version",
    "sound_played",
    "status_renewed",
    "title_changed",
    "typing_shown",
    "unreached",
    "unread_changed",
    "unseen",
    "verb_answered",
    "writing_begun",
]
