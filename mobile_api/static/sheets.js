// Inspections that wait on this phone for a connection: sent from whichever page of rounds is open.

import { deliver, shelf } from "./unsent.js";
import { word } from "./words.js";

const AGAIN_MS = 15_000;

export const unsent = shelf("gridtag-inspections");

const waiting = document.getElementById("waiting");
let flushing = false;

async function flush() {
  if (flushing) return;
  flushing = true;
  try {
    for (const [key, sheet] of await unsent.all()) {
      if (sheet.refused) continue;
      const { status, told } = await deliver(sheet);
      if (status === 201) await unsent.forget(key);
      else if (status !== 429 && status !== 401) {
        await unsent.keep(key, { ...sheet, refused: told.detail ?? String(status) });
      }
    }
  } catch {
    // Still no connection, or no store in this browser: what waits goes on waiting.
  } finally {
    flushing = false;
    await show().catch(() => {});
  }
}

export async function show() {
  const kept = await unsent.all();
  waiting.hidden = kept.length === 0;
  waiting.querySelector(".lines").replaceChildren(...kept.map(line));
}

function line([key, sheet]) {
  const made = document.createElement("li");
  const facts = { what: sheet.what, why: sheet.refused };
  made.append(word(sheet.refused ? "refused" : "waiting", facts));
  if (sheet.refused) {
    const button = made.appendChild(document.createElement("button"));
    button.textContent = word("discard");
    button.addEventListener("click", () => unsent.forget(key).then(show));
  }
  return made;
}

document.getElementById("again").addEventListener("click", flush);
addEventListener("online", flush);
document.addEventListener("visibilitychange", () => document.hidden || flush());
setInterval(() => waiting.hidden || flush(), AGAIN_MS);
flush();
