// What the page asks of the server. Nothing is ever asked of another one.

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch {
    throw new Refusal(0, "The server does not answer.");
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw new Refusal(answer.status, said.error || `The server says ${answer.status}.`);
}

const json = async (address, options) => (await ask(address, options)).json();

export const about = () => json("/api/about");

export const cases = () => json("/api/cases");

export const openCase = (key, threshold = null) =>
  json(`/api/cases/${key}${threshold === null ? "" : `?threshold=${threshold}`}`);

export async function xray(key) {
  const answer = await ask(`/api/cases/${key}/xray.png`);
  return createImageBitmap(await answer.blob());
}

export async function probabilities(key) {
  const answer = await ask(`/api/cases/${key}/probabilities`);
  return new Uint8Array(await answer.arrayBuffer());
}

export const addXray = (file) =>
  json(`/api/cases?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });

export const sendEdit = (key, revision, edit) =>
  json(`/api/cases/${key}/edits`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "If-Match": `"${revision}"` },
    body: JSON.stringify(edit),
  });
