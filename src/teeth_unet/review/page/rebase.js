// Edits that were made on one state of a case, brought onto another one that somebody else has left.

import { packRectangle, unpack } from "./runs.js";

/* Return the edits as they are on top of a record of the server. Of each, the pixels that it has
   changed go on top, and no others of its rectangle. A tooth that is gone there comes back where it
   is drawn on, as it is `known` here (by object). An object that both have begun gets a free number. */
export function rebase(record, edits, known) {
  const { width, height } = record;
  const labels = unpack(record.runs, width * height);
  const teeth = new Set(record.teeth.map((tooth) => tooth.object));
  const renamed = new Map();
  const nameOf = (object) => renamed.get(object) || object;
  return edits.map((edit) => {
    for (const object of begunBy(edit)) {
      if (teeth.has(object)) renamed.set(object, Math.max(...teeth, ...known.keys(), object) + 1);
    }
    const said = Object.fromEntries(Object.entries(edit.teeth).map(([object, tooth]) => [nameOf(+object), tooth]));
    const { patch, was } = edit.patch ? onTop(edit, labels, width, nameOf) : { patch: null, was: null };
    for (let i = 0; patch && i < patch.runs.length; i += 2) {
      const object = patch.runs[i];
      if (!object || teeth.has(object) || said[object]) continue;
      const { number, kind } = known.get(object) || { number: 0, kind: "tooth" };
      said[object] = { number, kind };
    }
    for (const [object, tooth] of Object.entries(said)) {
      if (tooth) teeth.add(+object);
      else if (labels.includes(+object)) delete said[object]; // it was drawn on there
      else teeth.delete(+object);
    }
    const beginning = edit.network ? { network: record.network } : {};
    return { ...edit, ...beginning, patch, was, teeth: said };
  });
}

const begunBy = ({ action, teeth }) =>
  ["add", "split"].includes(action) ? Object.keys(teeth).filter((object) => teeth[object]).map(Number) : [];

function onTop({ patch, was }, labels, width, nameOf) {
  const count = patch.width * patch.height;
  const [before, after] = [was, patch.runs].map((runs) => unpack(runs, count));
  const there = packRectangle(labels, width, patch);
  for (let at = 0; at < count; at++) {
    if (before[at] === after[at]) continue;
    const y = patch.y + Math.floor(at / patch.width);
    labels[y * width + patch.x + (at % patch.width)] = nameOf(after[at]);
  }
  return { patch: { ...patch, runs: packRectangle(labels, width, patch) }, was: there };
}
