// Forms that say where the phone is: the position is taken when the form is sent, so it is fresh.

import { locate, NoFix } from "./position.js";
import { word } from "./words.js";

for (const form of document.querySelectorAll("form[data-locate]")) {
  form.addEventListener("submit", (event) => {
    if (form.elements.fix.value || form.elements.place?.value.trim()) return; // It is said already.
    event.preventDefault();
    send(form);
  });
}

async function send(form) {
  const button = form.querySelector("button");
  const say = (text) => (form.querySelector(".say").textContent = text);
  button.disabled = true;
  say(word("locating"));
  try {
    const fix = await locate((metres) => say(word("accuracy", { metres })));
    const { altitude_m, ...wanted } = fix;
    form.elements.fix.value = JSON.stringify(wanted);
    form.submit();
  } catch (error) {
    if (!(error instanceof NoFix)) throw error;
    button.disabled = false;
    say(word(error.name));
  }
}

// Back by the browser's own button: the position of then is old.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-locate]")) {
    form.elements.fix.value = "";
    form.querySelector("button").disabled = false;
  }
});
