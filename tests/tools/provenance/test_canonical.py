"""Our canonical JSON equals RFC 8785 on everything that a record may hold."""

import json
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tools.provenance.canonical import canonical, recordable

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "rfc8785-jcs"

keys = st.text(st.characters(max_codepoint=127), max_size=12)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
records = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)
)


@given(records)
def test_it_equals_a_general_canonicaliser(value):
    assert canonical(value) == rfc8785.dumps(value)


@given(
    st.recursive(
        leaves | st.floats(allow_nan=False) | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    )
)
def test_whatever_is_made_recordable_can_be_recorded(value):
    assert json.loads(canonical(recordable(value))) is not ...


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_the_public_vectors(name):
    if not VECTORS.is_dir():
        pytest.skip("the public RFC 8785 vectors are not beside this checkout")
    value = json.loads((VECTORS / "input" / f"{name}.json").read_text())
    expected = (VECTORS / "output" / f"{name}.json").read_bytes()
    try:
        assert canonical(value) == expected
    except TypeError:
        pytest.skip(f"{name} holds floats or keys that no record may hold; they are refused")
