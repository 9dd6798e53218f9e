import { Component, markup, onWillStart, useRef, useState } from "@odoo/owl";
import { CodeEditor } from "@web/core/code_editor/code_editor";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useAutofocus, useService } from "@web/core/utils/hooks";
import { downloadFile } from "@web/core/network/download";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { editorTheme } from "./theme";
import { FieldDialog } from "./field_dialog";
import { rowsToShow } from "./rows";

/** One layer of one mapping: its fields, its JSON, a preview on live records, its history. */
export class MappingEditor extends Component {
    static template = "gateway_ng.MappingEditor";
    static components = { CodeEditor, Layout };
    static props = { ...standardActionServiceProps };

    theme = editorTheme();

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        this.file = useRef("file");
        useAutofocus({ refName: "search" });
        this.state = useState({
            tab: "fields",
            connector: null,
            flow: "",
            layer: "connector",
            text: "",
            kept: "",
            note: "",
            table: null,
            problems: [],
            revisions: [],
            manages: false,
            isShippedBelow: true,
            samples: null,
            diff: null,
            busy: false,
            search: "",
            unfolded: {},
        });
        onWillStart(async () => {
            this.choices = await this.orm.call("gateway.mapping", "editor_choices", []);
            const [first] = this.choices.connectors;
            if (first) {
                this.state.connector = first.id;
                this.state.flow = this.flowKey(first.flows[0]);
                await this.load();
            }
        });
    }

    // -- what is edited

    get connector() {
        return this.choices.connectors.find((one) => one.id === this.state.connector);
    }

    flowKey(flow) {
        return `${flow.entity}.${flow.direction}`;
    }

    get place() {
        const [entity, direction] = this.state.flow.split(".");
        return [this.state.connector, entity, direction, this.state.layer];
    }

    get isDirty() {
        return this.state.text !== this.state.kept;
    }

    call(method, ...args) {
        return this.orm.call("gateway.mapping", method, args);
    }

    async load() {
        const told = await this.call("editor_load", ...this.place);
        Object.assign(this.state, {
            text: told.text,
            kept: told.text,
            note: "",
            table: told.table,
            problems: [],
            revisions: told.revisions,
            manages: told.manages,
            isShippedBelow: told.is_shipped_below,
            samples: null,
            diff: null,
            unfolded: {},
        });
    }

    /** Another connector, mapping or layer; asks where something is not saved. */
    choose(values) {
        const go = async () => {
            Object.assign(this.state, values);
            const keys = this.connector.flows.map((flow) => this.flowKey(flow));
            if (!keys.includes(this.state.flow)) {
                this.state.flow = keys[0];
            }
            await this.load();
        };
        if (!this.isDirty) {
            return go();
        }
        this.dialog.add(ConfirmationDialog, {
            body: _t("What you changed is not saved. Leave it?"),
            confirm: go,
            confirmLabel: _t("Leave it"),
            cancel: () => {},
        });
    }

    layerLabel(name) {
        const known = this.choices.layers.find((one) => one.name === name);
        return known ? known.label : _t("As shipped");
    }

    // -- editing

    get rows() {
        return rowsToShow(this.state.table.rows, this.state);
    }

    fold(row) {
        this.state.unfolded[row.key] = !this.state.unfolded[row.key];
    }

    jsonHelp(row) {
        return _t("Edited as JSON, not in a form: %s", row.why);
    }

    /** A field, an entry of a list («path» has the list's names before its own), or a new one. */
    edit(path, spec = "", help = "") {
        const under = path.slice(0, -1);
        const { rows, source_fields, unmapped_target, references } = this.state.table;
        const list = rows.find((row) => row.path.join() === under.join());
        this.dialog.add(FieldDialog, {
            under,
            name: path.at(-1),
            spec,
            help,
            choices: this.choices,
            references,
            sources: list ? list.element.sources : source_fields,
            targets: list ? list.element.unmapped_target : unmapped_target,
            apply: (name, json) => this.setField([...under, name], json),
        });
    }

    /** Sets the field in the layer, unless the mapping would be wrong then; says what would be. */
    async setField(path, spec) {
        if (!path.at(-1)) {
            return [{ message: _t("Name the field to write."), remedy: "" }];
        }
        let text;
        try {
            text = await this.call("editor_set_field", ...this.place, this.state.text, path, spec);
        } catch (error) {
            return [{ message: error.data?.message || error.message, remedy: "" }];
        }
        const told = await this.call("editor_check", ...this.place, text);
        if (told.problems.length) {
            // Lines are those of the layer's JSON, which is not to be seen there.
            return told.problems.map(({ at, message, remedy }) => ({ at, message, remedy }));
        }
        Object.assign(this.state, { text, table: told.table, problems: [], samples: null });
        return [];
    }

    onJson(text) {
        if (text !== this.state.text) {
            Object.assign(this.state, { text, samples: null, problems: [] });
        }
    }

    /** By the button: that nothing is wrong is said too. */
    async tellChecked() {
        if (await this.check()) {
            this.notification.add(_t("The mapping is valid."), { type: "success" });
        }
    }

    async check() {
        const told = await this.call("editor_check", ...this.place, this.state.text);
        this.state.problems = told.problems;
        if (!told.problems.length) {
            this.state.table = told.table;
        }
        return !told.problems.length;
    }

    async preview() {
        this.state.tab = "preview";
        this.state.busy = true;
        try {
            const told = await this.call("editor_preview", ...this.place, this.state.text);
            this.state.problems = told.problems;
            this.state.samples = told.samples;
        } finally {
            this.state.busy = false;
        }
    }

    /** A value of the preview: the server has escaped all that it says. */
    html(cell) {
        return markup(cell);
    }

    async save() {
        if (!(await this.check())) {
            this.state.tab = "json";
            return;
        }
        await this.call("editor_save", ...this.place, this.state.text, this.state.note);
        await this.load();
        this.tellKept(_t("Saved. It holds from the next run on."));
    }

    /** What records have that do not change is said too, and how to carry the mapping to them. */
    tellKept(done) {
        const close = this.notification.add(
            _t(
                "%s Records that are settled already keep what they have until they change, or until the mapping is carried to all of them.",
                done,
            ),
            {
                type: "success",
                autocloseDelay: 15000,
                buttons: [
                    {
                        name: _t("Carry to all records"),
                        onClick: () => {
                            close();
                            this.carry();
                        },
                    },
                ],
            },
        );
    }

    // -- history and files

    time(text) {
        return deserializeDateTime(text).toLocaleString(luxon.DateTime.DATETIME_MED);
    }

    async compare(revision) {
        const diff = await this.orm.call("gateway.mapping.revision", "compare", [
            [revision.id],
            this.state.text,
        ]);
        this.state.diff = { id: revision.id, lines: diff };
    }

    /** The mapping without this layer's changes, as text; or what they change in it. */
    async showBelow(id) {
        const told = await this.call("editor_below", ...this.place, this.state.text);
        const lines = id === "below" ? told.text.split("\n") : told.lines;
        this.state.diff = { id, lines };
    }

    takeBack() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Take the changes back"),
            body: _t(
                "What is changed here no longer holds from the next run on. The versions stay in this list.",
            ),
            confirmLabel: _t("Take the changes back"),
            confirm: async () => {
                await this.call("editor_take_back", ...this.place);
                await this.load();
                this.tellKept(_t("Restored. It holds from the next run on."));
            },
            cancel: () => {},
        });
    }

    /** A changed mapping reaches records as they change; this lets it reach all of them. */
    carry() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Carry to all records"),
            body: _t(
                "The next sync reads all records of this mapping anew and writes what the mapping changes in them; conflict rules hold as always. With many records this takes long. Until then, Plan on the connector shows what it would change.",
            ),
            confirmLabel: _t("Carry to all records"),
            confirm: async () => {
                const names = await this.call("editor_carry", ...this.place);
                this.notification.add(
                    _t("All records are read anew at the next sync of %s.", names.join(", ")),
                    { type: "success" },
                );
            },
            cancel: () => {},
        });
    }

    get tabs() {
        return [
            ["fields", _t("Fields")],
            ["json", _t("JSON")],
            ["preview", _t("Preview")],
            ["history", _t("History")],
        ];
    }

    lineClass(line) {
        return { "+": "text-success", "-": "text-danger", "@": "text-muted" }[line[0]] || "";
    }

    async restore(revision) {
        await this.orm.call("gateway.mapping.revision", "action_restore", [[revision.id]]);
        await this.load();
        this.tellKept(_t("Restored. It holds from the next run on."));
    }

    exportFile() {
        const blob = new Blob([this.state.text], { type: "application/json" });
        return downloadFile(blob, `${this.state.flow}.${this.state.layer}.json`);
    }

    async importFile(event) {
        const [file] = event.target.files;
        event.target.value = "";
        if (file) {
            this.state.text = await file.text();
            this.state.tab = "json";
            await this.check();
        }
    }
}

registry.category("actions").add("gateway_mapping_editor", MappingEditor);
