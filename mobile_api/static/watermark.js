// Who looks and when, faintly over everything open: a photograph of the screen tells both.

const INK = "rgba(23,38,45,.09)";

// A layer to lie over the sheet; it lets every tap through.
export function watermark(worker) {
  const layer = document.createElement("div");
  layer.className = "watermark";
  layer.setAttribute("aria-hidden", "true");
  stamp(layer, worker);
  return layer;
}

export function stamp(layer, worker) {
  const time = new Date().toLocaleString("sv").slice(0, 16); // 2026-11-21 10:32
  const tile = `<svg xmlns="http://www.w3.org/2000/svg" width="260" height="150">
    <text transform="rotate(-24 130 75)" x="130" y="75" text-anchor="middle" fill="${INK}"
      font-family="sans-serif" font-size="17">${escaped(worker)} ${time}</text></svg>`;
  layer.style.backgroundImage = `url("data:image/svg+xml,${encodeURIComponent(tile)}")`;
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
