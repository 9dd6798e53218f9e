import { registry } from "@web/core/registry";

/** Milliseconds: the jobs run inside the request that would queue them. */
const SYNC = 60000;

registry.category("web_tour.tours").add("gateway_try_demo", {
    steps: () => [
        {
            content: "Try it",
            trigger: ".o_view_nocontent a:contains(Try it with a demo shop)",
            run: "click",
        },
        {
            content: "What it brings is said first",
            trigger: ".modal button[name=action_try_demo]",
            run: "click",
        },
        {
            content: "It is a connector",
            trigger: ".o_form_view [name=account]:contains(Demo Shop)",
            timeout: SYNC,
        },
        { content: "It was synced at once", trigger: "[name=sync_state]:contains(By hand)" },
        {
            content: "Its locations are mapped",
            trigger: "a.nav-link[name=locations]",
            run: "click",
        },
        { content: "One of its own", trigger: "[name=location_ids] tr:contains(Shop downtown)" },
        {
            content: "No job runner: what to set is said",
            trigger: ".alert:contains(server_wide_modules)",
        },
        {
            content: "Begin anew",
            trigger: "button[name=action_reset_demo]",
            run: "click",
        },
        { content: "Yes", trigger: ".modal-footer .btn-primary", run: "click" },
        {
            content: "It is as it was",
            trigger: ".o_notification:contains(begins anew)",
            timeout: SYNC,
        },
        {
            content: "Remove it",
            trigger: "body:not(:has(.modal)) button[name=action_remove_demo]",
            run: "click",
        },
        { content: "Yes, remove", trigger: ".modal-footer .btn-primary", run: "click" },
        {
            content: "Nothing of it is left",
            trigger: ".o_notification:contains(is removed)",
            timeout: SYNC,
        },
        {
            // In the one transaction of a test all was made at one moment: something may stay,
            // and is listed then.
            content: "To the connectors, whether something stays or not",
            trigger: ".o_menu_sections [data-menu-xmlid='gateway_ng.menu_connectors']",
            run: "click",
        },
        {
            content: "Empty again, as it was before",
            trigger: ".o_view_nocontent_smiling_face:contains(Connect your first shop)",
        },
    ],
});
