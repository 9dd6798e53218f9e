"""What a platform declares: its credential form, settings, entities, and how to connect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from ..clock import Clock
from ..endpoint import Endpoint, EntityInfo
from ..http import Trace, Transport


@dataclass(frozen=True, slots=True)
class Credential:
    """One line of the credential form. `secret` ones are masked, redacted and for managers only."""

    name: str
    label: str
    secret: bool = False
    required: bool = True
    help: str = ""
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of the platform itself (not of a mapping); shown beside the credentials."""

    name: str
    label: str
    type: Literal["char", "integer", "boolean", "choice"] = "char"
    default: Any = None
    help: str = ""
    choices: Sequence[Choice] = ()


class SecretCache(Protocol):
    """Keeps short-lived secrets (access tokens) between processes; written encrypted or not at all.

    `get` gives None for what is unknown or over. Names are chosen by the platform.
    """

    def get(self, name: str) -> str | None: ...

    def put(self, name: str, value: str, expires: datetime) -> None: ...


class Connect(Protocol):
    """Opens a connection. No I/O: a wrong credential shows at the first call or in `check`.

    Among the `settings` may be `locales`: codes of the languages that are carried besides its own.

    Raises `StopRun` naming the credential that is missing or malformed.
    """

    def __call__(
        self,
        credentials: Mapping[str, str],
        settings: Mapping[str, Any],
        clock: Clock | None = None,
        transport: Transport | None = None,
        trace: Trace | None = None,
        cache: SecretCache | None = None,
    ) -> Endpoint: ...


@dataclass(frozen=True, slots=True)
class Platform:
    """A kind of system. `mappings` is the folder under `mappings/` with its shipped documents."""

    name: str
    label: str
    connect: Connect
    entities: Sequence[str]
    credential_form: Sequence[Credential]
    settings: Sequence[Setting] = ()
    mappings: str = ""
    docs: str = ""
    #: What its entities are, known without a connection: mappings are checked against it at save.
    entity_infos: Mapping[str, EntityInfo] = field(default_factory=dict)
    #: Names of credentials of which at least one must be filled in, group by group.
    one_of: Sequence[Sequence[str]] = field(default_factory=tuple)
    #: Names of credentials and settings that say where it is called; the first that is filled in
    #: counts.
    addresses: Sequence[str] = ()

    def labels(self) -> dict[str, str]:
        """Name → label of all that is entered for it."""
        lines: list[Credential | Setting] = [*self.credential_form, *self.settings]
        return {line.name: line.label for line in lines}

    def to_connect(self) -> list[Credential | Setting]:
        """The credentials, and those settings that say where it is called."""
        return [*self.credential_form, *(s for s in self.settings if s.name in self.addresses)]

    def secrets(self, credentials: Mapping[str, str]) -> list[str]:
        """The values among `credentials` that must never be shown."""
        names = [line.name for line in self.credential_form if line.secret]
        return [credentials[name] for name in names if credentials.get(name)]
