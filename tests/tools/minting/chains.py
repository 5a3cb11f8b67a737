"""A deployed contract to test against, and the few moves every minting test makes."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import cast

from tools.minting.chain import Call, Chain, Receipt
from tools.minting.planning import plan_transaction, quote
from tools.minting.signer import LocalSigner
from tools.minting.token_contract import (
    ContractTerms,
    MintOrder,
    TokenContract,
    deploy_call,
    mint_call,
    register_model_call,
)
from tools.people import Actor, Role
from tools.provenance.effects import OpenCall, inside
from tools.studio import Studio

ALICE = "0x" + "a1" * 20
ROYALTY_RECEIVER = "0x" + "b0" * 20
CAP = 10**17  # wei


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


MODEL = digest("base weights and fine-tune")


@contextmanager
def open_record() -> Iterator[None]:
    """Signing and sending ask for an open record; these tests are about what comes after it."""
    actor = Actor(
        person_id="person_test", name="ada", guild="hall", channel="floor", front_end="studio"
    )
    call = OpenCall("call_test", cast(Studio, None), actor, Role.OPERATOR, "sha256:" + "0" * 64)
    with inside(call):
        yield


def order(approval: str = "first approval", **changes: object) -> MintOrder:
    plain = MintOrder(
        recipient=ALICE,
        metadata_digest=digest("token json"),
        seed=0xDEADBEEF_00000001,
        model_index=1,
        approval_key=digest(approval),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # fields by name


@dataclass
class Mint:
    """A chain, an account on it, and the contract that account deployed."""

    chain: Chain
    signer: LocalSigner
    contract: TokenContract

    @property
    def address(self) -> str:
        return self.contract.address

    def send(self, call: Call) -> Receipt:
        return send(self.chain, self.signer, call)

    def mint(self, approval: str = "first approval", **changes: object) -> Receipt:
        call = mint_call(self.signer.address, self.address, order(approval, **changes))
        return self.send(call)


def send(chain: Chain, signer: LocalSigner, call: Call) -> Receipt:
    """Quote, plan, sign, send, and read the receipt."""
    planned = plan_transaction(
        call,
        quote(chain, call),
        chain_id=chain.chain_id,
        nonce=chain.nonce(signer.address),
        cost_cap=CAP,
    )
    signed = signer.sign(planned)
    assert chain.send_raw(signed.raw) == signed.hash
    return mined(chain, signed.hash)


def mined(chain: Chain, transaction_hash: str, patience_s: float = 30.0) -> Receipt:
    """The receipt, once there is one: also a node that mines at once does so after it answered."""
    until = time.monotonic() + patience_s
    while (receipt := chain.receipt(transaction_hash)) is None:
        assert time.monotonic() < until, f"{transaction_hash} is not mined after {patience_s} s"
        time.sleep(0.02)
    return receipt


def terms(account: str) -> ContractTerms:
    return ContractTerms(
        name="Mintlings",
        symbol="MINT",
        owner=account,
        minter=account,
        royalty_receiver=ROYALTY_RECEIVER,
        royalty_basis_points=500,
        contract_metadata=digest("contract json"),
    )


def deploy(chain: Chain, signer: LocalSigner) -> Mint:
    """A contract with one model registered."""
    created = send(chain, signer, deploy_call(signer.address, terms(signer.address)))
    assert created.contract_address is not None
    mint = Mint(chain, signer, TokenContract(chain, created.contract_address))
    mint.send(register_model_call(signer.address, mint.address, MODEL))
    return mint
