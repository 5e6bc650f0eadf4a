// An inspection on a phone: every answer is kept as it is given, photos made small, the position
// measured beside; sent once however often it is tapped, and kept while there is no connection.
// Without this script the browser sends the form itself.

import { locate } from "./position.js";
import { holds, value } from "./rules.js";
import { show, unsent } from "./sheets.js";
import { shrink } from "./shrink.js";
import { deliver, shelf } from "./unsent.js";
import { word } from "./words.js";

const form = document.getElementById("inspect");
const { thing, form: code, version } = form.dataset;
const drafts = shelf("gridtag-drafts");
const name = `${thing} ${code}`;
const say = (text) => (form.querySelector(".say").textContent = text);

// --- The draft ---------------------------------------------------------------------------

async function restore() {
  const draft = await drafts.find(name).catch(() => null);
  if (!draft || document.querySelector(".problem")) return; // The server has sent the answers back.
  if (draft.version !== version) {
    // Begun under a former version: it can still be finished as it was asked.
    const query = new URLSearchParams({ form: code, version: draft.version });
    if (!location.search.includes("version=")) location.replace(`${location.pathname}?${query}`);
    return;
  }
  for (const [field, value] of draft.fields) put(field, value);
  const note = document.getElementById("drafted");
  note.textContent = word("drafted");
  note.hidden = false;
}

function put(field, value) {
  const inputs = [...form.querySelectorAll(`[name="${CSS.escape(field)}"]`)];
  for (const input of inputs) {
    if (input.type === "file") fill(input, value);
    else if (["radio", "checkbox"].includes(input.type)) input.checked ||= input.value === value;
    else input.value = value;
  }
}

// Puts a file into a field, as if it had been chosen there.
function fill(input, file) {
  const list = new DataTransfer();
  list.items.add(file);
  input.files = list.files;
}

async function keepDraft() {
  await drafts.keep(name, { version, fields: filled() }).catch(() => {});
}

form.addEventListener("change", async ({ target }) => {
  if (target.type === "file") await shrink(target);
  await keepDraft();
  concern();
  progress();
  if (target.type === "radio" && target.value !== "wrong") onward(target);
});

// The next question comes to the thumb; what is wrong stays, for its photo.
function onward(input) {
  let next = input.closest(".item")?.nextElementSibling;
  while (next?.hidden) next = next.nextElementSibling;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  next?.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
}

// What does not concern is neither shown nor sent; it comes back with what was said there.
function concern() {
  const answers = {};
  const now = new Date();
  const today = new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
  for (const item of form.querySelectorAll("[id^='item-']")) {
    const { relevant, sum } = item.dataset;
    const concerns = !relevant || holds(relevant, answers, today);
    if (sum === undefined) item.hidden = !concerns;
    if ("disabled" in item) item.disabled = !concerns;
    if (concerns) answers[codeOf(item)] = sum === undefined ? said(item) : worked(sum);
  }

  function worked(rule) {
    try {
      return value(rule, answers, today);
    } catch {
      return "";
    }
  }
}

// The answer of an item, as rules see it: several are one text.
function said(item) {
  const field = `a.${codeOf(item)}`;
  const inputs = [...item.querySelectorAll("input")].filter((one) => one.name === field);
  if (inputs[0]?.type === "number") return inputs[0].value === "" ? "" : Number(inputs[0].value);
  const chosen = ["radio", "checkbox"].includes(inputs[0]?.type)
    ? inputs.filter((one) => one.checked)
    : inputs;
  return chosen.map((one) => one.value).join(" ");
}

function codeOf(item) {
  return item.id.slice("item-".length);
}

function progress() {
  const items = [...form.querySelectorAll(".item:not([hidden])")];
  const done = items.filter((item) => item.querySelector(":checked") || hasText(item)).length;
  say(word("progress", { done, all: items.length }));
}

function hasText(item) {
  return [...item.querySelectorAll("input")].some(
    (one) => !["radio", "checkbox", "hidden"].includes(one.type) && one.value,
  );
}

// --- Sending -----------------------------------------------------------------------------

function filled() {
  return [...new FormData(form)].filter(([, value]) => value !== "" && value?.size !== 0);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.dataset.busy) return;
  busy(true);
  say(word("sending"));
  const sheet = { path: form.getAttribute("action"), what: title(), fields: filled() };
  try {
    const { status, told } = await deliver(sheet);
    if (status === 201) {
      await drafts.forget(name).catch(() => {});
      location.assign(told.link);
    } else {
      form.submit(); // The page that comes says what is wrong, at each answer.
    }
  } catch {
    await keepFor(sheet);
  }
});

async function keepFor(sheet) {
  busy(false);
  try {
    await unsent.keep(form.elements.uuid.value, sheet);
    await drafts.forget(name);
  } catch {
    say(word("not_kept"));
    return;
  }
  form.hidden = true;
  await show();
  const note = document.getElementById("drafted");
  note.textContent = word("kept");
  note.hidden = false;
}

function title() {
  return document.querySelector("h1").textContent.trim();
}

function busy(is) {
  form.dataset.busy = is ? "yes" : "";
  form.querySelector("button.main").disabled = is;
}
addEventListener("pageshow", () => busy(false));

// Where it was done is measured while it is done, and never waited for.
locate()
  .then((fix) => (form.elements.fix.value = JSON.stringify(fix)))
  .catch(() => {});
await restore();
concern();
progress();
