// SPDX-License-Identifier: Apache-2.0
"use strict";

// Any value of an experiment's points over another, or over what was swept.

const isPercentile = (name) => /(^|_)p\d+_/.test(name);

class Explorer {
  constructor(figure, experiments) {
    this.figure = figure;
    this.experiments = experiments;
    this.source = this.select("results", "Results");
    this.y = this.select("value", "Value");
    this.x = this.select("over", "Over");
    this.overload = made("button", { type: "button", "aria-pressed": "false",
      title: "Points whose backlog grew: their latencies say how long they ran" }, "overloaded too");
    this.fill(this.source, experiments.map((e, i) => [i, e.name]));
    this.source.parentElement.hidden = experiments.length < 2;
    figure.prepend(made("div", { class: "choices" }, this.source.parentElement,
      this.y.parentElement, this.x.parentElement, this.overload));
    this.offer();
    this.chart = new Chart(figure, this.data());
    this.source.addEventListener("change", () => { this.offer(); this.changed(); });
    for (const select of [this.x, this.y]) select.addEventListener("change", () => this.changed());
    this.overload.addEventListener("click", () => {
      this.overload.setAttribute("aria-pressed", String(!this.withOverload()));
      this.changed();
    });
  }

  select(name, text) {
    const select = made("select", { name });
    made("label", {}, `${text} `, select);
    return select;
  }

  fill(select, options) {
    select.replaceChildren(...options.map(([value, text]) => made("option", { value }, text)));
  }

  /** What the chosen results have to be shown. */
  offer() {
    const e = this.experiment();
    const values = e.values.map((value, i) => [`v${i}`, value.label]);
    const paths = e.paths.map((path, i) => [`p${i}`, path.label]);
    const percentile = (entry) => isPercentile(e.values[entry[0].slice(1)].name);
    const group = (label, options) => {
      const element = made("optgroup", { label });
      element.append(...options.map(([value, text]) => made("option", { value }, text)));
      return element;
    };
    this.y.replaceChildren(group("Percentiles", values.filter(percentile)),
      group("Other values", values.filter((entry) => !percentile(entry))));
    this.x.replaceChildren(group("Swept", paths), group("Values", values));
    this.y.value = e.y;
    this.x.value = e.x;
    this.overload.setAttribute("aria-pressed", String(e.overloaded));
    this.overload.hidden = !e.points.some((point) => point.unstable);
  }

  experiment() { return this.experiments[Number(this.source.value || 0)]; }
  withOverload() { return this.overload.getAttribute("aria-pressed") === "true"; }

  changed() {
    const data = this.data();
    this.chart.show(data);
    this.figure.classList.add("is-changed");
    this.tabulate(data);
  }

  /** The swept path along which points are joined: as joined_along in choice.cpp. */
  along(e) {
    if (this.x.value.startsWith("p")) return Number(this.x.value.slice(1));
    const rate = e.paths.findIndex((path) => path.name.endsWith("rate"));
    return rate >= 0 ? rate : e.paths.length - 1;
  }

  curveName(e, point, split) {
    const parts = split.map((i) => `${e.paths[i].name.split(".").pop()} ${point.swept[i][1]}`);
    if (e.variants || parts.length === 0) parts.unshift(point.variant);
    return parts.join(", ");
  }

  data() {
    const e = this.experiment();
    const y = Number(this.y.value.slice(1));
    const index = Number(this.x.value.slice(1));
    const isPath = this.x.value.startsWith("p");
    const along = this.along(e);
    const split = e.paths.map((_, i) => i).filter((i) => i !== along &&
      new Set(e.points.map((point) => point.swept[i][1])).size > 1);
    const curves = new Map();
    for (const point of e.points) {
      const at = isPath ? point.swept[index][0] : point.values[index]?.[0];
      if (at == null || point.values[y] == null || (point.unstable && !this.withOverload())) continue;
      const name = this.curveName(e, point, split);
      if (!curves.has(name)) curves.set(name, []);
      curves.get(name).push([at, ...point.values[y]]);
    }
    return this.chartOf(e, [...curves].map(([name, points]) => (
      { name, points: points.sort((a, b) => a[0] - b[0]) })), isPath ? e.paths[index] : null,
      isPath ? e.paths[index].label : e.values[index].label, e.values[y].label);
  }

  chartOf(e, curves, path, x, y) {
    const heights = curves.flatMap((curve) => curve.points.map((point) => point[1]));
    return { title: e.name ? `${e.name}: ${y}` : y, x, y, curves,
      description: `${y} over ${x}, ${curves.length} curves with 95 % confidence.`,
      logX: false, logY: Math.max(...heights) > 8 * Math.min(...heights), xNames: path?.labels ?? [] };
  }

  tabulate(data) {
    const cell = (text, number) => made("td", number ? { class: "number" } : {}, text);
    const rows = data.curves.flatMap((curve) => curve.points.map((point) => made("tr", {},
      cell(curve.name), cell(data.xNames[point[0]] ?? numberText(point[0]), true),
      cell(readingText(point), true))));
    const head = ["curve", data.x, data.y].map((text, i) =>
      made("th", i > 0 ? { scope: "col", class: "number" } : { scope: "col" }, text));
    this.figure.querySelector(".numbers table").replaceChildren(
      made("thead", {}, made("tr", {}, ...head)), made("tbody", {}, ...rows));
  }
}
