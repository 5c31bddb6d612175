// SPDX-License-Identifier: Apache-2.0
"use strict";

// Curves that can be zoomed, hidden and read off, in place of a still drawing of the same.

/** The shapes of markers, as svg.cpp draws them. */
const kShapes = [
  "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
  "M-3.2 -3.2h6.4v6.4h-6.4z",
  "M0 -4.2l4.2 7.4h-8.4z",
  "M0 -4.6l4.6 4.6l-4.6 4.6l-4.6 -4.6z",
  "M0 4.2l4.2 -7.4h-8.4z",
  "M-4.2 -1.4h8.4v2.8h-8.4z",
];
const kFont = "13px system-ui, sans-serif";
const kReach = 40; // pixels from the pointer to the point that it means

const shapeOf = (series) => kShapes[(series + Math.floor(series / 6)) % 6];
const styled = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const colourOf = (series) => styled(`--s${series % 6}`);

function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function numberText(number) {
  if (Math.abs(number) >= 1000) return Math.round(number).toLocaleString("en-US");
  return String(Number(number.toPrecision(4)));
}

function readingText([, value, halfWidth]) {
  if (!(halfWidth > 1e-9 * Math.abs(value))) return numberText(value);
  return `${numberText(value)} ±${Number(halfWidth.toPrecision(2)).toLocaleString("en-US")}`;
}

/** Ends of the confidence intervals; a logarithmic axis has no place for zero. */
const lowEnd = ([, value, half], log) => (log ? Math.max(value - half, value / 2) : value - half);
const highEnd = ([, value, half]) => value + half;

/** 1, 2 and 5 times powers of ten between two numbers, or only the powers when they are many. */
function logTicks(low, high) {
  const factors = high / low > 1000 ? [1] : [1, 2, 5];
  const ticks = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10)
    ticks.push(...factors.map((f) => f * power).filter((t) => t >= low && t <= high));
  return ticks;
}

function linearTicks(low, high, count = 5) {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((f) => f * power >= raw * 0.999) * power;
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; ++i) ticks.push(i * step);
  return ticks;
}

class Chart {
  /** `figure` holds the still drawing, which stays for print. */
  constructor(figure, data) {
    this.figure = figure;
    this.plot = made("div", { class: "plot", tabindex: "0", role: "group" });
    this.legend = made("div", { class: "legend", role: "group", "aria-label": "Curves shown" });
    this.readout = made("p", { class: "readout", "aria-live": "polite" });
    this.title = made("p", { class: "chart-title" });
    this.live = made("div", { class: "live" }, this.title, this.legend, this.plot, this.readout,
      this.tools());
    figure.querySelector(".still").after(this.live);
    figure.classList.add("is-live");
    this.plot.addEventListener("keydown", (event) => this.key(event));
    this.show(data);
    new ResizeObserver(() => this.fit()).observe(this.plot);
  }

  /** Draws other data; what was hidden or zoomed before is forgotten. */
  show(data) {
    this.data = data;
    this.logX = data.logX && this.canBeLog(0);
    this.logY = data.logY && this.canBeLog(1);
    this.shown = data.curves.map(() => true);
    this.current = null;
    this.title.textContent = data.title;
    this.drawLegend();
    this.reset();
  }

  canBeLog(column) {
    return this.data.curves.every((curve) => curve.points.every((point) => point[column] > 0));
  }

  // What stands around the plot.

  tools() {
    const button = (text, label, act) => {
      const element = made("button", { type: "button", "aria-label": label, title: label }, text);
      element.addEventListener("click", act);
      return element;
    };
    this.logYButton = button("log y", "Logarithmic y axis", () => this.toggleLog("logY"));
    this.logXButton = button("log x", "Logarithmic x axis", () => this.toggleLog("logX"));
    return made("div", { class: "tools", role: "group", "aria-label": "View" },
      button("+", "Zoom in", () => this.zoom(0.5)),
      button("−", "Zoom out", () => this.zoom(2)),
      button("all", "Show all", () => this.reset()), this.logYButton, this.logXButton);
  }

  toggleLog(which) {
    this[which] = !this[which];
    this.reset();
  }

  drawLegend() {
    this.legend.replaceChildren(...this.data.curves.map((curve, i) => {
      const key = made("span", { class: "key", "aria-hidden": "true" });
      key.innerHTML = `<svg viewBox="-8 -6 16 12"><path class="curve s${i % 6}" d="M-8 0H8"/>` +
        `<path class="dot s${i % 6}" d="${shapeOf(i)}"/></svg>`;
      const button = made("button", { type: "button", "aria-pressed": "true" }, key, curve.name);
      button.addEventListener("click", () => this.toggle(i));
      return button;
    }));
  }

