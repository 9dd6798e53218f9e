import { describe, expect, test } from "@odoo/hoot";
import { outcomeOf } from "@gateway_ng/changes/change_graph";

describe.current.tags("desktop");

const bar = (day, outcome) => JSON.stringify([{ "create_date:day": day }, { outcome }]);

test("bars of one outcome are of that outcome, on whatever day", () => {
    expect(outcomeOf(new Set([bar("2026-01-01", "dead"), bar("2026-01-02", "dead")]))).toBe("dead");
});

test("bars that are not by outcome keep the graph's colours", () => {
    const mixed = new Set([bar("2026-01-01", "dead"), bar("2026-01-01", "created")]);
    expect(outcomeOf(mixed)).toBe(undefined);
    expect(outcomeOf(new Set([JSON.stringify([{ entity: "order" }])]))).toBe(undefined);
});
