"""What a style sheet says that its tokens are."""

import re

from discuss.design.rules.tokens import PREFIX

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_ROOT = re.compile(r":root\s*{([^}]*)}")
_DECLARED = re.compile(rf"{PREFIX}([a-z0-9-]+)\s*:\s*([^;]+?)\s*;")


def values_in(css: str) -> dict[str, str]:
    """Return the values of the first rule for :root, in their order."""
    found = _ROOT.search(_COMMENT.sub("", css))
    return dict(_DECLARED.findall(found[1])) if found else {}
