// The case on the page, and what is chosen of it. Modules change it through functions and tell the
// others by an event: "case" (another one), "labels" (with the rectangle), "teeth", "chosen", "tool".

import { unpack } from "./runs.js";

const told = new EventTarget();

export const state = {
  case: null, // {key, name, width, height, labels, teeth: Map, chart, revision, lookedAt, threshold}
  chosen: 0, // object that tools work on
  tool: "pan",
  size: 12, // of the brush, in pixels of the X-ray
  neighboursStay: true,
};

export const on = (event, listener) => told.addEventListener(event, (e) => listener(e.detail));
export const tell = (event, detail) => told.dispatchEvent(new CustomEvent(event, { detail }));

export const $ = (id) => document.getElementById(id);

export function caseOf(record) {
  return {
    ...record,
    lookedAt: record.looked_at,
    labels: unpack(record.runs, record.width * record.height),
    teeth: new Map(record.teeth.map((tooth) => [tooth.object, tooth])),
  };
}

export function showCase(opened) {
  state.case = opened;
  state.chosen = 0;
  tell("case");
  tell("teeth");
  tell("chosen");
}

// The same X-ray as something else sees it: it stays where it is on the screen.
export function exchangeCase(other) {
  state.case = other;
  state.chosen = 0;
  tell("labels", null);
  tell("teeth");
}

// What the new network says is there to be looked at.
export function mayChange() {
  if (state.case && !state.case.isCompared) return true;
  if (state.case) say("This is what the new network says: C goes back to what can be corrected.", "warn", 4);
  return false;
}

export function choose(object) {
  if (object === state.chosen) return;
  state.chosen = state.case && state.case.teeth.has(object) ? object : 0;
  tell("chosen");
}

export function setTool(tool) {
  state.tool = tool;
  tell("tool");
}

export function freeObject() {
  let object = 1;
  while (state.case.teeth.has(object) || object === state.reserved) object++;
  return object;
}

// What an object is called in the picture and in the table.
export const nameOf = (tooth) =>
  tooth.number ? `${tooth.number}` : { supernumerary: "+", denture: "D", bar: "B" }[tooth.kind] || "?";

export const colourOf = (tooth) => {
  // Okabe and Ito's colours, without those that are too dark for an X-ray; neighbours differ.
  const palette = [
    [240, 228, 66], [0, 158, 115], [204, 121, 167], [213, 94, 0], [230, 159, 0], [86, 180, 233],
  ];
  const quadrant = Math.floor(tooth.number / 10);
  if (!quadrant) return palette[tooth.object % 6];
  const place = tooth.number % 10;
  const along = [1, 4, 5, 8].includes(quadrant) ? 8 - place : 7 + place; // from the left, 0 to 15
  return palette[(along + ([3, 4, 7, 8].includes(quadrant) ? 3 : 0) + (quadrant > 4 ? 2 : 0)) % 6];
};

let saidUntil = 0;
let resting = ""; // what is said when nothing else is
let timer = null;

function show(message, level) {
  const line = $("status");
  if (line.textContent !== message) line.textContent = message;
  line.className = level;
}

// Say something in the line at the bottom: for some seconds, or until something else is said.
export function say(message, level = "", seconds = 0) {
  if (!level && !seconds) {
    resting = message;
    if (Date.now() < saidUntil) return;
  } else {
    saidUntil = Date.now() + 1000 * seconds;
    clearTimeout(timer);
    timer = setTimeout(() => show(resting, ""), 1000 * seconds + 10);
  }
  show(message, level);
}

// What was said is over.
export function quiet() {
  saidUntil = 0;
  clearTimeout(timer);
}
