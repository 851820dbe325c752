"""Which of two sides a reason is given for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.core.cues import compile_cue
from voice_coach.core.drill_topics import given_for
from voice_coach.core.transcript import laid_out

SQL = [compile_cue("(sql|postgres)")]
NOSQL = [compile_cue("(nosql|no sql|cassandra)")]
REASONS = [compile_cue("(join*|money|scale*|flexible)")]


def reasons(*sentences: str) -> list[str]:
    """The reasons that *sentences* give for SQL."""
    lines = [laid_out(text, 0.0, 3.0) for text in sentences]
    found = given_for(SQL, NOSQL, REASONS, lines)
    return [lines[line][span.first].bare for _, (line, span) in found]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (["SQL has joins."], ["joins"]),
        (["Joins speak for SQL."], ["joins"]),
        (["NoSQL has joins, SQL has not."], []),
        (["SQL has joins and NoSQL scales."], ["joins"]),
        (["sql has joins and nosql scales"], ["joins"]),
        (["Joins speak for SQL and scale for NoSQL."], ["joins"]),
        (["SQL, because I need joins."], ["joins"]),
        (["I like SQL.", "It has joins."], ["joins"]),
        (["I like SQL.", "And it is old.", "It has joins."], []),
        (["No SQL is flexible."], []),
        (["Cassandra scales. ", "When money moves, Postgres."], ["money"]),
        (["Postgres when money moves, Cassandra when it has to scale."], ["money"]),
        (["It is flexible."], []),
        (["Cassandra scales when money moves, SQL is old."], []),
        (["Cassandra for logs, when money moves, SQL."], ["money"]),
        (["I'd pick SQL over NoSQL because it has joins."], ["joins"]),
        (["SQL, unlike a Cassandra, has joins."], ["joins"]),
        (["SQL instead of NoSQL has joins."], ["joins"]),
        (["SQL and not NoSQL, since it has joins."], ["joins"]),
        (["SQL, not NoSQL, because it has joins."], ["joins"]),
        (["I prefer SQL to NoSQL, as it has joins."], ["joins"]),
        (["Compared to NoSQL, SQL has joins."], ["joins"]),
        (["I'd pick NoSQL over SQL because it scales."], []),
        (["NoSQL is harder than SQL, which has joins."], ["joins"]),
        (["Sent over SQL it is flexible."], ["flexible"]),
        (["I prefer to SQL because it is flexible."], ["flexible"]),
        (["It scales better than SQL."], []),
    ],
)
def test_a_reason_belongs_to_the_side_that_it_is_given_for(said: list[str], expected: list[str]) -> None:
    assert reasons(*said) == expected


@given(st.lists(st.sampled_from(["SQL", "NoSQL", "joins,", "scales", "and", "when", "it", "."]), max_size=12))
def test_no_reason_is_given_for_a_side_that_is_never_named(words: list[str]) -> None:
    text = " ".join(["so", *(word for word in words if word != "SQL")])
    assert reasons(text) == []
