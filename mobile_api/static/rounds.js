// The due list in the order of a walk, once the phone has said where it is.

import { locate, NoFix } from "./position.js";
import "./sheets.js"; // What waits is sent from here too.
import { word } from "./words.js";

const say = (text) => (document.getElementById("say").textContent = text);

document.getElementById("walk").hidden = false;
document.getElementById("nearest").addEventListener("click", async () => {
  say(word("locating"));
  try {
    const { lat, lon, crs } = await locate((metres) => say(word("accuracy", { metres })));
    location.assign(`/rounds?${new URLSearchParams({ near: `${lat},${lon}`, crs })}`);
  } catch (error) {
    if (!(error instanceof NoFix)) throw error;
    say(word(error.name));
  }
});
