"""The `mintmark` command.

Everything heavy is imported by the command that needs it, so that `mintmark --help` is quick.
"""

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
    except MintmarkError as error:
        typer.secho(str(error), fg="red", err=True)
        raise SystemExit(1) from None


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
    from bot.commands.studio import open_terminal

    open_terminal(name, role, guild, channel)


@app.command()
def worker() -> None:
    """Do the durable work of a data folder without a front end, until SIGTERM."""
    from bot.commands.worker import work

    work()


@app.command()
def doctor() -> None:
    """Check the configuration and everything the studio leans on."""
    from bot.commands.doctor import report

    raise typer.Exit(0 if report() else 1)


@database.command()
def upgrade() -> None:
    """Bring the database to the schema of this program."""
    from bot.commands.database import bring_up

    bring_up()
