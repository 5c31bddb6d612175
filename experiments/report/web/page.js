// SPDX-License-Identifier: Apache-2.0
"use strict";

// Puts what can be touched in place of what stands still.

function dataOf(figure) {
  return JSON.parse(figure.querySelector("script[type='application/json']").textContent);
}

function addCopyButton(details) {
  const button = made("button", { type: "button", class: "copy" }, "Copy");
  const said = made("span", { role: "status", class: "dim" });
  button.addEventListener("click", async () => {
    const text = details.querySelector("pre").textContent;
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = " copied";
    } catch {
      getSelection().selectAllChildren(details.querySelector("pre"));
      said.textContent = " selected; press Ctrl-C";
    }
  });
  details.querySelector("summary").after(made("p", {}, button, said));
}

/** On paper nothing can be opened: what is closed is printed open, but for what is there to copy. */
function openForPrint() {
  const closed = [...document.querySelectorAll("details:not(.numbers):not(.json):not([open])")];
  closed.forEach((details) => { details.open = true; });
  addEventListener("afterprint", () => closed.forEach((details) => { details.open = false; }),
    { once: true });
}

const charts = [
  ...[...document.querySelectorAll("figure.curves")].map((f) => new Chart(f, dataOf(f))),
  ...[...document.querySelectorAll("figure.explorer")].map((f) => new Explorer(f, dataOf(f)).chart),
];
document.querySelectorAll("details.json").forEach(addCopyButton);
addEventListener("beforeprint", openForPrint);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change",
  () => charts.forEach((chart) => chart.build()));
