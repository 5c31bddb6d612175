// SPDX-License-Identifier: Apache-2.0
"use strict";

// A report as its readers meet it, in headless Chromium:
//
//   NODE_PATH=<node_modules> CHROMIUM=<program> node --test browser_test.cjs
//
// with the pages load.html (a sweep of load) and paper.html (targets and a tornado too) in the
// current folder, and load.jsonl, from which they were made.

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { after, before, test } = require("node:test");
const { chromium } = require("playwright-core");

const results = fs.readFileSync("load.jsonl", "utf8").trim().split("\n").map((l) => JSON.parse(l));
const stable = results.filter((result) => !result.unstable && result.values.p99_us);
const variants = [...new Set(stable.map((result) => result.variant))];

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
});
after(() => browser.close());

/** Opens a page; what goes wrong in it, and whatever it asks for, is kept. */
async function opened(name, options = {}) {
  const page = await browser.newPage(options);
  page.wrong = [];
  page.asked = [];
  page.on("console", (message) => message.type() === "error" && page.wrong.push(message.text()));
  page.on("pageerror", (error) => page.wrong.push(String(error)));
  page.on("request", (request) => page.asked.push(request.url()));
  await page.goto(`file://${path.resolve(name)}`);
  return page;
}

/** The curves that are drawn: names and numbers of points, as the scripts have them. */
const curvesOf = (page) => page.evaluate(() => charts.at(-1).data.curves.map((curve, i) => (
  { name: curve.name, points: curve.points.length, shown: charts.at(-1).shown[i] })));

/** How many pixels of a series' colour there are in the explorer's plot. */
const inkOf = (page, series) => page.evaluate((i) => {
  const canvas = charts.at(-1).plot.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const wanted = colourOf(i).match(/\w\w/g).map((hex) => parseInt(hex, 16));
  let count = 0;
  for (let at = 0; at < data.length; at += 4)
    count += wanted.every((value, c) => Math.abs(data[at + c] - value) < 3) && data[at + 3] > 250;
  return count;
}, series);

const plot = (page) => page.locator("figure.explorer .plot");
const legend = (page) => page.locator("figure.explorer .legend button");
const tool = (page, name) => page.locator("figure.explorer .tools").getByRole("button", { name });
const viewOf = (page) => page.evaluate(() => charts.at(-1).view);

for (const name of ["load.html", "paper.html"]) {
  test(`${name} loads without an error and asks for nothing else`, async () => {
    const page = await opened(name);
    assert.deepEqual(page.wrong, []);
    assert.equal(page.asked.length, 1);
    await page.close();
  });

  for (const [width, colorScheme] of [[1280, "light"], [1280, "dark"], [375, "dark"]]) {
    test(`${name} can be read at ${width} px, ${colorScheme}`, async () => {
      const page = await opened(name, { viewport: { width, height: 800 }, colorScheme });
      await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
      assert.deepEqual(await page.evaluate(overflowing), []);
      assert.deepEqual(await page.evaluate(tooPale), []);
      await page.close();
    });
  }
}

test("there is a point for each result that is not overloaded", async () => {
  const page = await opened("load.html");
  const curves = await curvesOf(page);
  assert.deepEqual(curves.map((curve) => curve.name), variants);
  for (const curve of curves)
    assert.equal(curve.points, stable.filter((result) => result.variant === curve.name).length);
  for (let i = 0; i < curves.length; ++i) assert.ok((await inkOf(page, i)) > 100);
  await page.close();
});

test("the legend hides a curve and shows it again", async () => {
  const page = await opened("load.html");
  const before = await inkOf(page, 0);
  await legend(page).first().click();
  assert.equal(await legend(page).first().getAttribute("aria-pressed"), "false");
  await page.waitForFunction(() => charts.at(-1).shown[0] === false);
  assert.equal(await inkOf(page, 0), 0);
  await legend(page).first().click();
  assert.equal(await inkOf(page, 0), before);
  await page.close();
});

test("dragging zooms to what was dragged over, and all shows all again", async () => {
  const page = await opened("load.html");
  const whole = await viewOf(page);
  const box = await page.locator("figure.explorer .u-over").boundingBox();
  const at = (x, y) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(0.5, 0.25));
  await page.mouse.down();
  await page.mouse.move(...at(0.75, 0.75), { steps: 4 });
  await page.mouse.up();
  const part = await viewOf(page);
  const share = (x) => (x - whole.x[0]) / (whole.x[1] - whole.x[0]);
  assert.ok(Math.abs(share(part.x[0]) - 0.5) < 0.02 && Math.abs(share(part.x[1]) - 0.75) < 0.02);
  assert.ok(part.y[0] > whole.y[0] && part.y[1] < whole.y[1]);
  await tool(page, "Show all").click();
  assert.deepEqual(await viewOf(page), whole);
  await page.close();
});

