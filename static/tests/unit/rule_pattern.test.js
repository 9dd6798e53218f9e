import { describe, expect, test } from "@odoo/hoot";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

class Rule extends models.Model {
    pattern = fields.Char();
    offered = fields.Json();
    _records = [
        {
            id: 1,
            pattern: "product.template.*",
            offered: [{ name: "product.template.name", label: "Product: Name" }],
        },
    ];
}
defineMailModels();
defineModels([Rule]);

const arch = `<form><field name="pattern" widget="gateway_rule_pattern"/></form>`;

test("fields are offered to pick from, and any glob can be typed", async () => {
    await mountView({ type: "form", resModel: "rule", resId: 1, arch });
    const input = document.querySelector(".o_field_widget[name=pattern] input");
    expect(input).toHaveValue("product.template.*");
    expect(input.getAttribute("list")).toBe(input.parentElement.querySelector("datalist").id);
    expect("datalist option").toHaveAttribute("value", "product.template.name");
    expect("datalist option").toHaveText("Product: Name");
    await contains(".o_field_widget[name=pattern] input").edit("*.name");
    expect(".o_field_widget[name=pattern] input").toHaveValue("*.name");
});
