"""What has to hold of the gateway's own tables when everything is at rest: a query each that finds
what breaks it."""

from __future__ import annotations

from .scene import Scene

OUTCOMES = ("created", "updated", "unchanged", "filtered", "held", "dead", "repeated", "deleted")
SUM = " + ".join(f"COALESCE(count_{name}, 0)" for name in OUTCOMES)

#: What it says → a query of what breaks it.
RULES = {
    "each page's outcomes add up to what was read": (
        f"SELECT id, count_read FROM gateway_page WHERE state = 'settled' AND count_read != {SUM}"
    ),
    "no page is open": "SELECT id, state FROM gateway_page WHERE state != 'settled'",
    "no flow is open": "SELECT id, entity, state FROM gateway_flow WHERE state != 'done'",
    "no run is open": "SELECT id, state, error FROM gateway_run WHERE state != 'done'",
    "no dead letter and no conflict is left": (
        "SELECT source_id, error FROM gateway_dead_letter WHERE state = 'open'"
        " UNION ALL SELECT source_id, 'conflict' FROM gateway_conflict WHERE state = 'open'"
    ),
    "no job waits or hangs": (
        "SELECT uuid, state FROM queue_job WHERE state IN"
        " ('pending', 'enqueued', 'started', 'wait_dependencies')"
    ),
    "no record is bound twice, none half": (
        "SELECT entity, remote_id, count(*) FROM gateway_binding"
        " GROUP BY connector_id, entity, remote_id"
        " HAVING count(*) > 1 OR min(state) != 'bound' OR max(state) != 'bound'"
    ),
    "no Odoo record is bound to two of the shop": (
        "SELECT entity, res_model, res_id, count(*) FROM gateway_binding"
        " WHERE res_id IS NOT NULL AND entity IN ('product', 'variant', 'customer', 'order')"
        " GROUP BY entity, res_model, res_id HAVING count(*) > 1"
    ),
}


def broken(scene: Scene) -> list[str]:
    """Rules that do not hold, with up to five rows that break each."""
    found = ((rule, scene.query(query)) for rule, query in RULES.items())
    return [f"{rule}: {len(rows)} do not, as {rows[:5]}" for rule, rows in found if rows]


def written(scene: Scene, run: int) -> dict[str, int]:
    """What a run wrote or left undone, by flow, outcome and fields; empty for a quiet one."""
    rows = scene.query(
        "SELECT concat_ws(' ', c.entity, c.direction, c.outcome, (SELECT string_agg(name, ', ')"
        " FROM jsonb_object_keys(c.field_changes) AS f(name))), count(*) FROM gateway_change c"
        " WHERE c.run_id = %s AND c.outcome NOT IN ('unchanged', 'filtered', 'repeated')"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20",
        run,
    )
    return {name: int(count) for name, count in rows}


def retaken(scene: Scene) -> dict[str, int]:
    """How often the gateway had to take over: runs by the dispatcher, pages by another worker."""
    (row,) = scene.query(
        "SELECT (SELECT COALESCE(sum(epoch - 1), 0) FROM gateway_run),"
        " (SELECT count(*) FROM gateway_page WHERE attempts > 1),"
        " (SELECT count(*) FROM queue_job WHERE state = 'failed'),"
        " (SELECT count(*) FROM gateway_page), (SELECT COALESCE(sum(count_read), 0)"
        " FROM gateway_page)"
    )
    names = ("runs taken over", "pages tried again", "jobs failed", "pages", "records read")
    return dict(zip(names, map(int, row), strict=True))