test("whoever has only keys can hide a curve, read points off and zoom", async () => {
  const page = await opened("load.html");
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  for (let presses = 0; (await focused()) !== variants[0]; ++presses) {
    assert.ok(presses < 20, "the legend is not reached");
    await page.keyboard.press("Tab");
  }
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
  await page.keyboard.press("Space");
  assert.equal(await legend(page).first().getAttribute("aria-pressed"), "false");
  await page.keyboard.press("Space");
  await plot(page).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  const said = await page.locator("figure.explorer .readout").textContent();
  assert.ok(said.startsWith(`${variants[0]}: `), said);
  const whole = await viewOf(page);
  await page.keyboard.press("+");
  assert.ok((await viewOf(page)).x[1] < whole.x[1]);
  await page.keyboard.press("0");
  assert.deepEqual(await viewOf(page), whole);
  await page.close();
});

test("another percentile over what was swept is drawn and told in numbers", async () => {
  const page = await opened("load.html");
  await page.locator("select[name=value]").selectOption({ label: "p50, µs" });
  await page.locator("select[name=over]").selectOption({ label: "workload.arrivals.rate, k/s" });
  const first = results.find((result) => result.variant === variants[0] && !result.unstable);
  const point = await page.evaluate(() => charts.at(-1).data.curves[0].points[0]);
  assert.equal(point[0], parseFloat(first.swept["workload.arrivals.rate"]));
  assert.equal(point[1], first.values.p50_us.mean);
  const table = page.locator("figure.explorer .numbers tbody tr");
  assert.equal(await table.count(), (await curvesOf(page)).reduce((sum, c) => sum + c.points, 0));
  await page.close();
});

test("every drawing has a name and its numbers", async () => {
  const page = await opened("paper.html");
  const without = await page.evaluate(() => [...document.querySelectorAll("figure")].filter((figure) =>
    !figure.querySelector(".still svg[role=img] > title")?.textContent ||
    !(figure.querySelector(".numbers td") || figure.querySelector(".numbers pre"))).length);
  assert.equal(without, 0);
  assert.ok((await page.locator("figure").count()) > 4);
  await page.close();
});

test("without scripts the drawings stand still and nothing is missing", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`file://${path.resolve("load.html")}`);
  assert.ok(await page.locator("figure.explorer .still svg").isVisible());
  assert.equal(await page.locator("figure.explorer .still .dot").count(), stable.length + variants.length);
  await context.close();
});

test("on paper there are drawings and no buttons", async () => {
  const page = await opened("load.html", { colorScheme: "dark" });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.ok(await page.locator("figure.explorer .still svg").isVisible());
  assert.equal(await page.locator("button:visible").count(), 0);
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(paper, "rgb(255, 255, 255)");
  await page.close();
});

test("what rests on what is printed open, and closed again", async () => {
  const page = await opened("load.html");
  const open = () => page.locator("details[open]").count();
  const before = await open();
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await open(), await page.locator("details:not(.numbers):not(.json)").count());
  assert.ok(await open() > before);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await open(), before);
  await page.close();
});

test("a screen with finer pixels shows the same lines", async () => {
  const inks = [];
  for (const deviceScaleFactor of [1, 3]) {
    const page = await opened("load.html", { deviceScaleFactor });
    inks.push(await inkOf(page, 0));
    await page.close();
  }
  const [coarse, fine] = inks;
  assert.ok(fine > 7 * coarse, `${coarse} pixels of ink became ${fine}, not nine times as many`);
});

test("the colours of curves can be told apart by the colour-blind", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await opened("load.html", { colorScheme });
    const colours = await page.evaluate(() => [0, 1, 2, 3, 4, 5].map(colourOf));
    for (const sight of Object.keys(kSights)) {
      const apart = Math.min(...colours.flatMap((a, i) =>
        colours.slice(i + 1).map((b) => distance(seen(a, sight), seen(b, sight)))));
      assert.ok(apart > kLeastApart, `${colorScheme}, ${sight}: ${apart.toFixed(1)}`);
    }
    await page.close();
  }
});

// Run in the page.

/** What is wider than the screen and does not scroll by itself. */
function overflowing() {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".wide, pre"))
    .map((e) => `${e.tagName}.${e.className}: ${e.textContent.slice(0, 40)}`);
}

/** Texts whose contrast with what is behind them is below 4.5 to 1. */
function tooPale() {
  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = numbers(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const pale = new Set();
  for (const element of document.querySelectorAll("body *:not(script):not(:disabled)")) {
    const has_text = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!has_text || element.getClientRects().length === 0) continue;
    const style = getComputedStyle(element);
    const ink = numbers(element.closest("svg") ? style.fill : style.color);
    const [high, low] = [luminance(ink), luminance(behind(element))].sort((a, b) => b - a);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < 4.5) pale.add(`${contrast.toFixed(2)}: ${element.tagName}.${element.className}`);
  }
  return [...pale];
}

// Colours as others see them: matrices for linear RGB by Machado, Oliveira and Fernandes (2009).

const kLeastApart = 9; // CIE76; about 2 can just be seen
const kSights = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881]],
};

/** In CIE Lab. */
function seen(colour, sight) {
  const rgb = colour.match(/\w\w/g).map((hex) => parseInt(hex, 16) / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  const times = (m, v) => m.map((row) => row.reduce((sum, x, i) => sum + x * v[i], 0));
  const kToXyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]];
  const white = [0.9505, 1, 1.089];
  const [x, y, z] = times(kToXyz, times(kSights[sight], rgb)).map((v, i) => v / white[i])
    .map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const distance = (a, b) => Math.hypot(...a.map((v, i) => v - b[i]));
