"""The official Admin schema 2026-10 and its access rules, loaded when first used, then kept."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, build_schema

VERSION = "2026-10"
FOLDER = Path(__file__).parent / "schema"
SCOPE = re.compile(r"`((?:read|write)_[a-z_]+)`")


@lru_cache(maxsize=1)
def schema() -> GraphQLSchema:
    """The schema (about one second). `assume_valid`: a few fields are deprecated on a type but not
    on its interface, which graphql-core refuses."""
    with gzip.open(FOLDER / f"admin-{VERSION}.nodesc.graphql.gz", "rt", encoding="utf-8") as file:
        return build_schema(file.read(), assume_valid=True)


@lru_cache(maxsize=1)
def _access() -> Mapping[str, Mapping[str, Any]]:
    path = FOLDER / f"admin-{VERSION}.required-access.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rules: dict[str, dict[str, Any]] = json.load(file)
    return rules


def access_text(section: str, name: str) -> str:
    """What Shopify says is needed; `section` is mutations, queries or objects. Empty: nothing."""
    return str(_access().get(section, {}).get(name) or "")


def needs_b2b(section: str, name: str) -> bool:
    """Whether only shops that sell to companies have it."""
    return "access to B2B" in access_text(section, name)


@lru_cache(maxsize=4096)
def scopes_for(section: str, name: str) -> frozenset[str]:
    """The scopes of which one is enough; empty when none is asked for."""
    needed = access_text(section, name).split("Also:")[0]
    return frozenset(SCOPE.findall(needed))


def with_implied(scopes: tuple[str, ...] | list[str]) -> frozenset[str]:
    """A write scope contains its read scope."""
    implied = {"read_" + scope[6:] for scope in scopes if scope.startswith("write_")}
    return frozenset(scopes) | implied
