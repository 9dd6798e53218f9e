import { onMounted, onWillUnmount } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";

export const CHANNEL = "gateway_runs";

/**
 * Calls back when runs have moved on, as the bus tells, and once more after the last of several
 * tidings: never more often than every `wait` milliseconds.
 *
 * @param {(run: {id: number, connector: number, state: string}) => any} onMoved
 * @param {{wait?: number, concerns?: (run: Object) => boolean}} [options] `concerns` says whether a
 *  run is of interest here
 */
export function useRuns(onMoved, { wait = 1000, concerns = () => true } = {}) {
    const bus = useService("bus_service");
    let timer = null;
    let called = 0;
    let latest = null;

    async function call() {
        timer = null;
        called = Date.now();
        await onMoved(latest);
    }

    function listen(run) {
        if (!concerns(run)) {
            return;
        }
        latest = run;
        if (timer === null) {
            timer = browser.setTimeout(call, Math.max(0, called + wait - Date.now()));
        }
    }

    onMounted(() => {
        bus.subscribe(CHANNEL, listen);
        bus.addChannel(CHANNEL);
    });
    onWillUnmount(() => {
        bus.unsubscribe(CHANNEL, listen);
        browser.clearTimeout(timer);
    });
}
