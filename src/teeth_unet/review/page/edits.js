// From what was done to an edit: the map and the table change at once, the server is told, and it
// can be undone.

import { send } from "./outbox.js";
import { packRectangle, putRectangle } from "./runs.js";
import { choose, mayChange, state, tell } from "./state.js";

const histories = new Map(); // by case: {undo: [], redo: []}

export function history() {
  const { key } = state.case;
  if (!histories.has(key)) histories.set(key, { undo: [], redo: [] });
  return histories.get(key);
}

export const forget = (key) => histories.delete(key);

const said = (tooth) => (tooth ? { number: tooth.number, kind: tooth.kind } : null);

const identifier = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (each) => each.toString(16).padStart(2, "0")).join("");

function objectsIn(labels, width, rectangle) {
  const found = new Set();
  for (let y = rectangle.y; y < rectangle.y + rectangle.height; y++) {
    const begin = y * width + rectangle.x;
    for (let i = begin; i < begin + rectangle.width; i++) found.add(labels[i]);
  }
  return found;
}

/* Make an edit of what was done.
   action: its name. changed: the rectangle in which labels changed, or null. before: all labels
   before, needed with a rectangle. teeth: by object {number, kind}, or null for one that is gone. */
export function commit(action, changed, before, teeth = {}) {
  const { labels, width } = state.case;
  const after = { ...teeth };
  const entry = { action, forward: null, back: null };
  if (changed) {
    entry.back = { ...changed, runs: packRectangle(before, width, changed) };
    entry.forward = { ...changed, runs: packRectangle(labels, width, changed) };
    // Objects that have lost their last pixel are gone from the table as well.
    const now = objectsIn(labels, width, changed);
    for (const object of objectsIn(before, width, changed)) {
      if (object && !now.has(object) && !labels.includes(object)) after[object] = null;
    }
  }
  const known = state.case.teeth;
  entry.teethBack = Object.fromEntries(Object.keys(after).map((key) => [key, said(known.get(+key))]));
  entry.teeth = after;
  const { undo, redo } = history();
  undo.push(entry);
  redo.length = 0;
  apply(action, entry.forward, entry.back, entry.teeth, true);
}

function apply(action, patch, was, teeth, isDrawn) {
  if (patch && !isDrawn) putRectangle(state.case.labels, state.case.width, patch);
  takeTeeth(teeth);
  const edit = { id: identifier(), action, patch, teeth, was: was && was.runs };
  addBeginning(edit);
  send(edit);
  tell("labels", patch);
  tell("teeth");
}

function takeTeeth(teeth) {
  for (const [key, tooth] of Object.entries(teeth)) {
    const object = +key;
    if (!tooth) {
      state.case.teeth.delete(object);
    } else {
      const sure = { number_probability: 1, kind_probability: 1, by: "person" };
      state.case.teeth.set(object, { ...state.case.teeth.get(object), object, ...tooth, ...sure });
    }
  }
  if (!state.case.teeth.has(state.chosen)) choose(0);
}

export function undo() {
  const { undo, redo } = history();
  const entry = undo.pop();
  if (!entry) return;
  redo.push(entry);
  apply("undo", entry.back, entry.forward, entry.teethBack, false);
}

export function redo() {
  const { undo, redo } = history();
  const entry = redo.pop();
  if (!entry) return;
  undo.push(entry);
  apply("redo", entry.forward, entry.back, entry.teeth, false);
}

// What the first edit of a case begins with.
function addBeginning(edit) {
  if (state.case.revision === 0) Object.assign(edit, { threshold: state.case.threshold, network: state.case.network });
}

export function setLookedAt(done) {
  if (!mayChange()) return;
  state.case.lookedAt = done;
  const edit = { id: identifier(), action: "looked at", patch: null, teeth: {}, looked_at: done };
  addBeginning(edit);
  send(edit);
  tell("teeth");
}

// Edits that are not on the server yet, on a map that has just come from it.
export function putOnTop(edits) {
  for (const edit of edits) {
    if (edit.patch) putRectangle(state.case.labels, state.case.width, edit.patch);
    takeTeeth(edit.teeth);
    if (edit.looked_at !== undefined) state.case.lookedAt = edit.looked_at;
  }
  tell("labels", null);
  tell("teeth");
}
