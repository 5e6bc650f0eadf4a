// The order form while one fills it in: what does not concern this kind steps aside, and the
// preview follows. Without this script the button "Preview" does the same.

const PAUSE_MS = 500;

const form = document.getElementById("order");
const shown = document.getElementById("preview");
let waiting = 0;
let asked = new AbortController();

function suit() {
  const kind = form.elements.kind.selectedOptions[0];
  for (const group of form.elements.symbols.querySelectorAll("optgroup")) {
    const concerns = group.dataset.kind === kind.value;
    group.hidden = group.disabled = !concerns;
    if (!concerns && group.contains(form.elements.symbols.selectedOptions[0])) {
      form.elements.symbols.value = "";
    }
  }
  const graded = kind.dataset.grades === "1";
  form.querySelector("[data-when=grades]").hidden = !graded;
  if (!graded) form.elements.grade.value = "";
  const named = kind.dataset.named === "1";
  form.querySelector("[data-when=named]").hidden = !named;
  if (!named) form.elements.untagged.checked = false;
}

async function show() {
  asked.abort();
  asked = new AbortController();
  try {
    const answer = await fetch("/print/preview?piece=1", {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "text/html" },
      signal: asked.signal,
    });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const piece = page.getElementById("preview-now");
    if (piece) shown.replaceChildren(piece);
  } catch {
    // Nobody answered, or a newer question is on its way: what is shown stays.
  }
}

function later() {
  suit();
  clearTimeout(waiting);
  waiting = setTimeout(show, PAUSE_MS);
}

form.addEventListener("input", later);
form.addEventListener("change", later);
suit();
const { count, things, untagged } = form.elements;
if (count.value || things.value || untagged.checked) later();
