import { cookie } from "@web/core/browser/cookie";

/** The code editor's theme on light and on dark screens, as Odoo's own code fields choose it. */
export function editorTheme() {
    return cookie.get("color_scheme") === "dark" ? "monokai" : "";
}
