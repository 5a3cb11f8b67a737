"""The proof: what anybody can check of a token, and what a single changed pixel does to it."""

import asyncio
from pathlib import Path

from PIL import Image, PngImagePlugin

from bot.demo.stage import Stage
from bot.terminal.reports import show_report
from tools.errors import IntegrityError
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.minting.tables import MintRequest
from tools.verification.report import Verdict
from tools.verification.verify import verify_target

TAMPERED = "tampered-copy.png"


async def verify_token(stage: Stage) -> None:
    """Verify the token and everything behind it.

    Raises:
        IntegrityError: if it does not hold.
    """
    token = stage.played.token_ids[0]
    if await _verify(stage, token) is not Verdict.PASSED:
        raise IntegrityError(
            "The demo's own token {token} does not verify: see the steps above.", token=token
        )


async def verify_tampered_copy(stage: Stage) -> None:
    """Verify a copy of the token's picture in which one pixel was changed by one step of red.

    Raises:
        IntegrityError: if it passes.
    """
    copy = _tampered_copy(stage)
    if await _verify(stage, stage.played.token_ids[0], copy) is not Verdict.FAILED:
        raise IntegrityError("The tampered copy {copy} passed as the token's picture.", copy=copy)


async def _verify(stage: Stage, token: str, picture: Path | None = None) -> Verdict:
    given = f" --picture {picture}" if picture else ""
    stage.prompt("$", f"mintmark verify {token}{given}")
    report = await asyncio.to_thread(verify_target, token, stage.studio, picture)
    show_report(report, stage.screen.console, only_failures=picture is not None)
    stage.screen.console.print()
    return report.verdict


def _tampered_copy(stage: Stage) -> Path:
    """A copy of the minted picture, its texts included, with one pixel changed."""
    with stage.studio.db.read() as session:
        request = session.get_one(MintRequest, stage.played.mint_request_id)
    target = stage.studio.settings.data_dir / TAMPERED
    with Image.open(store_of(stage.studio).path(Cid.parse(request.image_cid))) as picture:
        texts = PngImagePlugin.PngInfo()
        for name, text in picture.info.items():
            if isinstance(text, str):
                texts.add_text(str(name), text)
        changed = picture.convert("RGB")
        red, green, blue = changed.getpixel((0, 0))  # type: ignore[misc]  # RGB gives three
        changed.putpixel((0, 0), (red ^ 1, green, blue))
        changed.save(target, pnginfo=texts)
    return target
