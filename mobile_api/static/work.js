// The work a phone does where many reports come in: finding a number by trying them all.
// SHA-256 is written out (FIPS 180-4): the browser's own exists on https only, and waits each time.

const CONSTANTS = new Int32Array(64);
const START = new Int32Array(8);
for (let count = 0, prime = 2; count < 64; prime++) {
  if ([...Array(prime).keys()].slice(2).some((n) => prime % n === 0)) continue;
  if (count < 8) START[count] = fraction(Math.sqrt(prime));
  CONSTANTS[count++] = fraction(Math.cbrt(prime));
}

function fraction(root) {
  return ((root - Math.floor(root)) * 2 ** 32) | 0;
}

const PORTION = 4000; // Numbers tried before the page may breathe.

// "salt:number:mac" for a challenge of ours: the number for which SHA-256(salt + number) is `hash`.
export async function solve({ salt, hash, most, mac }) {
  const wanted = new Int32Array(8).map((_, at) => parseInt(hash.slice(8 * at, 8 * at + 8), 16) | 0);
  for (let number = 0; number < most; number++) {
    if (number % PORTION === PORTION - 1) await new Promise((go) => setTimeout(go));
    const found = sha256(salt + number);
    if (found[0] === wanted[0] && found.every((word, at) => word === wanted[at])) {
      return `${salt}:${number}:${mac}`;
    }
  }
  throw new Error("no number fits");
}

const words = new Int32Array(64);

// Of a text of ASCII characters; eight words.
function sha256(text) {
  const state = START.slice();
  const blocks = (text.length + 8 >> 6) + 1;
  for (let block = 0; block < blocks; block++) {
    words.fill(0);
    for (let at = 64 * block; at < Math.min(text.length + 1, 64 * block + 64); at++) {
      const byte = at < text.length ? text.charCodeAt(at) : 0x80;
      words[(at >> 2) & 15] |= byte << (24 - 8 * (at & 3));
    }
    if (block === blocks - 1) words[15] = 8 * text.length;
    compress(state);
  }
  return state;
}

function compress(state) {
  for (let t = 16; t < 64; t++) {
    const x = words[t - 15];
    const y = words[t - 2];
    const low = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
    const high = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
    words[t] = (words[t - 16] + low + words[t - 7] + high) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 64; t++) {
    const choice = (e & f) ^ (~e & g);
    const first = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + CONSTANTS[t] + words[t];
    const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => (state[at] = (state[at] + word) | 0));
}

function turn(word, by) {
  return (word >>> by) | (word << (32 - by));
}
