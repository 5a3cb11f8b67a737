"""The chains of this studio, each with the account that signs for it, opened as settings say."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.errors import ConfigurationError, InvalidInput
from tools.minting.chain import Chain
from tools.minting.signer import Signer, development_signer, open_signer
from tools.settings import ChainSettings

if TYPE_CHECKING:
    from tools.studio import Studio


@dataclass(frozen=True)
class ChainAccount:
    """A chain, who signs on it, and how it is configured."""

    chain: Chain
    signer: Signer
    settings: ChainSettings


class Chains:
    """Opens each configured chain when it is first asked for."""

    def __init__(self, studio: "Studio") -> None:
        self._settings = studio.settings
        self._opened: dict[str, ChainAccount] = {}
        self._opening = threading.Lock()

    @property
    def names(self) -> list[str]:
        """The names of all configured chains, sorted."""
        return sorted(self._settings.chains)

    def get(self, name: str) -> ChainAccount:
        """The chain of that name.

        Raises:
            InvalidInput: listing the chains there are.
            ConfigurationError: if it has no usable key, or its settings are wrong.
        """
        with self._opening:
            if name not in self._opened:
                self._opened[name] = self._open(name)
            return self._opened[name]

    def _open(self, name: str) -> ChainAccount:
        settings = self._settings.chains.get(name)
        if settings is None:
            raise InvalidInput(
                "There is no chain {name!r}. There are: {known}.",
                name=name[:32],
                known=", ".join(self.names),
            )
        self._refuse_a_twin(name, settings.chain_id)
        data_dir = self._settings.data_dir
        signer = open_signer(name, settings, data_dir)
        funded = [development_signer(data_dir).address] if settings.kind == "embedded" else []
        return ChainAccount(open_chain(name, settings, data_dir, funded=funded), signer, settings)

    def _refuse_a_twin(self, name: str, chain_id: int) -> None:
        """Contracts, nonces and tokens are kept by chain id, so an id belongs to one name."""
        for other, settings in self._settings.chains.items():
            if other != name and settings.chain_id == chain_id:
                raise ConfigurationError(
                    "Chains {name} and {other} have the same chain id, {chain_id}: leave "
                    "one of them out, or correct its chain id.",
                    name=name,
                    other=other,
                    chain_id=chain_id,
                )


def chains_of(studio: "Studio") -> Chains:
    """The chains of this studio."""
    return studio.part(Chains, Chains)


def open_chain(
    name: str, settings: ChainSettings, data_dir: Path, *, funded: Sequence[str] = ()
) -> Chain:
    """Opens the chain the settings describe; an embedded one lies in the data folder.

    `funded` accounts get ether when an embedded chain is first made.

    Raises:
        ConfigurationError: the chain id does not belong to this kind of chain or to the file.
        ServiceUnavailable: the chain's file cannot be made or opened.
    """
    if settings.kind == "rpc" and settings.rpc_url is not None:
        from tools.minting.rpc import RpcChain

        return RpcChain(name, str(settings.rpc_url), settings.chain_id)
    from tools.minting.embedded import EmbeddedChain

    path = data_dir / "chains" / f"{name}.chain"
    return EmbeddedChain(path, settings.chain_id, name=name, funded=funded)
