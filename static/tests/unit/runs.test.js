import { describe, expect, test } from "@odoo/hoot";
import { advanceTime } from "@odoo/hoot-mock";
import { Component, xml } from "@odoo/owl";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { CHANNEL, useRuns } from "@gateway_ng/runs/use_runs";
import "@gateway_ng/runs/run_list";

describe.current.tags("desktop");

class Run extends models.Model {
    state = fields.Char();
    _records = [{ id: 1, state: "queued" }];
}
defineMailModels();
defineModels([Run]);

/** A bus whose tidings the test gives: `tell(run)`. */
function mockBus() {
    const listeners = new Set();
    const channels = [];
    mockService("bus_service", {
        addChannel: (channel) => channels.push(channel),
        deleteChannel() {},
        addEventListener() {},
        removeEventListener() {},
        start() {},
        subscribe: (type, listen) => type === CHANNEL && listeners.add(listen),
        unsubscribe: (type, listen) => type === CHANNEL && listeners.delete(listen),
    });
    const tell = (run) => listeners.forEach((listen) => listen(run));
    return { channels, listeners, tell };
}

async function mountListener(options) {
    class Listener extends Component {
        static template = xml`<div/>`;
        static props = {};
        setup() {
            useRuns((run) => expect.step(run.state), options);
        }
    }
    return mountWithCleanup(Listener);
}

test("the first tidings are told at once, and of several after it the last, once", async () => {
    const bus = mockBus();
    await mountListener({ wait: 1000 });
    expect(bus.channels).toEqual([CHANNEL]);
    bus.tell({ id: 1, state: "queued" });
    await advanceTime(1);
    expect.verifySteps(["queued"]);
    bus.tell({ id: 1, state: "running" });
    bus.tell({ id: 1, state: "done" });
    await advanceTime(900);
    expect.verifySteps([]);
    await advanceTime(200);
    expect.verifySteps(["done"]);
});

test("runs that are of no concern are not told", async () => {
    const bus = mockBus();
    await mountListener({ concerns: (run) => run.id === 1 });
    bus.tell({ id: 2, state: "done" });
    await advanceTime(2000);
    expect.verifySteps([]);
});

test("who has gone is told nothing, not even what was waiting", async () => {
    const bus = mockBus();
    const listener = await mountListener();
    bus.tell({ id: 1, state: "done" });
    listener.__owl__.app.destroy();
    await advanceTime(2000);
    expect.verifySteps([]);
    expect(bus.listeners.size).toBe(0);
});

test("the list of runs is read anew as they move on, but not while rows are selected", async () => {
    const bus = mockBus();
    onRpc("run", "web_search_read", () => {
        expect.step("read");
    });
    await mountView({
        type: "list",
        resModel: "run",
        arch: `<list js_class="gateway_run_list"><field name="state"/></list>`,
    });
    expect.verifySteps(["read"]);
    bus.tell({ id: 1, state: "done" });
    await advanceTime(2000);
    await expect.waitForSteps(["read"]);
    await contains(".o_data_row .o_list_record_selector input").click();
    bus.tell({ id: 1, state: "done" });
    await advanceTime(4000);
    expect.verifySteps([]);
    await contains(".o_data_row .o_list_record_selector input").click();
    bus.tell({ id: 1, state: "done" });
    await advanceTime(4000);
    await expect.waitForSteps(["read"]);
});
