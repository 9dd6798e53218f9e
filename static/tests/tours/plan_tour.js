import { registry } from "@web/core/registry";

const state = (text) =>
    `.o_field_widget[name=plan_state] .o_arrow_button_current:contains(${text})`;

// A manager plans, looks at a change, approves and applies; one record has moved meanwhile.
registry.category("web_tour.tours").add("gateway_plan", {
    steps: () => [
        { content: "Plan", trigger: "button[name=action_plan]", run: "click" },
        { content: "It is made", timeout: 60000, trigger: state("Planned") },
        {
            content: "Nothing is written yet",
            trigger: ".alert:contains(Nothing of this plan is written yet)",
        },
        {
            content: "Counts for each entity and direction",
            trigger: "[name=flow_ids] .o_data_row:contains(Price):contains(Import):contains(2)",
        },
        {
            content: "The changes, grouped",
            trigger: "button[name=action_open_plan_changes]",
            run: "click",
        },
        { content: "By entity", trigger: ".o_group_name:contains(Price)" },
        {
            content: "A record",
            trigger: ".o_data_row:contains(41) td[name=summary]",
            run: "click",
        },
        { content: "Exact field changes", trigger: ".o_gateway_values td:contains(41)" },
        {
            content: "Back to the list",
            trigger: ".breadcrumb-item:contains(Changes) a",
            run: "click",
        },
        { content: "Back to the plan", trigger: ".breadcrumb-item a:contains(plan)", run: "click" },
        { content: "Approve", trigger: "button[name=action_plan_approve]", run: "click" },
        { content: "It is approved", trigger: state("Approved") },
        { content: "Apply", trigger: "button[name=action_plan_apply].btn-primary", run: "click" },
        { content: "Yes", trigger: ".modal-footer .btn-primary", run: "click" },
        {
            content: "The apply is a run; one record had moved",
            timeout: 60000,
            trigger: ".alert:contains(Records that moved since the plan)",
        },
        { content: "Show them", trigger: "button[name=action_open_moved]", run: "click" },
        { content: "Told by its field", trigger: ".o_data_row:contains(moved since the plan)" },
    ],
});
