import { describe, expect, test } from "@odoo/hoot";
import { click, queryAllAttributes, queryOne, setInputFiles, waitFor } from "@odoo/hoot-dom";
import {
    contains,
    getService,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { downloadFile } from "@web/core/network/download";
import { WebClient } from "@web/webclient/webclient";
import "@gateway_ng/mapping_editor/mapping_editor";

describe.current.tags("desktop");
defineMailModels();

const KEPT = `{"record": {"name": null}}`;
const CHANGED = `{"record": {"lines": {}}}`;
const PLACE = [7, "product", "import", "connector"];
const row = (path, spec, more = {}) => ({
    path,
    field: path.join("."),
    at: `/record/${path.join("/list/record/")}`,
    type: "char",
    reference: "",
    says: spec.MAPTO,
    reads: [],
    layer: "shipped",
    spec: JSON.stringify(spec),
    element: null,
    ...more,
});
const ROWS = [
    row(["state"], { MAPTO: "status", values: { a: "b" } }),
    row(
        ["lines"],
        { MAPTO: "lineItems", list: { key: "id" } },
        {
            type: "list",
            element: {
                sources: [{ name: "sku", type: "char", sample: "HAT" }],
                unmapped_source: [{ name: "grams", type: "", sample: "" }],
                unmapped_target: [{ name: "weight", type: "decimal" }],
            },
        },
    ),
    row(
        ["lines", "product_id"],
        { MAPTO: "variantId", reference: { entity: "variant" } },
        { type: "reference", reference: "Variant" },
    ),
    row(["lines", "name"], { MAPTO: "title", type: "char" }),
];
const TABLE = {
    rows: [],
    references: [],
    source: "Product",
    model: "product.template",
    version: "0123456789abcdef",
    unmapped_source: [],
    unmapped_target: [],
    source_fields: [],
};
const revision = (id, note) => ({ id, note, who: "Ann", when: "2026-01-02 03:00:00" });

/** Opens the editor at one of its tabs; each call to the server is a step. */
async function open(tab, { rows = [], problems = [] } = {}) {
    const table = { ...TABLE, rows };
    onRpc("gateway.mapping", "*", ({ method, args }) => {
        if (method === "editor_choices") {
            return {
                connectors: [
                    {
                        id: 7,
                        name: "Shop",
                        flows: [{ entity: "product", direction: "import", label: "Products" }],
                    },
                ],
                layers: [{ name: "connector", label: "Connector" }],
                types: [],
                transforms: [],
            };
        }
        expect.step(`${method} ${JSON.stringify(args)}`);
        if (method === "editor_check") {
            return { problems, table };
        }
        if (method === "editor_set_field") {
            return CHANGED;
        }
        return {
            text: KEPT,
            table,
            revisions: [revision(12, "newest"), revision(11, "older")],
            manages: true,
            is_shipped_below: true,
        };
    });
    onRpc("gateway.mapping.revision", "*", ({ method, args }) => {
        expect.step(`${method} ${JSON.stringify(args)}`);
        return true;
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "gateway_mapping_editor",
    });
    await contains(`[data-tab=${tab}]`).click();
    expect.verifySteps([`editor_load ${JSON.stringify(PLACE)}`]);
}

test("Export gives the layer's JSON as a file named by what it maps", async () => {
    const given = [];
    patchWithCleanup(downloadFile, { _download: (...args) => given.push(args) });
    await open("json");
    await contains(".o_gateway_json button:contains(Export)").click();
    expect(given).toHaveLength(1);
    const [blob, name] = given[0];
    expect(await blob.text()).toBe(KEPT);
    expect(name).toBe("product.import.connector.json");
});

test("Import puts a file's text in the layer, checks it and saves nothing", async () => {
    await open("json");
    let asked = 0;
    queryOne(".o_gateway_json input[type=file]").addEventListener("click", () => asked++);
    await click(".o_gateway_json button:contains(Import)");
    expect(asked).toBe(1);
    const text = `{"record": {"name": {"MAPTO": "title"}}}`;
    await setInputFiles([new File([text], "layer.json", { type: "application/json" })]);
    await expect.waitForSteps([`editor_check ${JSON.stringify([...PLACE, text])}`]);
    await waitFor("button:contains(Save):enabled");
});

test("Check says that a mapping is valid, and nothing of the kind where it is not", async () => {
    await open("json");
    await contains(".o_gateway_json button:contains(Check)").click();
    await waitFor(".o_notification:contains(The mapping is valid.)");
    expect.verifySteps([`editor_check ${JSON.stringify([...PLACE, KEPT])}`]);
});

test("Check of a mapping that is wrong shows what is, and no more", async () => {
    await open("json", { problems: [{ message: "no such field", remedy: "" }] });
    await contains(".o_gateway_json button:contains(Check)").click();
    await waitFor(".o_gateway_problem:contains(no such field)");
    expect(".o_notification").toHaveCount(0);
    expect.verifySteps([`editor_check ${JSON.stringify([...PLACE, KEPT])}`]);
});

test("Restore of an older version restores that one and reads the layer anew", async () => {
    await open("history");
    expect(".o_gateway_revisions tr:contains(newest) button:contains(Restore)").toHaveCount(0);
    await contains(".o_gateway_revisions tr:contains(older) button:contains(Restore)").click();
    await expect.waitForSteps(["action_restore [[11]]", `editor_load ${JSON.stringify(PLACE)}`]);
    await waitFor(".o_notification:contains(Restored)");
});

test("What was restored or saved says that settled records keep theirs, and carries it to them", async () => {
    await open("history");
    await contains(".o_gateway_revisions tr:contains(older) button:contains(Restore)").click();
    await waitFor(".o_notification:contains(keep what they have)");
    await contains(".o_notification button:contains(Carry to all records)").click();
    await waitFor(".modal-title:contains(Carry to all records)");
    expect.verifySteps(["action_restore [[11]]", `editor_load ${JSON.stringify(PLACE)}`]);
    expect(".o_notification:contains(keep what they have)").toHaveCount(0);
});

test("Restore of what was below takes the changes back, once it is confirmed", async () => {
    await open("history");
    await contains(".o_gateway_below button:contains(Restore)").click();
    expect.verifySteps([]);
    await contains(".modal .btn-primary").click();
    const place = JSON.stringify(PLACE);
    await expect.waitForSteps([`editor_take_back ${place}`, `editor_load ${place}`]);
});

const shownRows = () => queryAllAttributes("[data-field]", "data-field");

test("a list unfolds to its entries, which say what they refer to and what is not mapped", async () => {
    await open("fields", { rows: ROWS });
    expect(shownRows()).toEqual(["state", "lines"]);
    await contains("[data-field=lines] .o_gateway_unfold").click();
    expect(shownRows()).toEqual(["state", "lines", "lines.product_id", "lines.name"]);
    expect("[data-field='lines.name']").toHaveAttribute("data-level", "1");
    expect("[data-field='lines.product_id']").toHaveText(/Variant/);
    expect("[data-unmapped=lines]").toHaveText(/grams/);
    await contains("[data-field=lines] .o_gateway_unfold").click();
    expect(shownRows()).toEqual(["state", "lines"]);
});

test("an entry that is looked for is shown under its list", async () => {
    await open("fields", { rows: ROWS });
    await contains("input[type=search]").edit("title");
    expect(shownRows()).toEqual(["lines", "lines.name"]);
});

test("a field that is edited as JSON alone is marked, and the mark says why", async () => {
    await open("fields", { rows: ROWS });
    expect(".o_gateway_json_only").toHaveCount(1);
    expect("[data-field=state] .o_gateway_json_only").toHaveAttribute(
        "data-tooltip",
        "Edited as JSON, not in a form: it has a value table",
    );
});

test("an entry is edited by the same form and set at its path", async () => {
    await open("fields", { rows: ROWS });
    await contains("[data-field=lines] .o_gateway_unfold").click();
    await contains("[data-field='lines.name'] button:contains(Edit)").click();
    expect(queryAllAttributes("#gateway_sources option", "value")).toEqual(["sku"]);
    await contains("textarea[name=paths]").edit("sku");
    await contains(".modal button:contains(Apply)").click();
    const spec = JSON.stringify({ MAPTO: "sku", type: "char" }, null, 2);
    const set = [...PLACE, KEPT, ["lines", "name"], spec];
    await expect.waitForSteps([
        `editor_set_field ${JSON.stringify(set)}`,
        `editor_check ${JSON.stringify([...PLACE, CHANGED])}`,
    ]);
    await contains("[data-unmapped=lines] button:contains(weight)").click();
    expect(".modal-title").toHaveText("Field lines › weight");
});

test("what is wrong in an entry is told at the entry", async () => {
    const at = "/record/lines/list/record/name/type";
    const problem = { at, message: "«chr» is not allowed", remedy: "", line: 1, column: 2 };
    await open("json", { rows: ROWS, problems: [problem] });
    await contains(".o_gateway_json button:contains(Check)").click();
    await expect.waitForSteps([`editor_check ${JSON.stringify([...PLACE, KEPT])}`]);
    await contains("[data-tab=fields]").click();
    expect("[data-field='lines.name'] .o_gateway_problem").toHaveText(/chr/);
    expect("[data-field] .o_gateway_problem").toHaveCount(1);
});
