import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";

/** The colours of the theme that is shown, so that the chart is right on dark screens, too. */
function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** What Chart.js is given for `days`: [{day, written, same, trouble}]. */
export function chartData(days) {
    const bar = (label, name, background) => ({
        label,
        data: days.map((row) => row[name]),
        backgroundColor: background,
    });
    return {
        labels: days.map((row) =>
            luxon.DateTime.fromISO(row.day).toLocaleString({ day: "numeric", month: "short" }),
        ),
        datasets: [
            bar(_t("Written"), "written", color("--success")),
            bar(_t("Nothing to do"), "same", color("--secondary")),
            bar(_t("Need a person"), "trouble", color("--danger")),
        ],
    };
}

/** Records settled a day. */
export class Throughput extends Component {
    static template = "gateway_ng.Throughput";
    static props = { days: Array };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.days],
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    draw() {
        this.chart?.destroy();
        const text = getComputedStyle(this.canvas.el).color;
        const axis = {
            stacked: true,
            ticks: { color: text, precision: 0 },
            grid: { display: false },
        };
        this.chart = new Chart(this.canvas.el, {
            type: "bar",
            data: chartData(this.props.days),
            options: {
                maintainAspectRatio: false,
                animation: false,
                locale: user.lang,
                plugins: { legend: { labels: { color: text } } },
                scales: { x: axis, y: { ...axis, beginAtZero: true } },
            },
        });
    }
}
