import { describe, expect, test } from "@odoo/hoot";
import { press, queryOne, waitFor } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    getService,
    makeMockEnv,
    mountWithCleanup,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { cookie } from "@web/core/browser/cookie";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { FieldDialog } from "@gateway_ng/mapping_editor/field_dialog";
import { toForm, toSpec, whyJson } from "@gateway_ng/mapping_editor/field_form";

describe.current.tags("desktop");
defineMailModels();

const REFERENCES = [
    { kind: "entity", name: "customer", label: "Customer", keys: ["email"] },
    { kind: "entity", name: "variant", label: "Variant", keys: ["default_code"] },
    { kind: "lookup", name: "res.country", label: "Country", keys: ["code"] },
];

/** Opens the dialog of a field; gives what it applies. */
async function open(name, spec, { under = [], problems = [] } = {}) {
    const applied = [];
    await mountWithCleanup(MainComponentsContainer);
    getService("dialog").add(FieldDialog, {
        under,
        name,
        spec: JSON.stringify(spec),
        references: REFERENCES,
        choices: {
            transforms: [],
            types: ["char", "reference", "list"].map((one) => ({ name: one, help: "" })),
        },
        sources: [{ name: "title" }, { name: "vendor" }],
        targets: [],
        apply: (...given) => {
            applied.push(given);
            return problems;
        },
    });
    await animationFrame();
    return applied;
}

const asForm = (spec) => toForm(JSON.stringify(spec));

test("a field of one path comes back as it was", () => {
    const spec = { MAPTO: "title", type: "char", transform: "uppercase", required: true };
    const form = asForm(spec);
    expect(form.json).toBe("");
    expect(form.paths).toBe("title");
    expect(JSON.parse(toSpec(form))).toEqual(spec);
});

test("a lambda is told apart from the paths before it", () => {
    const spec = { MAPTO: ["firstName", "lastName", "lambda f, l: f + l"], type: "char" };
    const form = asForm(spec);
    expect(form.paths).toBe("firstName\nlastName");
    expect(form.lambda).toBe("lambda f, l: f + l");
    expect(JSON.parse(toSpec(form))).toEqual(spec);
});

test("a constant stays as exact as it was typed", () => {
    const form = { ...toForm(""), constant: "4.50", type: "decimal" };
    expect(toSpec(form)).toInclude('"MAPVALUE": 4.50');
});

test("a text is typed without quotes, and shown so", () => {
    const spec = (form) => JSON.parse(toSpec({ ...toForm(""), ...form }));
    expect(spec({ constant: "Mug", type: "char" }).MAPVALUE).toBe("Mug");
    expect(spec({ constant: "12", type: "char" }).MAPVALUE).toBe("12");
    expect(spec({ constant: '"Mug"', type: "char" }).MAPVALUE).toBe("Mug");
    expect(spec({ constant: "soon", type: "integer" }).MAPVALUE).toBe("soon", {
        message: "the check names the type",
    });
    expect(spec({ constant: "12", type: "integer" }).MAPVALUE).toBe(12);
    expect(asForm({ MAPVALUE: "consu", type: "selection" }).constant).toBe("consu");
    expect(asForm({ MAPTO: "a", DEFAULT: "null", type: "char" }).default).toBe('"null"');
    expect(asForm({ MAPTO: "a", DEFAULT: "", type: "char" }).default).toBe('""');
    expect(asForm({ MAPTO: "a", DEFAULT: true, type: "boolean" }).default).toBe("true");
});

test("a value with parts that is no JSON is refused", () => {
    expect(() => toSpec({ ...toForm(""), constant: "abc", type: "json" })).toThrow(SyntaxError);
});

test("values are entered under the names that remedies call them by", async () => {
    await open("name", { MAPTO: "title", type: "char" });
    expect("label:has(input[name=default])").toHaveText(/^If empty/);
    expect("label:has(input[name=constant])").toHaveText(/^Fixed value/);
});

test("what the form can't show is edited as JSON, and it says why", async () => {
    await makeMockEnv(); // with its translations
    expect(whyJson({ MAPTO: "a", transform: { name: "join" }, type: "char" })).toInclude(
        "transforms",
    );
    expect(whyJson({ MAPTO: "a", values: { a: 1 }, type: "char" })).toInclude("value table");
    expect(whyJson({ MAPTO: "a", type: "texts", translated: "only" })).toInclude("languages");
    expect(
        whyJson({ MAPTO: "a", reference: { lookup: "b", key: "c", create: { d: {} } } }),
    ).toInclude("creates");
    expect(whyJson({ MAPTO: "a", type: "char", DEFAULT: "" })).toBe("");
});

const SPECS = [
    { MAPTO: ["one"], type: "json" },
    { MAPTO: "a", type: "char", required: false, create_only: true, help: "why", optional: true },
    { MAPTO: "a?", type: "reference", reference: { entity: "customer", required: true } },
    { MAPTO: "a", reference: { lookup: "res.country", key: "code", required: false } },
    { MAPTO: "a", type: "list", reference: { entity: "variant" }, null_leaves: true },
    { MAPTO: "all", list: { key: "id", entity: "variant", match: ["sku", ["a", "b"]] } },
    { MAPTO: ["all", "lambda x: x"], type: "list", list: { key: ["a", "b"], owned: false } },
    { MAPVALUE: 'say "a"', type: "char" },
    { MAPTO: "a", DEFAULT: "12", type: "char" },
    { MAPTO: "a", DEFAULT: null, type: "char" },
    { MAPTO: "a", DEFAULT: "1", type: "integer" },
    { MAPVALUE: { a: [1] }, type: "json" },
];

