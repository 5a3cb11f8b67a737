"""Steps about a token on its chain: whatever the chain says is read anew, nothing is believed."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tools.errors import ConfigurationError, IntegrityError, MintmarkError, ServiceUnavailable
from tools.metadata.token_json import TokenJson
from tools.metadata.unixfs import cid_of
from tools.minting.binding import model_digest
from tools.minting.chain import Chain
from tools.minting.chains import open_chain
from tools.minting.token_contract import TokenContract
from tools.provenance import log
from tools.settings import ChainSettings
from tools.verification.deciding_steps import frozen_of
from tools.verification.evidence import Evidence, Mint
from tools.verification.records import differences
from tools.verification.report import Step, failed, judged, not_checked, passed, quoted

if TYPE_CHECKING:
    from tools.studio import Studio

_ON_CHAIN = "The chain holds this token, minted from this JSON"
_CODE = "The code at the contract's address is the contract that Mintmark ships"
_URI = "The token URI on the chain leads to the JSON"
_DIGEST = "The metadata digest on the chain is the SHA-256 of the JSON"
_RECIPE = "Seed and model on the chain are those in the JSON"
_APPROVED = "The chain holds this token under the approval of the frozen request"
_TRANSACTION = "The transaction that minted it is in a block and succeeded"

FindChain = Callable[[Mint], Chain]
"""Opens the chain of a mint; raises ConfigurationError where it is not known."""


def chains_of_settings(studio: "Studio", *, embedded: bool = True) -> FindChain:
    """The chains that the studio's settings name, found by chain id; opened for reading only.

    Args:
        studio: whose settings and data folder.
        embedded: whether its embedded chains are meant; their ids are the same in every studio.
    """

    def find(mint: Mint) -> Chain:
        for name, chain in studio.settings.chains.items():
            if chain.chain_id == mint.chain_id and chain.kind == "rpc":
                return open_chain(name, chain, studio.settings.data_dir)
            if chain.chain_id == mint.chain_id and embedded:
                return _embedded(studio, name, chain)
        raise ConfigurationError(
            "The settings name no chain {chain_id} that it could be on.", chain_id=mint.chain_id
        )

    return find


def _embedded(studio: "Studio", name: str, settings: ChainSettings) -> Chain:
    """A chain in the data folder. Opening it would make it anew where it is gone."""
    path = studio.settings.data_dir / "chains" / f"{name}.chain"
    if not path.is_file():
        raise IntegrityError(
            "The file of the chain {name} is gone from this data folder.", name=name
        )
    try:
        return open_chain(name, settings, studio.settings.data_dir)
    except ConfigurationError as error:
        raise IntegrityError(
            "The file of the chain {name} is another chain's: {error}", name=name, error=error
        ) from None


def chain_behind(url: str) -> FindChain:
    """The chain behind an RPC URL."""

    def find(mint: Mint) -> Chain:
        from tools.minting.rpc import RpcChain

        chain = RpcChain(mint.chain, url, mint.chain_id)
        chain.check()
        return chain

    return find


def chain_steps(find: FindChain | None, evidence: Evidence, document: TokenJson) -> Iterator[Step]:
    """Every mint on its chain; without `find` they are named for the reader to look up."""
    for mint in evidence.mints:
        if find is None:
            where = f"chain {mint.chain_id}, contract {mint.contract}, token {mint.number}"
            why = f"no chain was asked. Compare with it yourself: {where}."
            yield not_checked(f"on {mint.chain}", _ON_CHAIN, why)
        else:
            yield from _steps_of(find, mint, evidence, document)


def _steps_of(
    find: FindChain, mint: Mint, evidence: Evidence, document: TokenJson
) -> Iterator[Step]:
    """The steps of one mint, up to the first question that the chain does not answer."""
    try:
        chain = find(mint)
        yield from _contract_steps(chain, mint, evidence, document)
        yield _transaction_step(chain, mint)
    except (ServiceUnavailable, ConfigurationError) as error:
        yield not_checked(f"on {mint.chain}", _ON_CHAIN, str(error))
    except MintmarkError as error:
        yield failed(f"on {mint.chain}", _ON_CHAIN, str(error))
    except Exception as error:  # what a tampered chain file makes py-evm raise has no end
        why = f"the chain {mint.chain} cannot be read: {type(error).__name__} {quoted(str(error))}."
        yield failed(f"on {mint.chain}", _ON_CHAIN, why)


def _contract_steps(
    chain: Chain, mint: Mint, evidence: Evidence, document: TokenJson
) -> Iterator[Step]:
    contract, data = TokenContract(chain, mint.contract), evidence.document or b""
    yield _code_step(contract, mint)
    number = int(mint.number)
    uri, kept = contract.token_uri(number), contract.provenance(number)
    meant = {"token URI": cid_of(data).uri}
    wrong = differences({"token URI": uri}, meant, "the JSON's address")
    yield judged(f"token URI on {mint.chain}", _URI, wrong, uri)
    found = f"sha256:{kept.metadata_digest.hex()}"
    wrong = differences(
        {"metadata digest": found}, {"metadata digest": log.sha256(data)}, "the JSON"
    )
    yield judged(f"metadata digest on {mint.chain}", _DIGEST, wrong, found)
    on_chain = {"seed": str(kept.seed), "model": kept.model_digest.hex()}
    wrong = differences(on_chain, _recipe(document), "the JSON")
    yield judged(f"seed and model on {mint.chain}", _RECIPE, wrong, f"seed {kept.seed}")
    yield _approval_step(contract, mint, evidence)


def _code_step(contract: TokenContract, mint: Mint) -> Step:
    name = f"contract on {mint.chain}"
    if contract.is_deployed():
        return passed(name, _CODE, contract.address)
    return failed(name, _CODE, f"other code lies at {contract.address}, or none.")


def _recipe(document: TokenJson) -> dict[str, object]:
    recipe = document.provenance.recipe
    loras = [{"digest": tune.digest, "weight": tune.weight} for tune in recipe.fine_tunes]
    digest = model_digest({"model": {"digest": recipe.model.digest}, "loras": loras})
    return {"seed": recipe.seed, "model": digest.hex()}


def _approval_step(contract: TokenContract, mint: Mint, evidence: Evidence) -> Step:
    name = f"approval on {mint.chain}"
    frozen = frozen_of(evidence.story, log.sha256(evidence.document or b""))
    if frozen is None:
        return not_checked(name, _APPROVED, "no record froze this JSON.")
    key = str(frozen.result.get("frozen_digest")).removeprefix("sha256:")
    try:
        number = contract.token_of_approval(bytes.fromhex(key))
    except ValueError:
        return failed(name, _APPROVED, f"the frozen digest {key} is none.")
    wrong = differences({"token": number}, {"token": int(mint.number)}, "the mint")
    return judged(name, _APPROVED, wrong, f"token {number}")


def _transaction_step(chain: Chain, mint: Mint) -> Step:
    name = f"transaction on {mint.chain}"
    receipt = chain.receipt(mint.transaction)
    if receipt is None:
        return failed(name, _TRANSACTION, f"{mint.transaction} is in no block.")
    if not receipt.succeeded:
        return failed(name, _TRANSACTION, f"{mint.transaction} was reverted.")
    return passed(name, _TRANSACTION, f"{mint.transaction} in block {receipt.block_number}")
