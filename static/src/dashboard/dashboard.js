import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useRuns } from "../runs/use_runs";
import { Throughput } from "./throughput";

/** How all connectors are, at one look. One call to the server; counts are those kept there. */
export class Dashboard extends Component {
    static template = "gateway_ng.Dashboard";
    static components = { Layout, Throughput };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ data: null, counting: false });
        this.integer = formatInteger;
        onWillStart(async () => {
            this.isOperator = await user.hasGroup("gateway_ng.group_operator");
            await this.load();
        });
        useRuns(() => this.load(), { wait: 5000 });
    }

    async load() {
        this.state.data = await this.orm.call("gateway.dashboard", "get_data", []);
    }

    get tiles() {
        const { totals, days_shown: days } = this.state.data;
        const percent = formatFloat(100 * totals.failure_rate, {
            digits: [16, 1],
            trailingZeros: false,
        });
        return [
            {
                name: "last",
                label: _t("Last sync"),
                value: this.ago(totals.last),
                hint: totals.running ? _t("%s going on now", totals.running) : "",
                open: () => this.openList("gateway_ng.action_runs"),
            },
            {
                name: "synced",
                label: _t("Records synced"),
                value: formatInteger(totals.synced),
                hint: _t("in %s days", days),
                open: () => this.openSynced(),
            },
            {
                name: "failure",
                label: _t("Failure rate"),
                value: `${percent} %`,
                hint: _t("records not applied at a try, in %s days", days),
                open: () => this.openList("gateway_ng.action_dead_letters"),
            },
            {
                name: "letters",
                label: _t("Dead letters"),
                value: formatInteger(totals.letters),
                hint: totals.letters ? _t("wait for a person") : _t("nothing waits"),
                danger: totals.letters > 0,
                open: () => this.openList("gateway_ng.action_dead_letters"),
            },
            {
                name: "conflicts",
                label: _t("Conflicts"),
                value: formatInteger(totals.conflicts),
                hint: totals.conflicts ? _t("wait for a decision") : _t("nothing waits"),
                danger: totals.conflicts > 0,
                open: () => this.openList("gateway_ng.action_conflicts"),
            },
            {
                name: "late",
                label: _t("Late connectors"),
                value: formatInteger(totals.late.length),
                hint: totals.late.join(", ") || _t("all on time"),
                danger: totals.late.length > 0,
                open: () => this.openList("gateway_ng.action_connectors"),
            },
        ];
    }

    ago(text) {
        return text ? deserializeDateTime(text).toRelative() : _t("never");
    }

    time(text) {
        return text ? deserializeDateTime(text).toLocaleString(luxon.DateTime.DATETIME_MED) : "";
    }

    /** Counts are taken once an hour: older ones stand out, in case they are taken for today's. */
    isStale(connector) {
        return deserializeDateTime(connector.counted) < luxon.DateTime.now().minus({ hours: 2 });
    }

    badge(connector) {
        if (connector.running) {
            return { text: _t("Syncing"), style: "text-bg-info" };
        }
        if (connector.state !== "ready") {
            return { text: connector.state_label, style: "text-bg-secondary" };
        }
        if (connector.last_run?.state === "failed") {
            return { text: _t("Failed"), style: "text-bg-danger" };
        }
        if (connector.late) {
            return { text: _t("Late"), style: "text-bg-warning" };
        }
        return connector.by_hand
            ? { text: _t("By hand"), style: "text-bg-secondary" }
            : { text: _t("On time"), style: "text-bg-success" };
    }

    openList(xmlId) {
        return this.action.doAction(xmlId);
    }

    async openSynced() {
        return this.action.doAction(
            await this.orm.call("gateway.dashboard", "action_open_synced", []),
        );
    }

    openOf(xmlId, connector) {
        return this.action.doAction(xmlId, {
            additionalContext: {
                search_default_connector_id: connector.id,
                search_default_open: 1,
            },
        });
    }

    open(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    async openDifference(count, method) {
        return this.action.doAction(await this.orm.call("gateway.count", method, [[count.id]]));
    }

    async countAgain(connector) {
        this.state.counting = connector.id;
        try {
            await this.orm.call("gateway.connector", "action_count", [[connector.id]]);
            await this.load();
        } finally {
            this.state.counting = false;
        }
    }
}

registry.category("actions").add("gateway_dashboard", Dashboard);
