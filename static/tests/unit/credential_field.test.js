import { describe, expect, test } from "@odoo/hoot";
import { click, queryFirst } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, defineModels, fields, models, mountView } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");

const MASK = "••••••••";

class Line extends models.Model {
    value = fields.Char();
    is_secret = fields.Boolean();
    placeholder = fields.Char();
    _records = [
        { id: 1, value: "kept by the server", is_secret: true, placeholder: "shpat_…" },
        { id: 2, value: "mugs.example.org", is_secret: false, placeholder: "" },
        { id: 3, value: "", is_secret: true, placeholder: "shpat_…" },
    ];
}
defineMailModels();
defineModels([Line]);

const arch = (attributes = "") =>
    `<form><field name="value" widget="gateway_credential" ${attributes}/></form>`;
const mount = (resId, attributes) =>
    mountView({ type: "form", resModel: "line", resId, arch: arch(attributes) });

test("a secret that is shown shows a mask, whatever the server sent", async () => {
    await mount(1, `readonly="1"`);
    expect(".o_field_widget[name=value]").toHaveText(MASK);
});

test("a secret that is not set shows nothing, so that one sees it is missing", async () => {
    await mount(3, `readonly="1"`);
    expect(".o_field_widget[name=value]").toHaveText("");
});

test("what is no secret is shown as it is", async () => {
    await mount(2, `readonly="1"`);
    expect(".o_field_widget[name=value]").toHaveText("mugs.example.org");
});

test("a secret is hidden while it is typed, an address is not", async () => {
    await mount(3);
    expect(".o_field_widget[name=value] input").toHaveAttribute("type", "password");
    expect(".o_field_widget[name=value] input").toHaveAttribute("placeholder", "shpat_…");
    await mount(2);
    expect(".o_field_widget[name=value]:last input").toHaveAttribute("type", "text");
});

test("what is typed takes the mask's place as a whole", async () => {
    await mount(1);
    await click(".o_field_widget[name=value] input");
    await animationFrame();
    const input = queryFirst(".o_field_widget[name=value] input");
    expect([input.selectionStart, input.selectionEnd]).toEqual([0, input.value.length]);
    await contains(".o_field_widget[name=value] input").edit("new");
    expect(".o_field_widget[name=value] input").toHaveValue("new");
});
