"""What stands within a line: emphasis, strike-through, code, links and addresses, short codes of emoji.

A backslash is shown where it keeps nothing from being a mark.
"""

import re

from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline, backtick

from discuss.rules.emoji import CODES, with_emoji
from discuss.rules.markup.blocks import HEADING, ITEM, QUOTED
from discuss.rules.markup.emphasis import flanks, marks
from discuss.rules.markup.links import address, link

# Where the text is looked at; everything between is taken as it is.
STOPS = re.compile(r"[\n\\`*_~\[\]:]")


def set_up(parser: ParserInline) -> None:
    """Give the parser these rules, and no others."""
    ruler = parser.ruler
    ruler.at("newline", _newline)
    ruler.at("escape", _escape)
    ruler.at("backticks", backtick)
    ruler.at("strikethrough", marks)
    ruler.at("link", link)
    ruler.before("newline", "address", address)
    ruler.before("newline", "emoji", _emoji)
    ruler.enableOnly(
        ["text", "address", "emoji", "newline", "escape", "backticks", "strikethrough", "link"]
    )
    parser.ruler2.enableOnly(["balance_pairs", "strikethrough", "emphasis", "fragments_join"])
    parser.terminator_re = STOPS


# --- lines and backslashes --------------------------------------------------------------------------------


def _newline(state: StateInline, silent: bool) -> bool:
    """Keep a line's end, and the spaces around it."""
    if state.src[state.pos] != "\n":
        return False
    if not silent:
        state.push("softbreak", "br", 0)
    state.pos += 1
    return True


def _escape(state: StateInline, silent: bool) -> bool:
    """Take a backslash that keeps the next character from being markup."""
    if state.src[state.pos] != "\\" or state.pos + 1 >= state.posMax:
        return False
    if _would_be_markup(state.src, state.pos):
        if not silent:
            state.push("escaped", "", 0).content = state.src[state.pos + 1]
    elif not silent:
        state.append_pending(state.src[state.pos : state.pos + 2])
    state.pos += 2
    return True


def _would_be_markup(text: str, place: int) -> bool:
    """Whether the character after the backslash at this place would be markup without it."""
    mark = text[place + 1]
    if mark in "*_~":
        end = place + 1
        while end < len(text) and text[end] == mark:
            end += 1
        return any(flanks(text, place, end))
    if mark == "`":
        return "`" in text[place + 2 :] or "`" in text[:place]
    if mark == "[":
        return text.find("](", place) > 0
    if mark == ":":
        match = CODES.match(text, place + 1)
        return match is not None and with_emoji(match[0]) != match[0]
    if mark not in "#>+-" or text[text.rfind("\n", 0, place) + 1 : place].strip(" \t"):
        return False
    line, _, _ = text[place + 1 :].partition("\n")
    return any(begins.match(line) for begins in (QUOTED, ITEM, HEADING))


# --- emoji ------------------------------------------------------------------------------------------------


def _emoji(state: StateInline, silent: bool) -> bool:
    """Take the short codes that stand here, of which at least one is known."""
    match = CODES.match(state.src, state.pos, state.posMax)
    shown = with_emoji(match[0]) if match else ""
    if match is None or shown == match[0]:
        return False
    if not silent:
        state.push("emoji", "", 0).content = shown
    state.pos = match.end()
    return True
