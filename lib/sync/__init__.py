"""The pipeline: one page of one flow, from records to settled bindings, over any two endpoints.

    records → bindings → transform → references → match → load → merge → write → read back → settle

A target whose writes belong to the caller's transaction is settled in one. Any other is settled in
three short ones: bindings read; intents kept (a create is «creating» under its key); outcome kept.
No transaction is open while such a target is called.
"""

from __future__ import annotations

from .flow import Counts, Flow
from .page import settle_page
from .reconcile import reconcile
from .undo import Done, undo
from .unsent import Edit, unsent

__all__ = ["Counts", "Done", "Edit", "Flow", "reconcile", "settle_page", "undo", "unsent"]
