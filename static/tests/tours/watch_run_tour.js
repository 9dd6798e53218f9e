import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";

/** A worker takes the run and goes as far as the test lets it. */
async function work() {
    const id = Number(window.location.pathname.split("/").at(-1));
    await rpc("/web/dataset/call_kw/gateway.run/action_resume", {
        model: "gateway.run",
        method: "action_resume",
        args: [[id]],
        kwargs: {},
    });
}

// The run's form is open while a worker does the run: nobody presses anything.
registry.category("web_tour.tours").add("gateway_watch_run", {
    steps: () => [
        {
            content: "What is opened from here on looks for nothing by itself: the bus tells it",
            trigger: ".o_data_row",
            run() {
                browser.setInterval = () => 0;
            },
        },
        { content: "Open the run", trigger: ".o_data_row [name=display_name]", run: "click" },
        {
            content: "It waits for a worker",
            trigger: ".o_gateway_progress:contains(Waits for a worker)",
        },
        { content: "Nothing is read", trigger: "[name=flow_ids] .o_data_row:contains(Waiting)" },
        { content: "A worker takes it", trigger: ".o_gateway_progress", run: work },
        {
            content: "Its first step is done, without a reload",
            timeout: 30000,
            trigger: ".o_gateway_progress:contains(step 2 of 2):contains(records read: 4)",
        },
        { content: "So its bar stands", trigger: "[role=progressbar][aria-valuenow='50']" },
        { content: "A worker does the rest", trigger: ".o_gateway_progress", run: work },
        {
            content: "It is done, without a reload",
            timeout: 30000,
            trigger: ".o_field_widget[name=state] .o_arrow_button_current:contains(Done)",
        },
        { content: "The progress is gone", trigger: ".o_form_view:not(:has(.o_gateway_progress))" },
        {
            content: "Its counts have come",
            trigger: "button[name=action_open_outcome]:contains(Created)",
            run: "click",
        },
        { content: "They open", trigger: ".o_data_row:contains(Created) td[name=outcome_text]" },
    ],
});
