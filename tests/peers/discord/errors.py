"""Refusals in Discord's own form: an HTTP status, a code, and a message."""

from typing import Any

Json = dict[str, Any]


class DiscordError(Exception):
    """A refused request."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code}: {message} {errors or ''}".rstrip())
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> Json:
        """What is sent to the client."""
        body: Json = {"message": self.message, "code": self.code}
        return {**body, "errors": self.errors} if self.errors else body


def not_found(code: int, what: str) -> DiscordError:
    """Something that does not exist."""
    return DiscordError(404, code, f"Unknown {what}")


def unknown_channel() -> DiscordError:
    return not_found(10003, "Channel")


def unknown_guild() -> DiscordError:
    return not_found(10004, "Guild")


def unknown_member() -> DiscordError:
    return not_found(10007, "Member")


def unknown_message() -> DiscordError:
    return not_found(10008, "Message")


def unknown_role() -> DiscordError:
    return not_found(10011, "Role")


def unknown_user() -> DiscordError:
    return not_found(10013, "User")


def unknown_webhook() -> DiscordError:
    return not_found(10015, "Webhook")


def unknown_interaction() -> DiscordError:
    return not_found(10062, "interaction")


def unknown_command() -> DiscordError:
    return not_found(10063, "application command")


def already_acknowledged() -> DiscordError:
    return DiscordError(400, 40060, "Interaction has already been acknowledged.")


def token_expired() -> DiscordError:
    return DiscordError(401, 50027, "Invalid Webhook Token")


def missing_access() -> DiscordError:
    return DiscordError(403, 50001, "Missing Access")


def missing_permissions() -> DiscordError:
    return DiscordError(403, 50013, "Missing Permissions")


def unauthorized() -> DiscordError:
    return DiscordError(401, 0, "401: Unauthorized")
