"""The outbox: every transaction is signed and committed before its bytes are sent.

A transaction has a purpose, such as `mint:m_…`, and a chain carries each purpose out once:

1. Look for the purpose. If it is confirmed, that is the answer.
2. If it was never signed: quote it, and in one database transaction take the account's next
   nonce, sign, and store the bytes. A crash leaves nothing before the commit, the bytes after it.
3. Send every unsent transaction of the account in the order of their nonces. Sending the same bytes
   again is harmless, so a crash after sending only means that they are sent once more.
4. Wait for the receipt and enough blocks on top. Only status 1 is success.

What the chain said before is asked again: a confirmed transaction that a reorganisation dropped is
sent once more, and one that was called failed counts if its block is there after all.

A purpose that failed on the chain, or whose nonce something else took, may be tried again: the new
attempt is `purpose#2`, and so on. That this never mints twice is the contract's doing, which takes
each approval once.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError as AlreadyThere
from sqlalchemy.orm import Session

from tools.errors import ConfigurationError, Conflict, ServiceUnavailable
from tools.minting.chain import Call, Receipt
from tools.minting.chains import ChainAccount
from tools.minting.planning import Quote, ether, plan_transaction, quote
from tools.minting.tables import Account, Transaction
from tools.provenance.database import Database
from tools.provenance.effects import effect, open_call
from tools.provenance.identifiers import short_id
from tools.provenance.tables import ToolCall

SETTLED = ("confirmed", "failed")
POLL_S = (0.05, 2.0)  # shortest and longest pause between two looks for a receipt
TAKEN_S = 2.0  # how long a nonce must look taken, for an endpoint's nodes do not all know the same
MOST_SIGNINGS = 5  # how often one call signs anew when something else takes the nonce


@effect
def carry_out(
    database: Database,
    account: ChainAccount,
    purpose: str,
    make: Callable[[], Call],
    cost_cap: int,
) -> Transaction:
    """Carry out one purpose on one chain, once; returns its confirmed transaction.

    Args:
        make: gives the call to be signed, if it was not signed before.
        cost_cap: wei that it may cost at worst.

    Raises:
        Refused: the contract would refuse it, or it would pass the cap; nothing was signed.
        ConfigurationError: the account cannot pay for it.
        Conflict: the chain mined it and it failed, or its nonce was taken again and again.
        ServiceUnavailable: the chain does not answer, does not take it now, or did not mine it in
            time; call again.
    """
    for _ in range(MOST_SIGNINGS):
        transaction = _standing(database, account, purpose)
        if transaction is None:
            transaction = _sign_anew(database, account, purpose, make(), cost_cap)
        if transaction.state == "confirmed":
            return transaction
        _send_in_order(database, account, transaction)
        receipt = _wait(account, transaction)
        if receipt is not None:
            return _settle(database, account, transaction, receipt)
        _mark(database, transaction, "failed", error="something else took its nonce")
    raise Conflict(
        "On {chain} something else keeps taking the nonces of {address}: let "
        "nothing else send from this account.",
        chain=account.chain.name,
        address=account.signer.address,
    )


def attempts_at(database: Database, account: ChainAccount, purpose: str) -> list[Transaction]:
    """Every transaction that was signed for a purpose, the newest last."""
    with database.read() as session:
        return _attempts(session, account, purpose)


def is_in_flight(session: Session, request_id: str) -> bool:
    """Whether something was signed while minting this request, and its end is not known yet."""
    query = (
        select(Transaction.id)
        .join(ToolCall, ToolCall.id == Transaction.tool_call_id)
        .where(
            Transaction.state.not_in(SETTLED),
            ToolCall.tool == "mint",
            ToolCall.arguments["mint_request_id"].as_string() == request_id,
        )
    )
    return session.scalar(query.limit(1)) is not None


def _standing(database: Database, account: ChainAccount, purpose: str) -> Transaction | None:
    """The transaction that stands for a purpose: one that succeeded, else the newest not failed."""
    attempts = attempts_at(database, account, purpose)
    for attempt in attempts:
        succeeded = attempt.state in SETTLED and _has_succeeded(account, attempt)
        if attempt.state == "confirmed" and succeeded:
            return attempt
        if attempt.state == "confirmed" or succeeded:  # the chain says otherwise now
            return _reopen(database, attempt)
    return attempts[-1] if attempts and attempts[-1].state != "failed" else None


def _has_succeeded(account: ChainAccount, transaction: Transaction) -> bool:
    receipt = account.chain.receipt(transaction.hash)
    return receipt is not None and receipt.succeeded


def _attempts(session: Session, account: ChainAccount, purpose: str) -> list[Transaction]:
    query = select(Transaction).where(
        Transaction.chain_id == account.chain.chain_id,
        (Transaction.purpose == purpose)
        | Transaction.purpose.startswith(f"{purpose}#", autoescape=True),
    )
    return list(session.scalars(query.order_by(Transaction.nonce)))


def _sign_anew(
    database: Database, account: ChainAccount, purpose: str, call: Call, cost_cap: int
) -> Transaction:
    try:
        offer = quote(account.chain, call)
    except Conflict:  # the contract has it already: did another worker carry it out meanwhile?
        quicker = _standing(database, account, purpose)
        if quicker is None:
            raise
        return quicker
    _require_funds(account, call, offer)
    return _sign(database, account, purpose, call, offer, cost_cap)


def _require_funds(account: ChainAccount, call: Call, offer: Quote) -> None:
    held = account.chain.balance(call.sender)
    if held < offer.cost_at_most:
        raise ConfigurationError(
            "Account {sender} on {chain} cannot pay: it holds {held}, and this may "
            "cost {cost}. Send it ether; nothing was signed.",
            sender=call.sender,
            chain=account.chain.name,
            held=ether(held),
            cost=ether(offer.cost_at_most),
        )


def _sign(
    database: Database, account: ChainAccount, purpose: str, call: Call, offer: Quote, cost_cap: int
) -> Transaction:
    """Take a nonce, sign, and commit the bytes; all of it or nothing."""
    on_chain = account.chain.nonce(call.sender, pending=True)
    with database.write() as session:
        sequencer = _sequencer(session, account.chain.chain_id, call.sender, on_chain)
        attempts = _attempts(session, account, purpose)
        if attempts and attempts[-1].state != "failed":
            return attempts[-1]  # another worker was quicker
        unsigned = plan_transaction(
            call,
            offer,
            chain_id=account.chain.chain_id,
            nonce=sequencer.next_nonce,
            cost_cap=cost_cap,
        )
        signed = account.signer.sign(unsigned)
        transaction = Transaction(
            id=short_id("x"),
            tool_call_id=open_call().id,
            chain=account.chain.name,
            chain_id=account.chain.chain_id,
            purpose=f"{purpose}#{len(attempts) + 1}" if attempts else purpose,
            sender=call.sender,
            nonce=unsigned.nonce,
            raw=signed.raw.hex(),
            hash=signed.hash,
            state="signed",
        )
        session.add(transaction)
        sequencer.next_nonce = unsigned.nonce + 1
    return transaction


def _sequencer(session: Session, chain_id: int, address: str, on_chain: int) -> Account:
    """The account's row, locked until the transaction ends and not behind the chain."""
    key = (chain_id, address)
    row = session.get(Account, key, with_for_update=True)
    if row is None:
        with suppress(AlreadyThere), session.begin_nested():  # another worker may be quicker
            session.add(Account(chain_id=chain_id, address=address, next_nonce=on_chain))
        row = session.get_one(Account, key, with_for_update=True, populate_existing=True)
    row.next_nonce = max(row.next_nonce, on_chain)
    return row


