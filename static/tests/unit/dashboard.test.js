import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { mockDate } from "@odoo/hoot-mock";
import {
    allowTranslations,
    contains,
    getService,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { chartData } from "@gateway_ng/dashboard/throughput";
import "@gateway_ng/dashboard/dashboard";

describe.current.tags("desktop");
defineMailModels();

const count = (values) => ({
    id: 21,
    entity: "product",
    label: "Products",
    units: false,
    odoo: 12,
    remote: 10,
    bound: 9,
    odoo_only: 3,
    remote_only: 1,
    counted: "2026-01-02 03:00:00",
    ...values,
});

const connector = (id, values) => ({
    id,
    name: `Shop ${id}`,
    state: "ready",
    state_label: "Live",
    late: false,
    last: "2026-01-02 03:00:00",
    last_run: { id: 7, state: "done", label: "Done" },
    running: 0,
    read: 0,
    failed: 0,
    letters: 0,
    conflicts: 0,
    counts: [],
    counted: false,
    ...values,
});

const data = (connectors, totals) => ({
    totals: {
        synced: 1200,
        failure_rate: 0.0123,
        letters: 0,
        conflicts: 0,
        late: [],
        last: "2026-01-02 03:00:00",
        running: 0,
        ...totals,
    },
    days_shown: 14,
    days: [{ day: "2026-01-02", written: 5, same: 3, trouble: 1 }],
    connectors,
});

/** Mounts the dashboard of what the server tells; `isOperator` is the user's role. Gives how often
 * the server was asked. */
async function mount(told, isOperator = true) {
    const calls = [];
    mockDate("2026-01-02 05:00:00", 0);
    onRpc("has_group", () => isOperator);
    onRpc("gateway.dashboard", "get_data", () => {
        calls.push("get_data");
        return told;
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({ type: "ir.actions.client", tag: "gateway_dashboard" });
    return calls;
}

/** What is opened from here on, in place of it. */
function opened() {
    const found = [];
    getService("action").doAction = (action, options) => found.push([action, options]);
    return found;
}

test("all is told by one call, and nothing waits where nothing does", async () => {
    expect(await mount(data([connector(1)]))).toEqual(["get_data"]);
    expect("[data-tile=synced]").toHaveText(/1,200/);
    expect("[data-tile=failure]").toHaveText(/1.2 %/);
    expect("[data-tile=last]").toHaveText(/2 hours ago/);
    expect("[data-tile=letters]").toHaveText(/nothing waits/);
    expect("[data-tile].border-danger").toHaveCount(0);
});

test("what waits for a person stands out, and who is late is named", async () => {
    const totals = { letters: 2, conflicts: 1, late: ["Shop 1", "Shop 2"], last: false };
    await mount(data([connector(1)], totals));
    expect("[data-tile=letters].border-danger").toHaveText(/wait for a person/);
    expect("[data-tile=conflicts].border-danger").toHaveText(/wait for a decision/);
    expect("[data-tile=late].border-danger").toHaveText(/Shop 1, Shop 2/);
    expect("[data-tile=last]").toHaveText(/never/);
});

test("without a connector one is led to set one up", async () => {
    await mount(data([]));
    expect("[data-tile]").toHaveCount(0);
    expect(".o_view_nocontent").toHaveText(/No shop is connected yet/);
    const found = opened();
    await contains(".o_view_nocontent button").click();
    expect(found).toEqual([["gateway_ng.action_connectors", undefined]]);
});

test("a connector's badge says the worst that is known of it", async () => {
    const failed = { id: 7, state: "failed", label: "Failed" };
    await mount(
        data([
            connector(1, { running: 1, late: true }),
            connector(2, { state: "paused", state_label: "Paused", last_run: failed }),
            connector(3, { last_run: failed, late: true }),
            connector(4, { late: true }),
            connector(5, { by_hand: true }),
            connector(6),
        ]),
    );
    const badges = queryAllTexts(".o_gateway_connector .badge");
    expect(badges).toEqual(["Syncing", "Paused", "Failed", "Late", "By hand", "On time"]);
});

test("what was synced opens as the server names it", async () => {
    onRpc("gateway.dashboard", "action_open_synced", () => ({ opens: "synced" }));
    await mount(data([connector(1)]));
    const found = opened();
    await contains("[data-tile=synced]").click();
    expect(found[0][0]).toEqual({ opens: "synced" });
});

test("conflicts of a connector open as its own", async () => {
    await mount(data([connector(8, { conflicts: 1 })]));
    const found = opened();
    await contains("a:contains(Conflicts: 1)").click();
    expect(found[0][0]).toBe("gateway_ng.action_conflicts");
    expect(found[0][1].additionalContext.search_default_connector_id).toBe(8);
});

test("a difference opens what the server names, and no difference is told as none", async () => {
    const counts = [count(), count({ id: 22, entity: "order", odoo_only: 0, remote_only: 0 })];
    onRpc("gateway.count", "action_open_odoo_only", ({ args }) => ({ opens: args }));
    await mount(data([connector(1, { counts })]));
    expect("[data-entity=order]").toHaveText(/none/);
    expect("[data-entity=order] a").toHaveCount(0);
    expect("[data-entity=product]").not.toHaveText(/gone/);
    const found = opened();
    await contains("[data-entity=product] a:contains(only in Odoo)").click();
    expect(found[0][0]).toEqual({ opens: [[21]] });
});

test("what is bound and is in the shop no more is no «none», and opens", async () => {
    const counts = [count({ odoo_only: 0, remote_only: 0, remote_gone: 2 })];
    onRpc("gateway.count", "action_open_remote_gone", ({ args }) => ({ opens: args }));
    await mount(data([connector(1, { counts })]));
    expect("[data-entity=product]").toHaveText(/2 gone from\s+the shop/);
    expect("[data-entity=product]").not.toHaveText(/none/);
    const found = opened();
    await contains("[data-entity=product] a:contains(gone from)").click();
    expect(found[0][0]).toEqual({ opens: [[21]] });
});

test("counting again asks the server to, and shows what it came to", async () => {
    const told = data([connector(1, { counts: [count()] })]);
    const counted = [];
    onRpc("gateway.connector", "action_count", ({ args }) => {
        counted.push(...args);
        told.connectors[0].counts = [count({ odoo: 99 })];
        return true;
    });
    const calls = await mount(told);
    await contains("button:contains(Count)").click();
    expect(counted).toEqual([[1]]);
    expect(calls).toEqual(["get_data", "get_data"]);
    expect("[data-entity=product]").toHaveText(/99/);
});

test("counts tell when they were taken, and stand out once they are old", async () => {
    const counts = [count()];
    const [fresh, old] = ["2026-01-02 04:30:00", "2026-01-02 02:59:00"];
    await mount(
        data([connector(1, { counts, counted: fresh }), connector(2, { counts, counted: old })]),
    );
    const told = queryAllTexts(".o_gateway_connector .o_gateway_counted");
    expect(told).toEqual(["Counted 30 minutes ago", "Counted 2 hours ago"]);
    expect(".o_gateway_counted.text-warning-emphasis").toHaveText("Counted 2 hours ago");
});

test("who may only look counts nothing", async () => {
    await mount(data([connector(1, { counts: [count()] })]), false);
    expect("[data-entity=product]").toHaveCount(1);
    expect("button:contains(Count)").toHaveCount(0);
});

test("the chart has a bar a day for what was written, what was not, and what needs a person", () => {
    allowTranslations();
    const days = [
        { day: "2026-01-02", written: 5, same: 3, trouble: 1 },
        { day: "2026-01-03", written: 0, same: 2, trouble: 0 },
    ];
    const chart = chartData(days);
    expect(chart.labels).toHaveLength(2);
    expect(chart.datasets.map((bar) => bar.data)).toEqual([
        [5, 0],
        [3, 2],
        [1, 0],
    ]);
});
