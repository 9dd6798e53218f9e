import { Component, useState } from "@odoo/owl";
import { CodeEditor } from "@web/core/code_editor/code_editor";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { editorTheme } from "./theme";

/** What the form can show; a field with anything else is edited as JSON. */
const SHOWN = ["MAPTO", "MAPVALUE", "DEFAULT", "type", "required", "transform", "translated"];

/** A field's JSON as the form's values; `plain` says whether the form can show all of it. */
export function toForm(text) {
    const spec = text ? JSON.parse(text) : {};
    const mapto = spec.MAPTO === undefined ? [] : [spec.MAPTO].flat();
    const last = mapto.at(-1);
    const lambda = typeof last === "string" && last.startsWith("lambda") ? last : "";
    const isText = (value) => value === undefined || typeof value !== "object";
    return {
        paths: (lambda ? mapto.slice(0, -1) : mapto).join("\n"),
        lambda,
        type: spec.type || "char",
        transform: typeof spec.transform === "string" ? spec.transform : "",
        required: Boolean(spec.required),
        translated: Boolean(spec.translated),
        constant: spec.MAPVALUE === undefined ? "" : JSON.stringify(spec.MAPVALUE),
        default: spec.DEFAULT === undefined ? "" : JSON.stringify(spec.DEFAULT),
        plain:
            Object.keys(spec).every((key) => SHOWN.includes(key)) &&
            isText(spec.transform) &&
            spec.translated !== "only" &&
            mapto.every(isText),
    };
}

/** The form's values as the field's JSON. Raises SyntaxError for a constant that is no JSON. */
export function toSpec(form) {
    const paths = form.paths
        .split("\n")
        .map((path) => path.trim())
        .filter(Boolean);
    const spec = {};
    if (form.constant) {
        JSON.parse(form.constant);
    } else if (form.lambda.trim()) {
        spec.MAPTO = [...paths, form.lambda.trim()];
    } else {
        spec.MAPTO = paths.length === 1 ? paths[0] : paths;
    }
    spec.type = form.type;
    if (form.transform) {
        spec.transform = form.transform;
    }
    if (form.required) {
        spec.required = true;
    }
    if (form.translated) {
        spec.translated = true;
    }
    // Put in as they were typed: JSON.stringify would take 4.50 for 4.5.
    let text = JSON.stringify(spec, null, 2);
    for (const [key, value] of [
        ["MAPVALUE", form.constant],
        ["DEFAULT", form.default],
    ]) {
        if (value) {
            JSON.parse(value);
            text = text.replace("{", `{\n  "${key}": ${value},`);
        }
    }
    return text;
}

/** One field of a mapping: where it comes from and what becomes of it on the way. */
export class FieldDialog extends Component {
    static template = "gateway_ng.MappingFieldDialog";
    static components = { CodeEditor, Dialog };
    static props = {
        close: Function,
        name: String,
        spec: String,
        choices: Object,
        sources: Array,
        targets: Array,
        apply: Function,
    };

    theme = editorTheme();

    setup() {
        const form = toForm(this.props.spec);
        this.state = useState({
            ...form,
            name: this.props.name,
            asJson: !form.plain,
            json: this.props.spec || '{\n  "MAPTO": "",\n  "type": "char"\n}',
            problems: [],
            path: "",
        });
    }

    get title() {
        return this.props.name ? _t("Field %s", this.props.name) : _t("Map a field");
    }

    get transformHelp() {
        const found = this.props.choices.transforms.find(
            (one) => one.name === this.state.transform,
        );
        return found?.help || "";
    }

    get typeHelp() {
        return this.props.choices.types.find((one) => one.name === this.state.type)?.help || "";
    }

    /** Adds the path that was picked, on a line of its own. */
    pick() {
        const path = this.state.path.trim();
        if (path) {
            const lines = this.state.paths.split("\n").filter((line) => line.trim());
            this.state.paths = [...lines, path].join("\n");
            this.state.path = "";
        }
    }

    /** Enter applies, in a line where it neither picks nor breaks the line. */
    onKeydown(event) {
        if (event.key === "Enter") {
            event.preventDefault();
            return this.apply();
        }
    }

    switchToJson() {
        try {
            this.state.json = toSpec(this.state);
        } catch {
            // the JSON as it was is shown; the form's constant is no JSON yet
        }
        this.state.asJson = true;
    }

    async apply() {
        let spec;
        try {
            spec = this.state.asJson ? this.state.json : toSpec(this.state);
        } catch (error) {
            this.state.problems = [{ message: error.message, remedy: _t("Write it as JSON.") }];
            return;
        }
        const problems = await this.props.apply(this.state.name.trim(), spec);
        if (problems.length) {
            this.state.problems = problems;
        } else {
            this.props.close();
        }
    }

    async remove() {
        const problems = await this.props.apply(this.state.name.trim(), "");
        if (problems.length) {
            this.state.problems = problems;
        } else {
            this.props.close();
        }
    }
}
