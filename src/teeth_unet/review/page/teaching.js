// Teach: a dialog that says what it does, how far it is, and what came of it.

import { stopTeaching, teach, teaching, useNetwork } from "./server.js";
import { $, say } from "./state.js";

const PARTS = { begin: ["go"], running: ["stop"], result: ["use", "keep"] };

let actions = {};
let shown = ""; // what the dialog says, as text: it is written again where that has changed
let status = null;

const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

const minutes = (seconds) => {
  const count = Math.round(seconds / 60);
  return count < 1 ? "less than a minute" : `about ${plural(count, "minute")}`;
};

const dice = (value) => (typeof value === "number" ? value.toFixed(3) : "–");

const stateOf = ({ progress, result }) => (progress ? "running" : result ? "result" : "begin");

export function show() {
  if (!$("teach-dialog").open) $("teach-dialog").showModal();
  refresh().then(() => focusFirst(["go", "use", "close"]));
}

// The first button of these that can be used.
const focusFirst = (names) => names.map((name) => $(`teach-${name}`)).find((each) => !each.hidden && !each.disabled).focus();

async function refresh() {
  try {
    take(await teaching());
  } catch (failure) {
    if ($("teach-dialog").open) $("teach-far").textContent = failure.message;
  }
}

function take(now) {
  const wasRunning = status && status.progress;
  const wasInUse = status && status.in_use;
  status = now;
  if (wasRunning && !now.progress) {
    if (now.result) say("The network is taught: T shows what came of it.", "warn", 20);
    else if (now.failed) say("The training has failed: T says why.", "bad", 20);
  }
  if (wasInUse !== null && wasInUse !== now.in_use) actions.used();
  const text = JSON.stringify(now);
  if (text === shown) return;
  shown = text;
  showButton();
  const state = stateOf(now);
  for (const [part, buttons] of Object.entries(PARTS)) {
    $(`teach-${part}`).hidden = part !== state;
    for (const button of buttons) $(`teach-${button}`).hidden = part !== state;
  }
  // A button that has gone would take the keyboard along.
  if ($("teach-dialog").open && !$("teach-dialog").contains(document.activeElement)) focusFirst(["use", "close"]);
  if (state === "begin") showBegin();
  if (state === "running") showRunning();
  if (state === "result") showResult();
}

function showButton() {
  const { progress, result } = status;
  const left = progress && progress.seconds_left !== null ? `, ${minutes(progress.seconds_left)} left` : "";
  const words = progress ? `Teaching: ${Math.round(100 * progress.done)} %${left}` : result ? "A new network: look (T)" : "Teach (T)";
  $("teach").textContent = words;
  $("teach").className = progress ? "busy" : result ? "news" : "";
}

function showBegin() {
  const { looked_at: count, changed, fewest, failed } = status;
  const left = changed ? ` ${changed === 1 ? "One" : changed} that you have changed ${changed === 1 ? "is" : "are"} not marked, and left out.` : "";
  const more = count < fewest ? ` At least ${fewest} are needed.` : "";
  $("teach-what").textContent = `${plural(count, "X-ray")} ${count === 1 ? "is" : "are"} marked.${more}${left}`;
  $("teach-how").textContent =
    `It begins with the network of this program and takes ${minutes(60 * status.minutes)} here. Each ` +
    "marked X-ray is also tested by a network that has learned from the others only, so that you see " +
    "whether it is better. What you have corrected stays as it is.";
  $("teach-how").hidden = count < fewest;
  $("teach-failed").textContent = failed && `The last training has failed. ${failed}`;
  $("teach-go").disabled = count < fewest;
  showNetworks();
}

function showNetworks() {
  const named = status.networks.map(({ name, cases, after }) => [name, `taught ${name}, by ${plural(cases, "X-ray")}, Dice ${dice(after)}`]);
  const options = [["", "the network that this page was started with"], ...named].map(([value, text]) => {
    const option = document.createElement("option");
    Object.assign(option, { value, textContent: text, selected: value === status.in_use });
    return option;
  });
  $("teach-networks").replaceChildren(...options);
  $("teach-others-label").hidden = !named.length;
}

function showRunning() {
  const { progress } = status;
  $("teach-progress").value = progress.done;
  const left = progress.seconds_left === null ? "" : ` ${minutes(progress.seconds_left)} left.`;
  $("teach-far").textContent = progress.epochs
    ? `Network ${progress.network} of ${progress.networks}, epoch ${progress.epoch} of ${progress.epochs}.${left}`
    : "The X-rays are prepared …";
}

function showResult() {
  const { result } = status;
  const cases = result.cases.filter(({ before, after }) => before !== null && after !== null);
  const gain = result.after - result.before;
  const verdict = gain > 0.002 ? "The new network is better" : gain < -0.002 ? "The new network is not better" : "Both networks are equally good";
  $("teach-verdict").textContent = cases.length
    ? `${verdict} on the X-rays that you have marked: Dice ${dice(result.before)} before, ${dice(result.after)} after.` +
      (cases.length < 10 ? ` ${plural(cases.length, "X-ray")} tell little: look at the others, too.` : "")
    : "There is no X-ray to compare both networks on: look at the others.";
  $("teach-cases").tBodies[0].replaceChildren(...result.cases.map(rowOf));
  $("teach-others").replaceChildren(...result.others.map(itemOf));
  const seen = result.waiting ? ` ${plural(result.waiting, "X-ray")} still to be compared.` : "";
  $("teach-waiting").textContent = `The most first. Open one, and C exchanges before and after.${seen}`;
}

function rowOf({ name, before, after }) {
  const row = document.createElement("tr");
  for (const content of [name, dice(before), dice(after)]) row.insertCell().textContent = content;
  return row;
}

function itemOf({ key, name, changed, teeth }) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  const count = teeth[0] === teeth[1] ? `${teeth[0]} teeth` : `${teeth[0]} → ${teeth[1]} teeth`;
  button.textContent = `${name}: ${(100 * changed).toFixed(1)} % different, ${count}`;
  button.addEventListener("click", () => {
    $("teach-dialog").close();
    actions.openCompared(key);
  });
  item.append(button);
  return item;
}

async function act(asked, done = "") {
  try {
    take(await asked);
    if (done) say(done, "", 6);
  } catch (failure) {
    say(failure.message, "bad", 10);
    return failure.message;
  }
  return "";
}

const use = (name, words) => act(useNetwork(name), words);

export function begin(given) {
  actions = given;
  const on = (name, listener) => $(`teach-${name}`).addEventListener("click", listener);
  $("teach").addEventListener("click", show);
  on("go", async () => {
    $("teach-go").disabled = true; // copying a hundred X-rays takes a moment
    $("teach-failed").textContent = "";
    $("teach-how").textContent = "The X-rays are copied …";
    const refused = await act(teach());
    shown = "";
    await refresh();
    if (refused) $("teach-failed").textContent = refused;
  });
  on("stop", () => act(stopTeaching(), "Stopped."));
  on("use", () => use(status.result.name, "The new network is in use."));
  on("keep", () => use(status.in_use, "The old network stays in use."));
  on("close", () => $("teach-dialog").close());
  $("teach-networks").addEventListener("change", () => use($("teach-networks").value, "Another network is in use."));
  const again = async () => {
    await refresh();
    const isBusy = status && (status.progress || (status.result && status.result.waiting));
    setTimeout(again, isBusy || $("teach-dialog").open ? 1500 : 8000);
  };
  again();
}
