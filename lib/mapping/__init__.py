"""Mapping documents: layers → effective document → compiled transform (docs/mapping.md)."""

from __future__ import annotations

from .checks import check_creates
from .coercion import TYPES, Type
from .compile import compile_mapping
from .document import parse, to_text, version_of
from .explain import explain, render_tables
from .fields import FieldSpec, ReferenceSpec
from .languages import spread
from .layers import Effective, effective, merge
from .links import Links, link
from .mapping import Mapping
from .optional import fitting
from .parts import difference, entry, place, same, with_entry
from .problem import ABSENT, Problem
from .record import CompiledRecord
from .references import Ref, Resolved, references, resolve
from .schema import document_schema
from .transforms import TRANSFORMS, Argument, Transform, register_transform

__all__ = [
    "ABSENT",
    "TRANSFORMS",
    "TYPES",
    "Argument",
    "CompiledRecord",
    "Effective",
    "FieldSpec",
    "Links",
    "Mapping",
    "Problem",
    "Ref",
    "ReferenceSpec",
    "Resolved",
    "Transform",
    "Type",
    "check_creates",
    "compile_mapping",
    "difference",
    "document_schema",
    "effective",
    "entry",
    "explain",
    "fitting",
    "link",
    "merge",
    "parse",
    "place",
    "references",
    "register_transform",
    "render_tables",
    "resolve",
    "same",
    "spread",
    "to_text",
    "version_of",
    "with_entry",
]
