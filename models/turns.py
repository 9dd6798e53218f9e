"""Short steps on a cursor of their own that every worker takes in turn."""

from psycopg2 import errors as pg_errors

#: Other workers that may be first before a step gives up.
TURNS = 100


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
