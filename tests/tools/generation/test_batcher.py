"""Orders that fit together are made together, in their turn, and failures stay where they are."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import sign_in_to
from tools.errors import MintmarkError, ServiceUnavailable
from tools.generation.batcher import Batcher
from tools.generation.pipeline import BatchKey, Checkpoint, Order
from tools.people import Role
from tools.provenance.effects import OpenCall, inside
from tools.studio import Studio


@pytest.fixture
def batcher(studio: Studio) -> Iterator[Batcher]:
    """A batcher of up to four, inside an open record."""
    ada = sign_in_to(studio, "ada", Role.CREATOR)
    batcher = Batcher(batch_size=4)
    with inside(OpenCall("call_test", studio, ada, Role.CREATOR, intent_digest="")):
        yield batcher
    batcher.close()


@pytest.fixture
def key(tiny_pipeline: Path) -> BatchKey:
    return BatchKey(Checkpoint("sha256:tiny", tiny_pipeline), 16, 16, steps=2, guidance=2.0)


def order(key: BatchKey, seed: int) -> Order:
    return Order(key, "a fox", "", seed)


def test_waiting_orders_of_several_people_share_a_batch(batcher: Batcher, key: BatchKey) -> None:
    slow = batcher.submit([order(replace(key, steps=40), 0)])
    other = batcher.submit([order(replace(key, guidance=3.0), 1)])
    mine, yours = batcher.submit([order(key, 2)]), batcher.submit([order(key, 3)])
    made = [ticket.result.result(60) for ticket in (*slow, *other, *mine, *yours)]
    assert [m.batch_size for m in made] == [1, 1, 2, 2]
    assert [m.batch_position for m in made] == [0, 0, 0, 1]
    assert [m.order.seed for m in made] == [0, 1, 2, 3]


def test_a_batch_is_never_larger_than_allowed(batcher: Batcher, key: BatchKey) -> None:
    made = [t.result.result(60) for t in batcher.submit([order(key, s) for s in range(6)])]
    assert [m.batch_size for m in made] == [4, 4, 4, 4, 2, 2]


def test_an_order_called_off_while_it_waits_is_left_out(batcher: Batcher, key: BatchKey) -> None:
    batcher.submit([order(replace(key, steps=40), 0)])
    first, second = batcher.submit([order(key, 1), order(key, 2)])
    first.cancel()
    assert second.result.result(60).batch_size == 1


def test_a_checkpoint_that_cannot_be_loaded_fails_its_orders_only(
    batcher: Batcher, key: BatchKey, tmp_path: Path
) -> None:
    bad = replace(key, checkpoint=Checkpoint("sha256:none", tmp_path / "none"))
    (broken,) = batcher.submit([order(bad, 1)])
    (fine,) = batcher.submit([order(key, 1)])
    with pytest.raises(MintmarkError, match="no model folder"):
        broken.result.result(60)
    assert fine.result.result(60).image.size == (16, 16)


def test_a_device_that_is_not_there_is_said(batcher: Batcher, key: BatchKey) -> None:
    elsewhere = replace(key, checkpoint=replace(key.checkpoint, device="tpu"))
    (ticket,) = batcher.submit([order(elsewhere, 1)])
    with pytest.raises(ServiceUnavailable, match="set it to cpu"):
        ticket.result.result(60)


def test_closing_cancels_what_waits_and_refuses_what_comes(batcher: Batcher, key: BatchKey) -> None:
    tickets = batcher.submit([order(replace(key, steps=900), 0), order(key, 1)])
    batcher.close()
    assert all(ticket.result.cancelled() for ticket in tickets)
    with pytest.raises(ServiceUnavailable, match="closing"):
        batcher.submit([order(key, 2)])


def test_the_part_of_a_prompt_that_is_not_read_is_counted(batcher: Batcher, key: BatchKey) -> None:
    long = replace(order(key, 1), prompt="golden crown " * 60)
    (first,), (second,) = batcher.submit([long]), batcher.submit([order(key, 1)])
    assert first.result.result(60).tokens_cut > 0
    assert second.result.result(60).tokens_cut == 0
