// What the page in the frame keeps for this tab: the token, what was not sent yet, and what is being typed. Where the browser
// gives a frame no storage, it is kept as long as the page stands; then a cookie brings the conversation back.
const memory = new Map();
const PREFIX = `steward-chat:${document.body.dataset.base}`;

export function read(name) {
  try {
    return JSON.parse(sessionStorage.getItem(`${PREFIX}${name}`) ?? "null");
  } catch {
    return memory.get(name) ?? null;
  }
}

export function keep(name, value) {
  memory.set(name, value);
  try {
    if (value === null) sessionStorage.removeItem(`${PREFIX}${name}`);
    else sessionStorage.setItem(`${PREFIX}${name}`, JSON.stringify(value));
  } catch {
    // kept in memory above
  }
}

// 256 bits in 43 letters; works without a secure context, unlike crypto.randomUUID.
export function secret(bytes = 32) {
  const numbers = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...numbers)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const catalogue = JSON.parse(document.getElementById("chat-words").textContent);
export const word = (key) => catalogue[key] ?? key;
