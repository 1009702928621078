// The chat API, and what can be known about a request that failed.

// Of the origin that this module came from: in somebody else's page that is not the page's own.
const SESSIONS = new URL("/api/v1/chat/sessions", import.meta.url).href;
const TURN_TIMEOUT_MS = 30_000; // the server gives the assistant 20 s, so that silence after 30 s is the network's
const DEFAULT_WAIT_S = 5;

/** The server answered, and said no. `retryAfterS` is set on a 429. */
export class Refused extends Error {
  constructor(status, retryAfterS) {
    super(`The server answered ${status}.`);
    this.status = status;
    this.retryAfterS = retryAfterS;
  }
}

/** No answer came; the request may have arrived all the same. */
export class Unreachable extends Error {
  constructor() {
    super("The server did not answer.");
  }
}

async function call(path, { method = "GET", body, key } = {}) {
  let answer;
  let content;
  try {
    answer = await fetch(path, {
      method,
      headers: {
        ...(body && { "Content-Type": "application/json" }),
        ...(key && { "Idempotency-Key": key }),
      },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(TURN_TIMEOUT_MS),
      cache: "no-store",
    });
    // A portal or proxy may answer 200 with a page of its own: that is no answer of ours.
    content = answer.ok ? await answer.json() : null;
  } catch {
    throw new Unreachable();
  }
  if (!answer.ok) throw new Refused(answer.status, seconds(answer.headers.get("Retry-After")));
  return content;
}

function seconds(header) {
  const given = Number.parseInt(header ?? "", 10);
  return Number.isFinite(given) && given > 0 ? given : DEFAULT_WAIT_S;
}

const address = (id, what) => `${SESSIONS}/${encodeURIComponent(id)}/${what}`;

export const openSession = (language) => call(SESSIONS, { method: "POST", body: { language } });
/** `key` names the message: a browser may repeat a request by itself, and the same message is answered once. */
export const say = (id, text, key) => call(address(id, "messages"), { method: "POST", body: { text }, key });
export const transcript = (id) => call(address(id, "messages"));
export const eventsAddress = (id) => address(id, "events");
