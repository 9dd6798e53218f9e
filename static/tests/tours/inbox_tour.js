import { registry } from "@web/core/registry";

/** Fails where a cell shows less than it says. */
function isReadWhole() {
    const { clientWidth, scrollWidth, innerText } = this.anchor;
    if (scrollWidth > clientWidth) {
        throw new Error(`cut: ${innerText}`);
    }
}

// Both sides renamed a product, and a rule asks a person.
registry.category("web_tour.tours").add("gateway_resolve_conflict", {
    steps: () => [
        {
            content: "Why it is asked is read without opening it",
            trigger: ".o_data_row:contains(Shop Mug) td[name=won_text]",
            run: isReadWhole,
        },
        {
            content: "Open the conflict",
            trigger: ".o_data_row:contains(Shop Mug) td[name=fields_text]",
            run: "click",
        },
        {
            content: "Odoo and shop stand side by side",
            trigger: ".o_gateway_values tr:contains(Odoo Mug):contains(Shop Mug)",
        },
        {
            content: "Why it is asked, in words",
            trigger: "[name=won_text]:contains(Waits for a person: by the rule)",
        },
        {
            content: "Take the shop's",
            trigger: "button[name=action_take_remote]",
            run: "click",
        },
        {
            content: "It is resolved",
            trigger: ".o_field_widget[name=state] .o_arrow_button_current:contains(Resolved)",
        },
        {
            content: "Make a rule of it",
            trigger: "button[name=action_make_rule]",
            run: "click",
        },
        {
            content: "It is tried at once",
            trigger: ".modal .o_gateway_values td:contains(product.template.name)",
        },
        { content: "Leave it", trigger: ".modal .btn-close", run: "click" },
        { content: "Back at the conflict", trigger: "body:not(:has(.modal))" },
    ],
});

// Two products of one SKU: the second is a dead letter.
registry.category("web_tour.tours").add("gateway_retry_letters", {
    steps: () => [
        {
            content: "They are grouped by cause",
            trigger: ".o_group_header:contains(Matches more than one)",
        },
        {
            content: "The problem is read without opening it",
            trigger: ".o_data_row:contains(Twin) td[name=problem]",
            run: isReadWhole,
        },
        {
            content: "And so is what to do",
            trigger: ".o_data_row:contains(Twin) td[name=what_to_do]",
            run: isReadWhole,
        },
        {
            content: "Open the letter",
            trigger: ".o_data_row:contains(Twin) td[name=entity]",
            run: "click",
        },
        {
            content: "It says what to do",
            trigger: ".alert-info:contains(What to do):contains(make it unique)",
        },
        { content: "Retry as it is", trigger: "button[name=action_retry]", run: "click" },
        {
            content: "It is still dead, and the try is counted",
            trigger: ".o_field_widget[name=attempts]:contains(2)",
        },
        { content: "Edit and retry", trigger: "button[name=action_edit]", run: "click" },
        {
            content: "Edit the payload",
            trigger: ".modal .o_field_widget[name=text] .ace_editor",
            run: () => {
                const editor = window.ace.edit(
                    document.querySelector(".modal .o_field_widget[name=text] .ace_editor"),
                );
                editor.setValue(editor.getValue().replaceAll("MUG-1", "MUG-2"));
                editor.blur();
            },
        },
        {
            content: "Apply it",
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            content: "It is resolved",
            trigger: ".o_field_widget[name=state] .o_arrow_button_current:contains(Resolved)",
        },
    ],
});

/** Ticks the letter of that record. */
const tick = (name) => ({
    content: `Tick ${name}`,
    trigger: `.o_data_row:contains(${name}) .o_list_record_selector input`,
    run: "click",
});

// Four products of one SKU, of which the shop has renamed two meanwhile.
registry.category("web_tour.tours").add("gateway_empty_inbox", {
    steps: () => [
        {
            content: "They are grouped by cause",
            trigger: ".o_group_header:contains(Matches more than one)",
        },
        tick("Fourth"),
        { content: "Assign it", trigger: "button[name=action_ask_assign]", run: "click" },
        {
            content: "To whoever is asked, which is oneself",
            trigger: ".modal .o_field_widget[name=user_id] input:value(inbox)",
        },
        { content: "So be it", trigger: ".modal button[name=action_assign]", run: "click" },
        {
            content: "The letter is somebody's",
            trigger: "body:not(:has(.modal)) .o_data_row:contains(Fourth) td[name=user_id] img",
        },
        {
            content: "Open another one",
            trigger: ".o_data_row:contains(Twin) td[name=entity]",
            run: "click",
        },
        {
            content: "How often it is tried is told",
            trigger: ".o_field_widget[name=tries_text]:contains(once each time)",
        },
        {
            content: "Retry all of its cause",
            trigger: "button[name=action_retry_cause]",
            run: "click",
        },
        {
            content: "Two went, one did not",
            trigger: ".o_notification:contains(2 applied, 1 still dead)",
        },
        {
            content: "This one is resolved",
            trigger: ".o_field_widget[name=state] .o_arrow_button_current:contains(Resolved)",
        },
        { content: "Back to the inbox", trigger: ".o_back_button", run: "click" },
        {
            content: "What went is not in it any more",
            trigger: ".o_list_view:not(:has(.o_data_row:contains(Twin))) .o_group_header",
        },
        tick("Fourth"),
        { content: "Discard it", trigger: "button[name=action_ask_discard]", run: "click" },
        {
            content: "It is asked why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit A test product",
        },
        { content: "Discard", trigger: ".modal button[name=action_discard]", run: "click" },
        {
            content: "The inbox is empty",
            trigger: ".o_view_nocontent:contains(No dead letters)",
        },
    ],
});
