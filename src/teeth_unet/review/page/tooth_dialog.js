// Which number and which kind a tooth has: asked for in a dialog that the keyboard alone can fill.

import { $ } from "./state.js";

let known = { numbers: [], kinds: [] };

export function setKnown(numbers, kinds) {
  known = { numbers, kinds };
  $("numbers").replaceChildren(...numbers.map((number) => new Option(number)));
  $("tooth-kind").replaceChildren(...kinds.map((kind) => new Option(kind)));
}

// Ask; the answer is {number, kind}, or null if there is none.
export function askForTooth(title, tooth) {
  const dialog = $("tooth-dialog");
  const input = $("tooth-number");
  $("tooth-title").textContent = title;
  input.value = tooth.number || "";
  $("tooth-kind").value = tooth.kind;
  check();
  dialog.returnValue = "";
  dialog.showModal();
  input.select();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const said = { number: Number(input.value) || 0, kind: $("tooth-kind").value };
      resolve(dialog.returnValue === "save" ? said : null);
    }, { once: true });
  });
}

function check() {
  const number = Number($("tooth-number").value);
  const isKnown = number === 0 || known.numbers.includes(number);
  $("tooth-number").setCustomValidity(isKnown ? "" : "Not a number of a tooth: 11 to 48, 51 to 85, or 0.");
  // A milk tooth's number says its kind, and the other way round.
  const kind = $("tooth-kind").value;
  if (isKnown && number > 50 && kind === "tooth") $("tooth-kind").value = "milk tooth";
  if (isKnown && number && number < 50 && kind === "milk tooth") $("tooth-kind").value = "tooth";
}

$("tooth-number").addEventListener("input", check);
