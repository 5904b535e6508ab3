"""Text search: what a person typed, as FTS5 or PostgreSQL understand it."""

import re
from dataclasses import dataclass

from sqlalchemy import Connection, Select, select, text

from workers.store import schema
from workers.store.pairs import wanted_pairs

_PART = re.compile(r'(-?)"([^"]*)"?|(-?)(\S+)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words to be found in a row."""

    words: str
    is_wanted: bool
    """Otherwise no text that has them is wanted."""
    is_beginning: bool
    """The last word may go on."""


def stories_with(connection: Connection, typed: str) -> Select[tuple[int]]:
    """Select the ids of stories of which any version has these words (all of them; ``"a phrase"``; ``-not``).

    PostgreSQL counts positions no further than 16,383: beyond that words of a text are found, phrases are not.
    """
    terms = terms_of(typed)
    articles = schema.articles.c
    if connection.dialect.name == "sqlite":
        found = text("articles.id IN (SELECT rowid FROM articles_text WHERE articles_text MATCH :typed)")
        return select(articles.story_id).where(found.bindparams(typed=fts5_query(terms)))
    found = text(f"articles.text_index @@ ({tsquery(terms)})")
    return select(articles.story_id).where(
        found.bindparams(**{f"words_{n}": term.words for n, term in enumerate(terms)})
    )


def terms_of(typed: str) -> list[Term]:
    """Return what was typed, part by part; nothing where no part is wanted.

    >>> [term.words for term in terms_of('export "chip  controls" -memory ""')]
    ['export', 'chip controls', 'memory']
    >>> terms_of("-memory --")
    []
    """
    terms = []
    for minus, phrase, bare_minus, word in _PART.findall(typed.replace("\x00", " ")):
        words = (phrase or word).replace('"', " ").strip()
        if any(character.isalnum() for character in words):
            pieces, is_beginning = wanted_pairs(words)
            terms.append(Term(words=pieces, is_wanted=not (minus or bare_minus), is_beginning=is_beginning))
    return terms if any(term.is_wanted for term in terms) else []


def fts5_query(terms: list[Term]) -> str:
    r"""Return an FTS5 query that cannot be a syntax error.

    >>> fts5_query(terms_of('export "chip controls" -memory "'))
    '("export" AND "chip controls") NOT "memory"'
    >>> fts5_query(terms_of("OR ( 年"))
    '"OR" AND "年" *'
    >>> fts5_query(terms_of("--"))
    '""'
    """
    wanted, unwanted = (
        [f'"{term.words}"{" *" * term.is_beginning}' for term in terms if term.is_wanted is side]
        for side in (True, False)
    )
    if not wanted:
        return '""'
    positive = " AND ".join(wanted)
    if not unwanted:
        return positive
    return f"({positive}) NOT " + (unwanted[0] if len(unwanted) == 1 else f"({' OR '.join(unwanted)})")


def tsquery(terms: list[Term]) -> str:
    """Return PostgreSQL's query, an expression with the words of term ``n`` as parameter ``words_n``.

    >>> tsquery(terms_of("export -memory"))
    "phraseto_tsquery('simple', :words_0) && !!phraseto_tsquery('simple', :words_1)"
    """
    return " && ".join(map(_operand, range(len(terms)), terms)) or "CAST('' AS tsquery)"


def _operand(number: int, term: Term) -> str:
    words = f"phraseto_tsquery('simple', :words_{number})"
    if term.is_beginning:
        words = rf"CAST(nullif(CAST({words} AS text), '') || '\:*' AS tsquery)"
    return words if term.is_wanted else f"!!{words}"
