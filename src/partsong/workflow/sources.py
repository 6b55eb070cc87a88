"""What music can come from, what each source needs, and whether that is set."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from partsong.errors import SourceError
from partsong.sources import (
    Setting,
    SourceInfo,
    environment_name,
    find_source,
    forget_settings,
    list_sources,
    place_of_setting,
    write_setting,
)
from partsong.workflow.consent import may_train

__all__ = [
    "KnownSource",
    "SetSetting",
    "describe_source",
    "describe_sources",
    "forget_source",
    "set_up_source",
]


@dataclass(frozen=True, slots=True)
class SetSetting:
    """A setting of a source and where it is set; its value is nobody's business.

    Parameters
    ----------
    setting
        What it is.
    environment
        Its name in the environment.
    place
        ``environment``, ``file`` or ``keyring``; empty where it is not set.

    Examples
    --------
    >>> SetSetting(Setting(name="user", meaning="You."), "PARTSONG_TINY_USER", "").to_dict()["set"]
    False
    """

    setting: Setting
    environment: str
    place: str

    def to_dict(self) -> dict[str, Any]:
        """Return the keys that ``--json`` prints."""
        return {
            "name": self.setting.name,
            "meaning": self.setting.meaning,
            "secret": self.setting.is_secret,
            "required": self.setting.is_required,
            "environment": self.environment,
            "set": bool(self.place),
            "place": self.place,
        }


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source and its settings.

    Parameters
    ----------
    info
        What there is to know of it.
    settings
        What it must be told, and where that is set.
    agreed
        Where its terms forbid to learn from it, whether the listener answers for that all the same;
        None where nobody has been asked.

    Examples
    --------
    >>> describe_source("exportify").state
    'nothing to set up'
    """

    info: SourceInfo
    settings: tuple[SetSetting, ...]
    agreed: bool | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the settings without which nothing works."""
        return tuple(known.setting.name for known in self.settings if known.setting.is_required)

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the settings without which nothing works, and which are not set."""
        return tuple(
            known.setting.name
            for known in self.settings
            if known.setting.is_required and not known.place
        )

    @property
    def state(self) -> str:
        """Whether it is set up: ``yes``, ``no`` or ``nothing to set up``."""
        if not self.needs:
            return "nothing to set up"
        return "no" if self.missing else "yes"

    def to_dict(self) -> dict[str, Any]:
        """Return the keys that ``--json`` prints."""
        return {
            "name": self.info.name,
            "title": self.info.title,
            "kind": self.info.kind,
            "description": self.info.description,
            "gives": list(self.info.gives),
            "usage": self.info.usage,
            "terms": self.info.terms,
            "may_train": self.info.may_train,
            "agreed": self.agreed,
            "analysis": self.info.analysis,
            "extra": self.info.extra,
            "state": self.state,
            "settings": [known.to_dict() for known in self.settings],
        }


def describe_sources() -> list[KnownSource]:
    """List every source, services and exports first, then the layouts of tables.

    Raises
    ------
    SecretsError
        If the file of settings is open to others, or broken.

    Examples
    --------
    >>> [known.info.name for known in describe_sources() if known.info.kind == "table"][0]
    'billboard'
    """
    return [_describe(info) for info in list_sources()]


def describe_source(name: str, *, catalog: Path | str | None = None) -> KnownSource:
    """Return one source.

    Parameters
    ----------
    name
        As in the list of sources.
    catalog
        The catalog's file, which remembers what the listener has agreed to.

    Raises
    ------
    SourceError
        If there is none of that name.
    SecretsError
        If the file of settings is open to others, or broken.

    Examples
    --------
    >>> describe_source("exportify").info.kind
    'table'
    """
    known = _describe(find_source(name))
    return (
        known if known.info.may_train else replace(known, agreed=may_train(name, catalog=catalog))
    )


def set_up_source(name: str, values: Mapping[str, str], *, keyring: bool = False) -> KnownSource:
    """Keep settings of a source, in place of those before; the others stay.

    Parameters
    ----------
    name
        As in the list of sources.
    values
        Name of a setting to its value.
    keyring
        Keep what is secret in the keyring of the system, not in the file.

    Returns
    -------
    KnownSource
        As it is set up now.

    Raises
    ------
    SourceError
        If there is no such source, or it has no such setting.
    SecretsError, MissingExtraError, OutputError
        If a setting cannot be kept.

    Examples
    --------
    >>> set_up_source("exportify", {"key": "1"})
    Traceback (most recent call last):
    partsong.errors.SourceError: exportify has no setting 'key'.
    """
    info = find_source(name)
    settings = {setting.name: setting for setting in info.settings}
    for unknown in [given for given in values if given not in settings]:
        raise SourceError(
            f"{name} has no setting {unknown!r}.",
            hint=f"Its settings: {', '.join(settings) or 'none'}.",
        )
    for setting, value in values.items():
        write_setting(name, setting, value, keyring=keyring and settings[setting].is_secret)
    return _describe(info)


def forget_source(name: str) -> tuple[str, ...]:
    """Remove what is kept of a source from the file of settings and the keyring.

    Parameters
    ----------
    name
        As in the list of sources.

    Returns
    -------
    tuple of str
        Names of the settings that were removed. Those of the environment stay.

    Raises
    ------
    SourceError
        If there is no such source.
    SecretsError, OutputError
        If the settings cannot be read or written.

    Examples
    --------
    >>> forget_source("exportify")
    ()
    """
    return forget_settings(find_source(name).name)


def _describe(info: SourceInfo) -> KnownSource:
    return KnownSource(
        info,
        tuple(
            SetSetting(
                setting,
                environment_name(info.name, setting.name),
                place_of_setting(info.name, setting.name),
            )
            for setting in info.settings
        ),
    )