  toggle(series) {
    this.shown[series] = !this.shown[series];
    this.legend.children[series].setAttribute("aria-pressed", String(this.shown[series]));
    this.point(null);
    this.view.y = this.fullY();
    this.chart.batch(() => {
      this.chart.setSeries(series + 1, { show: this.shown[series] });
      this.applyView();
    });
  }

  // What part of the data is seen.

  visiblePoints() {
    return this.data.curves.flatMap((curve, i) => (this.shown[i] ? curve.points : []));
  }

  fullX() {
    if (this.data.xNames.length > 0) return [-0.5, this.data.xNames.length - 0.5];
    const all = this.visiblePoints().map((point) => point[0]);
    if (all.length === 0) return [0, 1];
    const [low, high] = [Math.min(...all), Math.max(...all)];
    if (this.logX) return [low / 1.1, high * 1.1];
    const room = (high - Math.min(0, low)) * 0.03 || 1;
    return [Math.min(0, low), high + room];
  }

  fullY() {
    const points = this.visiblePoints();
    if (points.length === 0) return this.logY ? [1, 10] : [0, 1];
    const low = Math.min(...points.map((point) => lowEnd(point, this.logY)));
    const high = Math.max(...points.map(highEnd));
    if (this.logY) return [low / 1.15, high * 1.15];
    const floor = low < high / 2 || low === high ? Math.min(0, low) : low - (high - low) * 0.1;
    return [floor, high + ((high - floor) * 0.05 || 1)];
  }

  reset() {
    this.view = { x: this.fullX(), y: this.fullY() };
    this.build();
  }

  applyView() {
    const [x, y] = [this.view.x, this.view.y];
    this.chart.batch(() => {
      this.chart.setScale("x", { min: x[0], max: x[1] });
      this.chart.setScale("y", { min: y[0], max: y[1] });
    });
    this.point(this.current);
  }

  /** About the point that is being read, or else the middle. */
  zoom(factor) {
    const about = ([low, high], log, at) => {
      if (log) {
        const middle = Math.log(at ?? Math.sqrt(low * high));
        return [low, high].map((end) => Math.exp(middle + (Math.log(end) - middle) * factor));
      }
      const middle = at ?? (low + high) / 2;
      return [low, high].map((end) => middle + (end - middle) * factor);
    };
    const at = this.current && this.data.curves[this.current[0]].points[this.current[1]];
    this.view = { x: about(this.view.x, this.logX, at?.[0]), y: about(this.view.y, this.logY, at?.[1]) };
    this.applyView();
  }

  /** To what was dragged over; a drag along one side zooms along it alone. */
  select(u) {
    const { left, top, width, height } = u.select;
    if (width > 5) this.view.x = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
    if (height > 5) this.view.y = [u.posToVal(top + height, "y"), u.posToVal(top, "y")];
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.applyView();
  }

  // Reading off.

  /** Marks a point and says it: [curve, index]. */
  point(current) {
    this.current = current;
    if (!current) {
      this.ring.hidden = true;
      this.readout.textContent = "";
      return;
    }
    const curve = this.data.curves[current[0]];
    const point = curve.points[current[1]];
    this.ring.hidden = false;
    this.ring.style.left = `${this.chart.valToPos(point[0], "x")}px`;
    this.ring.style.top = `${this.chart.valToPos(point[1], "y")}px`;
    const x = this.data.xNames[point[0]] ?? numberText(point[0]);
    this.readout.textContent = `${curve.name}: ${readingText(point)} (${this.data.y}) at ${x} (${this.data.x})`;
  }

  hover(u) {
    if (u.cursor.left < 0) return;
    let nearest = null;
    let least = kReach;
    this.data.curves.forEach((curve, i) => {
      if (!this.shown[i]) return;
      curve.points.forEach((point, j) => {
        const away = Math.hypot(u.valToPos(point[0], "x") - u.cursor.left,
          u.valToPos(point[1], "y") - u.cursor.top);
        if (away < least) [least, nearest] = [away, [i, j]];
      });
    });
    if (nearest) this.point(nearest);
  }

  /** Left and right along a curve, up and down between curves, + - and 0 for the view. */
  key(event) {
    const views = { "+": () => this.zoom(0.5), "=": () => this.zoom(0.5), "-": () => this.zoom(2),
      0: () => this.reset(), Escape: () => this.point(null) };
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (views[event.key]) views[event.key]();
    else if (steps[event.key]) this.step(...steps[event.key]);
    else return;
    event.preventDefault();
  }

  step(otherCurve, along) {
    const visible = this.shown.flatMap((shown, i) => (shown ? [i] : []));
    if (visible.length === 0) return;
    if (!this.current) return this.point([visible[0], 0]);
    const place = visible.indexOf(this.current[0]) + otherCurve;
    const curve = visible[(place + visible.length) % visible.length];
    const last = this.data.curves[curve].points.length - 1;
    this.point([curve, Math.min(last, Math.max(0, this.current[1] + along))]);
  }

  // Drawing.

