// Collecting on the spot: add a person to a room, correct a phone, move somebody to another room.
// The server judges; its sentences stand next to the fields they are about.

import { ask, Refused } from "./api.js";
import { word } from "./words.js";

// Refusals that are about one field without naming it.
const FIELD_OF = { "bad-id-number": "id_number", "bad-phone": "phone" };

const ACTS = {
  add: (form, { room }) => ({
    method: "POST",
    path: "/residents",
    body: { ...filled(form), room },
  }),
  amend: (form, { id, version }) => ({
    method: "PATCH",
    path: `/residents/${id}`,
    body: { phone: form.elements.phone.value.trim() || null },
    version,
  }),
  move: (form, { id, version }) => ({
    method: "POST",
    path: `/residents/${id}/moves`,
    body: filled(form),
    version,
  }),
};

// Listen on the sheet, whatever it shows now or later.
export function collect(sheet, { building, lease, saved }) {
  sheet.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-form]");
    if (button) unfold(sheet, button);
    if (target.closest("[data-cancel]")) fold(sheet);
  });
  sheet.addEventListener("submit", async (event) => {
    const form = event.target;
    event.preventDefault();
    const save = form.querySelector(".main");
    save.disabled = true;
    clear(form);
    try {
      await submit(form, building, lease());
      await saved();
    } catch (error) {
      complain(form, error);
    }
    save.disabled = false;
  });
}

async function submit(form, building, lease) {
  const place = form.closest(".person, .room");
  const about = { ...place.closest(".room").dataset, ...place.dataset };
  const { method, path, body, version } = ACTS[form.dataset.act](form, about);
  const headers = { "Visit-Lease": lease };
  if (version) headers["If-Match"] = `"${version}"`;
  if (method === "POST") headers["Idempotency-Key"] = form.dataset.once;
  await ask(method, building + path, JSON.stringify(body), headers);
}

function filled(form) {
  const pairs = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
  return Object.fromEntries(pairs.filter(([, value]) => value));
}

function unfold(sheet, button) {
  const wasOpen = button.getAttribute("aria-expanded") === "true";
  fold(sheet);
  if (wasOpen) return;
  const template = sheet.querySelector(`[data-template="${button.dataset.form}"]`);
  const form = template.content.firstElementChild.cloneNode(true);
  form.dataset.once = [...crypto.getRandomValues(new Uint8Array(16))].join("-");
  button.setAttribute("aria-expanded", "true");
  button.closest(".acts, .room").append(form);
  form.elements[0].focus();
}

function fold(sheet) {
  for (const form of sheet.querySelectorAll("form.edit")) form.remove();
  const button = sheet.querySelector('[aria-expanded="true"]');
  button?.setAttribute("aria-expanded", "false");
  button?.focus();
}

function clear(form) {
  form.querySelector(".problem").hidden = true;
  for (const error of form.querySelectorAll(".error")) error.remove();
  for (const field of form.querySelectorAll(".wrong")) field.classList.remove("wrong");
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
}

// The summary first, each sentence again at its field; the reader is taken to the summary.
function complain(form, error) {
  const summary = form.querySelector(".problem");
  summary.textContent = error instanceof Refused ? error.message : word("try_again");
  const about = { ...error.facts?.errors };
  if (FIELD_OF[error.code]) about[FIELD_OF[error.code]] ??= [error.message];
  for (const [name, sentences] of Object.entries(about)) {
    const text = [sentences].flat().join(" ");
    const input = form.elements[name];
    if (input) mark(input, text);
    else summary.textContent += ` ${text}`;
  }
  summary.hidden = false;
  summary.focus();
}

function mark(input, text) {
  const error = document.createElement("p");
  error.className = "error";
  error.id = `error-${input.name}`;
  error.textContent = text;
  input.closest(".field").classList.add("wrong");
  input.closest(".field").append(error);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", error.id);
}
