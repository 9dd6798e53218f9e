import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("gateway_edit_mapping", {
    steps: () => [
        {
            content: "Products",
            trigger: "select[name=flow]",
            run: "select product.import",
        },
        {
            content: "The name comes from the title",
            trigger: "[data-field=name]:contains(title):contains(shipped)",
        },
        { content: "Edit it", trigger: "[data-field=name] button", run: "click" },
        {
            content: "A lambda that is not allowed",
            trigger: ".modal #gateway_lambda",
            run: "edit lambda t: t.__class__",
        },
        { content: "Apply it", trigger: ".modal button:contains(Apply)", run: "click" },
        {
            content: "It is refused where it is written",
            trigger: ".modal #gateway_lambda + .o_gateway_problem:contains(the lambda is refused)",
        },
        {
            content: "No lambda",
            trigger: ".modal #gateway_lambda",
            run: "clear",
        },
        {
            content: "A transform",
            trigger: ".modal select[name=transform]",
            run: "select uppercase",
        },
        { content: "Apply it", trigger: ".modal button:contains(Apply)", run: "click" },
        {
            content: "It is this connector's now",
            trigger: "body:not(:has(.modal)) [data-field=name]:contains(connector)",
        },
        {
            content: "The variants of a product are a list",
            trigger: "[data-field=variants] .o_gateway_unfold",
            run: "click",
        },
        {
            content: "Their SKUs are an entry of it",
            trigger: "[data-field='variants.default_code']:contains(shipped) button",
            run: "click",
        },
        {
            content: "Another transform",
            trigger: ".modal select[name=transform]",
            run: "select lowercase",
        },
        { content: "Apply it", trigger: ".modal button:contains(Apply)", run: "click" },
        {
            content: "The entry is this connector's, its list is as shipped",
            trigger:
                "body:not(:has(.modal)) [data-field='variants.default_code']:contains(connector)",
        },
        { content: "Preview", trigger: "button:contains(Preview)", run: "click" },
        {
            content: "A live record, as it is and as it would be",
            trigger:
                ".o_gateway_preview tr.table-warning[data-field=name]:contains(Mug):contains(MUG)",
        },
        { content: "Say why", trigger: "input[name=note]", run: "edit loud names" },
        { content: "Save", trigger: "button:contains(Save)", run: "click" },
        { content: "It is saved", trigger: "button:contains(Save):disabled" },
        { content: "History", trigger: "[data-tab=history]", run: "click" },
        { content: "It is kept", trigger: ".o_gateway_revisions tr:contains(loud names)" },
    ],
});
