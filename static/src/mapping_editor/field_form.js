import { _t } from "@web/core/l10n/translation";

/** Options that the form shows as boxes to tick. */
const FLAGS = ["required", "translated", "create_only"];
/** What else of a field the form shows, and what of a reference and of a list. */
const SHOWN = ["MAPTO", "MAPVALUE", "DEFAULT", "type", "transform", "reference", "list", ...FLAGS];
const SHOWN_IN_REFERENCE = ["entity", "lookup", "key", "required"];
const SHOWN_IN_LIST = ["key", "owned"];

/** Types whose values are written as they are, and those whose values have parts. */
const TEXTS = ["char", "text", "html", "selection"];
const STRUCTURED = ["json", "list", "options", "texts", "images"];

const isText = (value) => value === undefined || typeof value !== "object";
const without = (told, shown) =>
    Object.fromEntries(Object.entries(told || {}).filter(([name]) => !shown.includes(name)));
const lines = (text) =>
    text
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean);

/** What was typed for a value of this type, as JSON: a text needs no quotes. Raises SyntaxError
 * where the type has parts, and that is no JSON. */
export function toJson(typed, type) {
    if (TEXTS.includes(type)) {
        const isQuoted = typed.startsWith('"') && isJson(typed);
        return isQuoted || typed === "null" ? typed : JSON.stringify(typed);
    }
    if (STRUCTURED.includes(type)) {
        JSON.parse(typed);
    }
    return isJson(typed) ? typed : JSON.stringify(typed);
}

function isJson(typed) {
    try {
        JSON.parse(typed);
        return true;
    } catch {
        return false;
    }
}

/** As `toJson` takes it: a text without quotes, unless it would be taken for something else. */
function toText(value, type) {
    if (value === undefined) {
        return "";
    }
    const json = JSON.stringify(value);
    const isPlain = typeof value === "string" && value && !STRUCTURED.includes(type);
    return isPlain && toJson(value, type) === json ? value : json;
}

/** Why a field can only be edited as JSON, in words; nothing where the form shows all of it. */
export function whyJson(spec) {
    if (!isText(spec.transform)) {
        return _t("its transforms are several or have arguments");
    }
    if (spec.values) {
        return _t("it has a value table");
    }
    if (spec.translated === "only") {
        return _t("it is there in other languages only");
    }
    if (spec.reference?.create) {
        return _t("it creates the record that it refers to");
    }
    return [spec.MAPTO].flat().every(isText) ? "" : _t("it is not written as the form would");
}

/** A field's JSON as the form's values; `json` says why the form can't show it, if so. */
export function toForm(text) {
    const spec = text ? JSON.parse(text) : {};
    const mapto = spec.MAPTO === undefined ? [] : [spec.MAPTO].flat();
    const last = mapto.at(-1);
    const lambda = typeof last === "string" && last.startsWith("lambda") ? last : "";
    const { reference, list } = spec;
    const implied = list ? "list" : reference ? "reference" : "char";
    return {
        paths: (lambda ? mapto.slice(0, -1) : mapto).join("\n"),
        isList: Array.isArray(spec.MAPTO) && mapto.length === 1,
        lambda,
        type: spec.type || implied,
        impliedType: spec.type || !text ? "" : implied,
        transform: typeof spec.transform === "string" ? spec.transform : "",
        ...Object.fromEntries(FLAGS.map((flag) => [flag, Boolean(spec[flag])])),
        told: Object.fromEntries(FLAGS.map((flag) => [flag, spec[flag]])),
        constant: toText(spec.MAPVALUE, spec.type || implied),
        default: toText(spec.DEFAULT, spec.type || implied),
        kept: without(spec, SHOWN),
        refersTo: !reference
            ? ""
            : reference.entity
              ? `entity:${reference.entity}`
              : `lookup:${reference.lookup}`,
        refersBy: reference?.key || "",
        waits: reference?.required !== false,
        waitsTold: reference?.required,
        hasElements: Boolean(list),
        elementKey: list ? [list.key].flat().join("\n") : "",
        owned: Boolean(list?.owned),
        ownedTold: list?.owned,
        keptOfList: without(list, SHOWN_IN_LIST),
        keptOfReference: without(reference, SHOWN_IN_REFERENCE),
        json: whyJson(spec),
    };
}

/** Whether the form's field refers to another record, or to a list of them. */
export function refers(form) {
    return form.type === "reference" || (form.type === "list" && Boolean(form.refersTo));
}

/** An option of the form: told where it is so, and where it was told before. */
function option(spec, name, value, told) {
    if (value || told !== undefined) {
        spec[name] = Boolean(value);
    }
}

function toReference(form) {
    const [kind, name] = form.refersTo.split(":");
    const told = { [kind || "entity"]: name || "" };
    if (form.refersBy) {
        told.key = form.refersBy;
    }
    if (!form.waits || form.waitsTold !== undefined) {
        told.required = form.waits;
    }
    return { ...told, ...form.keptOfReference };
}

/** Of a list of elements without its entries, which are fields of their own. */
function toList(form) {
    const keys = lines(form.elementKey);
    const told = { key: keys.length === 1 ? keys[0] : keys };
    option(told, "owned", form.owned, form.ownedTold);
    return { ...told, ...form.keptOfList };
}

/** The form's values as the field's JSON. Raises SyntaxError as `toJson`. */
export function toSpec(form) {
    const paths = lines(form.paths);
    const spec = {};
    if (!form.constant && form.lambda.trim()) {
        spec.MAPTO = [...paths, form.lambda.trim()];
    } else if (!form.constant) {
        spec.MAPTO = paths.length === 1 && !form.isList ? paths[0] : paths;
    }
    if (form.type !== form.impliedType) {
        spec.type = form.type;
    }
    if (form.transform) {
        spec.transform = form.transform;
    }
    for (const flag of FLAGS) {
        option(spec, flag, form[flag], form.told[flag]);
    }
    if (refers(form)) {
        spec.reference = toReference(form);
    }
    if (form.hasElements) {
        spec.list = toList(form);
    }
    Object.assign(spec, form.kept);
    // Put in as they were typed: JSON.stringify would take 4.50 for 4.5.
    let text = JSON.stringify(spec, null, 2);
    for (const [key, value] of [
        ["MAPVALUE", form.constant],
        ["DEFAULT", form.default],
    ]) {
        if (value) {
            const told = toJson(value, form.type);
            text = text.replace("{", () => `{\n  "${key}": ${told},`);
        }
    }
    return text;
}

/** The JSON pointer of the entry at a path of names in a mapping document. */
export function pointer(path) {
    const names = path.map((name) => name.replaceAll("~", "~0").replaceAll("/", "~1"));
    return `/record/${names.join("/list/record/")}`;
}

/** Under which part of the form a problem belongs that is `at` a JSON pointer, «» for none. */
export function partOf(at, path, form) {
    const here = pointer(path);
    if (!at?.startsWith(`${here}/`)) {
        return "";
    }
    const [option, position] = at.slice(here.length + 1).split("/");
    if (option === "MAPTO") {
        return Number(position) >= lines(form.paths).length ? "lambda" : "paths";
    }
    return ["transform", "reference", "list"].includes(option) ? option : "";
}
