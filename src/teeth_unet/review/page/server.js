// What the page asks of the server. Nothing is ever asked of another one.

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// A server that is killed in mid-answer gives headers and no end: that is no answer either.
async function ask(address, form, options = {}) {
  let answer;
  let said;
  try {
    answer = await fetch(address, options);
    said = await (answer.ok ? answer[form]() : answer.json().catch(() => ({})));
  } catch {
    throw new Refusal(0, "The server does not answer.");
  }
  if (answer.ok) return said;
  throw new Refusal(answer.status, said.error || `The server says ${answer.status}.`);
}

const json = (address, options) => ask(address, "json", options);

export const about = () => json("/api/about");

export const cases = () => json("/api/cases");

export const openCase = (key, threshold = null) =>
  json(`/api/cases/${key}${threshold === null ? "" : `?threshold=${threshold}`}`);

export const xray = async (key) => createImageBitmap(await ask(`/api/cases/${key}/xray.png`, "blob"));

export const probabilities = async (key) =>
  new Uint8Array(await ask(`/api/cases/${key}/probabilities`, "arrayBuffer"));

export const addXray = (file) =>
  json(`/api/cases?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });

const post = (address) => json(address, { method: "POST" });

export const teaching = () => json("/api/teaching");

export const teach = () => post("/api/teaching");

export const stopTeaching = () => post("/api/teaching/stop");

export const useNetwork = (name) => post(`/api/teaching/use?name=${encodeURIComponent(name)}`);

export const compared = (key) => json(`/api/cases/${key}/compared`);

// What the pixels were before stays here: it is for `rebase.js`.
export const sendEdit = (key, revision, { was, ...edit }) =>
  json(`/api/cases/${key}/edits`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "If-Match": `"${revision}"` },
    body: JSON.stringify(edit),
  });
