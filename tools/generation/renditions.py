"""Renditions: a candidate's picture made larger, with its recipe inside and a record of its own.

Pixel art is enlarged by whole pixels, so that nothing is invented; other pictures by Lanczos. A
picture has one rendition by each factor: who asks again gets the one there is.
"""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from tools.definition import Input, Output, tool
from tools.errors import InvalidInput
from tools.generation.candidates import candidate_of
from tools.generation.infotext import Infotext, read_infotext
from tools.generation.pixels import decode_picture, enlarge, pixel_sha256
from tools.generation.png import encode_png
from tools.generation.tables import Candidate, Rendition
from tools.metadata.store import store_of
from tools.metadata.unixfs import Cid
from tools.people import Role
from tools.provenance.effects import OpenCall
from tools.provenance.identifiers import short_id
from tools.provenance.log import sha256

if TYPE_CHECKING:
    from PIL import Image

NEAREST, LANCZOS = "nearest neighbour", "Lanczos"

_MOST_PIXELS = 4096  # a side of what comes out


def _number(typed: object) -> object:
    """A number as buttons and the terminal write it."""
    return int(typed) if isinstance(typed, str) and typed in ("2", "4") else typed


class UpscaleIn(Input):
    """Which picture, and by how much."""

    candidate_id: str = Field(max_length=64, description="The picture to enlarge.")
    factor: Annotated[Literal[2, 4], BeforeValidator(_number)] = Field(
        2, description="By how much: 2 or 4."
    )


class RenditionOut(Output):
    """A picture made larger."""

    rendition_id: str
    candidate_id: str
    factor: int
    image_cid: str
    width: int
    height: int
    method: str  # nearest neighbour or Lanczos


@tool(least_role=Role.CREATOR)
def upscale(call: OpenCall, wish: UpscaleIn) -> RenditionOut:
    """Make a picture larger, by 2 or 4, as a file that carries its recipe too."""
    with call.studio.db.read() as session:
        candidate = candidate_of(session, wish.candidate_id)
        there = _rendition(session, candidate.id, wish.factor)
    if there is not None:
        return shown(there)
    _check_size(candidate, wish.factor)
    made = _made(call, candidate, wish.factor)
    with call.studio.db.write() as session:
        session.get(Candidate, candidate.id, with_for_update=True)
        candidate_of(session, candidate.id)  # nobody removed it meanwhile
        there = _rendition(session, candidate.id, wish.factor)
        if there is None:
            session.add(made)
    call.note(image=made.image_sha256, pixels=made.pixel_sha256, method=made.method)
    return shown(there or made)


def shown(rendition: Rendition) -> RenditionOut:
    """A rendition as people see it."""
    return RenditionOut(
        rendition_id=rendition.id,
        candidate_id=rendition.candidate_id,
        factor=rendition.factor,
        image_cid=rendition.image_cid,
        width=rendition.width,
        height=rendition.height,
        method=rendition.method,
    )


def _rendition(session: Session, candidate_id: str, factor: int) -> Rendition | None:
    return session.scalar(select(Rendition).filter_by(candidate_id=candidate_id, factor=factor))


def _check_size(candidate: Candidate, factor: int) -> None:
    if max(candidate.width, candidate.height) * factor > _MOST_PIXELS:
        raise InvalidInput(
            "{candidate} has {width}x{height} pixels; enlarged by {factor} it would be larger than"
            " {most} pixels a side.",
            candidate=candidate.id,
            width=candidate.width,
            height=candidate.height,
            factor=factor,
            most=_MOST_PIXELS,
        )


def _made(call: OpenCall, candidate: Candidate, factor: int) -> Rendition:
    """The rendition with its file in the store; its row is not written yet."""
    store = store_of(call.studio)
    data = store.get(Cid.parse(candidate.image_cid))
    is_pixel_art = candidate.recipe["finish"]["palette"] is not None
    method = NEAREST if is_pixel_art else LANCZOS
    image = _enlarged(decode_picture(data), factor, method)
    png = encode_png(image, _infotext(data, factor, method), candidate.id)
    return Rendition(
        id=short_id("u"),
        tool_call_id=call.id,
        candidate_id=candidate.id,
        factor=factor,
        method=method,
        image_cid=str(store.put(png)),
        image_sha256=sha256(png),
        pixel_sha256=pixel_sha256(image),
        width=image.width,
        height=image.height,
    )


def _enlarged(image: "Image.Image", factor: int, method: str) -> "Image.Image":
    if method == NEAREST:
        return enlarge(image, factor)
    from PIL.Image import Resampling

    size = (image.width * factor, image.height * factor)
    return image.resize(size, Resampling.LANCZOS)


def _infotext(data: bytes, factor: int, method: str) -> Infotext:
    """The picture's own recipe, and how it was enlarged, under the names other tools know."""
    recipe = read_infotext(data) or Infotext("", "", ())
    enlarged = (("Hires upscale", str(factor)), ("Hires upscaler", method))
    return Infotext(recipe.prompt, recipe.negative, (*recipe.settings, *enlarged))