def _send_in_order(database: Database, account: ChainAccount, last: Transaction) -> None:
    """Send what the chain has not counted of the account's transactions, up to and with `last`.

    Settled ones are among them when a reorganisation dropped them: without them there is a gap.
    """
    query = select(Transaction).where(
        Transaction.chain_id == last.chain_id,
        Transaction.sender == last.sender,
        Transaction.nonce >= account.chain.nonce(last.sender),
        Transaction.nonce <= last.nonce,
    )
    with database.read() as session:
        waiting = list(session.scalars(query.order_by(Transaction.nonce)))
    for transaction in waiting:
        if account.chain.receipt(transaction.hash) is None:
            _send(database, account, transaction)


def _send(database: Database, account: ChainAccount, transaction: Transaction) -> None:
    try:
        account.chain.send_raw(bytes.fromhex(transaction.raw))
    except Conflict as error:
        if account.chain.nonce(transaction.sender) > transaction.nonce:
            return  # mined since our look, or lost to another: its receipt tells
        raise ServiceUnavailable(
            "{error} It is kept, and so is what was signed after it; all is sent again.",
            error=error,
        ) from None
    if transaction.state == "signed":
        _mark(database, transaction, "sent")


def _wait(account: ChainAccount, transaction: Transaction) -> Receipt | None:
    """The receipt, once enough blocks are on top of it; None if something else took the nonce."""
    patience = account.settings.patience_s
    begun, pause = time.monotonic(), POLL_S[0]
    while True:
        receipt = account.chain.receipt(transaction.hash)
        if receipt is not None and _is_deep_enough(account, receipt):
            return receipt
        waited = time.monotonic() - begun
        if (
            receipt is None
            and waited > min(TAKEN_S, patience / 2)
            and _is_lost(account, transaction)
        ):
            return None
        if waited > patience:
            raise ServiceUnavailable(
                "{chain} has not confirmed transaction {transaction_hash} within "
                "{patience} s. It is kept; the same bytes are sent again.",
                chain=account.chain.name,
                transaction_hash=transaction.hash,
                patience=f"{patience:g}",
            )
        time.sleep(pause)
        pause = min(pause * 1.5, POLL_S[1])


