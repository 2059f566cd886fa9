"""Templates as they are rendered: what stands in their blocks takes the place of the blocks.

For speed only (bench.fragments): each rendering of a block pushes a context, and each of a template that
extends another looks for blocks in all of both. What is shown is the same to the letter.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from copy import copy

from django.template import Context, Node, Template
from django.template.base import NodeList, TextNode, VariableNode
from django.template.defaulttags import CommentNode, ForNode, IfNode, LoadNode, WithNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.safestring import SafeString

from discuss.rendering.outline import constant, nodes_of
from discuss.rendering.variables import looked_up

# Tags that give no name a value for what comes after them, unless they say `as`.
_LEAVE_NAMES = (
    *(TextNode, VariableNode, CommentNode, LoadNode, IncludeNode),
    *(IfNode, ForNode, WithNode, BlockTranslateNode, TranslateNode),
)
# The same block in each template that has it, that of the outermost first.
Layers = dict[str, list[BlockNode]]


class _Unknown(Exception):
    """Raised for a template of which only a rendering knows what it extends."""


class _Scope(Node):
    """What stands in a block that gives names values, or shows what it overrides: `below`."""

    child_nodelists = ("nodelist", "below")

    def __init__(self, block: BlockNode, nodelist: NodeList, below: NodeList) -> None:
        self.token, self.origin = block.token, block.origin
        self.nodelist, self.below = nodelist, below

    def render(self, context: Context) -> SafeString:
        with context.push(block={"super": lambda: self.below.render(context)}):
            return self.nodelist.render(context)


def flattened(template: Template) -> Template:
    """Return what shows the same without looking for blocks; the template itself where that is not known.

    That is so where it extends what a variable names, or what cannot be read.
    """
    try:
        nodes = NodeList(_all_of(template))
    except Exception:  # rendering it has the same one
        return template
    if nodes.get_nodes_by_type(BlockNode):
        return template
    flat = copy(template)
    flat.nodelist = nodes
    return flat


def _all_of(template: Template) -> Iterator[Node]:
    layers: Layers = defaultdict(list)
    above = [template.origin]
    while True:
        for block in nodes_of(template, BlockNode):
            layers[block.name].append(block)
        extends = next(iter(nodes_of(template, ExtendsNode)), None)
        if extends is None:
            break
        # Of one that extends another, only what stands before that is shown.
        yield from (node for node in template.nodelist if isinstance(node, TextNode))
        if (name := constant(extends.parent_name)) is None:
            raise _Unknown
        # One of the same name is the one below.
        template, _ = template.engine.find_template(name, skip=above)
        above.append(template.origin)
    yield from _flat(template.nodelist, layers)


def _flat(nodes: Iterable[Node], layers: Layers) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, BlockNode):
            yield from _in_place_of(layers[node.name], layers)
        else:
            yield _with_flat_branches(node, layers)


def _in_place_of(those: list[BlockNode], layers: Layers) -> Iterator[Node]:
    """Yield what is shown of the first of these blocks, which override each other."""
    inside = NodeList(_flat(those[0].nodelist, layers))
    shows_below = "block" in looked_up(those[0].nodelist)
    if not shows_below and all(_leaves_names(node) for node in inside):
        yield from inside
        return
    below = NodeList(_in_place_of(those[1:], layers) if shows_below and those[1:] else ())
    yield _Scope(those[0], inside, below)


def _leaves_names(node: Node) -> bool:
    """Whether what comes after this tag finds each name as it was before."""
    if getattr(node, "asvar", None) or not isinstance(node, (*_LEAVE_NAMES, _Scope)):
        return False
    # A loop, and the likes of it, forget what was named in them.
    return not isinstance(node, IfNode) or all(_leaves_names(each) for each in node.nodelist)


def _with_flat_branches(node: Node, layers: Layers) -> Node:
    """Return the same tag, with what is inside of it flattened."""
    if not node.get_nodes_by_type(BlockNode):
        return node
    flat = copy(node)
    if isinstance(flat, IfNode):
        flat.conditions_nodelists = [
            (condition, NodeList(_flat(inside, layers)))
            for condition, inside in flat.conditions_nodelists
        ]
    else:
        for name in node.child_nodelists:
            if inside := getattr(node, name, None):
                setattr(flat, name, NodeList(_flat(inside, layers)))
    return flat
