"""Which marks are an emphasis or a strike-through.

Emphasis is stricter than CommonMark's: a mark in a word, in a sum or in a path is none (2*3*4, snake_case,
src/*/*.py).
"""

import re
import unicodedata
from typing import NamedTuple

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

from discuss.rules.links import UNSPACED

BEFORE = frozenset("\"'*_~")
AFTER = frozenset("\"'*_~.,;:!?-")
NO_SPACES = re.compile(f"[{UNSPACED}]")


class Flanks(NamedTuple):
    opens: bool
    closes: bool


def marks(state: StateInline, silent: bool) -> bool:
    """Note the marks of an emphasis or a strike-through; which of them belong together is found later."""
    start, mark = state.pos, state.src[state.pos]
    if mark not in "*_~":
        return False
    end = start
    while end < state.posMax and state.src[end] == mark:
        end += 1
    state.pos = end
    if silent:
        return True
    opens, closes = flanks(state.src, start, end)
    width = 2 if mark == "~" else 1
    if not (opens or closes) or (mark == "~" and end - start != width):
        state.append_pending(mark * (end - start))
        return True
    # Without a length there is no rule of three, which is about emphasis.
    length = 0 if mark == "~" else end - start
    for _ in range(start, end, width):
        state.push("text", "", 0).content = mark * width
        place = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord(mark), length, place, -1, opens, closes))
    return True


def flanks(text: str, start: int, end: int) -> Flanks:
    """Whether the marks from `start` to `end` may begin an emphasis, and whether they may end one."""
    before = text[start - 1 : start] or " "
    after, next_after = text[end : end + 1] or " ", text[end + 1 : end + 2]
    opens = not after.isspace() and _is_around(before, BEFORE, "SIF")
    # A file or a number goes on after its full stop.
    goes_on = after in ".:" and next_after.isalnum()
    closes = not before.isspace() and _is_around(after, AFTER, "EIF") and not goes_on
    return Flanks(opens, closes)


def _is_around(character: str, signs: frozenset[str], punctuation: str) -> bool:
    """Whether a character may stand right beside an emphasis, outside of it."""
    if character.isspace() or character in signs:
        return True
    category = unicodedata.category(character)
    if category[0] == "P" and category[1].upper() in punctuation:
        return category != "Pc"
    if character < "\u2000":
        return category == "Po" and not character.isascii()
    return not character.isalnum() or bool(NO_SPACES.match(character))
