"""What has to stay in templates, whoever writes them, and what a skin may have templates of."""

import re
from collections.abc import Collection

from django.template import Engine, Template, TemplateDoesNotExist
from django.template.loader_tags import ExtendsNode

from discuss.rendering import outline

# The ids that the server and htmx name, by the page that has to have them: docs/designers.md says so too.
# fmt: off
GROUP_IDS = frozenset({
    "live", "resume-form", "newer-form", "older-form", "post-form", "send-form", "more-form",
    "leave-form", "history", "log", "newer", "newer-lines", "newest", "to-newest", "oldest", "older",
    "cursor", "epoch", "composer", "nonce", "shown", "token", "answered",
    "refused", "drafts", "ending", "members", "members-count", "members-list", "members-rest", "here",
    "here-names", "group-about", "group-words", "own-actions", "status", "notice", "announcer", "announced",
    "reader", "read-form", "end", "read", "own-groups", "own-shown", "icon", "zone",
    "skin", "skins", "sheet", "sheets", "unsaid", "doing", "editing", "line-menu", "reacting", "reacted",
    "pins", "pins-list", "untold", "writing", "typing",
    "notify-form", "mentions-count", "sound", "picker", "names",
})
LOBBY_IDS = frozenset({
    "live", "resume-form", "join-form", "group-list", "status", "notice",
    "reader", "own-groups", "own-shown", "icon", "mentions-count", "sound", "sheet", "sheets",
})
# fmt: on
PAGES = {"discuss/group.html": GROUP_IDS, "discuss/lobby.html": LOBBY_IDS}
# How ids begin that the server names, one for each line, row or button.
ID_BEGINNINGS = frozenset(
    {
        *("entry-", "more-", "add-", "take-", "member-", "group-", "unread-", "draft-"),
        *("case-", "held-", "edit-form", "emoji-form"),
    }
)
# What htmx, and the style of whoever reads, look for in elements.
ATTRIBUTES = ("hx-swap-oob", "hx-preserve", "hx-disable", "data-author", "data-mentions", "data-by")
_ATTRIBUTE = re.compile(rf"\s({'|'.join(ATTRIBUTES)})\b")

_REACTIONS = "discuss/reactions.html"
OF_REACTIONS = frozenset({"#add-", "#take-", "data-by"})
_FRAGMENTS = "discuss/fragments/"
# What a skin may have templates of: whatever an open page is sent anew when its group wears another skin, and
# what is asked for each time that it is opened.
WORN = frozenset(
    {
        *(
            "discuss/text.html",
            "discuss/quote.html",
            "discuss/reactions.html",
            "discuss/reacted.html",
        ),
        *("discuss/event.html", "discuss/event_of_setting.html"),
        *(
            f"{_FRAGMENTS}{name}.html"
            for name in (
                *("line", "line_unshown", "oldest", "line_menu", "reacted_shown"),
                *("group_renamed", "group_described", "pins_changed", "pins_listed", "rules_shown"),
                *(
                    "members_changed",
                    "members_moved",
                    "member_rows",
                    "members_count",
                    "members_rest",
                ),
                *("presence_changed", "here_named"),
            )
        ),
    }
)

# Blocks that ours calls otherwise by now, by template: the name before, and the one of today. The one before
# works in templates of others until the next release; CHANGELOG.md names each, and it goes from here then.
RENAMED_BLOCKS: dict[str, dict[str, str]] = {}


class Lacking(Exception):
    """Raised for a template that has lost what has to stay."""

    def __init__(self, what: str, file: str, line: int) -> None:
        super().__init__(what)
        # Where it would have to be, for discuss.rendering.faults.
        self.file, self.line = file, line


def rename_blocks(template: Template) -> dict[str, str]:
    """Have blocks of an override with names of before be those of today, and return which they are."""
    renamed = {}
    for extending in outline.nodes_of(template, ExtendsNode):
        name = outline.constant(extending.parent_name)
        for before, now in RENAMED_BLOCKS.get(name or "", {}).items():
            if before in extending.blocks and now not in extending.blocks:
                block = extending.blocks.pop(before)
                block.name = now
                extending.blocks[now] = block
                renamed[before] = now
    return renamed


def may_wear(template: str, skin: str) -> bool:
    """Whether a skin may have this template: in the place of ours, or as a part of its own."""
    return template in WORN or template.startswith(f"skins/{skin}/")


def marks_in(text: str) -> set[str]:
    """Return what of this text has to stay in whatever takes its place: #ids, and names of attributes."""
    named = GROUP_IDS | LOBBY_IDS | ID_BEGINNINGS
    ids = {re.sub(r"-+$", "-", each) for each in outline.ids_in(text)}
    return {f"#{each}" for each in ids & named} | set(_ATTRIBUTE.findall(text))


def missing_in_page(template: Template) -> str:
    """Return the ids that a page of PAGES has to have and has lost, with what it extends and includes."""
    text = outline.text_of(template)
    missing = sorted(PAGES[str(template.name)] - outline.ids_in(text))
    return "" if outline.OPEN in text else ", ".join(f"#{each}" for each in missing)


def look_at(template: Template, ours: Engine) -> None:
    """Raise Lacking for a template that has lost what has to stay of ours of its name."""
    try:
        mine = ours.get_template(str(template.name))
    except TemplateDoesNotExist:
        return  # it is one of their own
    text = outline.text_of(template)
    missing = marks_in(outline.text_of(mine)) - marks_in(text)
    if template.name != _REACTIONS:
        # Whoever shows none has lost nothing.
        missing -= OF_REACTIONS
    if missing and outline.OPEN not in text:
        what = ", ".join(sorted(missing))
        line = _line_without(missing, mine, template)
        raise Lacking(f"it has lost {what}", str(template.origin.name), line)


def _line_without(missing: Collection[str], ours: Template, theirs: Template) -> int:
    """Return the line at which a block of theirs takes the place of one of ours that has them."""
    had = {
        block.name
        for each in outline.chain_from(ours)
        for block in outline.blocks_in(each)
        if marks_in(outline.text_in(block)) & set(missing)
    }
    tokens = [block.token for block in outline.blocks_in(theirs) if block.name in had]
    return min([token.lineno or 1 for token in tokens if token], default=1)
