// Edits on their way to the server. Each is kept in this browser until the server has it on its
// disk: neither a closed tab nor a server that was killed loses one.

import { rebase } from "./rebase.js";
import { Refusal, sendEdit } from "./server.js";
import { $, say, state, tell } from "./state.js";

const TAB = crypto.getRandomValues(new Uint32Array(2)).join("-");
const PREFIX = "teeth-unet-edits:";
const ABANDONED = 15000; // ms after which the tab that wrote a queue is gone
const AGAIN = 2000; // ms until a failed edit is tried again

const queues = new Map(); // by case: {base, edits}; base is the revision that the first was made on
let sending = false;
let stopped = null; // the key of a case in conflict

const placeOf = (key) => `${PREFIX}${key}:${TAB}`;

function keep(key, at = Date.now()) {
  const queue = queues.get(key);
  try {
    if (queue && queue.edits.length) localStorage.setItem(placeOf(key), JSON.stringify({ ...queue, at }));
    else localStorage.removeItem(placeOf(key));
  } catch {
    say("This browser keeps no more: leave this tab open until all is saved.", "bad", 10);
  }
}

export const waiting = () => [...queues.values()].reduce((sum, queue) => sum + queue.edits.length, 0);

export function send(edit) {
  const { key, revision } = state.case;
  if (!queues.has(key)) queues.set(key, { base: revision, edits: [] });
  const queue = queues.get(key);
  if (!queue.edits.length) queue.base = revision;
  queue.edits.push(edit);
  keep(key);
  run();
}

export async function run() {
  if (sending) return;
  sending = true;
  try {
    for (const key of queues.keys()) {
      while (key !== stopped && queues.get(key).edits.length) {
        if (!(await sendFirst(key))) return;
      }
    }
    if (!stopped && !waiting()) say("Saved.");
  } finally {
    sending = false;
  }
}

async function sendFirst(key) {
  const queue = queues.get(key);
  say(`Saving ${waiting()} …`);
  try {
    const answer = await sendEdit(key, queue.base, queue.edits[0]);
    queue.edits.shift();
    queue.base = answer.revision;
    keep(key);
    if (state.case && state.case.key === key) taken(answer, queue);
    return true;
  } catch (failure) {
    if (!(failure instanceof Refusal)) throw failure;
    refused(key, failure);
    return false;
  }
}

function taken(answer, queue) {
  state.case.revision = answer.revision;
  state.case.lookedAt = answer.looked_at;
  if (queue.edits.length) return; // the answer to the last one tells all
  state.case.chart = answer.chart;
  state.case.teeth = new Map(answer.teeth.map((tooth) => [tooth.object, tooth]));
  tell("teeth");
}

function refused(key, failure) {
  keep(key);
  if (stopped) return; // one question at a time: `settle` and `drop` go on with the others
  if ([400, 412, 413, 422].includes(failure.status)) {
    const isOlder = failure.status === 412;
    const reason = isOlder ? "Another tab or another person has saved it meanwhile, or another network is in use." : failure.message;
    stopped = key;
    $("conflict-title").textContent = isOlder ? "This case was changed elsewhere" : "This change cannot be saved";
    $("conflict-text").textContent = `${reason} Your last ${queues.get(key).edits.length} edit(s) are not saved yet.`;
    if (!$("conflict-dialog").open) $("conflict-dialog").showModal();
    say(`Not saved: ${reason}`, "bad", 5);
    setTimeout(run); // edits of other cases
  } else if ([401, 403, 404, 421, 428].includes(failure.status)) {
    say(`Not saved: ${failure.message}`, "bad", 10);
    setTimeout(run, 5 * AGAIN);
  } else {
    say(`${waiting()} edit(s) not saved yet, and kept here: ${failure.message}`, "bad", 1);
    setTimeout(run, AGAIN);
  }
}

// What is left of a case by this tab before, or by tabs that are gone.
export function leftOf(record) {
  const found = [];
  if (queues.has(record.key)) found.push(queues.get(record.key));
  for (const place of Object.keys(localStorage)) {
    if (!place.startsWith(`${PREFIX}${record.key}:`) || place === placeOf(record.key)) continue;
    const queue = JSON.parse(localStorage.getItem(place));
    if (Date.now() - queue.at < ABANDONED) continue;
    localStorage.removeItem(place);
    found.push(queue);
  }
  for (const queue of found) {
    // The server may have it, and been killed before it could say so.
    const there = queue.edits.findIndex((edit) => edit.id === record.last_edit);
    if (there >= 0) {
      queue.edits.splice(0, there + 1);
      queue.base = record.revision;
    }
  }
  const left = found.filter((queue) => queue.edits.length);
  const edits = left.flatMap((queue) => queue.edits);
  queues.set(record.key, { base: left.length ? left[0].base : record.revision, edits });
  keep(record.key);
  return edits;
}

// After a conflict: what is here goes on top of what the server has now …
export function settle(record, known) {
  stopped = null;
  queues.set(record.key, { base: record.revision, edits: rebase(record, queues.get(record.key).edits, known) });
  keep(record.key);
  run();
}

// … or is dropped.
export function drop(key) {
  stopped = null;
  queues.set(key, { ...queues.get(key), edits: [] });
  keep(key);
  run();
}

export const conflict = () => stopped;

// Tabs that live say so, so that no other one takes their edits over.
setInterval(() => {
  for (const [key, queue] of queues) if (queue.edits.length) keep(key);
}, ABANDONED / 5);

addEventListener("pagehide", () => {
  for (const key of queues.keys()) keep(key, 0);
});

addEventListener("beforeunload", (event) => {
  if (waiting()) event.preventDefault();
});
