// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace report {

/// Of the page and of the drawings in it. Series differ in colour and in the shape of their
/// markers; what matters is always written as well.
inline constexpr const char* kStyleSheet = R"css(
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c1c1a; --dim: #5f5e5a;
  --faint: #e3e2dd; --s0: #0060b0; --s1: #c04000; --s2: #009070; --s3: #a03a90;
  --s4: #a58a10; --s5: #303030; --band: #cfe0f3; --miss: #b3261e;
  --pass: #14703f; --button: #f1f0ec; }
@media screen and (prefers-color-scheme: dark) { :root { --paper: #171716; --ink: #ececea;
  --dim: #a5a4a0; --faint: #393937; --s0: #4f9bf0; --s1: #e8743c; --s2: #4fd0a8; --s3: #e8b0e8;
  --s4: #e8d050; --s5: #909090; --band: #24405f; --miss: #ff8a80;
  --pass: #62d39a; --button: #2a2a28; } }
@media print { :root { color-scheme: light; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .4rem; }
p { max-width: 46rem; margin: .4rem 0; }
.dim { color: var(--dim); }
.miss { color: var(--miss); font-weight: 600; }
.pass { color: var(--pass); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0;
  border-bottom: 1px solid var(--faint); }
th { color: var(--dim); font-weight: 600; white-space: nowrap; }
th.number { text-align: right; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.name { font-family: ui-monospace, monospace; font-size: .8125rem; white-space: nowrap; }
td:last-child:not(.number) { min-width: 8.5rem; }
.charts { display: grid; gap: 1.2rem; align-items: start;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
figure { margin: 0; min-width: 0; max-width: 40rem; }
figure.explorer { max-width: 54rem; }
.still svg { width: 100%; height: auto; max-width: 34rem; display: block; }
.is-live > .still { display: none; }
h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
button, select { font: inherit; font-size: .875rem; color: var(--ink); background: var(--button);
  border: 1px solid var(--dim); border-radius: .3rem; padding: .2rem .55rem; min-height: 1.9rem;
  min-width: 1.9rem; max-width: 100%; }
button { cursor: pointer; }
button:disabled { color: var(--dim); border-style: dashed; cursor: default; }
:focus-visible { outline: 3px solid var(--s0); outline-offset: 2px; }
[hidden] { display: none !important; }
.tools, .legend, .choices { display: flex; flex-wrap: wrap; gap: .4rem; margin: .3rem 0; }
.choices { gap: .4rem 1rem; align-items: center; font-size: .875rem; }
.choices label { display: inline-flex; gap: .4rem; align-items: center; max-width: 100%;
  min-width: 0; }
.choices select { min-width: 0; }
.tools button[aria-pressed="true"], .choices button[aria-pressed="true"] {
  background: var(--band); border-color: var(--s0); }
.legend button { display: inline-flex; align-items: center; gap: .4rem; text-align: left; }
.legend button[aria-pressed="false"] { text-decoration: line-through; color: var(--dim);
  border-style: dashed; }
.legend button[aria-pressed="false"] .key { opacity: .35; }
.key svg { width: 1.5rem; height: 1rem; display: block; }
.chart-title { font-weight: 600; margin: 0; }
.plot { position: relative; overflow: hidden; }
.ring { position: absolute; width: 16px; height: 16px; margin: -8px; border-radius: 50%;
  border: 2px solid var(--ink); pointer-events: none; }
.u-select { background: var(--band); opacity: .5; }
.readout { min-height: 1.4rem; margin: .1rem 0; font-size: .875rem; overflow-wrap: anywhere; }
.numbers > summary, footer summary { color: var(--dim); font-size: .875rem; }
td.hash { font-family: ui-monospace, monospace; font-size: .75rem; overflow-wrap: anywhere;
  min-width: 9.5rem; }
details { margin: .4rem 0; }
summary { cursor: pointer; }
pre { overflow-x: auto; font-size: .8125rem; line-height: 1.4; }
svg text { fill: var(--ink); font-size: 13px; font-family: system-ui, sans-serif; }
svg .title { font-weight: 600; font-size: 14px; }
svg .value { font-weight: 600; }
svg .value.miss { fill: var(--miss); }
svg .grid { stroke: var(--faint); }
svg .axis { stroke: var(--dim); }
svg .s0 { --series: var(--s0); } svg .s1 { --series: var(--s1); } svg .s2 { --series: var(--s2); }
svg .s3 { --series: var(--s3); } svg .s4 { --series: var(--s4); } svg .s5 { --series: var(--s5); }
svg .curve { fill: none; stroke: var(--series); stroke-width: 2; }
svg .confidence { fill: var(--series); fill-opacity: .16; stroke: none; }
svg .bar { fill: none; stroke: var(--series); }
svg .dot { fill: var(--series); stroke: var(--paper); }
svg .fill { fill: var(--series); }
svg .part { stroke: var(--paper); }
svg .band { fill: var(--band); }
svg .whisker { stroke: var(--ink); stroke-width: 2; }
svg .dim { fill: var(--dim); }
svg .frame { fill: none; stroke: var(--dim); }
svg .die { fill: none; stroke: var(--faint); stroke-width: 1.5; }
svg .hub { fill: var(--band); }
svg .wire { stroke: var(--ink); stroke-width: 3; }
svg .paper { stroke: var(--ink); stroke-width: 3; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  section { break-inside: auto; }
  h2, h3 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  .charts { grid-template-columns: 1fr 1fr; }
  .wide { overflow: visible; }
  table { font-size: 7.5pt; }
  td.name { white-space: normal; overflow-wrap: anywhere; }
  .is-live:not(.is-changed) > .still { display: block; }
  .is-live:not(.is-changed) > .live, .tools, .choices, .readout, .copy, .numbers { display: none; }
}
)css";

}  // namespace report
