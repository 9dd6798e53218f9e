"""How far Odoo's `write_date` can be trusted: no transaction still open began before the horizon.

`write_date` is the *start* of the writing transaction. One that began at 10:00 and writes at 10:06
leaves rows dated 10:00; a watermark past its start would never see them.
"""

from datetime import timedelta, timezone

#: A session whose transaction we may not see (another database role) may be this old. One of no
#: role at all is PostgreSQL's own, such as autovacuum, and writes no record.
UNKNOWN_AGE = timedelta(minutes=30)

_OLDEST = """
    SELECT min(xact_start) AT TIME ZONE 'UTC',
           bool_or(xact_start IS NULL AND query = '<insufficient privilege>'
                   AND usesysid IS NOT NULL),
           now() AT TIME ZONE 'UTC'
      FROM pg_stat_activity
     WHERE datname = current_database()
"""


def horizon(cr):
    """(aware UTC time, all sessions visible?): the watermark may reach this time, not pass it.

    The own transaction counts too: what it writes later carries its start.
    """
    cr.execute(_OLDEST)
    oldest, hidden, now = cr.fetchone()
    moment = min(oldest or now, now)
    if hidden:
        moment = min(moment, now - UNKNOWN_AGE)
    return moment.replace(tzinfo=timezone.utc), not hidden
