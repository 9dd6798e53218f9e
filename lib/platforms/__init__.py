"""The registry of platforms: what each is called, needs to connect, and how it is opened.

Adding a platform takes a module that builds a `Platform` and a call of `register`; built-in ones
are loaded on first use. Nothing here or above asks which platform it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from threading import RLock

from ..errors import StopRun
from .platform import Choice, Connect, Credential, Platform, SecretCache, Setting

__all__ = [
    "Choice",
    "Connect",
    "Credential",
    "Platform",
    "SecretCache",
    "Setting",
    "platform",
    "platforms",
    "register",
]

#: Built-in platforms: name → module here that has `PLATFORM`.
_BUILT_IN: Mapping[str, str] = {"shopify": ".shopify", "woocommerce": ".woocommerce"}

_registered: dict[str, Platform] = {}
_lock = RLock()


def register(new: Platform) -> None:
    """Make a platform known. The same name twice is refused: names stand in connectors."""
    with _lock:
        held = _registered.get(new.name)
        if held is new:
            return
        if held is not None or new.name in _BUILT_IN:
            raise ValueError(f"A platform named {new.name!r} is registered already.")
        _registered[new.name] = new


def platform(name: str) -> Platform:
    """The platform of this name; raises `StopRun` that lists the known ones."""
    with _lock:
        if name not in _registered and name in _BUILT_IN:
            loaded = import_module(_BUILT_IN[name], __name__).PLATFORM
            if not isinstance(loaded, Platform):
                raise TypeError(f"{_BUILT_IN[name]}.PLATFORM is no Platform")
            _registered[name] = loaded
        if name in _registered:
            return _registered[name]
    raise StopRun(
        f"There is no platform named {name!r}.",
        field="platform",
        cause="mapping",
        remedy=f"Use one of: {', '.join(sorted({*_BUILT_IN, *_registered}))}; "
        "or install the addon that brings it.",
    )


def platforms() -> list[Platform]:
    """All platforms, by label."""
    names = {*_BUILT_IN, *_registered}
    return sorted((platform(name) for name in names), key=lambda item: item.label.lower())
