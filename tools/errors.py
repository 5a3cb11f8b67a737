"""Every error a person can meet, in one small tree.

    MintmarkError
    ├── InvalidInput          what was sent is wrong; the message says what would be right
    ├── NotFound              nothing has that name or id
    ├── Refused               the actor may not do this
    ├── Conflict              the thing changed meanwhile: decided, closed, already there
    ├── ConfigurationError    the settings are wrong; the message says how to mend them
    ├── ServiceUnavailable    something outside (a chain, an endpoint, the disk) does not answer
    ├── IntegrityError        something is not what its record says
    └── OutsideRecord         an effect was called outside an open record (a mistake in the code)

A front end shows the message as it stands, never a traceback.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class MintmarkError(Exception):
    """Root of the tree. `str(error)` is a sentence fit for the person who caused it.

    Args:
        template: the sentence, in English, with `{name}` where a fact belongs.
        facts: what is put in; kept apart, so that a front end can say the sentence in another
            language. Without facts the template is the sentence as it stands.
    """

    def __init__(self, template: str = "", **facts: object) -> None:
        self.template = template
        self.facts = facts
        super().__init__(template.format(**facts) if facts else template)


class InvalidInput(MintmarkError):
    """What was sent is wrong; the message says what would be right."""


class NotFound(MintmarkError):
    """Nothing has that name or id."""


class Refused(MintmarkError):
    """The actor may not do this."""


class Conflict(MintmarkError):
    """The thing changed meanwhile: already decided, closed, or taken."""


class ConfigurationError(MintmarkError):
    """The settings are wrong; the message says how to mend them."""


class ServiceUnavailable(MintmarkError):
    """Something outside the program (a chain, an endpoint, the disk) does not answer."""


class IntegrityError(MintmarkError):
    """Something is not what its record says."""


class OutsideRecord(MintmarkError):
    """An effect was called outside an open record: a mistake in the code, not in the input."""


def in_words(error: "ValidationError") -> str:
    """Pydantic's findings as one sentence for a person."""
    findings = []
    for item in error.errors(include_url=False):
        where = ".".join(map(str, item["loc"]))
        message = item["msg"].removeprefix("Value error, ")
        findings.append(f"{where}: {message}" if where else message)
    return "; ".join(findings) + ("" if findings[-1].endswith((".", "!", "?")) else ".")
