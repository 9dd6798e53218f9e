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
    entity: "Product",
    record: "Mug",
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
    fields: [],
    more: 0,
    ...values,
});

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
    await mount([connector({ fields: [row] })]);
    const texts = queryAllTexts(".o_gateway_fields tbody td");
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
    await mount([connector({ fields })]);
    expect(".o_gateway_fields tbody tr").toHaveCount(3);
    await contains("input[type=search]").edit(" PRICE ");
    expect(queryAllTexts(".o_gateway_fields tbody td:first-child")[0]).toInclude("Price");
    expect(".o_gateway_fields tbody tr").toHaveCount(1);
    await contains("input[type=search]").edit("a person");
    expect(".o_gateway_fields tbody tr").toHaveCount(1);
    expect(queryAllTexts(".o_gateway_fields tbody td:first-child")[0]).toInclude("Note");
});

test("a change opens where it is told of, and so do the run and the binding", async () => {
    await mount([connector({ fields: [change(9)] })]);
    const opened = [];
    getService("action").doAction = ({ res_model, res_id }) => opened.push([res_model, res_id]);
    await contains(".o_gateway_fields tbody td:eq(2) a").click();
    await contains(".o_gateway_fields tbody td:eq(6) a").click();
    await contains(".o_gateway_bindings tbody a").click();
    expect(opened).toEqual([
        ["gateway.change", 9],
        ["gateway.run", 7],
        ["gateway.binding", 5],
    ]);
});

test("many bindings are folded, few are not, and how many older changes there are is told", async () => {
    const many = [1, 2, 3, 4].map((id) => ({ ...connector().bindings[0], id }));
    await mount([connector(), connector({ id: 4, bindings: many, fields: [change(9)], more: 11 })]);
    expect("section:eq(0) details").toHaveAttribute("open");
    expect("section:eq(1) details").not.toHaveAttribute("open");
    expect("section:eq(1)").toHaveText(/Older ones in Changes: 11/);
    expect("section:eq(0) summary").toHaveText("Records of the shop that belong to this: 1");
});
