"""A generator of SQL: every way to write a table, in odd spellings, with traps in the text.

A statement is made as a list of tokens first; then each is spelled in one of its ways, and
white space and comments are put in between.
"""

from __future__ import annotations

import re
from random import Random

from hypothesis import strategies as st

LONG = "long_" + "é" * 40
TABLES = ("data", "T Two", 'q"q', "dätä", "a.b", "s.data", "s.Log", LONG)
"""A dot parts schema and name, but in ``a.b``, which is the name of a table."""
TRAPS = (
    "'; DELETE FROM data; --'",
    "'it''s /* '",
    r"E'\'; DELETE FROM data; --'",
    "$$; DELETE FROM data; $$",
    "$t$ ' $$ ; TRUNCATE data $t$",
    "'/*own:finance*/'",
    r"U&'\0027 ; DELETE FROM data'",
    "'-- '",
    "1",
    "-1.5e3",
    "NULL",
)
GLUE = (
    *(" ",) * 12,
    "\n",
    "\t ",
    " /* c */ ",
    "/**/",
    " /*own:finance*/ ",
    " /* /* ; DELETE FROM data */ ' */ ",
    " -- ; DELETE FROM data '\n",
    "--\r",
    "\f",
)
HEADS = (*("",) * 6, "/*own:x*/", "/* /* */ SELECT 1 */ ", "-- c\n", "--\r", "\n\t ", "/*;*/ /***/")


