// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace report {

/// Of the page and of the drawings in it. Series differ in colour and in the shape of their
/// markers; what matters is always written as well.
inline constexpr const char* kStyleSheet = R"css(
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c1c1a; --dim: #5f5e5a;
  --faint: #e3e2dd; --s0: #1f6fc4; --s1: #c8501e; --s2: #14805a; --s3: #8a5bb5;
  --s4: #a37b00; --s5: #6b6b68; --band: #cfe0f3; --miss: #b3261e;
  --pass: #14703f; }
@media (prefers-color-scheme: dark) { :root { --paper: #171716; --ink: #ececea; --dim: #a5a4a0;
  --faint: #393937; --s0: #6aaef0; --s1: #f0895a; --s2: #4fc498; --s3: #c39be8;
  --s4: #dcbc45; --s5: #a9a9a5; --band: #24405f; --miss: #ff8a80;
  --pass: #62d39a; } }
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
.charts > svg { width: 100%; height: auto; max-width: 34rem; }
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
svg .bar { fill: none; stroke: var(--series); }
svg .dot { fill: var(--series); stroke: var(--paper); }
svg .fill { fill: var(--series); }
svg .part { stroke: var(--paper); }
svg .band { fill: var(--band); }
svg .whisker { stroke: var(--ink); stroke-width: 2; }
svg .paper { stroke: var(--ink); stroke-width: 3; }
)css";

}  // namespace report
