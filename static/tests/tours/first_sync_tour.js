import { registry } from "@web/core/registry";

/** Fill in one line of the credential form. */
function enter(label, value) {
    const row = `[name=credential_ids] .o_data_row:contains("${label}")`;
    const input = `[name=credential_ids] .o_selected_row:contains("${label}") td[name=value] input`;
    return [
        { content: `Open ${label}`, trigger: `${row} td[name=value]`, run: "click" },
        {
            content: `Enter ${label}`,
            trigger: input,
            run: ({ anchor }) => {
                anchor.value = value();
                anchor.dispatchEvent(new Event("input", { bubbles: true }));
                anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
    ];
}

/** Say where one of the shop's locations is in Odoo. */
function place(remote, odoo) {
    const row = `[name=location_ids] .o_data_row:contains("${remote}")`;
    const input = `[name=location_ids] .o_selected_row:contains("${remote}") td[name=location_id] input`;
    return [
        { content: `Open ${remote}`, trigger: `${row} td[name=location_id]`, run: "click" },
        { content: `Search ${odoo}`, trigger: input, run: `edit ${odoo}` },
        {
            content: `Take ${odoo}`,
            trigger: `.o-autocomplete--dropdown-item:contains("${odoo}")`,
            run: "click",
        },
    ];
}

/** Milliseconds: the jobs run inside the request that would queue them. */
const SYNC = 60000;

const SAVED = "body:has(.o_form_status_indicator_buttons.invisible)";

// The shop's address differs from run to run: the test leaves it in `window.gatewayShop`.
registry.category("web_tour.tours").add("gateway_first_sync", {
    steps: () => [
        { content: "New connector", trigger: ".o-kanban-button-new", run: "click" },
        {
            content: "Name it",
            trigger: ".o_field_widget[name=name] textarea, .o_field_widget[name=name] input",
            run: "edit Tour shop",
        },
        {
            content: "Open the platforms",
            trigger: ".o_field_widget[name=platform] input",
            run: "click",
        },
        {
            content: "Choose Shopify",
            trigger: ".o_select_menu_item:contains(Shopify)",
            run: "click",
        },
        ...enter("Shop address", () => "demo.myshopify.com"),
        ...enter("Client ID", () => "demo-client"),
        ...enter("Client secret", () => "demo-secret"),
        ...enter("Address to call instead", () => window.gatewayShop),
        { content: "Save", trigger: ".o_form_button_save", run: "click" },
        { content: "It is saved", trigger: SAVED },
        {
            content: "The secret is masked",
            trigger:
                "[name=credential_ids] .o_data_row:contains(Client secret) td[name=value]:contains(••••••••)",
        },
        {
            content: "Check the connection",
            trigger: "button[name=action_check_connection]",
            run: "click",
        },
        { content: "It is ready", trigger: "button[name=action_flows_chosen]", timeout: SYNC },
        { content: "The shop is named", trigger: "[name=account]:contains(Demo Shop)" },
        { content: "Locations", trigger: "a.nav-link[name=locations]", run: "click" },
        ...place("Main warehouse", "WH/Stock"),
        ...place("Shop downtown", "TOUR/Stock"),
        { content: "Save the map", trigger: ".o_form_button_save", run: "click" },
        { content: "The map is saved", trigger: SAVED },
        { content: "Entities", trigger: "a.nav-link[name=flows]", run: "click" },
        {
            content: "Every entity and direction is there",
            trigger: "[name=schedule_ids] .o_data_row:contains(Stock):contains(Export)",
        },
        { content: "Go on", trigger: "button[name=action_flows_chosen]", run: "click" },
        {
            content: "Compare with Odoo",
            trigger: "button[name=action_review].btn-primary",
            run: "click",
        },
        {
            content: "Who is new",
            trigger: "[name=review] tr:contains(Order):contains(50)",
            timeout: SYNC,
        },
        {
            content: "Go on to the dry run",
            trigger: "button[name=action_reviewed].btn-primary",
            run: "click",
        },
        {
            content: "What would be written",
            trigger: "[name=trial] tr:contains(Product · Import):contains(20)",
            timeout: SYNC,
        },
        { content: "Go live", trigger: "button[name=action_go].btn-primary", run: "click" },
        {
            content: "The run is done",
            timeout: SYNC,
            trigger: ".o_field_widget[name=state] .o_arrow_button_current:contains(Done)",
        },
        {
            content: "All of its records are counted",
            trigger: ".o_field_widget[name=count_read]:contains(852)",
        },
        {
            content: "Flows bear the names of people",
            trigger: "[name=flow_ids] .o_data_row:contains(Order):contains(Import):contains(50)",
        },
        {
            content: "What was created",
            trigger: "button[name=action_open_outcome]:contains(Created)",
            run: "click",
        },
        {
            content: "Open the change of a record",
            trigger: ".o_data_row:contains(Order):contains(Created) td[name=outcome_text]",
            run: "click",
        },
        { content: "Its fields are a table", trigger: ".o_gateway_values td:contains(Total)" },
        { content: "As read", trigger: "a.nav-link[name=payload]", run: "click" },
        {
            content: "The payload is there",
            trigger: "[name=payload_text] .ace_content:contains(displayFinancialStatus)",
        },
    ],
});
