"""Random texts: nothing raises, and no statement that changes something is passed over."""

from pathlib import Path

import pglast
from hypothesis import example, given
from hypothesis import strategies as st

from governance.postgres.ddl.facts import effects_of
from governance.postgres.ddl.reading import actions_of
from governance.postgres.ddl.schema import Schema

HERE = Path(__file__).parent
_TEXTS = [
    *(HERE / "sequences.sql").read_text().split("\n\n")[1:],
    *(HERE / "facts.sql").read_text().splitlines(),
    *(HERE / "statements.sql").read_text().splitlines(),
]
STATEMENTS = sorted(
    {part.strip() for text in _TEXTS for line in text.split("=>") for part in line.split(";")}
    - {""}
)
READS = {
    "SelectStmt",
    "ExplainStmt",
    "VariableShowStmt",
    "FetchStmt",
    "ClosePortalStmt",
    "DeclareCursorStmt",
    "DoStmt",
}
WORDS = st.sampled_from(sorted({word for text in STATEMENTS for word in text.split()}))
NAMES = st.text(min_size=1, max_size=70).filter(lambda name: "\0" not in name)


@given(st.one_of(st.text(), st.lists(WORDS, max_size=30).map(" ".join)))
@example("alter table t add not null")
@example("create table t(a int generated always as (")
@example("alter table t add constraint not null a not valid not enforced )) period a,")
def test_any_text_can_be_given(text: str) -> None:
    for action in actions_of(text):
        effects_of(action, Schema().after(action))


@st.composite
def changed(draw: st.DrawFn) -> str:
    """Statements whose words are left out, said twice or swapped for others."""
    words = draw(st.sampled_from(STATEMENTS)).split(" ")
    at = draw(st.integers(0, len(words) - 1))
    other = draw(st.one_of(WORDS, NAMES.map(lambda name: '"' + name.replace('"', '""') + '"')))
    return " ".join(
        [*words[:at], *draw(st.sampled_from([[], [other], [words[at], other]])), *words[at + 1 :]]
    )


@given(st.lists(st.one_of(changed(), st.sampled_from(STATEMENTS)), min_size=1, max_size=4))
def test_nothing_is_passed_over(statements: list[str]) -> None:
    for statement in statements:
        try:
            trees = pglast.parse_sql(statement)
        except (pglast.parser.ParseError, UnicodeEncodeError, ValueError):
            continue
        if any(changes(tree.stmt) for tree in trees):
            assert actions_of(statement), statement


def changes(statement: pglast.ast.Node) -> bool:
    """COPY … TO reads, and what a SELECT or a DO does is told by other tests."""
    if isinstance(statement, pglast.ast.CopyStmt):
        return bool(statement.is_from)
    return type(statement).__name__ not in READS


@given(st.lists(st.one_of(st.sampled_from(STATEMENTS), changed()), max_size=25))
def test_a_structure_takes_any_action(statements: list[str]) -> None:
    schema = Schema()
    for action in (action for text in statements for action in actions_of(text)):
        effects_of(action, schema, in_transaction=True)
        schema = schema.after(action)
