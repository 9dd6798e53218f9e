"""What several transactions may be about to make at the same moment is made by one of them."""

from odoo.tools import SQL

from ...lib.errors import RetryLater

#: Where a page's `Once` stands in the context of what its endpoint does; no client can send it.
ONCE = "gateway_once"


class Met(RetryLater):
    """Another transaction has made it since this one began: whoever begins anew finds it."""


class Once:
    """What one page makes. `can_begin_anew`: whether its transaction may be done again, with a
    fresh look at the database; inside somebody else's there is nothing to do about it."""

    def __init__(self):
        self.can_begin_anew = False

    def take(self, env, kind, names, look):
        """Keep others from making what is called by these `names` until the commit.

        Raises Met where one of them is there by now: `look(env)` says so of a database as it is
        seen by who begins now.
        """
        if not self.can_begin_anew or not names:
            return
        keys = sorted({f"{kind}|{str(name).casefold()}" for name in names})
        env.cr.execute(
            SQL(
                "SELECT pg_advisory_xact_lock(hashtextextended(key, 0))"
                " FROM unnest(%s::varchar[]) AS key",
                keys,
            )
        )
        with env.registry.cursor() as cr:
            if any(True for _found in look(env(cr=cr))):
                raise Met(f"another worker has just made what this one was about to: {kind}")


def once(env):
    """The `Once` of the page that is being settled; where there is none, one that lets pass."""
    found = env.context.get(ONCE)
    return found if isinstance(found, Once) else Once()
