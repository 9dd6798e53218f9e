"""Sentences of the pipeline: matching, deciding, carrying."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

SYNC = (
    _lt("this %(entity)s is owed a write and is there, but hidden from the integration user"),
    _lt(
        "Give the connector's integration user the right to read it (its groups, its "
        "companies, the record rules), then retry."
    ),
    _lt("its %(entity)s %(element)s belongs to the %(owner)s %(other)s"),
    _lt(
        "without %(what)s this %(entity)s could not be found again if its create got no "
        "answer, and would be created twice"
    ),
    _lt("an identity"),
    _lt("Fill %(said)s at the source, or name another identity in the mapping, then retry."),
    _lt("Name an identity in the mapping, then retry."),
    _lt("a %(entity)s can't be created by itself"),
    _lt("Sync the record that this %(entity)s belongs to first."),
    _lt(
        "the %(entity)s it is bound to, %(id)s, is hidden from the connector: none is made "
        "in its place"
    ),
    _lt("the id has a NUL character or half a surrogate pair, which can't be stored"),
    _lt("Mend the id at the source; the record can't be synced under it."),
    _lt("%(count)s records have this %(key)s: %(ids)s"),
    _lt("Give each its own value, or bind the right one by hand, then retry."),
    _lt("its match %(id)s is already bound to %(other)s"),
    _lt("Two records share one identity (for example an SKU): make it unique, then retry."),
    _lt("no %(entity)s on the other side to update"),
    _lt(
        "Nothing to do: the next look for deletes (once a day) settles its binding. Sooner: "
        "delete the entity's watermarks, then sync."
    ),
    _lt("Nothing to do."),
    _lt("discarded dead letter"),
    _lt("its dead letter was discarded: %(why)s"),
    _lt("This is a defect of the platform's client; report it."),
    _lt("%(id)s is not there any more"),
    _lt("Mend the cause, then resume the run: the page is read and settled again."),
    _lt(
        "%(most)s of %(count)s %(entity)s records failed alike (%(where)s), for example: %(error)s"
    ),
    _lt("%(entity)s %(id)s was bound to another record meanwhile"),
    _lt("%(count)s writes gave %(found)s results"),
    _lt("%(count)s writes of %(name)s gave %(found)s results"),
    _lt("One %(entity)s is in one %(owner)s only: take it out of one, then retry."),
    _lt(
        "Give the connector the right to read it (in Odoo the groups, companies and record "
        "rules of its integration user; in the shop what the check of the connection misses),"
        " then retry; or make it a %(entity)s again, if it is none any more."
    ),
    _lt("the mapping of %(entity)s takes more than %(seconds)s seconds for a page"),
    _lt("Make its lambdas simpler, or the connector's pages smaller; then resume the run."),
    _lt("accounting is off: %(read)s records read, %(counts)s accounted for"),
    _lt("This is a defect of the gateway; report it with the run's number."),
)
