import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";
import { useRuns } from "./use_runs";

/** The list of runs as they move on; it stands still while rows are selected. */
export class RunListController extends ListController {
    setup() {
        super.setup();
        useRuns(() => this.model.root.load(), {
            wait: 2000,
            concerns: () => !this.model.root.selection?.length,
        });
    }
}

registry.category("views").add("gateway_run_list", {
    ...listView,
    Controller: RunListController,
});
