import { pointer, whyJson } from "./field_form";

const keyOf = (path) => path.join("›");
/** The keys of the lists around an entry, outermost first. */
const listsAround = (path) => path.slice(1).map((_, end) => keyOf(path.slice(0, end + 1)));

/** The problems of a mapping that are in one field, or in one entry and not in the list around. */
function problemsAt(problems, row, rows) {
    const isIn = (at, path) => at === pointer(path) || at?.startsWith(`${pointer(path)}/`);
    const inner = rows.filter((one) => one.path.length > row.path.length);
    return problems.filter(
        ({ at }) => isIn(at, row.path) && !inner.some(({ path }) => isIn(at, path)),
    );
}

const says = (row, text) =>
    [row.field, row.says, row.reference, ...row.reads.map((read) => read.path)]
        .join(" ")
        .toLowerCase()
        .includes(text);

/** The table's rows as they are shown: all fields, or those that `search` names; the entries of
 * lists that are `unfolded`, and those that are looked for or wrong. After the entries of an
 * unfolded list comes a row with `unmapped`: what of its elements is not mapped. */
export function rowsToShow(rows, { search, unfolded, problems }) {
    const text = search.trim().toLowerCase();
    const all = rows.map((row) => ({
        ...row,
        key: keyOf(row.path),
        lists: listsAround(row.path),
        why: whyJson(JSON.parse(row.spec)),
        problems: problemsAt(problems, row, rows),
    }));
    const found = all.filter((row) => (text ? says(row, text) : row.problems.length));
    const wanted = new Set(found.flatMap((row) => [row.key, ...row.lists]));
    const opened = new Set(found.flatMap((row) => row.lists));
    const shown = new Set();
    for (const { key, lists } of all) {
        const isUnfolded = lists.length && lists.every((one) => unfolded[one] && shown.has(one));
        if (wanted.has(key) || isUnfolded || (!text && !lists.length)) {
            shown.add(key);
        }
    }
    const isOpen = ({ key }) => Boolean(unfolded[key]) || opened.has(key);
    const rest = all.filter((row) => shown.has(row.key));
    return withUnmapped(
        rest.map((row) => ({ ...row, isOpen: isOpen(row) })),
        unfolded,
    );
}

function withUnmapped(rows, unfolded) {
    const made = [];
    const open = [];
    const closeUntil = (row) => {
        while (open.length && !row?.lists.includes(open.at(-1).key)) {
            const list = open.pop();
            made.push({ ...list, key: `${list.key}›`, unmapped: true });
        }
    };
    for (const row of rows) {
        closeUntil(row);
        made.push(row);
        if (row.element && unfolded[row.key]) {
            open.push(row);
        }
    }
    closeUntil();
    return made;
}
