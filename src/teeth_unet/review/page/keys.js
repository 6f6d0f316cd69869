// The keyboard: a key for everything frequent, and a cursor on the X-ray that draws as a mouse does.

import { $, setTool, state } from "./state.js";
import { chooseBeside } from "./teeth.js";
import * as tools from "./tools.js";
import { cursor, fit, plan, reveal, scale, toXray, zoom, zoomTo } from "./view.js";

const box = $("view");

export function setSize(size) {
  state.size = Math.min(80, Math.max(1, size));
  $("size").value = state.size;
  $("size-value").value = state.size;
}

function toggleTint() {
  const { style } = $("tint");
  style.visibility = style.visibility === "hidden" ? "" : "hidden";
  plan("image");
}

function cancel() {
  tools.abandon();
  setTool("pan");
}

// [keys, what the help says, what is done]
const keysFor = (actions) => [
  ...tools.TOOLS.map(([tool, name, key]) => [key.toLowerCase(), name, () => setTool(tool)]),
  ["n", "Number and kind", tools.renumber],
  ["a", "Add a tooth", tools.add],
  ["Delete Backspace", "Delete the tooth", tools.remove],
  [". ,", "Next, previous tooth", (key) => chooseBeside(key === "." ? 1 : -1)],
  ["j k", "Next, previous X-ray", (key) => actions.beside(key === "j" ? 1 : -1)],
  ["d", "Looked at", actions.done],
  ["t", "Teach", actions.teach],
  ["c", "Compare with the new network", actions.compare],
  ["] [", "Larger, smaller brush", (key) => setSize(Math.round(key === "]" ? state.size * 1.25 + 1 : state.size / 1.25 - 1))],
  ["+ = -", "Zoom in, out", (key) => zoom(key === "-" ? 0.8 : 1.25)],
  ["0", "The whole X-ray", fit],
  ["1", "Pixel by pixel", () => zoomTo(1)],
  ["h", "Hide and show the tint", toggleTint],
  ["Escape", "Give up the stroke", cancel],
  ["?", "These keys", () => $("help-dialog").showModal()],
];

const MORE = [
  ["Ctrl+Z", "Undo"], ["Ctrl+Y", "Redo"], ["Arrows", "Move the cursor (Shift: a pixel)"],
  ["Space, Enter", "Press, lift the tool"],
];

function showHelp(table) {
  const told = [...table.map(([keys, what]) => [keys, what]), ...MORE];
  for (const [keys, what] of told) {
    const [term, meaning] = ["dt", "dd"].map((name) => document.createElement(name));
    term.textContent = keys.replace(/\b[a-z]\b/g, (letter) => letter.toUpperCase());
    meaning.textContent = what;
    $("help").append(term, meaning);
  }
}

function moveCursor(event) {
  const step = event.shiftKey ? 1 : 12 / scale();
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!cursor.isShown) Object.assign(cursor, toXray(box.clientWidth / 2, box.clientHeight / 2));
  const point = {
    x: Math.min(state.case.width, Math.max(0, cursor.x + dx * step)),
    y: Math.min(state.case.height, Math.max(0, cursor.y + dy * step)),
  };
  reveal(point);
  tools.move(point);
}

function press() {
  if (!cursor.isShown) Object.assign(cursor, toXray(box.clientWidth / 2, box.clientHeight / 2), { isShown: true });
  const point = { x: cursor.x, y: cursor.y };
  if (tools.isDown()) tools.up();
  else tools.down(point);
}

export function begin(actions) {
  const table = keysFor(actions);
  showHelp(table);
  const byKey = new Map(table.flatMap(([keys, , act]) => keys.split(" ").map((key) => [key, act])));
  addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input:not([type=range]):not([type=checkbox]), select, dialog[open]");
    if (isTyping || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey) {
      const act = key === "y" || (key === "z" && event.shiftKey) ? tools.redo : key === "z" ? tools.undo : null;
      if (!act || !state.case) return;
      event.preventDefault();
      act();
      return;
    }
    const onView = event.target === box && state.case;
    if (onView && key.startsWith("Arrow")) moveCursor(event);
    else if (onView && (key === " " || key === "Enter")) press();
    else if (byKey.has(key) && (state.case || "?jkt".includes(key))) byKey.get(key)(key);
    else return;
    event.preventDefault();
  });
}
