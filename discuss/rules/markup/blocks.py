"""Which lines are quotes, lists, headings and code.

The rules are markdown-it's. Each stands behind a condition here, so that what people type without a thought
of markup is left alone: `-` or `>` alone in a line, `>_<`, a year at the beginning of a line. A rule that
is refused leaves its line to the paragraph, where it is shown as it was typed.
"""

import re

from markdown_it.parser_block import ParserBlock
from markdown_it.rules_block import (
    StateBlock,
    blockquote as quote_rule,
    fence,
    heading as heading_rule,
    list_block as list_rule,
)

# How deep blocks may stand in each other; a list and its item count as two. markdown-it would leave out
# what is deeper than its own bound.
DEPTH = 8
QUOTED = re.compile(r">+(?:[ \t]|[^\W\d_]|[\"“„«]|$)")
ITEM = re.compile(r"(?:[-+*]|[0-9]{1,3}[.)])[ \t]+(?![-+*_ \t]*$)")
HEADING = re.compile(r"#{1,6}[ \t]+[^#\s]")

# What ends which blocks by its beginning.
ENDS = {
    "fence": ["paragraph", "blockquote", "list"],
    "blockquote": ["paragraph", "list"],
    "list": ["paragraph"],
    "heading": ["paragraph", "list"],
}


def set_up(parser: ParserBlock) -> None:
    """Give the parser these rules, and no others."""
    rules = {
        # No rule is named "code" but in name: then what is indented by four spaces is none of the others.
        "code": _no_code,
        "fence": fence,
        "blockquote": _quote,
        "list": _list,
        "heading": _heading,
        "paragraph": _paragraph,
    }
    for name, rule in rules.items():
        parser.ruler.at(name, rule, {"alt": ENDS.get(name, [])})
    parser.ruler.enableOnly(list(rules))


def _no_code(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return False


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take the lines that begin with `>`, and no line after them: that one is the writer's own."""
    first = _line(state, start)
    if state.level >= DEPTH or not QUOTED.match(first) or not first.strip("> \t"):
        return False
    if silent or state.is_code_block(start):
        return not state.is_code_block(start)
    stop = start + 1
    while stop < end and QUOTED.match(_line(state, stop)):
        stop += 1
    # Paragraphs look as far as this.
    last, state.lineMax = state.lineMax, stop
    try:
        return quote_rule(state, start, stop, silent)
    finally:
        state.lineMax = last


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.level >= DEPTH or not ITEM.match(_line(state, start)):
        return False
    return list_rule(state, start, end, silent)


def _heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return bool(HEADING.match(_line(state, start))) and heading_rule(state, start, end, silent)


def _paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take the lines up to an empty one, to one that begins something else, or to the end of what is
    indented.

    Spaces at the beginning of a line are kept.
    """
    ending = state.md.block.ruler.getRules("paragraph")
    parent, state.parentType = state.parentType, "paragraph"
    stop = start + 1
    while stop < state.lineMax and not state.isEmpty(stop):
        if state.sCount[stop] < state.blkIndent:
            break
        if not state.is_code_block(stop) and any(
            rule(state, stop, state.lineMax, True) for rule in ending
        ):
            break
        stop += 1
    state.parentType = parent
    state.line = stop
    state.push("paragraph_open", "p", 1).map = [start, stop]
    token = state.push("inline", "", 0)
    token.content = state.getLines(start, stop, state.blkIndent, False).rstrip()
    token.map = [start, stop]
    token.children = []
    state.push("paragraph_close", "p", -1)
    return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]
