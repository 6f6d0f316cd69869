// What a pointer does on the X-ray. The keyboard moves the same pointer, see keys.js.

import * as edits from "./edits.js";
import { fillRegion, paintLine, replaceObject, splitObject, union } from "./labels.js";
import { askForTooth } from "./tooth_dialog.js";
import { $, choose, freeObject, mayChange, on, say, setTool, state, tell } from "./state.js";
import { cursor, pan, plan, toXray, zoom } from "./view.js";

const box = $("view");

export const TOOLS = [
  ["pan", "Move, choose", "V"], ["brush", "Brush", "B"], ["erase", "Eraser", "E"],
  ["fill", "Fill", "F"], ["split", "Split", "X"], ["merge", "Merge", "M"],
];

let stroke = null; // {before, changed, last, value, line} while the tool is down
let added = null; // {object, number, kind} that the next stroke begins

const isInside = ({ x, y }) => x >= 0 && y >= 0 && x < state.case.width && y < state.case.height;

const labelAt = (point) =>
  isInside(point) ? state.case.labels[Math.floor(point.y) * state.case.width + Math.floor(point.x)] : 0;

export const isDown = () => stroke !== null;

export function down(point) {
  if (!state.case || stroke) return;
  if (state.tool === "pan") choose(labelAt(point));
  else if (!mayChange()) return;
  else if (state.tool === "fill") fill(point);
  else if (state.tool === "merge") merge(labelAt(point));
  else if (state.tool === "split") beginSplit(point);
  else begin(point);
}

function begin(point) {
  const value = state.tool === "erase" ? 0 : added ? added.object : state.chosen || labelAt(point);
  if (state.tool === "brush" && !value) {
    say("Choose a tooth first (click it with V, or use . and ,), or add one with A.", "warn", 4);
    return;
  }
  if (value && !added) choose(value);
  if (added) state.case.teeth.set(added.object, { ...added, number_probability: 1, kind_probability: 1 });
  stroke = { before: state.case.labels.slice(), changed: null, last: point, value };
  move(point);
}

function beginSplit(point) {
  if (labelAt(point)) choose(labelAt(point));
  stroke = { line: [point] };
  cursor.line = stroke.line;
}

export function move(point) {
  Object.assign(cursor, point, { isShown: true });
  if (!stroke) return plan("top");
  if (stroke.line) {
    stroke.line.push(point);
    // A line may begin beside its tooth: the first one that it meets is cut.
    if (!state.chosen && labelAt(point)) choose(labelAt(point));
    return plan("top");
  }
  const { value } = stroke;
  const chosen = state.chosen;
  const mayChange =
    value === 0
      ? (label) => label !== 0 && (!chosen || !state.neighboursStay || label === chosen)
      : (label) => label !== value && (!state.neighboursStay || label === 0);
  const changed = paintLine(state.case, stroke.last, point, state.size, value, mayChange);
  stroke.changed = union(stroke.changed, changed);
  stroke.last = point;
  if (changed) tell("stroke", changed);
}

export function up() {
  if (!stroke) return;
  const done = stroke;
  stroke = null;
  if (done.line) return split(done.line);
  const isNew = added && done.value === added.object;
  const teeth = isNew ? { [added.object]: { number: added.number, kind: added.kind } } : {};
  if (isNew) {
    state.case.teeth.delete(added.object);
    added = null;
    state.reserved = 0;
  }
  if (done.changed && !isSame(done)) {
    edits.commit(isNew ? "add" : state.tool, done.changed, done.before, teeth);
    if (isNew) choose(done.value);
  }
}

function isSame({ before, changed }) {
  const { labels, width } = state.case;
  for (let y = changed.y; y < changed.y + changed.height; y++) {
    const begin = y * width + changed.x;
    for (let i = begin; i < begin + changed.width; i++) if (labels[i] !== before[i]) return false;
  }
  return true;
}

export function abandon() {
  cursor.line = null;
  added = null;
  state.reserved = 0;
  if (stroke && !stroke.line) {
    state.case.labels.set(stroke.before);
    tell("labels", null);
  }
  stroke = null;
  plan("top");
}

