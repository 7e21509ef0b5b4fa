// Passkeys: asks the browser for one, or to make one, and sends what it signed.
// Without this script the buttons are not shown, and codes work all the same.
const bytes = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const read = (list) => (list ?? []).map((c) => ({ ...c, id: bytes(c.id) }));

function question({ publicKey: q }) {
  q.challenge = bytes(q.challenge);
  if (q.user) q.user.id = bytes(q.user.id);
  if (q.excludeCredentials) q.excludeCredentials = read(q.excludeCredentials);
  if (q.allowCredentials) q.allowCredentials = read(q.allowCredentials);
  return q;
}

function answer(c) {
  const r = c.response;
  const response = { clientDataJSON: text(r.clientDataJSON) };
  if (r.attestationObject) {
    response.attestationObject = text(r.attestationObject);
    response.transports = r.getTransports?.() ?? [];
  } else {
    response.authenticatorData = text(r.authenticatorData);
    response.signature = text(r.signature);
    if (r.userHandle) response.userHandle = text(r.userHandle);
  }
  return {
    id: c.id, rawId: text(c.rawId), type: c.type, response,
    authenticatorAttachment: c.authenticatorAttachment ?? undefined,
    clientExtensionResults: c.getClientExtensionResults(),
  };
}

async function post(url, csrf, body) {
  const r = await fetch(url, { method: "POST", headers: { "X-CSRF-Token": csrf, "Content-Type": "application/json" }, body });
  if (!r.ok) throw new Error(String(r.status));
  return r.json();
}

for (const place of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) break;
  place.hidden = false;
  const failed = place.querySelector("[data-failed]");
  place.querySelector("button").addEventListener("click", async () => {
    failed.hidden = true;
    const { passkey, next = "", csrf } = place.dataset;
    try {
      const publicKey = question(await post(passkey + "/ask", csrf, ""));
      const c = await (publicKey.user ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
      const to = await post(`${passkey}?next=${encodeURIComponent(next)}`, csrf, JSON.stringify(answer(c)));
      location.assign(to.next);
    } catch {
      failed.hidden = false;
    }
  });
}
