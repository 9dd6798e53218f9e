"""Steps that meet other transactions: one of several workers is first, the others begin anew."""

import logging

from psycopg2 import errors as pg_errors

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

#: Other workers that may be first before a step gives up.
TURNS = 100
#: How often a longer step is begun.
TRIES = 5


def in_turn(registry, step):
    """What `step(cr)` gives, committed. Odoo's cursors see one snapshot, so a step that met a row
    which another worker was changing begins anew with a fresh one."""
    for turn in range(TURNS):
        try:
            with registry.cursor() as cr:
                return step(cr)
        except pg_errors.SerializationFailure:
            if turn == TURNS - 1:
                raise
    return None


def anew(cr, step):
    """What `step()` gives, which commits what it keeps. Where it met another transaction (both want
    the other's rows, or a row was changed since it looked), it begins anew with a fresh look."""
    for left in reversed(range(TRIES)):
        try:
            return step()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            cr.rollback()
            if not left:
                raise
            _logger.info("Gateway: begins anew, for it met another worker: %s", error)
    return None
