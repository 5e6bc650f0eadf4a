// The worker's visit. A tap opens it by position and tag; beats keep it; it goes dark by itself:
// when the lease ends, when the server says so, when the page is out of sight. Dark means gone:
// the nodes are removed and nothing of them is kept.

import { ask, piece, Refused, Unreachable } from "./api.js";
import * as device from "./device.js";
import { collect } from "./people.js";
import { locate, NoFix, Watch } from "./position.js";
import { stamp, watermark } from "./watermark.js";
import { word } from "./words.js";

const RETRY_MS = 5_000;
const READ_AGAIN_MS = 5 * 60_000; // The server pauses a visit that nobody reads for 20 minutes.

const part = (id) => document.getElementById(id);
const { tag, code, account, worker, sheet: sheetPath } = part("visit").dataset;
const building = `/api/v1/buildings/${encodeURIComponent(code)}`;
const sheet = part("sheet");
const watch = new Watch();

let phone; // {id, key}
let visit = null; // As the server last told it, while it lasts.
let token = ""; // The last lease of it; it opens nothing once the server says so.
let seq = 0;
let anchor; // One moment by three clocks: the server's and our two.
let shownAt = null; // When the open sheet was last read; null while it is dark.
let touchedAt = 0; // When the worker last did something with it.
let turn = 0; // Counts every darkening, so that a late answer finds that it is late.
let next; // The timer of the next beat.
let line = Promise.resolve(); // Beats go one after another.

// --- Opening -----------------------------------------------------------------------------------

async function open() {
  part("open").disabled = true;
  tell("locating");
  try {
    await begin().catch(async (error) => {
      if (!["device-unknown", "device-revoked"].includes(error.code)) throw error;
      await device.forget(account);
      if (error.code === "device-revoked") throw error;
      await begin(); // The server does not know this phone any more: enrol and try once again.
    });
  } catch (error) {
    tellError(error, "try_again");
  }
  part("open").disabled = false;
}

async function begin() {
  phone = await device.enrolled(account);
  const { nonce } = await agreeOnTime();
  const fix = await locate((metres) => tell("accuracy", { metres }));
  tell("opening");
  seq = 0;
  // Without a tag the position must tell the building by itself; among others it cannot.
  take(await send("/api/v1/visits", { nonce, fix, ...(tag ? { tag } : { building: code }) }));
  if (visit) watch.start();
}

// A challenge, whose answer also tells the server's time.
async function agreeOnTime() {
  const [mono, wall] = [performance.now(), Date.now()];
  const challenge = await ask("POST", "/api/v1/visits/challenges", JSON.stringify({ device_id: phone.id }));
  anchor = { server: Date.parse(challenge.server_time), mono, wall };
  return challenge;
}

// The server's time now, rather too late than too early. One clock of ours stands still while the
// phone sleeps and the other can be set: whichever is further on is believed.
function serverNow() {
  return anchor.server + Math.max(performance.now() - anchor.mono, Date.now() - anchor.wall);
}

async function send(path, body) {
  const whole = { ...body, device_id: phone.id, device_time: new Date().toISOString() };
  return ask("POST", path, await device.signed(phone.key, whole));
}

// --- What the server says of the visit ---------------------------------------------------------

function take(told) {
  if (told.state === "closed") {
    end(`closed.${told.reason}`, told);
    return;
  }
  visit = told;
  token = told.lease?.token ?? token;
  seq = Math.max(seq, told.seq);
  part("second").hidden = told.unlock !== "scan_second_tag";
  // After a long pause the server wants a new scan; the tag is still this page's.
  part("open").hidden = told.reason !== "idle";
  if (told.state === "suspended" || !told.lease) pause(`suspended.${told.reason}`);
  else if (told.unlock) pause("second_tag");
  else if (shownAt === null) light();
  beatIn(told.beat_every_s * 1000);
}

async function light() {
  const mine = ++turn;
  let pieces;
  try {
    pieces = await piece(sheetPath, { "Visit-Lease": token });
  } catch (error) {
    tellError(error);
    return;
  }
  if (mine !== turn || document.hidden || leftMs() <= 0) return;
  sheet.replaceChildren(...pieces);
  if (pieces[0]?.dataset.visible !== "open") return;
  sheet.append(watermark(worker));
  part("bar").hidden = false;
  part("open").hidden = true;
  if (shownAt === null) {
    tell("open");
    sheet.focus({ preventScroll: true });
  }
  shownAt = performance.now();
  tick();
}

// Nobody is to be seen from this line on.
function darken() {
  turn += 1;
  shownAt = null;
  sheet.replaceChildren();
  part("bar").hidden = true;
}

// Dark, with why and with what may be seen from anywhere.
function pause(why) {
  if (shownAt !== null || !sheet.firstElementChild) {
    darken();
    showCounts();
  }
  tell(why);
}

