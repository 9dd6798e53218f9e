"""Batches: refuse some operations and carry out the rest, write equal values together."""

from ...lib.errors import GatewayError, RetryLater, StopRun
from .entity import Refusals


def each(ops, build):
    """`build(op)` of every op; all that it refuses are refused at once, before any write."""
    out, errors = [], {}
    for op in ops:
        try:
            out.append(build(op))
        except (StopRun, RetryLater):
            raise  # nothing is wrong with the record
        except GatewayError as error:
            errors[id(op)] = error
    if errors:
        raise Refusals(errors)
    return out


def write_grouped(records, changes):
    """Write [(id, values)], rows with equal values together."""
    groups = {}
    for id_, values in changes:
        if values:
            groups.setdefault(repr(sorted(values.items())), (values, []))[1].append(id_)
    for values, ids in groups.values():
        records.browse(ids).write(values)
