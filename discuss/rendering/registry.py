"""The fragments that there are: what each is, and what it is given.

A fragment says so itself, in the comment that its template begins with: `{# What it is. Given: a, b. #}`.
Nothing is rendered to find it out (that is discuss/rendering/samples/). Tests and `manage.py fragments` are
made from it.
"""

import re
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.template import Engine

from discuss.rendering import outline

FOLDER = "discuss/fragments/"
_HEAD = re.compile(r"(?:{#.*?#}\s*)*")
_COMMENT = re.compile(r"{#\s*(.*?)\s*#}")
_GIVEN = "Given: "
# What a theme's says of itself, and not of what it is.
_WRITTEN_FOR = re.compile(r"{#\s*written for .*?#}")

# What fragments may be given, in one meaning each.
VARIABLES = {
    "above": "the case below which a new one stands; 0 at the top",
    "added": "rendered lines, to be put at the end",
    "after": "the group whose row is above the new one; nothing at the top",
    "allowed": "what the person may do with the line, as names of verbs",
    "announced": "the lines that a screen reader reads out",
    "answered": "how many messages of this page were answered; 0 to a program, which has no drafts",
    "arrivals": "rows that stand together, each with the person above them",
    "at_hand_version": "which version of what browsers keep at hand has the page's next field",
    "beyond": "the last case of this page of the queue, where there are more; nothing on the last",
    "called": "what others call the person",
    "case": "a case as the queue lists it: `kind`, `state`, `group`, `name`, `words`, `report_count` ...",
    "changed": "messages that say something else by now, or nothing",
    "cursor": "the head that the page has seen",
    "day": "in the lobby, which day is today, as 2026-01-31; nothing on a group's page",
    "description": "what the group says of itself",
    "done": "acts of the record with what each is called: `actor`, `at`, `reason`, `note`, `until`",
    "duties": "what waits for the person: `is_moderator`, `cases`, `answers` to what they reported",
    "entry": "a line of the log: `author`, `subject`, `timestamp`, `text`, `kind`, `is_message` ...",
    "epoch": "which database the cursor is of",
    "fingerprint": "what the page shows of its person's groups, or of the queue, as a digest",
    "form": "the form that was sent, where something in it was wrong",
    "gone": "the people whose rows go",
    "group": "a group: `name`, `description`, `uuid`, `member_count` in the lobby",
    "group_uuid": "the group of the page; nothing in the lobby",
    "has_composer": "whether the page has a field to write in",
    "has_draft": "whether the person has a draft there",
    "has_focus": "whether the person did something here, and goes on here",
    "has_more": "whether the page may have more messages to send",
    "has_older": "whether there are lines above the oldest",
    "has_unnamed": "whether there are members whose rows are not shown",
    "head": "what stands before the field of a draft: a text into which a name was put",
    "held": "what waits here for a moderator: `waiting` of one's own, `to_decide` how many for oneself",
    "here": "the names of some people who are connected",
    "here_count": "how many people are connected",
    "here_unnamed": "how many of them are not named",
    "in_menu": "whether it stands in the menu, and not on its button",
    "is_current": "whether it is the page's group",
    "is_history": "whether the page shows older lines only and is not live",
    "is_idle": "whether there is nothing to be sent",
    "is_large": "whether the field has room for several lines",
    "is_member": "whether the person is in the group",
    "is_revealed": "whether what a hidden message said stands below its tombstone",
    "is_saved": "whether the person saved the line for themselves",
    "kept": "what a case keeps of its message: `lines`, `text_now` and `versions`",
    "last": "the group's last line: `author`, `text`, `timestamp`; nothing where there is none",
    "levels": "of what in a group a person may want to be told: value and name of each",
    "is_whole": "whether all of their texts is shown",
    "is_unknown": "whether it is of a kind that this version does not know",
    "lines": "rendered lines",
    "lost": "keys of messages that the person may not read any more",
    "longest": "how many characters a message may have",
    "may_hide_all": "whether the person may hide all that the line's author wrote in the group",
    "member_count": "how many members there are in all",
    "members_shown": "what the page shows of the members, as a digest",
    "memberships": "members: `user`, `role`",
    "mentions": "how many of them mention the person, in words; nothing where none does",
    "newer_count": "how many messages stand below the newest line that is shown; 100 for more than 99, "
    "nothing where that is the end of the log",
    "newest": "the position of the newest line that is shown; nothing where that is the end of the log",
    "nonce": "what tells the messages of this page from others",
    "mentionable": "people who can be mentioned: `username`, `name`; nothing before anybody asked",
    "oldest": "the position of the oldest line that is shown",
    "oob": "whether it goes over a socket: then it names the element whose place it takes",
    "offers": "acts of moderators: of each its `kind` (`label`, `path`) and its `form`",
    "offered": "what is offered at one click: each an `emoji`, and whether the person gave it (`is_own`)",
    "outcome": "the act that closed the case, in words; nothing while it is open",
    "own": "a person's own groups, and their `fingerprint`",
    "panels": "rendered fragments that changed with the log",
    "person": "somebody: `name`",
    "pins": "the messages that are pinned, the latest first: `author`, `excerpt`, `address`, `timestamp`",
    "position": "the position for which the end of the log stands",
    "progress": "how far a case has come: its `row`, `reports`, `is_hidden`, `taken_by`",
    "reasons": "what may be wrong with something: value and name of each",
    "reacted": "who reacted: of each `emoji` some `names`, how many are `unnamed`, and `is_own`",
    "refusal": "a message that was refused: `group`, `text`, `nonce`, `reason`",
    "replaced": "rendered lines that take the place of their earlier selves",
    "replaces": "whether it takes the place of its earlier self",
    "reply_count": "how many messages answer the line",
    "replying": "the message that is being answered; nothing where none is",
    "revisions": "what a message said before, the latest first: `text`, `ended_at`",
    "row": "one of a person's own groups: `uuid`, `name`, `unread`, `description`, `last`, `has_draft`",
    "rows": "rendered rows",
    "sanction": "what keeps the person from writing: `until`, `seconds`, `warnings` (`why`, `note`, `pk`)",
    "sheet": "which token sheet the page wears, as a digest; nothing where it wears none",
    "shown": "what names the draft that stands in the field; nothing where there was none",
    "sight": "what the page shows of hidden messages: `member`, or `moderator` for all of it",
    "signs_version": "which version of what browsers keep at hand has the signs",
    "skin": "the skin that the page wears; nothing where it wears none",
    "text": "what happened, as a sentence",
    "title": "the page's title, without numbers",
    "typists": "up to three people who are typing: `pk`, `name`",
    "typed": "what stood in the field before",
    "unanswered": "the fields that are sent, as htmx names them",
    "unread": "how many messages are unread, in words; nothing where none is",
    "unsays": "whether a line does not say any more what was read out of it",
    "uuid": "the uuid of the group",
    "waits": "a message that waits for a moderator: `pk`, `name`, `held_at`, `why`, `account_since`, `text`",
    "zone": "the time zone in which times are shown",
}


