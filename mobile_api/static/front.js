// Buildings near me: counts only, nobody in them.

import { ask, Refused, Unreachable } from "./api.js";
import { locate, NoFix } from "./position.js";
import { word } from "./words.js";

const part = (id) => document.getElementById(id);

async function find() {
  part("find").disabled = true;
  part("found").replaceChildren();
  say(word("locating"));
  try {
    const { lat, lon, crs, accuracy_m } = await locate((metres) => say(word("accuracy", { metres })));
    const query = new URLSearchParams({ near: `${lat},${lon}`, crs, accuracy_m, limit: 10 });
    const { items } = await ask("GET", `/api/v1/buildings?${query}`);
    part("found").replaceChildren(...items.map(entry));
    say(word(items.length ? "found_near" : "none_near"));
  } catch (error) {
    if (error instanceof Refused) say(error.message);
    else say(word(error instanceof Unreachable ? "try_again" : nameOf(error)));
  }
  part("find").disabled = false;
}

function nameOf(error) {
  if (error instanceof NoFix) return error.name;
  throw error;
}

function entry(building) {
  const item = part("one-building").content.cloneNode(true);
  item.querySelector("a").href = `/b/${encodeURIComponent(building.code)}`;
  item.querySelector("b").textContent = building.name;
  item.querySelector(".distance").textContent = word("metres", {
    metres: Math.round(building.distance_m),
  });
  item.querySelector("small").textContent = building.address;
  return item;
}

function say(text) {
  part("say").textContent = text;
}

if (part("finder")) {
  part("finder").hidden = false;
  part("find").addEventListener("click", find);
}
