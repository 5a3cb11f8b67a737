"""Every tool of the studio, in one list, and the way to open a studio with them."""

from tools.community.pausing import pause, resume
from tools.community.setting import limits, rules, set_limit, set_rule
from tools.definition import AnyTool
from tools.generation.create import create
from tools.generation.descent import remix, reseed, vary
from tools.generation.gallery import collection, collections, gallery, models, show_candidate
from tools.generation.identify import identify
from tools.generation.jobs import cancel_job, job_status
from tools.generation.quotas import quota
from tools.generation.removal import remove_candidate
from tools.generation.render import render
from tools.generation.renditions import upscale
from tools.generation.waiting import queue
from tools.minting.approval import approve, reject, retry_mint
from tools.minting.mint import mint, stop_mint
from tools.minting.requests import mint_requests, mint_status, propose_mint, tokens
from tools.minting.review import review
from tools.scoring.score import score
from tools.settings import Settings
from tools.studio import Studio
from tools.verification.audit import audit
from tools.verification.certify import certificate
from tools.verification.history import provenance
from tools.voting.ballots import vote, withdraw_vote
from tools.voting.board import rounds, show_round
from tools.voting.brackets import advance_bracket, open_bracket, show_bracket
from tools.voting.closing import close_due_round, close_round
from tools.voting.leaderboard import leaderboard
from tools.voting.nominating import nominate
from tools.voting.reconciling import count_round_by, reconcile_round
from tools.voting.rounds import extend_round, open_round

TOOLS: tuple[AnyTool, ...] = (
    create,
    vary,
    remix,
    reseed,
    render,
    score,
    job_status,
    cancel_job,
    gallery,
    show_candidate,
    collections,
    collection,
    upscale,
    remove_candidate,
    identify,
    queue,
    quota,
    models,
    open_round,
    extend_round,
    close_round,
    close_due_round,
    rounds,
    show_round,
    vote,
    withdraw_vote,
    nominate,
    open_bracket,
    show_bracket,
    advance_bracket,
    leaderboard,
    count_round_by,
    reconcile_round,
    propose_mint,
    approve,
    reject,
    retry_mint,
    mint,
    stop_mint,
    mint_requests,
    mint_status,
    tokens,
    provenance,
    certificate,
    rules,
    set_rule,
    limits,
    set_limit,
    pause,
    resume,
    review,
    audit,
)


def open_studio(settings: Settings) -> Studio:
    """Open the data folder that the settings name, with every tool behind the door."""
    return Studio(settings, TOOLS)
