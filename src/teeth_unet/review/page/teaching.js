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
    else if (now.waiting) say("The network could not be kept: T says why.", "bad", 20);
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
  const { looked_at: count, changed, fewest, failed, off, waiting } = status;
  const left = changed ? ` ${changed === 1 ? "One" : changed} that you have changed ${changed === 1 ? "is" : "are"} not marked, and left out.` : "";
  const more = count < fewest ? ` At least ${fewest} are needed.` : "";
  $("teach-what").textContent = `${plural(count, "X-ray")} ${count === 1 ? "is" : "are"} marked.${more}${left}`;
  $("teach-how").textContent =
    `${howItBegins()} and takes ${minutes(60 * status.minutes)} here. Each ` +
    "marked X-ray is also tested by a network that has learned from the others only, so that you see " +
    "whether it is better. What you have corrected stays as it is.";
  $("teach-how").hidden = count < fewest || Boolean(off) || waiting;
  const whyNot = off ? `Nothing can be taught here. ${off}` : failed && !waiting ? `The last training has failed. ${failed}` : failed;
  $("teach-failed").textContent = whyNot;
  $("teach-go").disabled = Boolean(off) || (count < fewest && !waiting);
  $("teach-stop").textContent = "Give it up";
  $("teach-stop").hidden = !waiting; // what could not be kept can be given up
  showNetworks();
}

// A case that a network has learned from cannot be tested by one that begins with it.
function howItBegins() {
  const { start, seen_by_start: seen } = status;
  if (!start) return "It begins with the network of this program";
  if (!seen) return `It begins with ${start}`;
  return `${start} has learned from ${plural(seen, "X-ray")} of these, on which it cannot be tested: it begins with the network of this program instead`;
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
  $("teach-stop").textContent = "Stop";
  $("teach-progress").value = progress.done;
  const left = progress.seconds_left === null ? "" : ` ${minutes(progress.seconds_left)} left.`;
  if (progress.ended) $("teach-far").textContent = "The network is taught, and is compared with the one in use …";
  else $("teach-far").textContent = progress.epochs
    ? `Network ${progress.network} of ${progress.networks}, epoch ${progress.epoch} of ${progress.epochs}.${left}`
    : "The X-rays are prepared …";
}

function verdict(better, cases) {
  if (better === null) return `${cases} cannot tell which network is better`;
  return `On ${cases} the new network is ${better ? "better" : "worse"}`;
}

function showResult() {
  const { result } = status;
  const cases = result.cases.filter(({ before, after }) => before !== null && after !== null);
  $("teach-verdict").textContent = cases.length
    ? `${verdict(result.better, plural(cases.length, "marked X-ray"))}: Dice ${dice(result.before)} before, ${dice(result.after)} after.` +
      (result.better === null ? " Look at the others, too." : cases.length < 10 ? " So few tell little: look at the others, too." : "")
    : "There is no X-ray to compare both networks on: look at the others.";
  $("teach-cases").tBodies[0].replaceChildren(...result.cases.map(rowOf));
  $("teach-others").replaceChildren(...result.others.map(itemOf));
  const seen = result.waiting ? ` ${plural(result.waiting, "X-ray")} still to be compared.` : "";
  const left = result.not_compared ? ` ${plural(result.not_compared, "X-ray")} could not be opened, and ${result.not_compared === 1 ? "is" : "are"} not compared.` : "";
  $("teach-waiting").textContent = `The most first. Open one, and C exchanges before and after.${seen}${left}`;
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
  on("stop", () => act(stopTeaching(), status.waiting ? "Given up." : "Stopped."));
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
