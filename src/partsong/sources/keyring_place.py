"""The keyring of the system as a place for settings, through the extra of that name."""

from collections.abc import Callable
from typing import Final

from partsong.errors import MissingExtraError, SecretsError

__all__ = ["KeyringPlace"]

_SERVICE: Final = "partsong"


class KeyringPlace:
    """Read, write and forget settings in the keyring.

    Every call raises :class:`SecretsError` where the keyring does not answer.

    Raises
    ------
    MissingExtraError
        If its package is not installed.
    """

    def __init__(self) -> None:
        try:
            import keyring
            import keyring.errors
        except ImportError as error:
            raise MissingExtraError("keyring", "The keyring") from error
        self._keyring = keyring
        self._error = keyring.errors.KeyringError

    def read(self, source: str, name: str) -> str | None:
        """Return a setting, None where the keyring does not hold it."""
        found: list[str | None] = []
        self._ask(lambda: found.append(self._keyring.get_password(_SERVICE, f"{source}.{name}")))
        return found[0]

    def write(self, source: str, name: str, value: str) -> None:
        """Keep a setting in place of the one before."""
        self._ask(lambda: self._keyring.set_password(_SERVICE, f"{source}.{name}", value))

    def forget(self, source: str, name: str) -> None:
        """Remove a setting, if it is there."""
        if self.read(source, name) is not None:
            self._ask(lambda: self._keyring.delete_password(_SERVICE, f"{source}.{name}"))

    def _ask(self, question: Callable[[], object]) -> None:
        try:
            question()
        except self._error as error:
            # Without the cause: what a keyring says might hold what it was given.
            raise SecretsError(
                f"The keyring does not answer ({type(error).__name__}).",
                hint="Unlock it, or keep the setting in the file: leave out --keyring.",
            ) from None
