import { describe, expect, test } from "@odoo/hoot";
import { toForm, toSpec } from "@gateway_ng/mapping_editor/field_dialog";

describe.current.tags("desktop");

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
    expect(asForm({ MAPTO: "a", type: "char", DEFAULT: "" }).plain).toBe(true);
});
