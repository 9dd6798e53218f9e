"""Writes, one module an entity; each turns ops into as few mutations as there can be."""

from __future__ import annotations
