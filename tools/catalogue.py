"""Every tool of the studio, in one list, and the way to open a studio with them."""

from tools.definition import AnyTool
from tools.settings import Settings
from tools.studio import Studio
from tools.voting.ballots import vote, withdraw_vote
from tools.voting.board import rounds, show_round
from tools.voting.rounds import close_due_round, close_round, extend_round, open_round

TOOLS: tuple[AnyTool, ...] = (
    open_round,
    extend_round,
    close_round,
    close_due_round,
    rounds,
    show_round,
    vote,
    withdraw_vote,
)


def open_studio(settings: Settings) -> Studio:
    """Open the data folder that the settings name, with every tool behind the door."""
    return Studio(settings, TOOLS)
