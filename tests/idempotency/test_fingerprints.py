"""Equal requests have equal fingerprints, and others have others."""

import copy
import json
import os
import random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from governance.idempotency.canonical import canonical_json
from governance.idempotency.fingerprints import payload_of
from governance.idempotency.identity import digest, identity
from governance.idempotency.keys import parsed
from governance.idempotency.options import Options
from governance.idempotency.problems import Refusal

EXAMPLES = int(os.environ.get("IDEMPOTENCY_DOCUMENTS", "300"))
often = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
texts = st.text(max_size=8)
values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
documents = st.recursive(
    values,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def written(document: Any, seed: int) -> bytes:
    """The document with its names in another order, other spaces, other escapes."""
    chance = random.Random(seed)

    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            pairs = list(value.items())
            chance.shuffle(pairs)
            return {name: shuffled(inner) for name, inner in pairs}
        return [shuffled(inner) for inner in value] if isinstance(value, list) else value

    return json.dumps(
        shuffled(document),
        indent=chance.choice([None, 0, 3]),
        ensure_ascii=chance.choice([True, False]),
        separators=chance.choice([(",", ":"), (" , ", " : ")]),
    ).encode(errors="surrogatepass")


@often
@given(documents, st.integers(), st.integers())
def test_how_it_is_written_does_not_matter(document: Any, one: int, two: int) -> None:
    assert canonical_json(written(document, one)) == canonical_json(written(document, two))


@often
@given(documents, documents)
def test_what_is_written_does(one: Any, two: Any) -> None:
    assume(repr_of(one) != repr_of(two))
    assert canonical_json(json.dumps(one).encode()) != canonical_json(json.dumps(two).encode())


def repr_of(document: Any) -> Any:
    """Equality that tells 1 from True and 1.0."""
    if isinstance(document, dict):
        return ("object", sorted((name, repr_of(value)) for name, value in document.items()))
    if isinstance(document, list):
        return ("array", [repr_of(value) for value in document])
    return (type(document).__name__, repr(document))


@often
@given(st.data())
def test_any_change_of_one_value(data: st.DataObject) -> None:
    document = {"lines": data.draw(st.lists(documents, min_size=1, max_size=4)), "memo": "x"}
    changed = copy.deepcopy(document)
    at = data.draw(st.integers(0, len(document["lines"]) - 1))
    changed["lines"][at] = [document["lines"][at]]  # type: ignore[index]
    assert canonical_json(json.dumps(document).encode()) != canonical_json(
        json.dumps(changed).encode()
    )


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("10.0", "10.00"),
        ("1", '"1"'),
        ("1", "true"),
        ("[1]", '["1"]'),
        ("1e2", "100"),
        ("NaN", '"NaN"'),
        ("[NaN, 1]", "[1]"),
        ("{}", "[]"),
        ("null", '"null"'),
        ("{", "{ "),
        ('[NaN,"1"]', "1"),
    ],
)
def test_documents_that_differ(one: str, two: str) -> None:
    assert canonical_json(one.encode()) != canonical_json(two.encode())


def test_what_can_t_be_parsed_is_taken_as_it_is() -> None:
    deep = b"[" * 100_000
    assert canonical_json(deep).endswith(deep)
    assert canonical_json(b"\xff") != canonical_json(b"\xfe")


@often
@given(st.lists(st.binary(max_size=6), max_size=4), st.lists(st.binary(max_size=6), max_size=4))
def test_no_part_runs_into_the_next(one: list[bytes], two: list[bytes]) -> None:
    assert (digest(one) == digest(two)) == (one == two)


@often
@given(texts, texts, texts, texts)
def test_scope_and_key_make_the_identity(a: str, b: str, c: str, d: str) -> None:
    same = identity((a,), "k" + b.encode("ascii", "ignore").decode())
    other = identity((c,), "k" + d.encode("ascii", "ignore").decode())
    assert (same.id == other.id) == (
        a == c and b.encode("ascii", "ignore") == d.encode("ascii", "ignore")
    )
    assert -(2**63) <= same.lock < 2**63


visible = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=255)


@often
@given(visible)
def test_quoted_key_is_the_bare_one(key: str) -> None:
    options = Options(min_length=1)
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    assert parsed(f'"{escaped}"', options) == key
    if "," not in key and not key.startswith('"'):
        assert parsed(f" {key}\t", options) == key


@often
@given(st.text(max_size=40))
def test_any_other_header_is_refused_or_read(raw: str) -> None:
    try:
        key = parsed(raw, Options(min_length=1))
    except Refusal as refusal:
        assert refusal.problem.status == 400
    else:
        assert 1 <= len(key) <= 255
        assert key.isascii()
        assert key.isprintable()


factory = RequestFactory()


def of(request: Any) -> bytes:
    return payload_of(request, Options())


def form(**data: Any) -> bytes:
    return of(factory.post("/pay", data))


def multipart(
    boundary: str, content: bytes, name: str = "a.txt", kind: str = "text/plain"
) -> bytes:
    head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
    start = f"--{boundary}\r\n{head}Content-Type: {kind}\r\n\r\n".encode()
    body = start + content + f"\r\n--{boundary}--\r\n".encode()
    return of(factory.generic("POST", "/pay", body, f"multipart/form-data; boundary={boundary}"))


def test_multipart() -> None:
    assert multipart("one", b"x") == multipart("two", b"x")
    others = [
        multipart("one", b"y"),
        multipart("one", b"x", name="b.txt"),
        multipart("one", b"x", kind="text/html"),
        form(file="x"),
    ]
    assert len({multipart("one", b"x"), *others}) == 5


def test_file_can_still_be_read() -> None:
    request = factory.post("/pay", {"file": SimpleUploadedFile("a", b"content"), "b": "1"})
    of(request)
    assert request.FILES["file"].read() == b"content"
    assert request.POST["b"] == "1"


def test_upload_larger_than_a_body_may_be(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    file = SimpleUploadedFile("a", b"x" * 5_000)
    assert of(factory.post("/pay", {"file": file}))


def encoded(text: str, kind: str = "application/x-www-form-urlencoded") -> bytes:
    return of(factory.generic("POST", "/pay", text.encode(), kind))


def test_forms() -> None:
    assert encoded("a=1&b=2") == encoded("b=2&a=1") == encoded("b=2&a=%31")
    assert len({encoded(t) for t in ("a=1&b=2", "a=1", "a=1&b=", "a=2&a=1", "a=1&a=2")}) == 5
    assert encoded("a=1", "text/plain") != encoded("a=1")
    assert encoded("a=1", "text/plain") != encoded("a=1 ", "text/plain")


def test_address_and_query() -> None:
    def at(path: str, method: str = "POST") -> bytes:
        return of(factory.generic(method, path, b"{}", "application/json"))

    assert at("/pay?a=1&b=2") == at("/pay?b=2&a=1")
    assert len({at(p) for p in ("/pay", "/pay?a", "/pay?a=1", "/pay?a=1&a=2", "/pays")}) == 5
    assert at("/pay") != at("/pay", "PATCH")


def test_own_fingerprint() -> None:
    options = Options(fingerprint=lambda request: b"always")
    one, two = (factory.post("/pay", {"a": value}) for value in "12")
    assert payload_of(one, options) == payload_of(two, options)
    assert payload_of(one, options) != payload_of(factory.post("/refund"), options)
