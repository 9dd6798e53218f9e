import { describe, expect, test } from "@odoo/hoot";
import {
    allowTranslations,
    defineModels,
    fields,
    models,
    mountView,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { duration } from "@gateway_ng/run_progress/run_progress";

describe.current.tags("desktop");

const GOING = {
    open: true,
    state: "running",
    entity: "Product",
    direction: "import",
    waits_for: "",
    flows: 4,
    flows_done: 1,
    share: 0.5,
    pages: 4,
    pages_settled: 2,
    read: 1200,
    seconds: 90,
    rate: 13.3,
    left: null,
};

class Run extends models.Model {
    progress = fields.Json();
    _records = [
        { id: 1, progress: GOING },
        { id: 2, progress: { open: false, state: "done" } },
        { id: 3, progress: { ...GOING, state: "queued", waits_for: "Shop #7 (compare)" } },
        { id: 4, progress: { ...GOING, left: 0 } },
        { id: 5, progress: { ...GOING, left: 27.4 } },
    ];
}
defineMailModels();
defineModels([Run]);

const arch = `<form><field name="progress" widget="gateway_run_progress"/></form>`;

test("a running run says where it is, how fast, and what is not known", async () => {
    await mountView({ type: "form", resModel: "run", resId: 1, arch });
    expect(".o_gateway_progress").toHaveText(/Product: from the shop to Odoo/);
    expect(".progress-bar").toHaveText("38 %");
    expect(".o_gateway_progress").toHaveText(/step 2 of 4/);
    expect(".o_gateway_progress").toHaveText(/records read: 1,200/);
    expect(".o_gateway_progress").toHaveText(/time left not known yet/);
});

test("a run that has ended shows no progress", async () => {
    await mountView({ type: "form", resModel: "run", resId: 2, arch });
    expect(".o_gateway_progress").toHaveCount(0);
});

test("a run that waits for another one names it", async () => {
    await mountView({ type: "form", resModel: "run", resId: 3, arch });
    expect(".o_gateway_progress strong").toHaveText(/Waits until Shop #7 \(compare\) has ended/);
});

test("an open run is finishing rather than over in 0 s", async () => {
    await mountView({ type: "form", resModel: "run", resId: 4, arch });
    expect(".o_gateway_progress").toHaveText(/finishing/);
    expect(".o_gateway_progress").not.toHaveText(/0 s left/);
});

test("what is left is told in seconds", async () => {
    await mountView({ type: "form", resModel: "run", resId: 5, arch });
    expect(".o_gateway_progress").toHaveText(/about 27 s left/);
});

test("times are told in words", () => {
    allowTranslations();
    expect(String(duration(0))).toBe("0 s");
    expect(String(duration(59.4))).toBe("59 s");
    expect(String(duration(180))).toBe("3 min");
    expect(String(duration(3900))).toBe("1 h 5 min");
});
