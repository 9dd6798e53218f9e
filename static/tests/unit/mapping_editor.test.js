import { describe, expect, test } from "@odoo/hoot";
import { click, queryOne, setInputFiles, waitFor } from "@odoo/hoot-dom";
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
const PLACE = [7, "product", "import", "connector"];
const TABLE = {
    rows: [],
    source: "Product",
    model: "product.template",
    version: "0123456789abcdef",
    unmapped_source: [],
    unmapped_target: [],
    source_fields: [],
};
const revision = (id, note) => ({ id, note, who: "Ann", when: "2026-01-02 03:00:00" });

/** Opens the editor at one of its tabs; each call to the server is a step. */
async function open(tab) {
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
            return { problems: [], table: TABLE };
        }
        return {
            text: KEPT,
            table: TABLE,
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

test("Restore of an older version restores that one and reads the layer anew", async () => {
    await open("history");
    expect(".o_gateway_revisions tr:contains(newest) button:contains(Restore)").toHaveCount(0);
    await contains(".o_gateway_revisions tr:contains(older) button:contains(Restore)").click();
    await expect.waitForSteps(["action_restore [[11]]", `editor_load ${JSON.stringify(PLACE)}`]);
    await waitFor(".o_notification:contains(Restored)");
});

test("Restore of what was below takes the changes back, once it is confirmed", async () => {
    await open("history");
    await contains(".o_gateway_below button:contains(Restore)").click();
    expect.verifySteps([]);
    await contains(".modal .btn-primary").click();
    const place = JSON.stringify(PLACE);
    await expect.waitForSteps([`editor_take_back ${place}`, `editor_load ${place}`]);
});
