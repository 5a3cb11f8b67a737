"""A studio with people in it who propose, approve and mint, and what its chains then hold."""

from dataclasses import dataclass

from sqlalchemy import text

from tests.conftest import sign_in_to
from tests.striking import struck
from tools.minting.chains import chains_of
from tools.minting.requests import MintRequestOut
from tools.minting.token_contract import TokenContract
from tools.people import Actor, Role
from tools.studio import Studio


@dataclass
class Hall:
    """A studio with a creator, two operators and a candidate."""

    studio: Studio
    creator: Actor
    proposer: Actor
    operator: Actor
    candidate: str

    def call(self, tool: str, actor: Actor, **arguments: object) -> MintRequestOut:
        output = self.studio.door.call(tool, arguments, actor)
        assert isinstance(output, MintRequestOut)
        return output

    def propose(self, **arguments: object) -> MintRequestOut:
        wish = {"candidate_id": self.candidate} | arguments
        return self.call("propose_mint", self.proposer, **wish)

    def approve(self, request: MintRequestOut) -> MintRequestOut:
        return self.call("approve", self.operator, mint_request_id=request.mint_request_id)

    def mint(self, request: MintRequestOut, actor: Actor | None = None) -> MintRequestOut:
        by = (actor or self.operator).by("workflow")
        return self.call("mint", by, mint_request_id=request.mint_request_id)

    def supply(self, chain: str) -> int:
        with self.studio.db.read() as session:
            [address] = session.execute(
                text("SELECT address FROM contract WHERE chain = :chain"), {"chain": chain}
            ).scalars()
        return TokenContract(chains_of(self.studio).get(chain).chain, address).total_supply()

    def approved(self, seed: int = 7, **arguments: object) -> MintRequestOut:
        """A request for a new candidate, proposed by one operator and approved by another."""
        candidate = struck(self.studio, self.creator, seed)
        return self.approve(self.propose(candidate_id=candidate, **arguments))

    def retry(self, request: MintRequestOut) -> MintRequestOut:
        """Order a failed mint again and carry it out."""
        self.call("retry_mint", self.operator, mint_request_id=request.mint_request_id)
        return self.mint(request)

    def status(self, request: MintRequestOut) -> MintRequestOut:
        return self.call("mint_status", self.creator, mint_request_id=request.mint_request_id)


def open_hall(studio: Studio) -> Hall:
    """The people, and a first candidate."""
    creator = sign_in_to(studio, "ada", Role.CREATOR)
    proposer = sign_in_to(studio, "olga", Role.OPERATOR)
    operator = sign_in_to(studio, "otto", Role.OPERATOR)
    return Hall(studio, creator, proposer, operator, struck(studio, creator))
