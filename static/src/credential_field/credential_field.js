import { Component, useEffect, useRef } from "@odoo/owl";
import { CharField } from "@web/views/fields/char/char_field";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const MASK = "••••••••";

/**
 * One line of a connector's credential form: hidden while it is typed where the platform calls it a
 * secret. The server never sends a secret, only a mask; what is typed takes the mask's place.
 */
export class CredentialField extends Component {
    static template = "gateway_ng.CredentialField";
    static components = { CharField };
    static props = { ...standardFieldProps };

    setup() {
        this.root = useRef("root");
        useEffect(
            (input) => {
                if (!input) {
                    return;
                }
                const select = () => input.select();
                input.addEventListener("focus", select);
                return () => input.removeEventListener("focus", select);
            },
            () => [this.root.el?.querySelector("input")],
        );
    }

    get isSecret() {
        return this.props.record.data.is_secret;
    }

    get shown() {
        const value = this.props.record.data[this.props.name];
        return this.isSecret && value ? MASK : value;
    }

    get charProps() {
        return {
            ...this.props,
            isPassword: this.isSecret,
            placeholder: this.props.record.data.placeholder || undefined,
        };
    }
}

export const credentialField = {
    component: CredentialField,
    supportedTypes: ["char"],
    fieldDependencies: [
        { name: "is_secret", type: "boolean" },
        { name: "placeholder", type: "char" },
    ],
};

registry.category("fields").add("gateway_credential", credentialField);
