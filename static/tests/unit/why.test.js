import { describe, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { contains, getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import "@gateway_ng/why/why";

describe.current.tags("desktop");
defineMailModels();

const change = (id, values) => ({
    id,
    field: "Name",
    old: "",
    new: "Mug",
    why: "",
    time: "2026-01-02 03:04:05",
    direction: "import",
    version: false,
    run: { id: 7, name: "Run 7" },
    ...values,
});

const connector = (values = {}) => ({
    id: 3,
    name: "Mug shop",
    settled: "2026-01-02 03:04:05",
    run: { id: 7, name: "Run 7", ended: false },
    bindings: [
        {
            id: 5,
            entity: "Product",
            record: "Mug",
            remote: "71",
            state: "Bound",
            settled: "2026-01-02 03:04:05",
            pending: "",
            diverged: "",
        },
    ],
    unsent: [],
    when: "They go out with the next sync: tomorrow.",
    waits: [],
    groups: [],
    more: 0,
    ...values,
});

const group = (fields, values = {}) => ({ entity: "Product", record: "Mug", fields, ...values });
const ROWS = ".o_gateway_fields tbody tr:not(.o_gateway_group)";

/** Mounts what the server tells of a product; gives what it was asked. */
async function mount(connectors) {
    const asked = [];
    onRpc("gateway.binding", "why", ({ args }) => {
        asked.push(args);
        return { name: "Mug", connectors };
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "gateway_why",
        params: { model: "product.template", id: 12 },
    });
    return asked;
}

test("what is asked for is the record that the button stood on", async () => {
    expect(await mount([connector()])).toEqual([["product.template", 12]]);
    expect(".o_breadcrumb").toHaveText(/Sync of Mug/);
});

test("a record that no shop has says so", async () => {
    await mount([]);
    expect(".o_view_nocontent").toHaveText(/Not synced with any shop/);
    expect("section").toHaveCount(0);
});

test("a change says what was, what is, from where and why", async () => {
    const row = change(9, { old: "Cup", why: "The shop won", version: { id: 4, name: "ab12" } });
    await mount([connector({ groups: [group([row])] })]);
    const texts = queryAllTexts(`${ROWS} td`);
    expect(texts[1]).toInclude("Mug");
    expect(texts[1]).toInclude("was Cup");
    expect(texts[3]).toBe("Shop → Odoo");
    expect(texts[4]).toBe("The shop won");
    expect(texts[5]).toBe("ab12");
});

test("only fields that hold what is looked for stay, whatever its case", async () => {
    const fields = [
        change(1, { field: "Name" }),
        change(2, { field: "Price", new: "4.50", direction: "export" }),
        change(3, { field: "Note", why: "a person decided so" }),
    ];
    await mount([connector({ groups: [group(fields)] })]);
    expect(ROWS).toHaveCount(3);
    await contains("input[type=search]").edit(" PRICE ");
    expect(queryAllTexts(`${ROWS} td:first-child`)[0]).toInclude("Price");
    expect(ROWS).toHaveCount(1);
    await contains("input[type=search]").edit("a person");
    expect(ROWS).toHaveCount(1);
    expect(queryAllTexts(`${ROWS} td:first-child`)[0]).toInclude("Note");
});

test("a change opens where it is told of, and so do the run and the binding", async () => {
    await mount([connector({ groups: [group([change(9)])] })]);
    const opened = [];
    getService("action").doAction = ({ res_model, res_id }) => opened.push([res_model, res_id]);
    await contains(`${ROWS} td:eq(2) a`).click();
    await contains(`${ROWS} td:eq(6) a`).click();
    await contains(".o_gateway_bindings tbody a").click();
    expect(opened).toEqual([
        ["gateway.change", 9],
        ["gateway.run", 7],
        ["gateway.binding", 5],
    ]);
});

test("many bindings are folded, few are not, and how many older changes there are is told", async () => {
    const many = [1, 2, 3, 4].map((id) => ({ ...connector().bindings[0], id }));
    await mount([
        connector(),
        connector({ id: 4, bindings: many, groups: [group([change(9)])], more: 11 }),
    ]);
    expect("section:eq(0) details").toHaveAttribute("open");
    expect("section:eq(1) details").not.toHaveAttribute("open");
    expect("section:eq(1)").toHaveText(/Older ones in Changes: 11/);
    expect("section:eq(0) summary").toHaveText("Records of the shop that belong to this: 1");
});

test("fields stand under the record that has them, and a group without any is not shown", async () => {
    const groups = [
        group([change(1)]),
        group([change(2, { field: "Unit price", new: "4,50" })], {
            entity: "Order",
            record: "S1 · Cup",
        }),
    ];
    await mount([connector({ groups })]);
    expect(queryAllTexts(".o_gateway_group")).toEqual(["Product Mug", "Order S1 · Cup"]);
    await contains("input[type=search]").edit("cup");
    expect(queryAllTexts(".o_gateway_group")).toEqual(["Order S1 · Cup"]);
    expect(ROWS).toHaveCount(1);
});

test("an edit that the shop has not got yet is told with when it goes out", async () => {
    const edit = { field: "Name", before: "Mug", now: "Cup", note: "" };
    const taken = { field: "Price", before: "4", now: "5", note: "It waits for a decision." };
    await mount([connector({ unsent: [group([edit, taken])] })]);
    expect(".o_gateway_unsent").toHaveText(/Name: Mug → Cup/);
    expect(".o_gateway_unsent li:eq(0) em").toHaveCount(0);
    expect(".o_gateway_unsent li:eq(1)").toHaveText(/4 → 5\s*It waits for a decision/);
    expect(".o_gateway_unsent").toHaveText(/next sync: tomorrow/);
});

test("without such an edit nothing is told of the next sync", async () => {
    await mount([connector()]);
    expect(".o_gateway_unsent, .o_gateway_waits").toHaveCount(0);
});

test("what waits for somebody opens", async () => {
    const waits = [{ model: "gateway.conflict", id: 8, text: "Both sides changed it" }];
    await mount([connector({ waits })]);
    const opened = [];
    getService("action").doAction = ({ res_model, res_id }) => opened.push([res_model, res_id]);
    await contains(".o_gateway_waits a").click();
    expect(opened).toEqual([["gateway.conflict", 8]]);
});
