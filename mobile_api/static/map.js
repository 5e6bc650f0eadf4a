// The worker's map: the houses are the map. Leaflet draws what the server sends for the box on
// the screen; what is tapped is read from the list below, which stands there without a script, too.

import { ask, Refused, Unreachable } from "./api.js";
import { locate, NoFix } from "./position.js";
import { word } from "./words.js";

const { L } = window;
const page = document.getElementById("fire-map");
const { west, south, east, north, crs, tiles, attribution } = page.dataset;
const say = (text) => (document.getElementById("say").textContent = text);

page.classList.add("live");
// Zoom by quarters, so that a village fills the screen.
const map = L.map("live", { minZoom: 14, maxZoom: 20, zoomSnap: 0.25, zoomControl: false });
map.attributionControl.setPrefix(false);
L.control.zoom({ zoomInTitle: word("nearer"), zoomOutTitle: word("farther") }).addTo(map);
// Leaflet writes an attribution as HTML; ours is words.
const whose = new Option(attribution).innerHTML;
if (tiles) {
  L.tileLayer(tiles, { maxZoom: 20, maxNativeZoom: 18, attribution: whose }).addTo(map);
}
const layers = L.layerGroup().addTo(map);
const own = L.layerGroup().addTo(map);
let shift = { lat: 0, lon: 0 };
let asked = 0;
let houses = [];

map.on("moveend", load);
map.fitBounds([
  [+south, +west],
  [+north, +east],
]);

// What lies on the screen and a little beyond. Only the answer to the latest question counts.
async function load() {
  const mine = ++asked;
  const bounds = map.getBounds().pad(0.1);
  const query = new URLSearchParams({ bbox: bounds.toBBoxString(), crs });
  const get = (path) => ask("GET", `/api/v1/fire-map${path}?${query}`);
  try {
    const [found, hydrants] = await Promise.all([get(""), get("/hydrants")]);
    if (mine === asked) show(found, hydrants);
  } catch (error) {
    if (error instanceof Unreachable) say(word("try_again"));
    else if (error instanceof Refused) say(word("too_much"));
    else throw error;
  }
}

function show(found, hydrants) {
  shift = found.shift;
  layers.clearLayers();
  houses = found.features.map(house);
  hydrants.features.forEach(hydrant);
  page.dataset.shown = houses.length; // For whoever waits for the map.
  say("");
}

function house({ geometry, properties }) {
  const rings = geometry.coordinates.map((ring) => ring.map(([lon, lat]) => [lat, lon]));
  const outline = L.polygon(rings, {
    className: `house ${properties.grade ?? "none"}`,
    smoothFactor: 0, // A house of three pixels is drawn as it is.
    weight: size(),
  });
  const middle = L.latLngBounds(rings[0]).getCenter();
  outline.on("click", () => choose(`house-${properties.code}`, outline)).addTo(layers);
  for (const [name, pixels] of marks(properties)) dot(middle, `mark ${name}`, pixels);
  return { code: properties.code, middle, outline };
}

const GRAVEST = ["red", "orange", "yellow"];

// The larger dot below the smaller one, as in the drawing.
function marks({ hazards, places, extinguishers }) {
  const worst = GRAVEST.find((grade) => places[grade]);
  const found = [];
  if (hazards) found.push(["hazard", 7]);
  if (worst) found.push([`place-${worst}`, 5]);
  if (extinguishers && size() > 0.4) found.push(["extinguisher", 2.5]);
  return found;
}

function hydrant({ geometry, properties }) {
  const [lon, lat] = geometry.coordinates;
  const name = properties.hazards ? "hydrant wrong" : "hydrant";
  const spot = dot([lat, lon], name, 10, true);
  spot.on("click", () => choose(`hydrant-${properties.number}`, spot));
}

function dot(at, className, pixels, interactive = false) {
  const radius = Math.max(1, pixels * size());
  return L.circleMarker(at, { className, radius, interactive, weight: size() }).addTo(layers);
}

// Dots shrink with their houses.
function size() {
  return Math.min(1, 2 ** (map.getZoom() - 18));
}

const chosen = document.getElementById("chosen");

// The line of the list, with what one can do there.
function choose(id, shape) {
  const line = document.getElementById(id);
  if (!line) return;
  page.querySelector(".picked")?.classList.remove("picked");
  shape.getElement()?.classList.add("picked");
  chosen.replaceChildren(...[...line.childNodes].map((node) => node.cloneNode(true)));
  if (line.dataset.inspect) chosen.append(link(line.dataset.inspect));
  chosen.scrollIntoView({ block: "nearest" });
}

function link(subject) {
  const made = document.createElement("a");
  made.className = "button strong";
  made.href = subject;
  made.textContent = word("inspect");
  return made;
}

// By keyboard: arrows and + - are Leaflet's; Enter takes the house in the middle.
document.getElementById("live").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "live" || !houses.length) return;
  const middle = map.getCenter();
  const away = ({ middle: at }) => map.distance(middle, at);
  const nearest = houses.reduce((best, one) => (away(one) < away(best) ? one : best));
  choose(`house-${nearest.code}`, nearest.outline);
});

document.getElementById("me").addEventListener("click", async () => {
  say(word("locating"));
  try {
    const { lat, lon, accuracy_m } = await locate((metres) => say(word("accuracy", { metres })));
    const here = [lat + shift.lat, lon + shift.lon];
    own.clearLayers();
    L.circle(here, { className: "own around", radius: accuracy_m, interactive: false }).addTo(own);
    L.circleMarker(here, { className: "own", radius: 7, interactive: false }).addTo(own);
    map.setView(here, Math.max(map.getZoom(), 18));
    say("");
  } catch (error) {
    if (!(error instanceof NoFix)) throw error;
    say(word(error.name));
  }
});