  size() {
    const width = Math.max(200, this.plot.clientWidth);
    return { width, height: Math.round(Math.min(440, Math.max(230, width * 0.68))) };
  }

  fit() {
    if (this.chart && this.size().width !== this.chart.width) {
      this.chart.setSize(this.size());
      this.point(this.current);
    }
  }

  axis(label, log, side) {
    const names = side === 2 ? this.data.xNames : [];
    const ticks = (u, i, low, high) => {
      if (names.length > 0) return names.map((_, n) => n).filter((n) => n >= low && n <= high);
      const some = log ? logTicks(low, high) : [];
      return some.length > 2 ? some : linearTicks(low, high, this.size().width < 360 ? 4 : 5);
    };
    return { label, side, font: kFont, labelFont: kFont, labelSize: 22, stroke: styled("--ink"),
      splits: ticks, filter: (u, splits) => splits,
      values: (u, splits) => splits.map((n) => names[n] ?? numberText(n)),
      size: side === 2 ? 34 : 52, gap: 4,
      grid: { stroke: styled("--faint"), width: 1, show: side === 3 },
      ticks: { stroke: styled("--dim"), width: 1, size: 4, show: side === 2 } };
  }

  options() {
    const range = (which) => () => this.view[which];
    return { ...this.size(), legend: { show: false },
      scales: { x: { time: false, distr: this.logX ? 3 : 1, range: range("x") },
        y: { distr: this.logY ? 3 : 1, range: range("y") } },
      axes: [this.axis(this.data.x, this.logX, 2), this.axis(this.data.y, this.logY, 3)],
      series: [{}, ...this.data.curves.map((curve, i) => ({ label: curve.name, scale: "y",
        show: this.shown[i], stroke: colourOf(i), width: 2, spanGaps: true, points: { show: false } }))],
      cursor: { points: { show: false }, x: false, y: false,
        drag: { x: true, y: true, uni: 20, setScale: false },
        bind: { dblclick: () => () => this.reset() } },
      hooks: { drawClear: [(u) => this.drawBands(u)], draw: [(u) => this.drawPoints(u)],
        setSelect: [(u) => this.select(u)], setCursor: [(u) => this.hover(u)] } };
  }

  build() {
    this.chart?.destroy();
    const tables = this.data.curves.map((curve) => [
      curve.points.map((point) => point[0]), curve.points.map((point) => point[1])]);
    const rows = tables.length > 0 ? uPlot.join(tables) : [[]];
    this.chart = new uPlot(this.options(), rows, this.plot);
    this.ring = made("div", { class: "ring", hidden: "" });
    this.chart.over.append(this.ring);
    this.plot.setAttribute("aria-label", `${this.data.title}. ${this.data.description} ` +
      "Arrow keys go from point to point, plus and minus zoom, 0 shows all; the numbers are below.");
    this.logYButton.setAttribute("aria-pressed", String(this.logY));
    this.logXButton.setAttribute("aria-pressed", String(this.logX));
    this.logYButton.disabled = !this.canBeLog(1);
    this.logXButton.disabled = !this.canBeLog(0) || this.data.xNames.length > 0;
    this.point(this.current);
  }

  /** Calls `draw` for each visible curve, within the plot. */
  eachCurve(u, draw) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left - 6, bbox.top - 6, bbox.width + 12, bbox.height + 12);
    ctx.clip();
    this.data.curves.forEach((curve, i) => this.shown[i] && draw(ctx, curve, i));
    ctx.restore();
  }

  drawBands(u) {
    this.eachCurve(u, (ctx, curve, i) => {
      if (curve.points.length < 2 || !curve.points.some((point) => point[2] > 0)) return;
      const at = (point, y) => [u.valToPos(point[0], "x", true), u.valToPos(y, "y", true)];
      ctx.beginPath();
      for (const point of curve.points) ctx.lineTo(...at(point, highEnd(point)));
      for (const point of curve.points.toReversed()) ctx.lineTo(...at(point, lowEnd(point, this.logY)));
      ctx.globalAlpha = 0.16;
      ctx.fillStyle = colourOf(i);
      ctx.fill();
      ctx.globalAlpha = 1;
    });
  }

  drawPoints(u) {
    const scale = uPlot.pxRatio;
    this.eachCurve(u, (ctx, curve, i) => {
      const shape = new Path2D(shapeOf(i));
      [ctx.fillStyle, ctx.strokeStyle] = [colourOf(i), styled("--paper")];
      for (const point of curve.points) {
        ctx.save();
        ctx.translate(u.valToPos(point[0], "x", true), u.valToPos(point[1], "y", true));
        ctx.scale(scale, scale);
        ctx.lineWidth = 1;  // uPlot leaves its own, in the screen's pixels
        ctx.fill(shape);
        ctx.stroke(shape);
        ctx.restore();
      }
    });
  }
}
