import { registry } from "@web/core/registry";
import { graphView } from "@web/views/graph/graph_view";
import { GraphRenderer } from "@web/views/graph/graph_renderer";

/** The theme's colour of each outcome, as its badge in the list has it. */
const COLORS = {
    created: "--success",
    updated: "--info",
    deleted: "--purple",
    held: "--warning",
    dead: "--danger",
    unchanged: "--gray-400",
    filtered: "--gray-600",
};

/** Of a dataset's identifiers the outcome that all its bars are of, if the graph is by outcome. */
export function outcomeOf(identifiers) {
    const found = new Set();
    for (const text of identifiers) {
        const values = Object.assign({}, ...JSON.parse(text));
        found.add(values.outcome);
    }
    return found.size === 1 ? [...found][0] : undefined;
}

/** Changes in a graph: errors are red, and what waits is orange, whatever order they come in. */
export class ChangeGraphRenderer extends GraphRenderer {
    getBarChartData() {
        const data = super.getBarChartData();
        const style = getComputedStyle(document.documentElement);
        for (const dataset of data.datasets) {
            const color = COLORS[outcomeOf(dataset.identifiers || [])];
            if (color) {
                dataset.backgroundColor = style.getPropertyValue(color).trim();
            }
        }
        return data;
    }
}

registry.category("views").add("gateway_change_graph", {
    ...graphView,
    Renderer: ChangeGraphRenderer,
});
