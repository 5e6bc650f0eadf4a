// Rules of a form, run as the server runs them (backend/rules/expressions.py), so that nothing is
// asked that does not concern. The server has the last word; a rule that cannot be read asks.

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)|('[^']*'|"[^"]*")|\$\{([A-Za-z_][\w.-]*)\}|([a-z][a-z-]*)|(<=|>=|!=|[=<>+\-*(),]))/y;
const LEVELS = [["or"], ["and"], ["=", "!="], ["<", "<=", ">", ">="], ["+", "-"], ["*", "div", "mod"]];
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

// What a rule comes to; `answers` by code, `today` like 2026-11-21.
export function value(text, answers, today) {
  const tokens = read(text);
  const found = chain(tokens, 0, { answers, today });
  if (tokens.length) throw new SyntaxError(text);
  return found;
}

export function holds(text, answers, today) {
  try {
    return isTrue(value(text, answers, today));
  } catch {
    return true;
  }
}

function read(text) {
  const found = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text);
    if (!match) throw new SyntaxError(text);
    const [, number, quoted, name, word, sign] = match;
    if (number !== undefined) found.push({ is: Number(number) });
    else if (quoted) found.push({ is: quoted.slice(1, -1) });
    else if (name) found.push({ name });
    else found.push({ sign: word ?? sign });
  }
  return found;
}

// From the weakest binding to the strongest.
function chain(tokens, level, now) {
  if (level === LEVELS.length) return one(tokens, now);
  let left = chain(tokens, level + 1, now);
  while (LEVELS[level].includes(tokens[0]?.sign)) {
    const { sign } = tokens.shift();
    left = OPERATIONS[sign](left, chain(tokens, level + 1, now));
  }
  return left;
}

function one(tokens, now) {
  const token = tokens.shift() ?? {};
  if ("is" in token) return token.is;
  if (token.name) return now.answers[token.name] ?? "";
  if (token.sign === "-") return -number(one(tokens, now));
  if (token.sign === "(") return expect(tokens, ")", chain(tokens, 0, now));
  if (token.sign === "today") return expect(tokens, ")", expect(tokens, "(", now.today));
  if (!Object.hasOwn(FUNCTIONS, token.sign)) throw new SyntaxError(token.sign);
  return FUNCTIONS[token.sign](...given(tokens, now));
}

function given(tokens, now) {
  expect(tokens, "(");
  const found = [];
  while (tokens.length && tokens[0].sign !== ")") {
    if (found.length) expect(tokens, ",");
    found.push(chain(tokens, 0, now));
  }
  return expect(tokens, ")", found);
}

function expect(tokens, sign, found) {
  if (tokens.shift()?.sign !== sign) throw new SyntaxError(sign);
  return found;
}

const isTrue = (it) => Boolean(it) && it === it;
const text = (it) => String(it);
const chosen = (it) => text(it).split(" ").filter(Boolean);

function number(it) {
  if (typeof it === "string" && DAY.test(it)) return Date.parse(it) / DAY_MS;
  return it === "" ? NaN : Number(it);
}

function isEqual(left, right) {
  if (typeof left === "boolean" || typeof right === "boolean") return isTrue(left) === isTrue(right);
  if (typeof left === "number" || typeof right === "number") return number(left) === number(right);
  return left === right;
}

function rounded(it, digits = 0) {
  const shift = 10 ** Math.trunc(number(digits));
  return Math.round(number(it) * shift) / shift;
}

const OPERATIONS = {
  or: (left, right) => isTrue(left) || isTrue(right),
  and: (left, right) => isTrue(left) && isTrue(right),
  "=": isEqual,
  "!=": (left, right) => !isEqual(left, right),
  "<": (left, right) => number(left) < number(right),
  "<=": (left, right) => number(left) <= number(right),
  ">": (left, right) => number(left) > number(right),
  ">=": (left, right) => number(left) >= number(right),
  "+": (left, right) => number(left) + number(right),
  "-": (left, right) => number(left) - number(right),
  "*": (left, right) => number(left) * number(right),
  div: (left, right) => (number(right) ? number(left) / number(right) : NaN),
  mod: (left, right) => number(left) % number(right),
};

const FUNCTIONS = {
  not: (it) => !isTrue(it),
  true: () => true,
  false: () => false,
  selected: (it, code) => chosen(it).includes(text(code)),
  "count-selected": (it) => chosen(it).length,
  "string-length": (it) => [...text(it)].length,
  contains: (it, part) => text(it).includes(text(part)),
  "starts-with": (it, part) => text(it).startsWith(text(part)),
  "ends-with": (it, part) => text(it).endsWith(text(part)),
  regex: (it, pattern) => new RegExp(`^(?:${pattern})$`, "u").test(text(it)),
  concat: (...parts) => parts.map(text).join(""),
  number,
  int: (it) => Math.trunc(number(it)),
  abs: (it) => Math.abs(number(it)),
  round: rounded,
  string: text,
  date: (it) => it,
  if: (condition, yes, no) => (isTrue(condition) ? yes : no),
  coalesce: (first, second) => (text(first) ? first : second),
};
