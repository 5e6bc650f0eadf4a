// What scripts say stands on the page, in the reader's language; {names} are filled in.

const known = [...document.querySelectorAll("template[data-words]")].map((one) => one.content);

// The words called `name`, or of what stands before its last dot; "" if there are none.
export function word(name, facts = {}) {
  const wanted = `[data-word="${CSS.escape(name)}"]`;
  const found = known.map((one) => one.querySelector(wanted)).find(Boolean);
  if (found) return found.textContent.replace(/\{(\w+)\}/g, (_, fact) => facts[fact] ?? "");
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : word(name.slice(0, dot), facts);
}
