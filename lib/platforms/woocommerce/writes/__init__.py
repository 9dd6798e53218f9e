"""Carrying out writes: one module a kind of record, and the batches they share."""

from __future__ import annotations