test("a form that nobody changes gives the field as it was", () => {
    for (const spec of SPECS) {
        expect(JSON.parse(toSpec(asForm(spec)))).toEqual(spec);
    }
});

test("a default with a dollar stays as it was typed", () => {
    const form = { ...asForm({ MAPTO: "a", type: "char" }), default: '"$& $1"' };
    expect(JSON.parse(toSpec(form)).DEFAULT).toBe("$& $1");
});

test("a reference is switched to another entity and another way to find it", async () => {
    const spec = { MAPTO: "who", type: "reference", reference: { entity: "customer" } };
    const applied = await open("partner_id", spec);
    expect("select[name=refers_to]").toHaveValue("entity:customer");
    await contains("select[name=refers_to]").select("entity:variant");
    await contains("select[name=refers_by]").select("default_code");
    await contains("#gateway_waits").uncheck();
    await contains(".modal button:contains(Apply)").click();
    expect(JSON.parse(applied[0][1]).reference).toEqual({
        entity: "variant",
        key: "default_code",
        required: false,
    });
});

test("a reference to a lookup is found by a key of it", async () => {
    const spec = { MAPTO: "who", type: "reference", reference: { entity: "customer" } };
    const applied = await open("country_id", spec);
    await contains("select[name=refers_to]").select("lookup:res.country");
    expect("select[name=refers_by]").toHaveValue("code");
    await contains(".modal button:contains(Apply)").click();
    expect(JSON.parse(applied[0][1]).reference).toEqual({ lookup: "res.country", key: "code" });
});

test("a reference to what nobody knows stays what it is", async () => {
    const spec = { MAPTO: "a", reference: { entity: "parcel", key: "mark" } };
    const applied = await open("parcel_id", spec);
    expect("select[name=refers_to]").toHaveValue("entity:parcel");
    expect("select[name=refers_by]").toHaveValue("mark");
    await contains(".modal button:contains(Apply)").click();
    expect(JSON.parse(applied[0][1])).toEqual(spec);
});

test("a list shows its key and keeps what the form does not show", async () => {
    const spec = { MAPTO: "lines", list: { key: "id", owned: true, match: ["sku"] } };
    const applied = await open("lines", spec);
    expect("textarea[name=element_key]").toHaveValue("id");
    expect(".modal .form-text code:contains(match)").toHaveCount(1);
    await contains("#gateway_owned").uncheck();
    await contains(".modal button:contains(Apply)").click();
    expect(JSON.parse(applied[0][1]).list).toEqual({ key: "id", owned: false, match: ["sku"] });
});

test("what is wrong with an entry's lambda is told under the lambda", async () => {
    const at = "/record/lines/list/record/name/MAPTO/1";
    await open(
        "name",
        { MAPTO: ["title", "lambda t: t.__class__"], type: "char" },
        { under: ["lines"], problems: [{ at, message: "the lambda is refused", remedy: "" }] },
    );
    await contains(".modal button:contains(Apply)").click();
    await waitFor("#gateway_lambda + .o_gateway_problem:contains(refused)");
    expect(".modal .o_gateway_problem").toHaveCount(1);
    expect(".modal-title").toHaveText("Field lines › name");
});

test("what was wrong with a lambda goes as soon as it is edited", async () => {
    await open(
        "name",
        { MAPTO: ["title", "lambda t: t.__class__"], type: "char" },
        {
            problems: [
                { at: "/record/name/MAPTO/1", message: "the lambda is refused", remedy: "" },
                { at: "/record/name/MAPTO/0", message: "no such path", remedy: "" },
            ],
        },
    );
    await contains(".modal button:contains(Apply)").click();
    await waitFor("#gateway_lambda + .o_gateway_problem");
    await contains("#gateway_lambda").edit("lambda t: t");
    expect("#gateway_lambda + .o_gateway_problem").toHaveCount(0);
    expect(".modal .o_gateway_problem").toHaveText("no such path");
    await contains("textarea[name=paths]").edit("");
    expect(".modal .o_gateway_problem").toHaveCount(0);
});

test("a field is mapped without a mouse: pick, Enter, Enter", async () => {
    const applied = await open("name", { MAPTO: "title", type: "char" });
    expect(document.activeElement).toBe(queryOne("#gateway_path"));
    await contains("#gateway_path").edit("vendor", { confirm: "enter" });
    expect("textarea[name=paths]").toHaveValue("title\nvendor");
    expect(applied).toEqual([]);
    await contains("input[name=default]").edit("1", { confirm: "enter" });
    await animationFrame();
    expect(applied.map(([field, json]) => [field, JSON.parse(json).DEFAULT])).toEqual([
        ["name", "1"],
    ]);
    expect(".modal").toHaveCount(0);
});

test("JSON is edited in the dark on dark screens", async () => {
    cookie.set("color_scheme", "dark");
    await open("state", { MAPTO: "state", type: "char", values: { a: "b" } });
    await waitFor(".modal .ace_editor.ace-monokai", { timeout: 5000 });
    expect(".modal .ace_editor").toHaveClass("ace_dark");
});

test("Escape leaves a field as it was", async () => {
    const applied = await open("name", { MAPTO: "title", type: "char" });
    await press("escape");
    await animationFrame();
    expect(".modal").toHaveCount(0);
    expect(applied).toEqual([]);
});