class Fragment(NamedTuple):
    """`given` are names of VARIABLES, and `blocks` those of its own that a theme may change one by one."""

    name: str
    meaning: str
    given: tuple[str, ...]
    blocks: tuple[str, ...]
    is_overridden: bool

    @property
    def template(self) -> str:
        return f"{FOLDER}{self.name}.html"


def fragments() -> list[Fragment]:
    """Return all fragments, ours and a theme's, by name. Raises as `fragment`."""
    return [fragment(name) for name in names()]


def names() -> list[str]:
    """Return the names of all fragments, ours and a theme's."""
    folders = [Path(folder, FOLDER) for folder in Engine.get_default().dirs]
    return sorted({file.stem for folder in folders for file in folder.glob("*.html")})


def fragment(name: str) -> Fragment:
    """Return what the fragment says of itself; where a theme's says nothing, what ours says.

    Raises TemplateDoesNotExist and TemplateSyntaxError.
    """
    path = f"{FOLDER}{name}.html"
    template = Engine.get_default().get_template(path)
    ours = Path(settings.BASE_DIR, "templates", path)
    meaning, given = _declared(str(template.source))
    if not meaning:
        meaning, given = _said_by_ours(path)
    is_overridden = template.origin.name != str(ours)
    return Fragment(name, meaning, given, tuple(outline.blocks(path)), is_overridden)


def unreadable_fragment(name: str) -> Fragment:
    """Return what is known of a fragment whose template, a theme's, cannot be read: what ours says."""
    meaning, given = _said_by_ours(f"{FOLDER}{name}.html")
    return Fragment(name, meaning, given, (), is_overridden=True)


def files(path: str) -> list[Path]:
    """Return all files of a template's path: the one that is shown, then those in whose place it is."""
    found = (Path(folder, path) for folder in Engine.get_default().dirs)
    return [file for file in found if file.is_file()]


def _said_by_ours(path: str) -> tuple[str, tuple[str, ...]]:
    ours = Path(settings.BASE_DIR, "templates", path)
    return _declared(ours.read_text()) if ours.exists() else ("", ())


def _declared(source: str) -> tuple[str, tuple[str, ...]]:
    """Return what a template begins by saying: what it is, and the names of what it is given."""
    head = _HEAD.match(_WRITTEN_FOR.sub("", source))
    said = " ".join(_COMMENT.findall(head[0])) if head else ""
    meaning, _, given = said.partition(_GIVEN)
    names = given.partition(".")[0]
    return meaning.strip(), tuple(names.split(", ")) if names else ()