function end(why, told) {
  clearTimeout(next);
  watch.stop();
  visit = null;
  token = "";
  part("second").hidden = part("open").hidden = true;
  darken();
  showCounts();
  tell(why);
  for (const id of told?.wipe ?? []) ask("POST", `/api/v1/visits/${id}/wiped`).catch(() => {});
}

async function showCounts() {
  const mine = turn;
  // With the lease the server says why it is dark; if it does not find so, nobody is shown either.
  const pieces = await piece(sheetPath, visit ? { "Visit-Lease": token } : {}).catch(() => []);
  const isMasked = pieces[0]?.dataset.visible === "masked";
  if (mine === turn && shownAt === null && isMasked) sheet.replaceChildren(...pieces);
}

// --- Staying -----------------------------------------------------------------------------------

function beatIn(ms) {
  clearTimeout(next);
  next = setTimeout(beat, ms);
}

// Prove again to be here: by position, or by another tag.
function beat(otherTag) {
  clearTimeout(next);
  line = line.then(() => prove(otherTag)).catch((error) => {
    if (!visit) return;
    beatIn(RETRY_MS);
    tellError(error);
  });
}

async function prove(otherTag) {
  if (!visit || document.hidden) return;
  const proof = otherTag ? { tag: otherTag } : { fix: await watch.fresh() };
  if (!visit) return;
  try {
    take(await send(`/api/v1/visits/${visit.id}/beats`, { ...proof, seq: ++seq }));
  } catch (error) {
    if (error.code === "beat-out-of-order") seq = error.facts.last_seq;
    if (["not-found", "device-revoked", "device-unknown", "signature-wrong"].includes(error.code)) {
      end("closed");
    }
    throw error;
  }
}

function leftMs() {
  return visit?.lease ? Date.parse(visit.lease.expires_at) - serverNow() : 0;
}

function tick() {
  if (shownAt === null) return;
  const left = Math.floor(leftMs() / 1000);
  if (leftMs() <= 0) {
    pause("suspended");
    return;
  }
  const text = `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`;
  if (part("clock").textContent !== text) part("clock").textContent = text;
  if (left === 29) tell("half_minute");
  if (new Date().getSeconds() === 0) stamp(sheet.querySelector(".watermark"), worker);
  if (touchedAt > shownAt && performance.now() - shownAt > READ_AGAIN_MS) readOn();
}

// Tell the server that somebody still reads, by asking for what holds no people.
function readOn() {
  shownAt = performance.now();
  ask("GET", `${building}/rooms?limit=1`, undefined, { "Visit-Lease": token }).catch(() => {});
}

// --- Leaving, looking away, coming back --------------------------------------------------------

async function leave() {
  const { id } = visit;
  end("closed.ended_by_worker");
  await ask("POST", `/api/v1/visits/${id}/end`).catch(() => {}); // Else the lease ends it.
  ask("POST", `/api/v1/visits/${id}/wiped`).catch(() => {});
}

function lookAway() {
  if (!visit) return;
  clearTimeout(next);
  watch.stop();
  darken();
  tell("away");
}

async function comeBack() {
  if (!visit) return;
  watch.start();
  // Clocks may have stopped or been set meanwhile.
  await agreeOnTime().catch(() => {});
  beat();
}

// --- What the page says ------------------------------------------------------------------------

function tell(name, facts) {
  show(word(name, facts), false);
}

function tellError(error, unreachable = "unreachable") {
  if (error instanceof Refused) show(error.message, true);
  else if (error instanceof Unreachable) show(word(unreachable), true);
  else if (error instanceof NoFix) show(word(error.name), true);
  else console.error(error);
}

function show(text, isBad) {
  const say = part("say");
  say.classList.toggle("bad", isBad);
  if (say.textContent !== text) say.textContent = text;
}

// --- What the worker does ----------------------------------------------------------------------

part("visit").hidden = false;
part("open").addEventListener("click", open);
part("leave").addEventListener("click", leave);
part("second").addEventListener("submit", (event) => {
  event.preventDefault();
  const input = part("second-tag");
  beat(input.value.trim());
  input.value = "";
});
document.addEventListener("visibilitychange", () => (document.hidden ? lookAway() : comeBack()));
addEventListener("pagehide", lookAway);
addEventListener("pageshow", (event) => event.persisted && comeBack());
for (const sign of ["pointerdown", "keydown", "scroll"]) {
  document.addEventListener(sign, () => (touchedAt = performance.now()), { passive: true });
}
setInterval(tick, 200);
collect(sheet, {
  building,
  lease: () => token,
  saved: async () => {
    if (shownAt === null) return;
    await light();
    tell("saved");
  },
});
