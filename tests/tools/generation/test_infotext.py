"""The recipe in the picture is what other tools read, and theirs is read here."""

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from tools.errors import InvalidInput
from tools.generation.infotext import Infotext, parse_infotext, read_infotext

OURS = Infotext.of_generation(
    prompt="a fox with a crown",
    negative="blurry, grey",
    steps=12,
    sampler="DPM++ 2M",
    guidance="3.5",
    seed=2**63,
    size=(32, 32),
    model="house: small, fine",
    model_digest="sha256:" + "0123456789abcdef" * 4,
    version="0.1.0",
    loras=(("gold", "sha256:" + "f" * 64),),
)

prompts = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters=":"), min_size=1)


def test_our_recipe_is_written_as_other_tools_write_theirs() -> None:
    assert str(OURS) == (
        "a fox with a crown\n"
        "Negative prompt: blurry, grey\n"
        "Steps: 12, Sampler: DPM++ 2M, CFG scale: 3.5, Seed: 9223372036854775808, Size: 32x32, "
        'Model hash: 0123456789, Model: "house: small, fine", '
        'Lora hashes: "gold: ffffffffffff", Version: mintmark 0.1.0'
    )


def test_our_recipe_reads_back_as_itself() -> None:
    assert parse_infotext(str(OURS)) == OURS
    assert OURS.setting("Seed") == "9223372036854775808"
    assert OURS.setting("Clip skip") is None


@given(
    st.lists(prompts, min_size=1, max_size=3).map("\n".join),
    st.lists(prompts, max_size=2).map(", ".join),
    st.lists(
        st.tuples(st.text("Abc d", min_size=3, max_size=9).map(lambda n: "K" + n), st.text()),
        min_size=3,
        max_size=6,
    ),
)
def test_any_prompt_and_setting_reads_back_as_written(
    prompt: str, negative: str, settings: list[tuple[str, str]]
) -> None:
    written = Infotext(prompt, negative, tuple(settings))
    assert parse_infotext(str(written)) == written


def test_a_prompt_cannot_pose_as_the_negative_prompt_or_as_settings() -> None:
    hostile = "fox\nNegative prompt: owl\nSteps: 1, Seed: 2, Sampler: x"
    read = parse_infotext(str(Infotext(hostile, "", OURS.settings)))
    assert read.negative == ""
    assert read.setting("Steps") == "12"
    assert read.prompt.startswith("fox\nNegative prompt : owl")


def test_a_picture_by_webui_is_read() -> None:
    """As stable-diffusion-webui writes it, with a prompt of two lines and quoted hashes."""
    read = parse_infotext(
        "masterpiece, (fox:1.2)\n<lora:pixel:0.8>\n"
        "Negative prompt: bad hands,\nworst quality\n"
        "Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 965400086, Size: 512x512, "
        'Model hash: 6ce0161689, Model: v1-5, Lora hashes: "pixel: 0a1b2c, ink: 3d4e5f", '
        "Version: v1.6.0"
    )
    assert read.prompt == "masterpiece, (fox:1.2)\n<lora:pixel:0.8>"
    assert read.negative == "bad hands,\nworst quality"
    assert read.setting("Seed") == "965400086"
    assert read.setting("Lora hashes") == "pixel: 0a1b2c, ink: 3d4e5f"


def test_text_without_settings_is_a_prompt() -> None:
    assert parse_infotext("just a fox: red") == Infotext("just a fox: red", "", ())


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    parse_infotext(text)


@pytest.mark.parametrize("text", ["a" * 200_000, "a: " * 60_000, 'a: "' * 50_000, " " * 200_000])
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    started = time.monotonic()
    parse_infotext("x\n" + text + "x")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le"])
def test_jpeg_and_webp_carry_it_in_their_user_comment(kind: str, encoding: str) -> None:
    exif = Image.Exif()
    comment = b"UNICODE\0" + str(OURS).encode(encoding)
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = comment
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, kind, exif=exif)
    assert read_infotext(file.getvalue()) == OURS


def test_a_user_comment_in_ascii_is_read_too() -> None:
    exif = Image.Exif()
    comment = b"ASCII\0\0\0" + str(OURS).encode("ascii")
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = comment
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, "JPEG", exif=exif)
    assert read_infotext(file.getvalue()) == OURS


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_without_a_recipe_has_none(kind: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, kind)
    assert read_infotext(file.getvalue()) is None


def test_a_file_that_is_no_picture_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not a PNG, JPEG or WebP"):
        read_infotext(b"Steps: 1")
