// The list of X-rays, what needs a look first; X-rays are added by dropping them anywhere.

import { waiting } from "./outbox.js";
import { addXray, cases } from "./server.js";
import { $, on, say, state } from "./state.js";

let listed = [];
let open = () => {};

const WORDS = {
  waiting: "the network has not seen it yet", proposed: "", corrected: "corrected, ",
  "looked at": "looked at, ", failed: "cannot be opened",
};

function hintOf(each) {
  if (each.state === "failed") return each.review[0];
  if (each.state === "waiting") return WORDS.waiting;
  const reasons = each.state === "looked at" ? 0 : each.review.length;
  const told = [`${each.teeth} teeth`, each.unsure && `${each.unsure} unsure`, reasons && `${reasons} to look at`];
  return WORDS[each.state] + told.filter(Boolean).join(", ");
}

function show() {
  const list = $("case-list");
  const focused = document.activeElement.closest?.("#case-list button")?.dataset.key;
  list.replaceChildren(
    ...listed.map((each) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.key = each.key;
      const hint = document.createElement("small");
      hint.textContent = hintOf(each);
      button.append(each.name, hint);
      const needsLook = each.state === "failed" || (each.state !== "looked at" && each.review.length);
      if (needsLook) item.className = "warn";
      button.setAttribute("aria-current", Boolean(state.case && state.case.key === each.key));
      button.addEventListener("click", () => open(each.key));
      item.append(button);
      return item;
    }),
  );
  if (focused) list.querySelector(`[data-key="${focused}"]`)?.focus();
}

export async function refresh() {
  try {
    const before = JSON.stringify(listed);
    listed = await cases();
    if (JSON.stringify(listed) !== before) show();
  } catch (failure) {
    if (!waiting()) say(failure.message, "bad", 3); // what is not saved is told of by the outbox
  }
  return listed;
}

export function beside(step) {
  const at = listed.findIndex((each) => state.case && each.key === state.case.key);
  return listed[at + step]?.key;
}

async function addAll(files) {
  let last = null;
  for (const file of files) {
    say(`Adding ${file.name} …`, "warn", 30);
    try {
      last = (await addXray(file)).key;
      say("Added.", "warn", 1);
    } catch (failure) {
      say(`${file.name}: ${failure.message}`, "bad", 10);
    }
  }
  await refresh();
  if (last) open(last);
}

export function begin(openCase) {
  open = openCase;
  $("files").addEventListener("change", (event) => {
    addAll([...event.target.files]);
    event.target.value = "";
  });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    addAll([...event.dataTransfer.files]);
  });
  on("case", () => {
    show();
    $("case-list").querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  });
  const again = async () => {
    await refresh();
    setTimeout(again, listed.some((each) => each.state === "waiting") ? 1500 : 6000);
  };
  again();
}
