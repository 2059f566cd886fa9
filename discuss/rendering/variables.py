"""What a template looks up, found without rendering it."""

from collections.abc import Iterable, Iterator

from django.template import Engine, Node
from django.template.base import FilterExpression, NodeList, Token, TokenType, Variable
from django.template.defaulttags import ForNode, IfNode, WithNode
from django.template.loader_tags import BlockNode, IncludeNode
from django.templatetags.i18n import BlockTranslateNode

from discuss.rendering.outline import constant

Names = frozenset[str]
# What every context has.
_CONSTANTS = {"True", "False", "None"}


def variables(name: str) -> set[str]:
    """Return the names that this template, and those that it includes, look up and do not bind themselves.

    Raises TemplateDoesNotExist and TemplateSyntaxError.
    """
    template = Engine.get_default().get_template(name)
    return set(_free(template.nodelist, frozenset(), frozenset({str(template.origin)})))


def looked_up(nodes: NodeList) -> set[str]:
    """Return the names that these tags look up, and those inside of them, whoever gave them values."""
    return {name for node in nodes.get_nodes_by_type(Node) for name in _looked_up(_own_parts(node))}


def _free(nodes: Iterable[Node], bound: Names, above: Names) -> Iterator[str]:
    """Yield what these nodes look up but for what is `bound` around them; `above` are including templates."""
    for node in nodes:
        # What a tag binds is bound in what it looks up itself too; no tag of ours gives a name its own value.
        within = bound | _bound_by(node)
        yield from (name for name in _looked_up(_own_parts(node)) if name not in within)
        if isinstance(node, IncludeNode) and (included := constant(node.template)) is not None:
            template = Engine.get_default().get_template(included)
            if str(template.origin) not in above:
                yield from _free(template.nodelist, within, above | {str(template.origin)})
        for branch in _branches(node):
            yield from _free(branch, within, above)
        # `as name` binds it for what comes after.
        if named := getattr(node, "asvar", None) or getattr(node, "target_var", None):
            bound |= {named}


def _bound_by(node: Node) -> Names:
    """Return the names that a tag gives values to, for what is inside of it."""
    if isinstance(node, ForNode):
        return frozenset({*node.loopvars, "forloop"})
    if isinstance(node, (WithNode, IncludeNode, BlockTranslateNode)):
        counter = getattr(node, "countervar", None)
        return frozenset({*node.extra_context, *([counter] if counter else [])})
    return frozenset({"block"}) if isinstance(node, BlockNode) else frozenset()


def _branches(node: Node) -> list[Iterable[Node]]:
    """Return the nodes inside of a tag."""
    if isinstance(node, IfNode):
        return [nodes for _, nodes in node.conditions_nodelists]
    return [getattr(node, name, ()) for name in node.child_nodelists]


def _own_parts(node: Node) -> list[object]:
    """Return what a tag was compiled to, without the nodes inside of it."""
    if isinstance(node, IfNode):
        return [condition for condition, _ in node.conditions_nodelists]
    left_out = {"token", "origin", "nodelist", *node.child_nodelists}
    return [part for name, part in vars(node).items() if name not in left_out]


def _looked_up(thing: object) -> Iterator[str]:
    """Yield the first names of all variables in what a tag was compiled to."""
    if isinstance(thing, Variable):
        if thing.lookups is not None and thing.lookups[0] not in _CONSTANTS:
            yield thing.lookups[0]
    elif isinstance(thing, Token):
        # Of a sentence to be translated.
        if thing.token_type == TokenType.VAR:
            yield thing.contents.partition("|")[0].partition(".")[0]
    elif isinstance(thing, FilterExpression):
        yield from _looked_up(thing.var)
        yield from _looked_up([arguments for _, arguments in thing.filters])
    elif isinstance(thing, (list, tuple, set)):
        for each in thing:
            yield from _looked_up(each)
    elif isinstance(thing, dict):
        yield from _looked_up(list(thing.values()))
    elif type(thing).__module__.startswith("django.template") and hasattr(thing, "__dict__"):
        # A condition, and its operands.
        yield from _looked_up(list(vars(thing).values()))
