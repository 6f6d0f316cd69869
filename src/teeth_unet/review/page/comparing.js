// What the network in use and a new one say of an X-ray, one in the place of the other.

import { waiting } from "./outbox.js";
import { compared } from "./server.js";
import { $, caseOf, exchangeCase, on, say, state } from "./state.js";
import { isDown } from "./tools.js";

let before = null; // the case as it can be corrected, while the other one is shown

export async function toggle() {
  if (!state.case || isDown()) return; // a stroke is of the case that it was begun on
  if (before) return back();
  if (state.case.revision || waiting()) {
    return say("You have corrected this X-ray: what you have left is shown.", "warn", 4);
  }
  const asked = state.case;
  say("The new network looks …", "warn", 20);
  try {
    const record = await compared(asked.key);
    if (state.case !== asked || asked.revision || waiting() || isDown()) return; // it was left, or changed
    before = asked;
    exchangeCase({ ...caseOf(record), isCompared: true });
    show("After: the new network");
    say("C goes back to the network in use.", "warn", 4);
  } catch (failure) {
    say(failure.status === 404 ? "There is no new network: T teaches one." : failure.message, "warn", 4);
  }
}

function back() {
  exchangeCase(before);
  before = null;
  show("Before: the network in use");
  say("C shows the new network.", "warn", 4);
}

function show(words) {
  $("compared").hidden = !words;
  $("compared").textContent = words;
}

on("case", () => {
  before = null;
  show("");
});
