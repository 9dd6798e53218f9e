import { Component, useState } from "@odoo/owl";
import { CodeEditor } from "@web/core/code_editor/code_editor";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { partOf, refers, toForm, toSpec } from "./field_form";
import { editorTheme } from "./theme";

/** One field of a mapping or one entry of a list: where it comes from and what becomes of it on the
 * way. `under` are the names of the lists around it. */
export class FieldDialog extends Component {
    static template = "gateway_ng.MappingFieldDialog";
    static components = { CodeEditor, Dialog };
    static props = {
        close: Function,
        under: { type: Array, optional: true },
        name: String,
        spec: String,
        help: { type: String, optional: true },
        choices: Object,
        references: { type: Array, optional: true },
        sources: Array,
        targets: Array,
        apply: Function,
    };
    static defaultProps = { under: [], references: [], help: "" };

    theme = editorTheme();

    setup() {
        const form = toForm(this.props.spec);
        this.state = useState({
            ...form,
            name: this.props.name,
            asJson: Boolean(form.json),
            why: form.json,
            json: this.props.spec || '{\n  "MAPTO": "",\n  "type": "char"\n}',
            problems: [],
            path: "",
        });
    }

    get title() {
        const path = [...this.props.under, this.props.name].join(" › ");
        if (this.props.name) {
            return _t("Field %s", path);
        }
        return this.props.under.length
            ? _t("Map a field of %s", this.props.under.join(" › "))
            : _t("Map a field");
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

    get pathRows() {
        return Math.min(8, Math.max(2, this.state.paths.split("\n").length));
    }

    /** Elements of lists have no translations, and lists are none. */
    get canTranslate() {
        return this.state.translated || !(this.props.under.length || this.state.hasElements);
    }

    // -- references

    get refers() {
        return refers(this.state);
    }

    /** Whom the field can refer to; what it refers to now is always among them. */
    get references() {
        const known = this.props.references.map((one) => ({
            ...one,
            value: `${one.kind}:${one.name}`,
        }));
        const { refersTo, refersBy } = this.state;
        if (refersTo && !known.some((one) => one.value === refersTo)) {
            const [kind, name] = refersTo.split(":");
            known.push({ value: refersTo, kind, name, label: name, keys: [] });
        }
        const now = known.find((one) => one.value === refersTo);
        if (refersBy && !now.keys.includes(refersBy)) {
            now.keys = [...now.keys, refersBy];
        }
        return known;
    }

    get referred() {
        return this.references.find((one) => one.value === this.state.refersTo);
    }

    /** Another record to refer to: found by its binding, or a lookup by its first key. */
    refer(value) {
        const { kind, keys } = this.references.find((one) => one.value === value) || {};
        this.state.refersBy = kind === "lookup" ? keys[0] || "" : "";
        this.state.refersTo = value;
    }

    // -- what is kept as it is

    get kept() {
        const { kept, keptOfList, keptOfReference } = this.state;
        const names = [kept, keptOfList, keptOfReference].flatMap(Object.keys);
        return names.filter((name) => name !== "help").join(", ");
    }

    // -- what is wrong

    /** Problems of one part of the form, «» for those of none that is shown. */
    problemsOf(part) {
        const path = [...this.props.under, this.state.name.trim()];
        return this.state.problems.filter(
            (one) => (this.state.asJson ? "" : partOf(one.at, path, this.state)) === part,
        );
    }

    /** What was wrong with parts of the form is about what stood there before they were edited. */
    forget(...parts) {
        const stale = parts.flatMap((part) => this.problemsOf(part));
        this.state.problems = this.state.problems.filter((one) => !stale.includes(one));
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
        await this.give(spec);
    }

    remove() {
        return this.give("");
    }

    async give(spec) {
        const problems = await this.props.apply(this.state.name.trim(), spec);
        if (problems.length) {
            this.state.problems = problems;
        } else {
            this.props.close();
        }
    }
}
