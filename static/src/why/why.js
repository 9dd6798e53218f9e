import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Why is it so? What is known of the sync of one record. */
export class Why extends Component {
    static template = "gateway_ng.Why";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ told: null, text: "" });
        this.display = { controlPanel: {} };
        useAutofocus();
        onWillStart(async () => {
            const { model, id } = this.params;
            this.state.told = await this.orm.call("gateway.binding", "why", [model, id]);
            this.props.updateActionState({ why_model: model, why_id: id });
            this.env.config.setDisplayName(_t("Sync of %s", this.state.told.name));
        });
    }

    /** From the button, or from the address after a reload. */
    get params() {
        const { params = {} } = this.props.action;
        return {
            model: params.model || params.why_model,
            id: Number(params.id || params.why_id),
        };
    }

    time(text) {
        return text ? deserializeDateTime(text).toLocaleString(luxon.DateTime.DATETIME_MED) : "—";
    }

    /** The groups of a connector, each with those of its fields that hold what is looked for. */
    groups(connector) {
        const text = this.state.text.trim().toLowerCase();
        const holds = (group, row) =>
            [group.entity, group.record, row.field, row.old, row.new, row.why]
                .join(" ")
                .toLowerCase()
                .includes(text);
        return connector.groups
            .map((group) => ({
                ...group,
                fields: group.fields.filter((row) => !text || holds(group, row)),
            }))
            .filter((group) => group.fields.length);
    }

    way(row) {
        return row.direction === "import" ? _t("Shop → Odoo") : _t("Odoo → shop");
    }

    open(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("gateway_why", Why);
