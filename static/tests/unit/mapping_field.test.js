import { describe, expect, test } from "@odoo/hoot";
import { press, queryOne, waitFor } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, getService, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { cookie } from "@web/core/browser/cookie";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { FieldDialog, toForm, toSpec } from "@gateway_ng/mapping_editor/field_dialog";

describe.current.tags("desktop");
defineMailModels();

/** Opens the dialog of a field; gives what it applies. */
async function open(name, spec) {
    const applied = [];
    await mountWithCleanup(MainComponentsContainer);
    getService("dialog").add(FieldDialog, {
        name,
        spec: JSON.stringify(spec),
        choices: { transforms: [], types: [{ name: "char", help: "" }] },
        sources: [{ name: "title" }, { name: "vendor" }],
        targets: [],
        apply: (...given) => {
            applied.push(given);
            return [];
        },
    });
    await animationFrame();
    return applied;
}

const asForm = (spec) => toForm(JSON.stringify(spec));

test("a field of one path comes back as it was", () => {
    const spec = { MAPTO: "title", type: "char", transform: "uppercase", required: true };
    const form = asForm(spec);
    expect(form.plain).toBe(true);
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

test("a constant that is no JSON is refused", () => {
    expect(() => toSpec({ ...toForm(""), constant: "abc" })).toThrow(SyntaxError);
});

test("what the form can't show is edited as JSON", () => {
    expect(asForm({ MAPTO: "lines", type: "list", list: { key: "id" } }).plain).toBe(false);
    expect(asForm({ MAPTO: "a", transform: { name: "join" }, type: "char" }).plain).toBe(false);
    expect(asForm({ MAPTO: "a", type: "texts", translated: "only" }).plain).toBe(false);
    expect(asForm({ MAPTO: "a", type: "char", DEFAULT: "" }).plain).toBe(true);
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
        ["name", 1],
    ]);
    expect(".modal").toHaveCount(0);
});

test("JSON is edited in the dark on dark screens", async () => {
    cookie.set("color_scheme", "dark");
    await open("lines", { MAPTO: "lines", type: "list", list: { key: "id" } });
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
