import { Component, onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatInteger } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useRuns } from "../runs/use_runs";

/** Where no bus reaches the browser, an open run is looked at this often (milliseconds). */
const LOOK = 10000;

/** «45 s», «3 min», «1 h 5 min» */
export function duration(seconds) {
    if (seconds < 60) {
        return _t("%s s", Math.round(seconds));
    }
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) {
        return _t("%s min", minutes);
    }
    return _t("%(hours)s h %(minutes)s min", {
        hours: Math.floor(minutes / 60),
        minutes: minutes % 60,
    });
}

/**
 * How far a run is. It reads its record anew when the bus says that the run has moved on, so the
 * counts beside it move as well.
 */
export class RunProgress extends Component {
    static template = "gateway_ng.RunProgress";
    static props = { ...standardFieldProps };

    setup() {
        useRuns(() => this.reload(), { concerns: (run) => this.isShown(run) });
        let timer;
        onMounted(() => {
            timer = browser.setInterval(() => this.progress.open && this.reload(), LOOK);
        });
        onWillUnmount(() => browser.clearInterval(timer));
    }

    /** A run is shown on its own form, and on its connector's. */
    isShown(run) {
        const { resModel, resId } = this.props.record;
        return (resModel === "gateway.run" ? run.id : run.connector) === resId;
    }

    reload() {
        return this.props.record.load();
    }

    get progress() {
        return this.props.record.data[this.props.name] || {};
    }

    /** Percent of the steps; of the one that goes on, its settled pages. */
    get percent() {
        const { flows, flows_done: done, share, open } = this.progress;
        if (!open) {
            return 100;
        }
        return flows ? Math.min(99, Math.round((100 * (done + share)) / flows)) : 0;
    }

    get headline() {
        const { state, entity, direction, paused, waits_for: other } = this.progress;
        if (paused) {
            return _t("The connector is paused: it goes on when that is resumed");
        }
        if (other) {
            return _t("Waits until %s has ended, which reads the same records", other);
        }
        if (state === "queued") {
            return _t("Waits for a worker");
        }
        if (!entity) {
            return _t("Goes on");
        }
        return direction === "import"
            ? _t("%s: from the shop to Odoo", entity)
            : _t("%s: from Odoo to the shop", entity);
    }

    get facts() {
        const { flows, flows_done, pages, pages_settled, read, rate, seconds, left } =
            this.progress;
        return [
            _t("step %(step)s of %(steps)s", {
                step: Math.min(flows_done + 1, flows),
                steps: flows,
            }),
            _t("pages settled: %(settled)s of %(pages)s", { settled: pages_settled, pages }),
            _t("records read: %s", formatInteger(read)),
            _t("%(rate)s records/s", { rate: formatInteger(Math.round(rate)) }),
            _t("going on for %s", duration(seconds)),
            this.timeLeft(left),
        ];
    }

    /** Nothing is told to be over while the run is open. */
    timeLeft(seconds) {
        if (seconds === null) {
            return _t("time left not known yet");
        }
        return seconds < 1 ? _t("finishing") : _t("about %s left", duration(seconds));
    }
}

registry.category("fields").add("gateway_run_progress", {
    component: RunProgress,
    supportedTypes: ["json"],
});
