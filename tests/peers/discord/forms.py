"""The form of a request body: what is wrong with it, said the way Discord says it."""

from collections.abc import Iterable
from typing import Any

from tests.peers.discord.errors import DiscordError

Json = dict[str, Any]
Path = tuple[str | int, ...]


class Form:
    """Collects what is wrong, then refuses all of it at once with 50035."""

    def __init__(self) -> None:
        self.errors: Json = {}

    def bad(self, path: Path, code: str, message: str) -> None:
        """Note one fault at a place in the body."""
        place = self.errors
        for step in path:
            place = place.setdefault(str(step), {})
        place.setdefault("_errors", []).append({"code": code, "message": message})

    def check(self) -> None:
        """Refuse the body if anything was wrong with it."""
        if self.errors:
            raise DiscordError(400, 50035, "Invalid Form Body", self.errors)

    def text(
        self, body: Json, key: str, path: Path, most: int, least: int = 0, *, required: bool = False
    ) -> str | None:
        """A text field with a length between two bounds."""
        value = body.get(key)
        here = (*path, key)
        if value is None:
            if required:
                self.bad(here, "BASE_TYPE_REQUIRED", "This field is required")
            return None
        if not isinstance(value, str):
            self.bad(here, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.')
            return None
        if len(value) < least and least == 1 and required and not value:
            self.bad(here, "BASE_TYPE_REQUIRED", "This field is required")
        elif least and not least <= len(value) <= most:
            bounds = f"Must be between {least} and {most} in length."
            self.bad(here, "BASE_TYPE_BAD_LENGTH", bounds)
        elif len(value) > most:
            self.bad(here, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        return value

    def number(
        self, body: Json, key: str, path: Path, least: float, most: float, *, required: bool = False
    ) -> float | None:
        """A number field between two bounds."""
        value = body.get(key)
        here = (*path, key)
        if value is None:
            if required:
                self.bad(here, "BASE_TYPE_REQUIRED", "This field is required")
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.bad(here, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
            return None
        if value > most:
            message = f"int value should be less than or equal to {most}."
            self.bad(here, "NUMBER_TYPE_MAX", message)
        elif value < least:
            message = f"int value should be greater than or equal to {least}."
            self.bad(here, "NUMBER_TYPE_MIN", message)
        return value

    def items(
        self, body: Json, key: str, path: Path, most: int, least: int = 0, *, required: bool = False
    ) -> list[Any]:
        """A list field with a length between two bounds."""
        value = body.get(key)
        here = (*path, key)
        if value is None:
            if required:
                self.bad(here, "BASE_TYPE_REQUIRED", "This field is required")
            return []
        if not isinstance(value, list):
            self.bad(here, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if least and not least <= len(value) <= most:
            bounds = f"Must be between {least} and {most} in length."
            self.bad(here, "BASE_TYPE_BAD_LENGTH", bounds)
        elif len(value) > most:
            self.bad(here, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        return value

    def choice(self, value: Any, path: Path, allowed: Iterable[Any]) -> bool:
        """A field whose value must be one of a few."""
        known = tuple(allowed)
        if isinstance(value, bool) or value not in known:
            message = f"Value must be one of {{{', '.join(map(str, known))}}}."
            self.bad(path, "BASE_TYPE_CHOICES", message)
            return False
        return True
