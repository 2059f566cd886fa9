"""The index of messages is made: a table of SQLite, an index of PostgreSQL with the function it stands on.

What is in it, and how it is asked: discuss/db/search_index.py.
"""

from typing import Literal

from django.db.backends.base.base import BaseDatabaseWrapper

from discuss.rules.characters import IGNORABLE
from discuss.rules.words import BETWEEN, MARKS, UNSPACED, WORD_LENGTH

# The table of SQLite, and the index and the function of PostgreSQL.
TABLE = "discuss_words"
INDEX = "discuss_entry_words"
FUNCTION = "discuss_words_of"
# No word holds it.
SIGN = "_"
# Lines whose keys share their upper bits are a block.
SMALL_BITS, LARGE_BITS = 15, 18

EXPRESSION = f'{FUNCTION}(id, group_id, author_id, "timestamp", text)'
CONDITION = "kind = 'message' AND hidden_at IS NULL"

_CREATE_TABLE = (
    # The tokenizer takes words as they come: all but ASCII belongs to them.
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5(words, content='', columnsize=0, detail=none,"
    f" tokenize=\"ascii tokenchars '{SIGN}'\")"
)

# What words_of does, by functions of PostgreSQL. The collation "und-x-icu" is PostgreSQL's own where it is
# built with ICU, as its packages are. Of a row of characters it takes every second pair, and then again one
# character further on.
_CREATE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}(
    pk bigint, group_id bigint, author_id bigint, moment timestamptz, words text
) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 2000 AS $function$
DECLARE
    line text;
    row text := '';
    utc timestamp := moment AT TIME ZONE 'UTC';
BEGIN
    IF octet_length(words) = char_length(words) THEN
        line := regexp_replace(upper(words COLLATE "C"), '[^A-Z0-9]+', ' ', 'g');
    ELSE
        line := normalize(regexp_replace(words, '{IGNORABLE.pattern}', '', 'g'), NFKD);
        line := normalize(upper(lower(line COLLATE "und-x-icu") COLLATE "und-x-icu"), NFKD);
        line := normalize(regexp_replace(line COLLATE "C", '[{MARKS}]', '', 'g'), NFC);
        line := regexp_replace(line COLLATE "C", '[{BETWEEN}]+', ' ', 'g');
        IF line COLLATE "C" ~ '[{UNSPACED}]' THEN
            row := regexp_replace(line COLLATE "C", '[^{UNSPACED}]+', ' ', 'g');
            line := regexp_replace(line COLLATE "C", '[{UNSPACED}]+', ' ', 'g');
            row := regexp_replace(row COLLATE "C", '([^ ][^ ])', '\\1 ', 'g') || ' ' || regexp_replace(
                regexp_replace(' ' || row COLLATE "C", ' [^ ]', ' ', 'g'), '([^ ][^ ])', '\\1 ', 'g'
            );
        END IF;
    END IF;
    IF char_length(line) > {WORD_LENGTH} THEN
        line := regexp_replace(line COLLATE "C", '([^ ]{{{WORD_LENGTH}}})[^ ]+', '\\1', 'g');
    END IF;
    RETURN array_to_tsvector(array_remove(array_remove(
        string_to_array(line || ' ' || row, ' ') || ARRAY[
            'g{SIGN}' || group_id, 'a{SIGN}' || author_id, 'b{SIGN}' || (pk >> {SMALL_BITS}),
            'c{SIGN}' || (pk >> {LARGE_BITS}),
            'm{SIGN}' || (date_part('year', utc) * 12 + date_part('month', utc) - 1)::int,
            'd{SIGN}' || (utc::date - DATE '0001-01-01' + 1)
        ], ''), NULL));
END
$function$
"""

# A new message is noted first (`fastupdate`), and put into its places with others (`clean_pending`).
_CREATE_INDEX = (
    "CREATE INDEX {concurrently} {if_not_exists} " + INDEX + " ON discuss_entry USING gin"
    f" ({EXPRESSION}) WITH (fastupdate = on) WHERE {CONDITION}"
)


def create(connection: BaseDatabaseWrapper) -> None:
    """Make an index with nothing in it, or on PostgreSQL with all messages, while others write."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(_CREATE_TABLE)
            return
        cursor.execute(_CREATE_FUNCTION)
        concurrently = ""
        if not connection.in_atomic_block:
            # A migration that was broken off leaves one that is not valid.
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")
            concurrently = "CONCURRENTLY"
        cursor.execute(
            _CREATE_INDEX.format(concurrently=concurrently, if_not_exists="IF NOT EXISTS")
        )


def set_fastupdate(connection: BaseDatabaseWrapper, value: Literal["on", "off"]) -> None:
    """Have PostgreSQL note new messages first, or not, in an index that is there."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER INDEX IF EXISTS {INDEX} SET (fastupdate = {value})")


def drop(connection: BaseDatabaseWrapper) -> None:
    """Take the index away, as if there had never been one."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
            return
        cursor.execute(f"DROP INDEX IF EXISTS {INDEX}")
        cursor.execute(f"DROP FUNCTION IF EXISTS {FUNCTION}")
