"""The outbox: every transaction is signed and committed before its bytes are sent.

A transaction has a purpose, such as `mint:m_…`, and a chain carries each purpose out once:

1. Look for the purpose. If it is confirmed, that is the answer.
2. If it was never signed: quote it, and in one database transaction take the account's next
   nonce, sign, and store the bytes. A crash leaves nothing before the commit, the bytes after it.
3. Send every unsent transaction of the account in the order of their nonces. Sending the same bytes
   again is harmless, so a crash after sending only means that they are sent once more.
4. Wait for the receipt and enough blocks on top. Only status 1 is success.

A purpose that failed on the chain may be tried again: the new attempt is `purpose#2`, and so on.
That this never mints twice is the contract's doing, which takes each approval once.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.errors import Conflict, ServiceUnavailable
from tools.minting.chain import Call, Receipt
from tools.minting.chains import ChainAccount
from tools.minting.planning import Quote, plan_transaction, quote
from tools.minting.tables import Account, Transaction
from tools.provenance.database import Database
from tools.provenance.effects import effect, open_call
from tools.provenance.identifiers import short_id

POLL_S = (0.05, 2.0)  # shortest and longest pause between two looks for a receipt


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
        Conflict: the chain mined it and it failed, or its nonce was taken by something else.
        ServiceUnavailable: the chain does not answer, or did not mine it in time; call again.
    """
    transaction = _latest(database, account, purpose)
    if transaction is None:
        call = make()
        transaction = _sign(database, account, purpose, call, quote(account.chain, call), cost_cap)
    if transaction.state == "confirmed":
        return transaction
    _send_in_order(database, account, transaction)
    return _settle(database, account, transaction, _wait(account, transaction))


def attempts_at(database: Database, account: ChainAccount, purpose: str) -> list[Transaction]:
    """Every transaction that was signed for a purpose, the newest last."""
    with database.read() as session:
        return _attempts(session, account, purpose)


def _latest(database: Database, account: ChainAccount, purpose: str) -> Transaction | None:
    """The transaction that stands for a purpose: its newest attempt, unless that failed."""
    attempts = attempts_at(database, account, purpose)
    return attempts[-1] if attempts and attempts[-1].state != "failed" else None


def _attempts(session: Session, account: ChainAccount, purpose: str) -> list[Transaction]:
    query = select(Transaction).where(
        Transaction.chain_id == account.chain.chain_id,
        (Transaction.purpose == purpose) | Transaction.purpose.startswith(f"{purpose}#"),
    )
    return list(session.scalars(query.order_by(Transaction.nonce)))


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
    row = session.get(Account, (chain_id, address), with_for_update=True)
    if row is None:
        row = Account(chain_id=chain_id, address=address, next_nonce=on_chain)
        session.add(row)
        session.flush()
    row.next_nonce = max(row.next_nonce, on_chain)
    return row


def _send_in_order(database: Database, account: ChainAccount, last: Transaction) -> None:
    """Send what the account has signed and not sent, up to and with `last`."""
    query = select(Transaction).where(
        Transaction.chain_id == last.chain_id,
        Transaction.sender == last.sender,
        Transaction.nonce <= last.nonce,
        Transaction.state.in_(("signed", "sent")),
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
        if account.chain.receipt(transaction.hash) is not None:
            return  # mined between our look and our sending
        if account.chain.nonce(transaction.sender) > transaction.nonce:
            _mark(database, transaction, "failed", error=f"its nonce was taken: {error}")
        raise
    if transaction.state == "signed":
        _mark(database, transaction, "sent")


def _wait(account: ChainAccount, transaction: Transaction) -> Receipt:
    """The receipt, once enough blocks are on top of it."""
    deadline, pause = time.monotonic() + account.settings.patience_s, POLL_S[0]
    while True:
        receipt = account.chain.receipt(transaction.hash)
        if receipt is not None and _is_deep_enough(account, receipt):
            return receipt
        if time.monotonic() > deadline:
            raise ServiceUnavailable(
                f"{account.chain.name} has not confirmed transaction {transaction.hash} within "
                f"{account.settings.patience_s:g} s. It is kept; the same bytes are sent again."
            )
        time.sleep(pause)
        pause = min(pause * 1.5, POLL_S[1])


def _is_deep_enough(account: ChainAccount, receipt: Receipt) -> bool:
    depth = account.chain.block_number() - receipt.block_number + 1
    return depth >= account.settings.confirmations


def _settle(
    database: Database, account: ChainAccount, transaction: Transaction, receipt: Receipt
) -> Transaction:
    if not receipt.succeeded:
        error = f"it was mined in block {receipt.block_number} and failed"
        _mark(database, transaction, "failed", receipt, error)
        raise Conflict(f"Transaction {transaction.hash} on {account.chain.name}: {error}.")
    return _mark(database, transaction, "confirmed", receipt)


def _mark(
    database: Database,
    transaction: Transaction,
    state: str,
    receipt: Receipt | None = None,
    error: str | None = None,
) -> Transaction:
    with database.write() as session:
        row = session.get_one(Transaction, transaction.id, with_for_update=True)
        if row.state not in ("confirmed", "failed"):
            row.state, row.error = state, error
        if receipt is not None and row.settled_at is None:
            row.block, row.gas_used = receipt.block_number, receipt.gas_used
            row.settled_at = datetime.now(UTC)
    return row
