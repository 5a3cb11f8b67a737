"""`mintmark train …`: make the shipped models again, or better ones.

    mintmark train base       the house model, from random weights
    mintmark train reader     the trait reader that reads its pictures
    mintmark train measure    how often the model draws what it was asked for
    mintmark train dataset    what the training data is made of, and a sheet of it

The defaults are those of the shipped weights. Runs keep their state in a folder and go on where
they stopped. One core is enough; a budget in steps, on one thread, repeats bit by bit.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from tools.errors import InvalidInput
from tools.training.dataset import example_seed, example_traits, manifest
from tools.training.drawing import SIZE, draw

app = typer.Typer(help="Train the shipped models.", no_args_is_help=True)

HOUSE_MODEL = Path(__file__).parent.parent / "generation" / "house_model"
READER = Path(__file__).parent.parent / "scoring" / "trait_reader"
RUN = Path("training-runs/base")

Pictures = Annotated[int, typer.Option(help="How many characters to train on.", min=1)]
RunFolder = Annotated[Path, typer.Option(help="Where the run keeps its resumable state.")]
Threads = Annotated[int, typer.Option(help="Processor threads; one repeats bit by bit.")]


@app.command()
def base(
    minutes: Annotated[float, typer.Option(help="How long to train the denoiser.")] = 67,
    steps: Annotated[int | None, typer.Option(help="Its steps, instead of minutes.")] = None,
    decoder_steps: Annotated[int, typer.Option(help="Steps for the decoder.")] = 2600,
    run: RunFolder = RUN,
    pictures: Pictures = 60_000,
    out: Annotated[Path, typer.Option(help="The pipeline directory to write.")] = HOUSE_MODEL,
    threads: Threads = 1,
) -> None:
    """Train the house model from random weights and write it as a pipeline directory."""
    from tools.training.diffusion import Budget
    from tools.training.runs import RunPlan, run_base

    _use_threads(threads)
    denoiser = Budget(steps=steps) if steps else Budget(minutes=minutes)
    run_base(RunPlan(run, out, denoiser, Budget(steps=decoder_steps), pictures), typer.echo)


@app.command()
def reader(
    steps: Annotated[int, typer.Option(help="How many batches of 64 to train on.")] = 1200,
    run: RunFolder = RUN,
    house_model: Annotated[Path, typer.Option(help="The pipeline it shall read.")] = HOUSE_MODEL,
    out: Annotated[Path, typer.Option(help="The folder to write the reader to.")] = READER,
    threads: Threads = 1,
) -> None:
    """Train the trait reader on drawings seen through the house model's decoder."""
    from tools.training.diffusion import Budget
    from tools.training.runs import run_reader

    _use_threads(threads)
    run_reader(house_model, out, run / "cache", Budget(steps=steps), typer.echo)


@app.command()
def measure(
    pictures: Annotated[int, typer.Option(help="How many pictures to draw.")] = 200,
    house_model: Annotated[Path, typer.Option(help="The pipeline to measure.")] = HOUSE_MODEL,
    threads: Threads = 1,
) -> None:
    """Draw unseen trait combinations, read them back, and write the figures into the model."""
    from tools.training.runs import run_measure

    _use_threads(threads)
    run_measure(house_model, pictures, typer.echo)


@app.command()
def dataset(
    pictures: Pictures = 60_000,
    sheet: Annotated[Path | None, typer.Option(help="Also draw a contact sheet here.")] = None,
) -> None:
    """Print the data set's manifest; with --sheet, draw its first 48 pictures."""
    typer.echo(json.dumps(manifest(pictures), indent=2))
    if sheet:
        contact_sheet(sheet)


def contact_sheet(path: Path, columns: int = 8, rows: int = 6, scale: int = 4) -> None:
    """Draw the first pictures of the training split side by side, enlarged."""
    from PIL import Image

    cell = SIZE * scale
    sheet = Image.new("RGB", (columns * cell, rows * cell))
    for index in range(columns * rows):
        picture = draw(example_traits("train", index), example_seed("train", index))
        enlarged = picture.resize((cell, cell), Image.Resampling.NEAREST)
        sheet.paste(enlarged, (index % columns * cell, index // columns * cell))
    sheet.save(path)


def _use_threads(threads: int) -> None:
    import torch

    if threads < 1:
        raise InvalidInput("Training needs at least one thread.")
    torch.set_num_threads(threads)
