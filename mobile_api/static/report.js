// A report on a phone: its photo made small, sent once however often it is tapped, and kept while
// there is no connection. Without this script the browser sends the form itself.

import { all, deliver, forget, keep } from "./unsent.js";
import { word } from "./words.js";

const AGAIN_MS = 15_000;

const form = document.getElementById("tell");
const say = (text) => (form.querySelector(".say").textContent = text);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!form.dataset.busy) send();
});

// Fetched once there is something to shrink, while there still is a connection.
let shrinking;
form.elements.photo.addEventListener("change", () => {
  shrinking ??= import("./shrink.js").catch(() => {});
});

async function send() {
  busy(true);
  say(word("sending"));
  await (await shrinking)?.shrink(form.elements.photo);
  const report = { path: form.getAttribute("action"), what: named(), fields: filled() };
  try {
    const { status, told } = await post(report, () => say(word("working")));
    if (status === 201) location.assign(told.link);
    else form.submit(); // The page that comes says what is wrong, at each field.
  } catch {
    await keepFor(report);
  }
}

async function keepFor(report) {
  busy(false);
  try {
    await keep(form.elements.once.value, report);
  } catch {
    say(word("not_kept"));
    return;
  }
  form.hidden = true;
  await show();
  waiting.querySelector(".lines").prepend(item(word("kept")));
}

// The form can be sent again, and back by the browser's button leads to one that can.
function busy(is) {
  form.dataset.busy = is ? "yes" : "";
  form.querySelector("button.main").disabled = is;
}
addEventListener("pageshow", () => busy(false));

// What the form says, with what only a script can tell. Files become blobs that can be kept.
function filled() {
  return [...new FormData(form), ["can_work", "1"]].filter(([, value]) => value?.size !== 0);
}

function named() {
  const chosen = form.querySelector("input[name=problem]:checked");
  const problem = chosen ? chosen.parentElement.textContent.trim() : "";
  return [document.querySelector("h1").textContent.trim(), problem].filter(Boolean).join(" · ");
}

// --- Sending, now and later --------------------------------------------------------------

// What the server says, after the work it may ask for. Rejects while there is no connection.
async function post(report, beforeWork = () => {}) {
  const { status, told } = await deliver(report);
  if (told.challenge && !report.fields.some(([name]) => name === "work")) {
    beforeWork();
    const { solve } = await import("./work.js");
    const worked = ["work", await solve(told.challenge)];
    return post({ ...report, fields: [...report.fields, worked] });
  }
  return { status, told };
}

const waiting = document.getElementById("waiting");
let flushing = false;

async function flush() {
  if (flushing) return;
  flushing = true;
  try {
    for (const [key, report] of await all()) if (!report.refused) await trySending(key, report);
  } catch {
    // Still no connection, or no store in this browser: what waits goes on waiting.
  } finally {
    flushing = false;
    await show().catch(() => {});
  }
}

async function trySending(key, report) {
  const { status, told } = await post(report);
  if (status === 429) return;
  if (status === 201) {
    await forget(key);
    went.push([report.what, told.link]);
  } else {
    await keep(key, { ...report, refused: told.detail ?? String(status) });
  }
}

// --- What waits --------------------------------------------------------------------------

const went = [];

async function show() {
  const kept = await all();
  waiting.hidden = kept.length + went.length === 0;
  document.getElementById("again").hidden = kept.every(([, report]) => report.refused);
  waiting.querySelector(".lines").replaceChildren(
    ...went.map(([what, link]) => item(word("went", { what }), link)),
    ...kept.map(([key, report]) =>
      report.refused
        ? item(word("refused", { what: report.what, why: report.refused }), null, key)
        : item(word("waiting", { what: report.what })),
    ),
  );
}

function item(text, link, key) {
  const made = document.createElement("li");
  const inner = made.appendChild(document.createElement(link ? "a" : "span"));
  inner.textContent = text;
  if (link) inner.href = link;
  if (key) {
    const button = made.appendChild(document.createElement("button"));
    button.textContent = word("discard");
    button.addEventListener("click", () => forget(key).then(show));
  }
  return made;
}

document.getElementById("again").addEventListener("click", flush);
addEventListener("online", flush);
document.addEventListener("visibilitychange", () => document.hidden || flush());
setInterval(() => waiting.hidden || flush(), AGAIN_MS);
flush();