// While the tool is down, what it has drawn is no edit yet.
export const undo = () => mayChange() && !stroke && edits.undo();

export const redo = () => mayChange() && !stroke && edits.redo();

function fill(point) {
  if (!isInside(point)) return;
  if (!state.chosen) return say("Choose the tooth first that is to be filled.", "warn", 4);
  const before = state.case.labels.slice();
  const changed = fillRegion(state.case, point, state.chosen);
  if (changed) edits.commit("fill", changed, before);
  else say("Nothing to fill: this is open background, or the tooth itself.", "warn", 4);
}

function split(line) {
  cursor.line = null;
  const object = state.chosen;
  const tooth = state.case.teeth.get(object);
  const other = freeObject();
  const before = state.case.labels.slice();
  const changed = tooth && splitObject(state.case, object, line, other);
  if (!changed) return say("Not split: draw the line right across the tooth.", "warn", 4);
  edits.commit("split", changed, before, { [other]: { number: 0, kind: tooth.kind } });
  choose(other);
  say("Split. Give the new part its number with N.", "", 4);
}

export function merge(other) {
  const { chosen } = state;
  if (!chosen) return choose(other);
  if (!other || other === chosen) return say("Now click the tooth that is to become part of it.", "warn", 4);
  const before = state.case.labels.slice();
  const changed = replaceObject(state.case, other, chosen);
  if (changed) edits.commit("merge", changed, before, { [other]: null });
  setTool("pan");
}

export function remove() {
  if (!state.chosen || !mayChange()) return;
  const object = state.chosen;
  const before = state.case.labels.slice();
  const changed = replaceObject(state.case, object, 0);
  if (changed) edits.commit("delete", changed, before, { [object]: null });
}

export async function renumber() {
  const object = state.chosen;
  if (!object) return say("Choose a tooth first.", "warn", 4);
  if (!mayChange()) return;
  const said = await askForTooth("Which tooth is it?", state.case.teeth.get(object));
  if (said) edits.commit("number", null, null, { [object]: said });
}

export async function add() {
  if (!mayChange()) return;
  const said = await askForTooth("Which tooth is added?", { number: 0, kind: "tooth" });
  if (!said) return;
  added = { object: freeObject(), ...said };
  state.reserved = added.object;
  choose(0);
  setTool("brush");
  say(`Now draw ${said.number || said.kind}: the first stroke begins it.`, "warn", 6);
}

// The pointer of a mouse, a pen or a finger.

let panning = null;

const pointOf = (event) => {
  const { left, top } = box.getBoundingClientRect();
  return toXray(event.clientX - left, event.clientY - top);
};

box.addEventListener("pointerdown", (event) => {
  if (!state.case) return;
  box.focus();
  box.setPointerCapture(event.pointerId);
  if (event.button === 1 || event.button === 2 || state.tool === "pan") panning = { x: event.clientX, y: event.clientY };
  if (event.button === 0) down(pointOf(event));
});
box.addEventListener("pointermove", (event) => {
  if (!state.case) return;
  if (panning) {
    pan(event.clientX - panning.x, event.clientY - panning.y);
    panning = { x: event.clientX, y: event.clientY };
  }
  // All places between two frames: a quick stroke has no corners.
  for (const each of event.getCoalescedEvents?.() || [event]) move(pointOf(each));
});
for (const name of ["pointerup", "pointercancel"]) {
  box.addEventListener(name, () => {
    panning = null;
    up();
  });
}
box.addEventListener("pointerleave", () => {
  cursor.isShown = false;
  plan("top");
});
box.addEventListener("contextmenu", (event) => event.preventDefault());
box.addEventListener("wheel", (event) => {
  event.preventDefault();
  const { left, top } = box.getBoundingClientRect();
  zoom(Math.exp(-event.deltaY / 400), { x: event.clientX - left, y: event.clientY - top });
}, { passive: false });

on("case", abandon);
on("tool", () => {
  box.className = box.className.replace(/tool-\w+/, "").trim();
  box.classList.add(`tool-${state.tool}`);
});
