// Passkeys: a form with data-passkey ("create" or "get") asks the device before it is sent. What the device is asked stands in data-options,
// or comes from the address in data-options-from. The answer travels in the form's field "credential".
import { announce } from "./words.js";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const keys = (list = []) => list.map((key) => ({ ...key, id: bytes(key.id) }));

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options).publicKey;
  const answer = await fetch(form.dataset.optionsFrom, { headers: { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).request_options.publicKey;
}

async function create(options) {
  const user = { ...options.user, id: bytes(options.user.id) };
  const publicKey = { ...options, user, challenge: bytes(options.challenge), excludeCredentials: keys(options.excludeCredentials) };
  const made = await navigator.credentials.create({ publicKey });
  const response = { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) };
  return answered(made, response);
}

async function get(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: keys(options.allowCredentials) };
  const found = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
  return answered(found, {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle && text(userHandle),
  });
}

function answered(found, response) {
  const clientExtensionResults = found.getClientExtensionResults();
  return { id: found.id, rawId: text(found.rawId), type: found.type, response, clientExtensionResults };
}

function say(form, words) {
  const place = form.querySelector("[data-passkey-said]");
  if (!place) return;
  place.textContent = words;
  place.hidden = !words;
  if (words) announce(words);
}

async function ask(form) {
  const button = form.querySelector("[type=submit]");
  say(form, "");
  button.disabled = true;
  try {
    const options = await optionsOf(form);
    const answer = await (form.dataset.passkey === "create" ? create(options) : get(options));
    form.elements.credential.value = JSON.stringify(answer);
    form.submit();
  } catch (fault) {
    button.disabled = false;
    say(form, fault.name === "InvalidStateError" ? form.dataset.known : form.dataset.failed);
  }
}

export function startPasskeys() {
  if (!window.PublicKeyCredential) return; // the form stays hidden: this browser, or this address without TLS, knows no passkeys
  document.querySelectorAll("form[data-passkey]").forEach((form) => (form.hidden = false));
  document.querySelectorAll("[data-without-passkeys]").forEach((hint) => (hint.hidden = true));
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("form[data-passkey]");
    if (!form) return;
    event.preventDefault();
    ask(form);
  });
}
