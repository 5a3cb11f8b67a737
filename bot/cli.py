"""The `mintmark` command.

Everything heavy is imported by the command that needs it, so that `mintmark --help` is quick.
"""

import errno
import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from tools.errors import MintmarkError

app = typer.Typer(
    help="Mintmark: AI-made art that becomes NFTs with a provenance anyone can check.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
database = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(database, name="db")


def main() -> None:
    """Run the command; what goes wrong is one sentence on standard error, and exit status 1."""
    try:
        app()
    except Exception as error:
        if os.environ.get("MINTMARK_LOG_LEVEL") == "debug":
            raise
        typer.secho(_in_words(error), fg="red", err=True)
        raise SystemExit(1) from None


def _in_words(error: Exception) -> str:
    if isinstance(error, MintmarkError):
        return str(error)
    if _is_full_disk(error):
        return "The disk is full: free some space and start again; nothing that was kept is lost."
    return (
        f"This is a fault in Mintmark: {type(error).__name__}: {error}. "
        "MINTMARK_LOG_LEVEL=debug shows where it happened."
    )


def _is_full_disk(error: BaseException | None) -> bool:
    """Whether this error, or what caused it, is the disk's: libraries wrap it in their own."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if "disk is full" in str(error):  # as SQLite says it
            return True
        error = error.__cause__ or error.__context__
    return False


def _tell_version(wanted: bool) -> None:
    if wanted:
        from tools.ledger import program_version

        typer.echo(f"mintmark {program_version()}")
        raise typer.Exit


@app.callback()
def mintmark(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    """Mintmark: AI-made art that becomes NFTs with a provenance anyone can check."""


@app.command()
def studio(
    name: Annotated[str, typer.Option("--as", help="Who you are here.")] = "guest",
    role: Annotated[Literal["member", "creator", "operator"], typer.Option()] = "creator",
    guild: Annotated[str, typer.Option(help="The community you are in.")] = "home",
    channel: Annotated[str, typer.Option(help="Where in it.")] = "studio",
) -> None:
    """Open the terminal studio: make pictures, vote, approve, in words or by commands."""
    from bot.terminal import names

    names.check(name, guild, channel)
    from bot.commands.studio import open_terminal

    open_terminal(name, role, guild, channel)


@app.command()
def demo(
    picture: Annotated[
        Path | None, typer.Option(help="Also draw the story as an SVG picture in this file.")
    ] = None,
) -> None:
    """Play the whole story: prompts, scores, votes, an approval, two chains, verification."""
    from bot.commands.demo import perform

    perform(picture)


@app.command()
def discord() -> None:
    """Serve the studio in Discord, with the bot token from MINTMARK_DISCORD__TOKEN."""
    from bot.commands.discord import open_discord

    open_discord()


@app.command()
def worker(
    with_parent: Annotated[
        bool, typer.Option(hidden=True, help="Stop when standard input ends.")
    ] = False,
) -> None:
    """Do the durable work of a data folder without a front end, until SIGTERM."""
    from bot.commands.worker import work

    work(with_parent)


@app.command()
def verify(
    target: Annotated[
        str, typer.Argument(help="A picture, a certificate, a token or a candidate.")
    ],
    picture: Annotated[
        Path | None, typer.Option(help="A picture that should be the token's.")
    ] = None,
    rpc: Annotated[
        str | None, typer.Option(help="Where the token's chain answers, without a data folder.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Check a token and everything behind it; exit status 1 if anything does not hold."""
    from bot.commands.verify import check

    raise typer.Exit(0 if check(target, picture, rpc, as_json) else 1)


@app.command()
def provenance(
    subject: Annotated[
        str, typer.Argument(help="A candidate, token, brief, job, round, mint request or call.")
    ],
    name: Annotated[str, typer.Option("--as", help="Who you are here.")] = "guest",
    role: Annotated[Literal["member", "creator", "operator"], typer.Option()] = "member",
    guild: Annotated[str, typer.Option(help="The community you are in.")] = "home",
) -> None:
    """Tell the chain of records behind something, from the first prompt to the token."""
    from bot.commands.provenance import tell

    tell(subject, name, role, guild)


@app.command()
def doctor() -> None:
    """Check the configuration and everything the studio leans on."""
    from bot.commands.doctor import report

    raise typer.Exit(0 if report() else 1)


@app.command(
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": [],
    }
)
def train(context: typer.Context) -> None:
    """Make the shipped models again, or better ones: see `mintmark train --help`."""
    from tools.training.commands import app as training

    training(context.args, prog_name="mintmark train")


@database.command()
def upgrade() -> None:
    """Bring the database to the schema of this program."""
    from bot.commands.database import bring_up

    bring_up()
