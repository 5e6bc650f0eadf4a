// A theft alarm that no dead spot swallows: kept on the phone, sent as soon as there is a connection.

import { deliver, shelf } from "./unsent.js";

const AGAIN_MS = 5_000;
const PATIENCE_MS = 20_000;

const form = document.getElementById("alarm");
const say = (text) => form && (form.querySelector(".say").textContent = text);
const alarms = shelf("gridtag-alarms");
const key = location.pathname;

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  cry();
});

async function cry() {
  form.elements.made_at.value = new Date().toISOString();
  const alarm = { path: form.getAttribute("action"), what: key, fields: [...new FormData(form)] };
  await alarms.keep(key, alarm).catch(() => {}); // Before anything else: the phone may die now.
  say(form.querySelector(".say").dataset.sending);
  await send(key, alarm); // Not what was kept: a browser may keep nothing.
}

async function flush() {
  for (const [name, alarm] of await alarms.all().catch(() => [])) {
    await send(name, alarm);
  }
}

async function send(name, alarm) {
  try {
    await deliver(alarm, PATIENCE_MS);
    await alarms.forget(name).catch(() => {});
    if (alarm.path === location.pathname) location.assign(`${alarm.path}?done=cry-theft`);
  } catch {
    say(form?.querySelector(".say").dataset.kept ?? "");
  }
}

addEventListener("online", flush);
setInterval(flush, AGAIN_MS);
flush();
