// This phone: enrolled once for each account. Its secret becomes a key that signs and cannot be
// read again, not even by this page; see docs/SIGNING.md.

import { ask } from "./api.js";

const HMAC = { name: "HMAC", hash: "SHA-256" };
const bytes = new TextEncoder();
const kept = new Map(); // Where the browser keeps nothing (private windows), for this page alone.

// {id, key}: what was kept, or a new enrolment.
export async function enrolled(account) {
  const known = kept.get(account) ?? (await recall(account));
  if (known) return known;
  const body = { device_time: new Date().toISOString(), name: phoneName() };
  const { device_id: id, secret } = await ask("POST", "/api/v1/devices", JSON.stringify(body));
  const phone = { id, key: await keyOf(secret) };
  kept.set(account, phone);
  await stored("readwrite", (store) => store.put(phone, account)).catch(() => {});
  return phone;
}

// Drop the enrolment: the next visit enrols anew.
export async function forget(account) {
  kept.delete(account);
  await stored("readwrite", (store) => store.delete(account)).catch(() => {});
}

export function keyOf(secret) {
  return crypto.subtle.importKey("raw", bytes.encode(secret), HMAC, false, ["sign"]);
}

// The JSON text of a body with its signature; what is sent is spelt as what was signed.
export async function signed(key, body) {
  const text = JSON.stringify(inOrder(body));
  const mac = await crypto.subtle.sign("HMAC", key, bytes.encode(text));
  const sig = [...new Uint8Array(mac)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${text.slice(0, -1)},"sig":"${sig}"}`;
}

function inOrder(value) {
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, inOrder(value[name])]));
}

function phoneName() {
  const known = /iPhone|iPad|Android [\d.]+; [^;)]+|HarmonyOS|Android|Windows|Macintosh|Linux/;
  return (navigator.userAgent.match(known)?.[0] ?? "").slice(0, 80);
}

function recall(account) {
  return stored("readonly", (store) => store.get(account)).catch(() => undefined);
}

// One act on the browser's store of keys.
function stored(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("gridtag", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("phones");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction("phones", mode);
      const asked = act(transaction.objectStore("phones"));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
      transaction.addEventListener("complete", () => database.close());
    };
  });
}
