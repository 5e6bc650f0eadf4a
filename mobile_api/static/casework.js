// What a phone adds to the pages of cases: how far each is, the nearest first, a smaller photo.

import { piece, Refused, Unreachable } from "./api.js";
import { locate, NoFix } from "./position.js";
import { shrink } from "./shrink.js";
import { word } from "./words.js";

const part = (id) => document.getElementById(id);

// --- How far -------------------------------------------------------------------------------

const EARTH_M = 6_371_000;

// Good to a few metres in a city, which is all that a list needs.
function metres(here, lat, lon) {
  const turn = Math.PI / 180;
  const north = (lat - here.lat) * turn;
  const east = (lon - here.lon) * turn * Math.cos(here.lat * turn);
  return EARTH_M * Math.hypot(north, east);
}

function showDistances(here) {
  for (const line of document.querySelectorAll("[data-lat]")) {
    const far = metres(here, Number(line.dataset.lat), Number(line.dataset.lon));
    line.querySelector(".distance").textContent = word("metres", { metres: Math.round(far) });
  }
}

async function sort(here) {
  const query = new URLSearchParams({ near: `${here.lat},${here.lon}`, crs: here.crs });
  part("checks").replaceChildren(...(await piece(`/checks/near?${query}`)));
}

async function find(button, then) {
  const say = (text) => (part("say").textContent = text);
  button.disabled = true;
  say(word("locating"));
  try {
    await then(await locate((accuracy) => say(word("accuracy", { metres: accuracy }))));
    say("");
  } catch (error) {
    if (error instanceof Refused) say(error.message);
    else if (error instanceof Unreachable) say(word("try_again"));
    else if (error instanceof NoFix) say(word(error.name));
    else throw error;
  }
  button.disabled = false;
}

for (const [box, id, then] of [["how-far", "locate", showDistances], ["nearest", "sort", sort]]) {
  if (!part(box)) continue;
  part(box).hidden = false;
  part(id).addEventListener("click", () => find(part(id), then));
}

// --- Where it was done -----------------------------------------------------------------------

const PATIENCE_MS = 6_000; // No position holds nobody up: the server knows what it is worth.

async function sendWithPlace(form, button) {
  form.querySelector(".say").textContent = word("locating");
  const late = new Promise((_, fail) => setTimeout(fail, PATIENCE_MS, new NoFix("timeout")));
  try {
    const { altitude_m, ...fix } = await Promise.race([locate(), late]);
    form.elements.fix.value = JSON.stringify(fix);
  } catch (error) {
    if (!(error instanceof NoFix)) throw error;
  }
  form.dataset.asked = "yes";
  form.requestSubmit(button);
}

for (const form of document.querySelectorAll("form:not([data-locate])")) {
  if (!form.elements.fix) continue;
  form.addEventListener("submit", (event) => {
    if (form.dataset.asked) return;
    event.preventDefault();
    sendWithPlace(form, event.submitter);
  });
}

// --- Photos --------------------------------------------------------------------------------

for (const form of document.querySelectorAll("form[data-photo]")) {
  const photo = form.elements.namedItem("photo");
  if (photo.type === "file") photo.addEventListener("change", () => shrink(photo));
}
