// Reports that wait on this phone for a connection, each under a key of its own.

const NAME = "gridtag-reports"; // The phone's key of a worker lies in a database of its own.
const STORE = "unsent";

let opening;

function open() {
  opening ??= new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  return opening;
}

async function act(mode, ask) {
  const action = (await open()).transaction(STORE, mode);
  const asked = ask(action.objectStore(STORE));
  return new Promise((done, fail) => {
    action.oncomplete = () => done(asked.result);
    action.onabort = action.onerror = () => fail(action.error);
  });
}

export const keep = (key, report) => act("readwrite", (store) => store.put(report, key));
export const forget = (key) => act("readwrite", (store) => store.delete(key));

// [key, report] of each, in the order of their keys.
export async function all() {
  const keys = await act("readonly", (store) => store.getAllKeys());
  const reports = await act("readonly", (store) => store.getAll());
  return keys.map((key, which) => [key, reports[which]]);
}
