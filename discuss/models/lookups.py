"""Look-ups of our own."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from discuss.rules.characters import IGNORABLE
from discuss.rules.text import name_key

# What name_key does, by functions of PostgreSQL. The upper case of the lower case is the same for what
# casefold() makes the same, such as `ß` and `ẞ`. ASCII is told apart because it takes less time.
# The collation "und-x-icu" is PostgreSQL's own where it is built with ICU, as its packages are.
_FOLDED = """
    CASE WHEN octet_length({0}) = char_length({0}) THEN upper({0} COLLATE "C")
    ELSE normalize(upper(lower(
        normalize(regexp_replace({0}, %s, '', 'g'), NFKC) COLLATE "und-x-icu"
    )), NFKC) COLLATE "C" END
"""


@models.CharField.register_lookup
@models.TextField.register_lookup
class Holds(models.Lookup):
    """Whether a text holds these words, whatever their case: by discuss.rules.text.name_key of both.

    It reads and folds every row, which takes 4 to 10 µs each. So it is for what staff search now and then:
    messages, events, addresses of mail. A stored key for each message would make each post slower, and it
    would not be filled where allauth saves an address alone.
    """

    lookup_name = "holds"

    def get_prep_lookup(self) -> str:
        return name_key(str(self.rhs))

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        connection.ensure_connection()
        # Here, so that only connections that search have it.
        connection.connection.create_function("name_key", 1, name_key, deterministic=True)
        text, parameters = self.process_lhs(compiler, connection)
        return f"instr(name_key({text}), %s) > 0", [*parameters, self.rhs]

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        text, parameters = self.process_lhs(compiler, connection)
        folded = _FOLDED.format(text)
        words = _FOLDED.format("%s::text")
        ignorable = IGNORABLE.pattern
        text_parameters = [*parameters * 4, ignorable]
        word_parameters = [*[self.rhs] * 4, ignorable]
        return f"strpos({folded}, {words}) > 0", [*text_parameters, *word_parameters]
