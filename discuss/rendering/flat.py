"""Templates as they are rendered: what stands in blocks, and in included templates, takes their place.

For speed only (bench.fragments, bench case small-groups): each rendering of a block pushes a context, each of
a template that extends another looks for blocks in all of both, and each inclusion takes 15 us. What is shown
is the same to the letter.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from copy import copy

from django.template import Context, Engine, Node, Template
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
# Tags that keep nothing from one rendering to the next. An included template's others begin anew each time.
_REMEMBER_NOTHING = (*_LEAVE_NAMES, BlockNode)
# How deep a template is included that takes the place of its inclusion.
_DEEPEST = 2
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
        nodes = NodeList(_Flattening(template.engine).all_of(template))
    except Exception:  # rendering it has the same one
        return template
    if nodes.get_nodes_by_type(BlockNode):
        return template
    flat = copy(template)
    flat.nodelist = nodes
    return flat


class _Flattening:
    """How one template is made flat, `above` which are those that include it."""

    def __init__(self, engine: Engine, above: frozenset[str] = frozenset()) -> None:
        self._engine = engine
        self._above = above
        self._layers: Layers = defaultdict(list)

    def all_of(self, template: Template) -> Iterator[Node]:
        """Yield what is shown of it. Raises _Unknown, and what reading other templates does."""
        self._above |= {str(template.origin)}
        extended = [template.origin]
        while True:
            for block in nodes_of(template, BlockNode):
                self._layers[block.name].append(block)
            extends = next(iter(nodes_of(template, ExtendsNode)), None)
            if extends is None:
                break
            # Of one that extends another, only what stands before that is shown.
            yield from (node for node in template.nodelist if isinstance(node, TextNode))
            if (name := constant(extends.parent_name)) is None:
                raise _Unknown
            # One of the same name is the one below.
            template, _ = template.engine.find_template(name, skip=extended)
            extended.append(template.origin)
        yield from self._flat(template.nodelist)

    def _flat(self, nodes: Iterable[Node]) -> Iterator[Node]:
        for node in nodes:
            if isinstance(node, BlockNode):
                yield from self._in_place_of(self._layers[node.name])
            elif isinstance(node, IncludeNode):
                yield from self._in_place_of_included(node)
            elif not isinstance(node, LoadNode):
                yield self._with_flat_branches(node)

    def _in_place_of(self, those: list[BlockNode]) -> Iterator[Node]:
        """Yield what is shown of the first of these blocks, which override each other."""
        inside = NodeList(self._flat(those[0].nodelist))
        shows_below = "block" in looked_up(those[0].nodelist)
        if not shows_below and all(_leaves_names(node) for node in inside):
            yield from inside
            return
        below = NodeList(self._in_place_of(those[1:]) if shows_below and those[1:] else ())
        yield _Scope(those[0], inside, below)

    def _in_place_of_included(self, node: IncludeNode) -> Iterator[Node]:
        """Yield what is shown of the template that a tag includes; the tag itself where that is not known."""
        try:
            inside = NodeList(self._included(node))
        except Exception:  # rendering it has the same one
            yield node
            return
        if not node.extra_context and all(_leaves_names(each) for each in inside):
            yield from inside
            return
        scope = WithNode(None, None, inside, extra_context=node.extra_context)
        scope.token, scope.origin = node.token, node.origin
        yield scope

    def _included(self, node: IncludeNode) -> Iterator[Node]:
        """Yield the same. Raises _Unknown, and what reading other templates does."""
        name = constant(node.template)
        is_left = self._engine.debug  # whose page of an error names the file and the line
        if is_left or name is None or node.isolated_context or len(self._above) > _DEEPEST:
            raise _Unknown
        template = self._engine.get_template(name)
        tags = template.nodelist.get_nodes_by_type(Node)
        # What includes itself comes to an end when it is rendered.
        if str(template.origin) in self._above or not all(
            isinstance(tag, _REMEMBER_NOTHING) for tag in tags
        ):
            raise _Unknown
        yield from _Flattening(self._engine, self._above).all_of(template)

    def _with_flat_branches(self, node: Node) -> Node:
        """Return the same tag, with what is inside of it flattened."""
        if not any(map(node.get_nodes_by_type, (BlockNode, IncludeNode, LoadNode))):
            return node
        flat = copy(node)
        if isinstance(flat, IfNode):
            flat.conditions_nodelists = [
                (condition, NodeList(self._flat(inside)))
                for condition, inside in flat.conditions_nodelists
            ]
        else:
            for name in node.child_nodelists:
                if inside := getattr(node, name, None):
                    setattr(flat, name, NodeList(self._flat(inside)))
        return flat


def _leaves_names(node: Node) -> bool:
    """Whether what comes after this tag finds each name as it was before."""
    if getattr(node, "asvar", None) or not isinstance(node, (*_LEAVE_NAMES, _Scope)):
        return False
    # A loop, and the likes of it, forget what was named in them.
    return not isinstance(node, IfNode) or all(_leaves_names(each) for each in node.nodelist)
