import { CharField, charField } from "@web/views/fields/char/char_field";
import { registry } from "@web/core/registry";

/** A rule's pattern: any glob, and while it is typed the fields of the mappings to pick from. */
export class RulePattern extends CharField {
    static template = "gateway_ng.RulePattern";

    get listId() {
        return `${this.props.id || this.props.name}-offered`;
    }

    /** [{name: «model.field», label: «Product: Name»}] */
    get offered() {
        return this.props.record.data.offered || [];
    }
}

export const rulePattern = {
    ...charField,
    component: RulePattern,
    fieldDependencies: [{ name: "offered", type: "json" }],
};

registry.category("fields").add("gateway_rule_pattern", rulePattern);
