// Speaking with the server: JSON out and in; a problem comes back as an error with its sentence.

const PATIENCE_MS = 15_000;
const SIGN_IN_MENDS = new Set(["not-signed-in", "session-ended", "token-expired", "token-invalid"]);

// The server said no. `message` is its sentence, `code` and `facts` are for us.
export class Refused extends Error {
  constructor(problem) {
    super(problem.detail);
    this.code = problem.code;
    this.facts = problem;
  }
}

// Nobody answered.
export class Unreachable extends Error {}

// The JSON answer to `text`, a JSON text already; null when there is none.
export async function ask(method, path, text, headers = {}) {
  const answer = await reach(path, {
    method,
    body: text,
    headers: { Accept: "application/json", "Content-Type": "application/json", ...headers },
  });
  return answer.status === 204 ? null : answer.json();
}

// The nodes of a piece of a page. Parsed, not run: a script in it would stay dead.
export async function piece(path, headers = {}) {
  // A problem is wanted as JSON even here, so HTML is not on the list.
  const answer = await reach(path, { headers: { Accept: "application/json", ...headers } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [...page.body.children];
}

async function reach(path, request) {
  const stop = new AbortController();
  const alarm = setTimeout(() => stop.abort(), PATIENCE_MS);
  let answer;
  try {
    answer = await fetch(path, { ...request, cache: "no-store", signal: stop.signal });
  } catch (error) {
    throw new Unreachable(error.message);
  } finally {
    clearTimeout(alarm);
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({ code: "", detail: answer.statusText }));
  if (answer.status === 401 && SIGN_IN_MENDS.has(problem.code)) {
    const back = encodeURIComponent(location.pathname + location.search);
    location.assign(`/sign-in?next=${back}&why=${problem.code}`);
  }
  throw new Refused(problem);
}