def _is_lost(account: ChainAccount, transaction: Transaction) -> bool:
    """Whether the chain has counted past its nonce without it."""
    passed = account.chain.nonce(transaction.sender) > transaction.nonce
    return passed and not account.chain.knows(transaction.hash)


def _is_deep_enough(account: ChainAccount, receipt: Receipt) -> bool:
    depth = account.chain.block_number() - receipt.block_number + 1
    return depth >= account.settings.confirmations


def _settle(
    database: Database, account: ChainAccount, transaction: Transaction, receipt: Receipt
) -> Transaction:
    if not receipt.succeeded:
        error = f"it was mined in block {receipt.block_number} and failed"
        _mark(database, transaction, "failed", receipt, error)
        raise Conflict(
            "Transaction {transaction_hash} on {chain}: {error}.",
            transaction_hash=transaction.hash,
            chain=account.chain.name,
            error=error,
        )
    return _mark(database, transaction, "confirmed", receipt)


def _reopen(database: Database, transaction: Transaction) -> Transaction:
    """Back to sent: what was settled is asked of the chain again."""
    with database.write() as session:
        row = session.get_one(Transaction, transaction.id, with_for_update=True)
        row.state, row.error = "sent", None
        row.block = row.gas_used = row.settled_at = None
    return row


def _mark(
    database: Database,
    transaction: Transaction,
    state: str,
    receipt: Receipt | None = None,
    error: str | None = None,
) -> Transaction:
    with database.write() as session:
        row = session.get_one(Transaction, transaction.id, with_for_update=True)
        if row.state not in SETTLED:
            row.state, row.error = state, error
        if receipt is not None and row.settled_at is None:
            row.block, row.gas_used = receipt.block_number, receipt.gas_used
            row.settled_at = datetime.now(UTC)
    return row
