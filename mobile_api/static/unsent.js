// What waits on this phone for a connection, or for somebody to finish it, each under its key.

const STORE = "unsent";

const opening = new Map();

function open(name) {
  if (!opening.has(name)) opening.set(name, opened(name));
  return opening.get(name);
}

function opened(name) {
  return new Promise((done, fail) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
}

async function act(name, mode, ask) {
  const action = (await open(name)).transaction(STORE, mode);
  const asked = ask(action.objectStore(STORE));
  return new Promise((done, fail) => {
    action.oncomplete = () => done(asked.result);
    action.onabort = action.onerror = () => fail(action.error);
  });
}

// A shelf of this name: the phone's key of a worker lies in a database of its own.
export function shelf(name) {
  return {
    keep: (key, thing) => act(name, "readwrite", (store) => store.put(thing, key)),
    forget: (key) => act(name, "readwrite", (store) => store.delete(key)),
    find: (key) => act(name, "readonly", (store) => store.get(key)),
    // [key, thing] of each, in the order of their keys.
    async all() {
      const keys = await act(name, "readonly", (store) => store.getAllKeys());
      const things = await act(name, "readonly", (store) => store.getAll());
      return keys.map((key, which) => [key, things[which]]);
    },
  };
}

export const { keep, forget, all } = shelf("gridtag-reports");

// Sends what was kept. Rejects while there is no connection to us, or we cannot take it now.
export async function deliver({ path, fields }, patience = 60_000) {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  const answer = await fetch(path, {
    method: "POST",
    headers: { Accept: "application/json" },
    body,
    signal: AbortSignal.timeout(patience),
  });
  const told = await answer.json();
  if (answer.status >= 500) throw new Error(told.code);
  return { status: answer.status, told };
}
