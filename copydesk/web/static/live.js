// Renews the figures and plots of the Now page.  All text comes from the server, escaped there.
"use strict";
(() => {
  const FIGURES_MS = 5000, PLOTS_MS = 20000;
  const NAMES = {
    pages_per_s: "pages a second", stories_per_min: "new stories", folded_per_min: "folded copies",
    rejected_per_min: "rejected", failed_per_min: "failed", in_hands: "pages with workers", waiting: "URLs waiting",
  };
  const state = document.getElementById("state");
  const parts = [document.getElementById("figures"), document.getElementById("reasons")];
  const plots = document.getElementById("plots");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let charts = [], columns = null;

  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const short = (v) => v == null ? "" : Math.abs(v) >= 1e6 ? v / 1e6 + "M" : Math.abs(v) >= 1e4 ? v / 1e3 + "k" : String(v);
  const pad = (n) => String(n).padStart(2, "0");
  const utc = (s) => { const d = new Date(s * 1000); return pad(d.getUTCHours()) + ":" + pad(d.getUTCMinutes()); };

  const lonely = (values) => values.flatMap((v, i) => v != null && values[i - 1] == null && values[i + 1] == null ? [i] : []);

  function options(names, box) {
    const strokes = [color("--accent"), color("--warn")];
    const axis = { stroke: color("--soft"), grid: { stroke: color("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
    return {
      width: box.clientWidth, height: 150, legend: { live: true }, cursor: { y: false, drag: { setScale: false } },
      scales: { x: { time: true }, y: { range: (u, low, high) => [0, high > 0 ? high * 1.1 : 1] } },
      axes: [
        { ...axis, size: 24, space: 60, values: (u, seconds) => seconds.map(utc) },
        { ...axis, size: 44, values: (u, ticks) => ticks.map(short) },
      ],
      series: [
        { label: "UTC", value: (u, v) => v == null ? "\u2014" : utc(v) },
        ...names.map((name, i) => ({
          label: NAMES[name], stroke: strokes[i], width: 1.5, dash: i ? [5, 3] : undefined,
          // A sample without neighbours has no line to be on.
          points: { show: true, size: 5, filter: (u, n) => lonely(u.data[n]) },
          fill: i ? undefined : strokes[i] + "22", spanGaps: false,
          value: (u, v) => v == null ? "\u2014" : String(Math.round(v * 100) / 100),
        })),
      ],
    };
  }

  function draw() {
    charts.forEach((chart) => chart.destroy());
    charts = [...plots.querySelectorAll("[data-plot]")].map((box) => {
      const names = box.dataset.plot.split(" ");
      box.replaceChildren();
      const chart = new uPlot(options(names, box), [columns.at, ...names.map((name) => columns[name])], box);
      chart.root.setAttribute("role", "img");
      chart.root.setAttribute("aria-label", names.map((name) => NAMES[name] + ", highest " +
        Math.round(100 * Math.max(0, ...columns[name].map((v) => v ?? 0))) / 100).join("; "));
      return chart;
    });
  }

  async function ask(url, kind) {
    const answer = await fetch(url, { headers: { Accept: kind === "json" ? "application/json" : "text/html" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    return kind === "json" ? answer.json() : answer.text();
  }

  async function figures() {
    if (document.hidden) return;
    try {
      const fresh = new DOMParser().parseFromString(await ask(state.dataset.from, "html"), "text/html");
      for (const part of parts) {
        // Who is reading this part with the keyboard is not thrown out of it.
        const found = fresh.getElementById(part.id);
        if (found && !part.contains(document.activeElement)) part.replaceChildren(...found.childNodes);
      }
      say("Live", "facts live");
    } catch {
      say("Not live: no answer from the server", "facts stale");
    }
  }

  function say(text, kind) {
    if (state.textContent !== text) state.textContent = text;
    state.className = kind;
  }

  async function flow() {
    if (document.hidden) return;
    try { columns = await ask(plots.dataset.from, "json"); draw(); } catch { /* the figures say so */ }
  }

  flow();
  setInterval(figures, FIGURES_MS);
  setInterval(flow, PLOTS_MS);
  let waiting;
  const again = () => { clearTimeout(waiting); waiting = setTimeout(() => columns && draw(), 150); };
  addEventListener("resize", again);
  dark.addEventListener("change", again);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { figures(); flow(); } });
})();
