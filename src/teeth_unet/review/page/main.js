// The page: what belongs together is brought together here.

import * as list from "./case_list.js";
import { forget, putOnTop, setLookedAt } from "./edits.js";
import * as keys from "./keys.js";
import * as outbox from "./outbox.js";
import * as server from "./server.js";
import * as comparing from "./comparing.js";
import { $, caseOf, on, quiet, say, setTool, showCase, state, tell } from "./state.js";
import * as teaching from "./teaching.js";
import "./teeth.js";
import * as tools from "./tools.js";
import { setKnown } from "./tooth_dialog.js";
import * as view from "./view.js";

let about = null;
let opening = null; // key of the case that is asked for last
let probabilities = null;

async function open(key) {
  if (!key) return;
  opening = key;
  say("Opening …", "warn", 30);
  try {
    const [record, bitmap] = await Promise.all([upToDate(key), server.xray(key)]);
    if (opening !== key) return; // another one was chosen meanwhile
    show(record, bitmap);
    probabilities = null;
    const map = await server.probabilities(key);
    if (opening === key) probabilities = map;
  } catch (failure) {
    say(failure.message, "bad", 10);
  }
}

// What is sent to the server just now has to be in what comes from it.
async function upToDate(key) {
  const record = await server.openCase(key);
  const isOlder = state.case && state.case.key === key && state.case.revision > record.revision;
  return isOlder ? server.openCase(key) : record;
}

function show(record, bitmap) {
  tools.up(); // a stroke that is being drawn belongs to the case that is left
  if (bitmap) view.setBitmap(bitmap);
  const left = outbox.leftOf(record);
  showCase(caseOf(record));
  showThreshold();
  quiet();
  say(left.length ? `${left.length} edit(s) that were not saved are put back.` : record.revision ? "Saved." : "Nothing is changed yet.");
  if (left.length) {
    putOnTop(left);
    outbox.run();
  }
}

function showThreshold() {
  const percent = Math.round(100 * state.case.threshold);
  $("threshold").value = percent;
  $("threshold-value").value = (percent / 100).toFixed(2);
  $("threshold").disabled = !mayMoveThreshold();
}

const mayMoveThreshold = () => !state.case.revision && !outbox.waiting() && !state.case.isCompared;

function slideThreshold() {
  const threshold = $("threshold").value / 100;
  $("threshold-value").value = threshold.toFixed(2);
  if (probabilities) view.showPreview(probabilities, about.size, threshold);
}

async function setThreshold() {
  if (!state.case) return;
  const { key } = state.case;
  say("The network looks again …", "warn", 10);
  try {
    const record = await server.openCase(key, $("threshold").value / 100);
    if (opening === key && !outbox.waiting() && state.case.revision === record.revision) show(record, null);
  } catch (failure) {
    say(failure.message, "bad", 10);
    view.showPreview(null);
  }
}

async function settle(mine) {
  const key = outbox.conflict();
  const isShown = state.case && state.case.key === key;
  if (!mine) outbox.drop(key);
  try {
    const record = await server.openCase(key);
    if (mine) outbox.settle(record, isShown ? state.case.teeth : new Map());
    forget(key);
    $("conflict-dialog").close();
    if (isShown) show(record, null);
  } catch (failure) {
    if (!mine) $("conflict-dialog").close();
    $("conflict-text").textContent = failure.message;
    say(failure.message, "bad", 10);
  }
}

function makeTools() {
  const bar = $("tools");
  const button = (label, key, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.title = `${label} (${key})`;
    made.addEventListener("click", act);
    bar.append(made);
    return made;
  };
  const gap = () => bar.append(Object.assign(document.createElement("span"), { className: "gap" }));
  const tooled = new Map(tools.TOOLS.map(([tool, name, key]) => [tool, button(name, key, () => setTool(tool))]));
  on("tool", () => tooled.forEach((each, tool) => each.setAttribute("aria-pressed", tool === state.tool)));
  gap();
  button("Number", "N", tools.renumber);
  button("Add", "A", tools.add);
  button("Delete", "Del", tools.remove);
  gap();
  button("Undo", "Ctrl+Z", tools.undo);
  button("Redo", "Ctrl+Y", tools.redo);
  gap();
  button("Whole", "0", view.fit);
  button("1:1", "1", () => view.zoomTo(1));
  button("Keys", "?", () => $("help-dialog").showModal());
  setTool("pan");
}

function makeSliders() {
  const filter = () => {
    $("xray").style.filter = `brightness(${$("brightness").value}%) contrast(${$("contrast").value}%)`;
  };
  for (const name of ["brightness", "contrast"]) $(name).addEventListener("input", filter);
  const opacity = () => ($("tint").style.opacity = $("opacity").value / 100);
  $("opacity").addEventListener("input", opacity);
  opacity();
  $("threshold").addEventListener("input", slideThreshold);
  $("threshold").addEventListener("change", setThreshold);
  $("size").addEventListener("input", () => keys.setSize(Number($("size").value)));
  $("keep").addEventListener("change", () => (state.neighboursStay = $("keep").checked));
  keys.setSize(state.size);
  on("teeth", () => state.case && ($("threshold").disabled = !mayMoveThreshold()));
}

const done = () => state.case && setLookedAt(!state.case.lookedAt);

// Another network is in use: what nobody has changed is proposed anew.
async function useOther() {
  about = await server.about();
  await list.refresh();
  if (state.case && !state.case.revision && !outbox.waiting()) open(state.case.key);
}

// Show an X-ray as the new network sees it.
async function openCompared(key) {
  await open(key);
  if (state.case && state.case.key === key) comparing.toggle();
}

makeTools();
makeSliders();
keys.begin({ beside: (step) => open(list.beside(step)), done, teach: teaching.show, compare: comparing.toggle });
teaching.begin({ openCompared, used: useOther });
$("done").addEventListener("click", done);
$("conflict-mine").addEventListener("click", () => settle(true));
$("conflict-theirs").addEventListener("click", () => settle(false));
$("conflict-dialog").addEventListener("cancel", (event) => event.preventDefault());
on("labels", () => tell("chosen"));
try {
  about = await server.about();
  setKnown(about.numbers, about.kinds);
} catch (failure) {
  say(failure.message, "bad", 60);
}
list.begin(open);
