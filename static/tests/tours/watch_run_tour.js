import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";

// The run's form is open while a worker does the run: nobody presses anything.
registry.category("web_tour.tours").add("gateway_watch_run", {
    steps: () => [
        {
            content: "It waits for a worker",
            trigger: ".o_gateway_progress:contains(Waits for a worker)",
        },
        { content: "Nothing is read", trigger: "[name=flow_ids] .o_data_row:contains(Waiting)" },
        {
            content: "A worker takes it",
            trigger: ".o_gateway_progress",
            run: async () => {
                const id = Number(window.location.pathname.split("/").at(-1));
                await rpc("/web/dataset/call_kw/gateway.run/action_resume", {
                    model: "gateway.run",
                    method: "action_resume",
                    args: [[id]],
                    kwargs: {},
                });
            },
        },
        {
            content: "It is done, without a reload",
            timeout: 60000,
            trigger: ".o_field_widget[name=state] .o_arrow_button_current:contains(Done)",
        },
        { content: "The progress is gone", trigger: ".o_form_view:not(:has(.o_gateway_progress))" },
        {
            content: "Its counts have come",
            trigger: "button[name=action_open_outcome]:contains(Created):contains(4)",
            run: "click",
        },
        { content: "They open", trigger: ".o_data_row:contains(Created) td[name=outcome_text]" },
    ],
});