class Maker:
    """Makes the tokens of statements from one source of chance."""

    def __init__(self, chance: Random, style: str = "") -> None:
        self.chance = chance
        self.style = style or chance.choice(("orm", "plain", "odd", "odd"))

    def pick(self, *choices: str) -> str:
        return self.chance.choice(choices)

    def maybe(self, text: str, odds: float = 0.3) -> list[str]:
        return text.split() if self.chance.random() < odds else []

    def part(self, name: str) -> str:
        """One part of a name, quoted, folded or with escapes."""
        quoted = '"' + name.replace('"', '""') + '"'
        if self.style == "orm":
            return quoted
        ways = [quoted, quoted]
        if name.isascii() and name.isidentifier() and name.islower():
            ways += [name, name.upper(), name.title()]
        if name.isidentifier() and name == name.lower():
            ways.append(name)
        first = f"{ord(name[0]):04x}"
        rest = quoted[2:].replace("\\", "\\\\")
        if name[0] != '"':
            ways += [f'U&"\\{first}{rest}', f"U&\"!+00{first}{rest} UESCAPE '!'"]
        return self.chance.choice(ways)

    def table(self) -> list[str]:
        name = self.chance.choice(TABLES)
        if name == "a.b" or "." not in name:
            if self.chance.random() < 0.2:
                return [self.part("public"), ".", self.part(name)]
            return [self.part(name)]
        schema, _, bare = name.partition(".")
        return [self.part(schema), ".", self.part(bare)]

    def value(self, depth: int) -> list[str]:
        choice = self.chance.random()
        if depth > 0 and choice < 0.15:
            return ["(", *self.select(depth - 1, single=True), ")"]
        if choice < 0.25:
            return [self.pick("lower", "pg_catalog.upper", "coalesce"), "(", self.trap(), ")"]
        if choice < 0.32:
            return [self.pick("pay", "PAY", '"pay"', "public.pay"), "(", "1", ")", "::text"]
        return [self.trap()]

    def trap(self) -> str:
        if self.style == "orm":
            return self.pick("$1", "1", "NULL", "x.id", "'pay (1'", '"x"."v"')
        return self.chance.choice(TRAPS)

    def where(self, depth: int) -> list[str]:
        if self.chance.random() < 0.5:
            return []
        return ["WHERE", "v", "=", *self.value(depth)]

    def select(self, depth: int, *, single: bool = False) -> list[str]:
        width = 1 if single else self.chance.choice((1, 2))
        columns = [token for _ in range(width) for token in (",", *self.value(depth))][1:]
        source: list[str] = []
        if self.chance.random() < 0.6:
            source = ["FROM", *self.table(), "AS", "x", *self.where(depth)]
        elif depth > 0 and self.chance.random() < 0.3:
            source = ["FROM", "(", *self.select(depth - 1), ")", "AS", "y"]
        tail = ["LIMIT", "1"] if single else self.maybe("LIMIT 3")
        if source[-2:] != ["AS", "y"] and source and not single:
            tail += self.maybe("FOR NO KEY UPDATE", 0.1) + self.maybe("FOR UPDATE", 0.1)
        illegal = self.with_clause(1) if depth > 0 and self.chance.random() < 0.05 else []
        return [*illegal, "SELECT", *columns, *source, *tail]

    def with_clause(self, depth: int, *, writes: bool = True) -> list[str]:
        if depth <= 0 or self.chance.random() < 0.5:
            return []
        found = ["WITH"]
        for number in range(self.chance.choice((1, 1, 2))):
            write = writes and self.chance.random() < 0.7
            inner = self.change(depth - 1) if write else self.select(depth - 1)
            found += [",", f"w{number}"] if number else [f"w{number}"]
            found += ["AS", *self.maybe("MATERIALIZED", 0.1), "(", *inner, ")"]
        return found

    def change(self, depth: int) -> list[str]:
        kind = self.pick("insert", "insert", "update", "delete", "merge")
        return {
            "insert": self.insert,
            "update": self.update,
            "delete": self.delete,
            "merge": self.merge,
        }[kind](depth)

    def insert(self, depth: int) -> list[str]:
        columns = ["(", "id", ",", "v", ")"]
        source = self.chance.choice(
            (
                [*columns, "VALUES", "(", "1", ",", *self.value(depth), ")"],
                [*columns, "SELECT", "1", ",", self.trap(), "FROM", *self.table(), "AS", "x"],
                ["DEFAULT", "VALUES"],
                ["TABLE", *self.table()],
            )
        )
        tail = self.chance.choice(
            ("", "", "ON CONFLICT DO NOTHING", "ON CONFLICT ( id ) DO UPDATE SET v = NULL")
        )
        return ["INSERT", "INTO", *self.table(), *source, *tail.split(), *self.returning()]

    def update(self, depth: int) -> list[str]:
        only = self.maybe("ONLY", 0.2)
        source = ["FROM", *self.table(), "AS", "f"] if self.chance.random() < 0.2 else []
        assigned = ["SET", "v", "=", *self.value(depth)]
        target = [*self.table(), *(["AS", "x"] if source else [])]
        where = ["WHERE", "x.v", "=", self.trap()] if source else self.where(depth)
        return ["UPDATE", *only, *target, *assigned, *source, *where]

    def delete(self, depth: int) -> list[str]:
        only = self.maybe("ONLY", 0.2)
        return ["DELETE", "FROM", *only, *self.table(), *self.where(depth), *self.returning()]

    def merge(self, depth: int) -> list[str]:
        arms = self.chance.sample(
            (
                "WHEN MATCHED AND x.id = 1 THEN UPDATE SET v = NULL",
                "WHEN MATCHED AND x.id = 2 THEN DELETE",
                "WHEN MATCHED AND x.id = 3 THEN DO NOTHING",
                "WHEN NOT MATCHED AND f.id = 4 THEN INSERT ( id ) VALUES ( 4 )",
            ),
            self.chance.choice((1, 2, 3)),
        )
        head = ["MERGE", "INTO", *self.table(), "AS", "x", "USING", *self.table(), "AS", "f"]
        return [*head, "ON", "x.id", "=", "f.id", *" ".join(arms).split()]

    def returning(self) -> list[str]:
        return ["RETURNING", "1"] if self.chance.random() < 0.2 else []

    def query(self, depth: int) -> list[str]:
        with_clause = self.with_clause(depth)
        main = self.select(depth) if self.chance.random() < 0.4 else self.change(depth)
        return [*([] if main[0] == "WITH" else with_clause), *main]

    def statement(self, depth: int) -> list[str]:
        choice = self.chance.random()
        if self.style == "orm" and choice < 0.8:
            orm = (self.select, self.insert, self.update, self.delete)
            return self.chance.choice(orm)(depth)
        if choice < 0.62:
            return self.query(depth)
        made = f"made{self.chance.randrange(3)}"
        makers = (
            lambda: ["EXPLAIN", *self.analyze(), *self.query(depth)],
            lambda: ["TRUNCATE", *self.maybe("TABLE"), *self.table(), ",", *self.table()],
            lambda: ["COPY", "(", *self.query(depth), ")", "TO", "STDOUT"],
            lambda: ["PREPARE", f"q{self.chance.randrange(10**9)}", "AS", *self.query(depth)],
            lambda: ["CREATE", "TABLE", made, "AS", *self.select(depth)],
            lambda: ["SELECT", "1", "AS", "one", "INTO", made, "FROM", *self.table(), "AS", "x"],
            lambda: ["CREATE", "TEMP", "TABLE", made, "(", "id", "int", ",", "v", "text", ")"],
            lambda: ["INSERT", "INTO", made, "VALUES", "(", "1", ")"],
            lambda: ["LOCK", "TABLE", *self.table()],
            lambda: ["DECLARE", "c", "CURSOR", "FOR", *self.select(depth)],
            lambda: ["DO", self.block(depth)],
            lambda: ["SAVEPOINT", "sp"],
            lambda: ["NOTIFY", "x", ",", "'DELETE FROM data'"],
            lambda: ["(", *self.select(depth), ")", "UNION", "ALL", "(", *self.select(0), ")"],
        )
        return self.chance.choice(makers)()

    def analyze(self) -> list[str]:
        return self.chance.choice(
            (
                [],
                ["ANALYZE"],
                ["(", "COSTS", "OFF", ",", "ANALYZE", ")"],
                ["(", "ANALYZE", "false", ")"],
                ["(", "ANALYZE", "off", ",", "ANALYZE", "on", ")"],
                ["(", "ANALYZE", ",", "ANALYZE", "0", ")"],
            )
        )

    def block(self, depth: int) -> str:
        inner = [";", *self.change(depth), ";"] if self.chance.random() < 0.7 else [";"]
        body = ["BEGIN", "PERFORM", "lower", "(", "'x'", ")", *inner, "END"]
        return "$do$ " + self.spelled(body, plain=True) + " $do$"

    def text(self, depth: int) -> str:
        """One text, often of one statement, with a head and an end."""
        statements = [self.statement(depth)]
        while self.chance.random() < (0.02 if self.style == "orm" else 0.2):
            statements.append(self.statement(depth))
        separated = [token for tokens in statements for token in (";", *tokens)][1:]
        ends = (
            ("", "", " /*v='x(1)'*/") if self.style == "orm" else ("", ";", " ; ", " -- '", "/*;*/")
        )
        end = self.chance.choice(ends)
        return self.chance.choice(HEADS) + self.spelled(separated) + end

    def spelled(self, tokens: list[str], *, plain: bool = False) -> str:
        """Some texts look as the ORM writes them, others like nothing on earth."""
        if plain or self.style != "odd":
            text = " ".join(tokens)
            return (
                text if plain or self.style == "plain" else _ORM.sub(lambda m: m[0].strip(), text)
            )
        parts = []
        for token in tokens:
            word = token.isascii() and token.isalpha() and token.isupper()
            ways = (token, token.lower(), token.title()) if word else (token,)
            parts += (self.chance.choice(ways), self.chance.choice(GLUE))
        return "".join(parts[:-1])


_ORM = re.compile(r"(?<=\() | (?=[),])|(?<=[a-zY]) (?=\()| \. ")


def texts(depth: int = 2, *, style: str = "") -> st.SearchStrategy[str]:
    """The strategy for one text; ``style`` is orm, plain, odd or, when empty, any."""
    chances = st.randoms(use_true_random=False)
    return chances.map(lambda chance: Maker(chance, style).text(depth))
