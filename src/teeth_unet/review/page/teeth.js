// The table of teeth, the chart of the mouth, and why a person should look.

import { $, choose, nameOf, on, state } from "./state.js";
import { reveal, centreOf } from "./view.js";

const UPPER = [18, 17, 16, 15, 14, 13, 12, 11, 21, 22, 23, 24, 25, 26, 27, 28];
const LOWER = [48, 47, 46, 45, 44, 43, 42, 41, 31, 32, 33, 34, 35, 36, 37, 38];

const UNSURE = 0.8;

// In the order of the chart, what has no number last.
export function inOrder() {
  const row = [...UPPER, ...UPPER.map((n) => n + 40), ...LOWER, ...LOWER.map((n) => n + 40)];
  const rank = (tooth) => (row.indexOf(tooth.number) + 1 || 999) * 1000 + tooth.object;
  return [...state.case.teeth.values()].sort((one, other) => rank(one) - rank(other));
}

export function chooseBeside(step) {
  const teeth = inOrder();
  if (!teeth.length) return;
  const at = teeth.findIndex((tooth) => tooth.object === state.chosen);
  const next = at < 0 ? (step > 0 ? 0 : teeth.length - 1) : (at + step + teeth.length) % teeth.length;
  chooseAndShow(teeth[next].object);
}

export function chooseAndShow(object) {
  choose(object);
  const centre = centreOf(object);
  if (centre) reveal(centre);
}

function showTable() {
  const body = $("teeth").tBodies[0];
  const focused = document.activeElement.closest?.("#teeth tr")?.dataset.object;
  body.replaceChildren(
    ...inOrder().map((tooth) => {
      const row = document.createElement("tr");
      row.dataset.object = tooth.object;
      const sure = Math.min(tooth.number_probability, tooth.kind_probability);
      row.className = `${tooth.object === state.chosen ? "selected" : ""} ${sure < UNSURE && !state.case.lookedAt ? "unsure" : ""}`;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = nameOf(tooth);
      button.setAttribute("aria-label", `Tooth ${tooth.number || "without number"}, ${tooth.kind}`);
      button.setAttribute("aria-current", tooth.object === state.chosen);
      const said = tooth.by === "person" ? "you" : `${Math.round(100 * sure)} %`;
      for (const content of [button, tooth.kind, said]) {
        const cell = document.createElement("td");
        cell.append(content);
        row.append(cell);
      }
      row.addEventListener("click", () => chooseAndShow(tooth.object));
      return row;
    }),
  );
  if (focused) body.querySelector(`tr[data-object="${focused}"] button`)?.focus();
  body.querySelector(".selected")?.scrollIntoView({ block: "nearest" });
}

function showChart() {
  const { chart } = state.case;
  const rows = [UPPER, LOWER].map((places) => {
    const row = document.createElement("tr");
    for (const place of places) {
      const stands = chart.states[place];
      const cell = row.insertCell();
      const button = document.createElement("button");
      button.type = "button";
      const number = document.createElement("b");
      number.textContent = place;
      button.append(number, stands);
      button.setAttribute("aria-label", `${place}: ${stands}`);
      cell.className = stands.replace(" ", "-");
      const here = [...state.case.teeth.values()].find((tooth) => [place, place + 40].includes(tooth.number));
      if (here && here.object === state.chosen) cell.classList.add("selected");
      button.addEventListener("click", () => here && chooseAndShow(here.object));
      cell.append(button);
    }
    return row;
  });
  $("chart").replaceChildren(...rows);
}

function showReview() {
  $("case-name").textContent = state.case.name;
  $("review").replaceChildren(
    ...(state.case.lookedAt ? [] : [...state.case.chart.review, ...state.case.warnings]).map((reason) => {
      const item = document.createElement("li");
      item.textContent = reason;
      return item;
    }),
  );
  $("done").setAttribute("aria-pressed", Boolean(state.case.lookedAt));
}

for (const event of ["teeth", "chosen"]) {
  on(event, () => {
    if (!state.case) return;
    showTable();
    showChart();
    showReview();
  });
}
