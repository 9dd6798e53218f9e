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
            run: "click",
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
