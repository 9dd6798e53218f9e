import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("gateway_dashboard", {
    steps: () => [
        { content: "Nothing waits", trigger: "[data-tile=letters]:contains(nothing waits)" },
        { content: "The chart is drawn", trigger: ".o_gateway_throughput canvas" },
        {
            content: "Nobody has counted",
            trigger: ".o_gateway_connector:contains(Not counted yet)",
        },
        {
            content: "Count now",
            trigger: ".o_gateway_connector button:contains(Count now)",
            run: "click",
        },
        {
            content: "Customers are only in the shop",
            trigger: "[data-entity=customer]:contains(30 only in the shop)",
        },
        {
            content: "Open what is only in Odoo",
            trigger: "[data-entity=product] a:contains(only in Odoo)",
            run: "click",
        },
        { content: "They are listed", trigger: ".o_data_row:contains(Only here)" },
    ],
});
