"""What a template could show, found without rendering it: nothing is fetched and nobody has to be there."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.template import Context, Engine, Node
from django.template.base import FilterExpression, NodeList, Template, TextNode, VariableNode
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.templatetags.static import StaticNode

_ID = re.compile(r"""\sid\s*=\s*["']?([\w-]+)""")
# Stands in the text for a template whose name is not written out.
OPEN = "\0"

# The same block in each template that has it, that of the outermost first.
Blocks = dict[str, list[BlockNode]]


def ids(name: str, engine: Engine | None = None) -> set[str]:
    """Return the ids in this template, in those that it includes, and in those that it extends.

    Of a block it is the one that would be shown; of a condition it is every branch. Raises
    TemplateDoesNotExist and TemplateSyntaxError.
    """
    return ids_in(text(name, engine))


def ids_in(text: str) -> set[str]:
    """Return the ids in a text; one that goes on with a variable ends with a hyphen."""
    return set(_ID.findall(text))


def text(name: str, engine: Engine | None = None) -> str:
    """Return the text of the same templates. OPEN stands for what only a page would know. Raises as `ids`."""
    return text_of((engine or Engine.get_default()).get_template(name))


def text_of(template: Template) -> str:
    """Return the same of a template that was read."""
    return "".join(_texts(template, frozenset()))


def nodes_of[N: Node](template: Template, kind: type[N]) -> list[N]:
    """Return the tags of this kind in this one file."""
    return _nodes(template.nodelist, kind)


def text_in(block: BlockNode) -> str:
    """Return the text that stands in a block, of its own file and of what that includes."""
    inside: Blocks = defaultdict(list)
    for each in _nodes(block.nodelist, BlockNode):
        inside[each.name].append(each)
    return "".join(_walk(block.nodelist, inside, [], frozenset()))


def static_files(name: str, engine: Engine | None = None) -> list[str]:
    """Return the static files that this one template names. Raises TemplateSyntaxError."""
    template = (engine or Engine.get_default()).get_template(name)
    found = (constant(node.path) for node in _nodes(template.nodelist, StaticNode))
    return [path for path in found if path is not None]


def blocks(name: str, engine: Engine | None = None) -> list[str]:
    """Return the blocks in this one template and in those that it extends, in order. Raises as `ids`."""
    return list(block_files(name, engine))


def block_files(name: str, engine: Engine | None = None) -> dict[str, str]:
    """Return the same blocks, each with the file whose block is shown. Raises as `ids`."""
    nodes = [block for each in reversed(chain_of(name, engine)) for block in blocks_in(each)]
    # The outermost template comes last.
    return {block.name: str(block.origin.name) for block in nodes}


def chain_of(name: str, engine: Engine | None = None) -> list[Template]:
    """Return the template, what it extends, what that extends ... Raises as `ids`."""
    return chain_from((engine or Engine.get_default()).get_template(name))


def chain_from(template: Template) -> list[Template]:
    """Return the same of a template that was read."""
    chain = [template]
    while parent := _parent(chain, defaultdict(list)):
        chain.append(parent)
    return chain


def blocks_in(template: Template) -> list[BlockNode]:
    """Return the blocks that stand in this one file."""
    return _nodes(template.nodelist, BlockNode)


def _texts(template: Template, above: frozenset[str]) -> Iterator[str]:
    """Yield the template's text; `above` are those that include it, for one may include itself."""
    blocks: Blocks = defaultdict(list)
    chain = [template]
    while parent := _parent(chain, blocks):
        chain.append(parent)
    for block in _nodes(chain[-1].nodelist, BlockNode):
        blocks[block.name].append(block)
    yield from _walk(chain[-1].nodelist, blocks, [], above | {str(template.origin)})


def _parent(chain: list[Template], blocks: Blocks) -> Template | None:
    """Return what the last of the chain extends, and note its own blocks."""
    extending = _nodes(chain[-1].nodelist, ExtendsNode)
    name = constant(extending[0].parent_name) if extending else None
    if name is None:
        return None
    for block in extending[0].blocks.values():
        blocks[block.name].append(block)
    # As Django does: a template may extend the one of its own name that it takes the place of.
    passed = [template.origin for template in chain]
    found: Template = chain[-1].engine.find_template(name, skip=passed)[0]
    return found


def _walk(
    nodes: Iterable[Node], blocks: Blocks, inherited: list[BlockNode], above: frozenset[str]
) -> Iterator[str]:
    """Yield the text in these nodes; `inherited` is what {{ block.super }} stands for here."""
    for node in nodes:
        if isinstance(node, TextNode):
            yield node.s
        elif isinstance(node, BlockNode):
            yield from _walk_block(blocks[node.name], blocks, above)
        elif isinstance(node, IncludeNode):
            yield from _walk_included(node, above)
        elif isinstance(node, ExtendsNode):
            # One that is left at the end of the chain extends what only a page would know.
            yield OPEN
            yield from _walk(node.nodelist, blocks, inherited, above)
        elif isinstance(node, VariableNode):
            if node.filter_expression.token == "block.super":  # noqa: S105
                yield from _walk_block(inherited, blocks, above)
        else:
            for children in node.child_nodelists:
                yield from _walk(getattr(node, children, []), blocks, inherited, above)


def _walk_block(same: list[BlockNode], blocks: Blocks, above: frozenset[str]) -> Iterator[str]:
    if same:
        yield from _walk(same[0].nodelist, blocks, same[1:], above)


def _walk_included(node: IncludeNode, above: frozenset[str]) -> Iterator[str]:
    name = constant(node.template)
    if name is None:
        yield OPEN
        return
    engine = node.origin.loader.engine if node.origin.loader else Engine.get_default()
    included = engine.get_template(name)
    if str(included.origin) not in above:
        yield from _texts(included, above)


def constant(expression: FilterExpression | Node) -> str | None:
    """Return what is written out in the template; what only a page would know is None."""
    if isinstance(expression, FilterExpression) and isinstance(expression.var, str):
        return str(expression.resolve(Context()))
    return None


def _nodes[N: Node](nodes: NodeList, kind: type[N]) -> list[N]:
    return [node for node in nodes.get_nodes_by_type(kind) if isinstance(node, kind)]
