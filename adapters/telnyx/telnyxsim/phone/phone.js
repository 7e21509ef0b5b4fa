// The virtual phone: what the server streams, shown as a messages app.

const $ = (id) => document.getElementById(id);
const app = $("app");
const state = { handsets: [], contacts: {}, handset: "", peer: "", composing: false, fresh: 0 };
const seen = new Map(JSON.parse(sessionStorage.getItem("seen") || "[]")); // "handset peer" → id of the last bubble read
const drafts = new Map(); // what was typed and not sent, by the same key

// The link of an opt-in page, as sms: would be: ?to=&body=&handset=
const link = new URLSearchParams(location.search);
// A bare + in a query reads as a space.
const asNumber = (s) => { const d = (s || "").replace(/[^\d]/g, ""); return d ? "+" + (d.length === 10 ? "1" + d : d) : ""; };

const show = (n) => n.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");
const nameOf = (n) => state.contacts[n] || show(n);
const initials = (s) => /^[^\d(+]/.test(s) ? s.split(/\s+/).map((w) => w[0]).slice(0, 2).join("").toUpperCase() : "#";
const time = (at) => new Date(at).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
const day = (at) => {
  const d = new Date(at), today = new Date();
  if (d.toDateString() === today.toDateString()) return "Today";
  return d.toLocaleDateString([], { weekday: "short", day: "numeric", month: "short" });
};
const key = (handset, peer) => handset + " " + peer;
const current = () => state.handsets.find((h) => h.number === state.handset);
const thread = () => current()?.conversations.find((c) => c.peer === state.peer);
const last = (c) => c.bubbles[c.bubbles.length - 1];
const unread = (h, c) => c.bubbles.filter((b) => b.in && b.id > (seen.get(key(h.number, c.peer)) || 0)).length;

function el(tag, props = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(props)) {
    if (k in e && k !== "role") e[k] = v; else if (v !== undefined) e.setAttribute(k, v);
  }
  e.append(...children.filter((c) => c !== undefined && c !== ""));
  return e;
}

// Only what can be a web address becomes a link.
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)'’])/g).map((part, i) =>
    i % 2 ? el("a", { href: part, target: "_blank", rel: "noopener noreferrer", textContent: part }) : part);
}

const badge = (n) => n ? el("span", { className: "badge", "data-testid": "unread", "aria-label": n + " unread", textContent: n }) : "";

function drawHandsets() {
  const focused = document.activeElement?.dataset?.number;
  $("handsets").replaceChildren(...state.handsets.map((h) => {
    const on = h.number === state.handset;
    const n = on ? 0 : h.conversations.reduce((sum, c) => sum + unread(h, c), 0);
    const b = el("button", { type: "button", className: "handset", role: "radio", "aria-checked": String(on), tabIndex: on ? 0 : -1,
      "data-testid": "handset", "data-number": h.number, onclick: () => choose(h.number) },
      el("span", { className: "face", "aria-hidden": "true", textContent: initials(h.name) }),
      el("span", {}, el("b", { textContent: h.name }), el("small", { textContent: show(h.number) })), badge(n));
    return b;
  }));
  if (focused) $("handsets").querySelector(`[data-number="${focused}"]`)?.focus();
}

function drawList() {
  const h = current();
  const list = [...(h?.conversations || [])].filter((c) => c.bubbles.length).sort((a, b) => last(b).id - last(a).id);
  $("conversations").replaceChildren(...list.map((c) => {
    const n = unread(h, c), open = c.peer === state.peer && !state.composing, b = last(c);
    return el("li", {}, el("button", { type: "button", className: "conversation" + (n ? " unread" : ""), "aria-current": String(open),
      "data-testid": "conversation", "data-number": c.peer, onclick: () => openThread(c.peer) },
      el("span", { className: "face", "aria-hidden": "true", textContent: initials(nameOf(c.peer)) }),
      el("b", { textContent: nameOf(c.peer) }), el("time", { textContent: day(b.at) === "Today" ? time(b.at) : day(b.at) }),
      el("span", { className: "last", textContent: (b.in ? "" : "You: ") + (b.text || "Picture") }), badge(n)));
  }));
  $("no-conversations").hidden = list.length > 0;
}

const STATUS = { sending: "Sending", sent: "Delivered", failed: "Not delivered. Nobody answers at this number." };

// patch changes only what is different, so that a screen reader hears a new text
// and not the whole conversation again.
function patch(box, rows) {
  rows.forEach((row, i) => {
    const old = box.children[i], fresh = row.classList.contains("fresh");
    old?.classList.remove("fresh");
    row.classList.remove("fresh");
    if (old?.isEqualNode(row)) return;
    row.classList.toggle("fresh", fresh);
    if (old) old.replaceWith(row); else box.append(row);
  });
  while (box.children.length > rows.length) box.lastChild.remove();
}

function drawThread() {
  const c = thread(), bubbles = c?.bubbles || [];
  const idle = !state.peer && !state.composing;
  $("peer").hidden = $("peer-face").hidden = state.composing || idle;
  $("to-field").hidden = !state.composing;
  $("form").hidden = idle;
  $("bubbles").hidden = idle;
  $("no-thread").hidden = !idle;
  $("peer-name").textContent = nameOf(state.peer);
  const whose = current() ? current().name + "’s phone" : "";
  $("peer-number").textContent = state.contacts[state.peer] ? show(state.peer) + " · " + whose : whose;
  $("peer-face").textContent = initials(nameOf(state.peer));
  const box = $("bubbles"), atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const rows = [];
  bubbles.forEach((b, i) => {
    const before = bubbles[i - 1];
    if (!before || day(before.at) !== day(b.at) || new Date(b.at) - new Date(before.at) > 3600e3) {
      rows.push(el("div", { className: "day", textContent: day(b.at) + ", " + time(b.at) }));
    }
    const first = before && before.in !== b.in;
    const fresh = b.id > state.fresh;
    const text = el("div", { className: "bubble" }, ...linked(b.text),
      ...(b.pictures ? [el("div", { className: "picture", textContent: b.pictures > 1 ? b.pictures + " pictures" : "Picture" })] : []),
      ...(b.media || []).map((m, i) => el("div", {}, el("img", { className: "picture", src: `/phone/pictures/${b.id}/${i}`, alt: "Picture", "data-testid": "picture" }))));
    const row = el("div", { className: `row ${b.in ? "in" : "out"}${first ? " first" : ""}${fresh ? " fresh" : ""}`,
      "data-testid": b.in ? "bubble-in" : "bubble-out", "data-status": b.status },
      el("span", { className: "sr", textContent: b.in ? nameOf(state.peer) + ": " : "You: " }), text);
    // The style sheet shows it under the last bubble, or where something failed.
    row.append(el("div", { className: "meta" + (b.status === "failed" ? " bad" : ""), textContent: b.in ? time(b.at) : STATUS[b.status] }));
    rows.push(row);
  });
  if (!rows.length) rows.push(el("p", { className: "empty", textContent: `No texts yet. You write from ${whose}, ${show(state.handset)}.` }));
  patch(box, rows);
  if (atEnd || bubbles.length && !last(c).in) box.scrollTop = box.scrollHeight;
  if (bubbles.length) state.fresh = Math.max(state.fresh, last(c).id);
}

function markRead() {
  const c = thread();
  const visible = app.dataset.view === "thread" || matchMedia("(min-width: 761px)").matches;
  if (!c?.bubbles.length || state.composing || !visible || document.visibilityState !== "visible") return;
  seen.set(key(state.handset, state.peer), last(c).id);
  sessionStorage.setItem("seen", JSON.stringify([...seen]));
}

function draw() {
  markRead();
  drawHandsets();
  drawList();
  drawThread();
  const n = state.handsets.reduce((sum, h) => sum + h.conversations.reduce((t, c) => t + unread(h, c), 0), 0);
  document.title = (n ? `(${n}) ` : "") + "Virtual phone";
}

const draftKey = () => key(state.handset, state.composing ? "new" : state.peer);
const keepDraft = () => drafts.set(draftKey(), $("composer").value);

function restoreDraft() {
  $("composer").value = drafts.get(draftKey()) || "";
  $("problem").hidden = true;
  grow();
}

function choose(number) {
  keepDraft();
  state.handset = number;
  state.composing = false;
  const list = current().conversations.filter((c) => c.bubbles.length).sort((a, b) => last(b).id - last(a).id);
  state.peer = matchMedia("(min-width: 761px)").matches && list.length ? list[0].peer : "";
  state.fresh = Infinity;
  settle();
}

function openThread(peer, composing = false) {
  keepDraft();
  Object.assign(state, { peer, composing, fresh: Infinity });
  app.dataset.view = "thread";
  settle();
  $(composing ? "to" : "composer").focus({ preventScroll: true });
}

// settle draws a thread that was just opened: from its end, and without motion.
function settle() {
  restoreDraft();
  draw();
  $("bubbles").scrollTop = $("bubbles").scrollHeight;
  state.fresh = Math.max(0, ...state.handsets.flatMap((h) => h.conversations.flatMap((c) => c.bubbles.map((b) => b.id))));
}

function grow() {
  const t = $("composer");
  t.style.height = "auto";
  t.style.height = Math.min(t.scrollHeight + 2, 160) + "px";
  $("send").setAttribute("aria-disabled", String(!t.value.trim()));
}

function complain(text) {
  $("problem").textContent = text;
  $("problem").hidden = !text;
}

async function post(path, body) {
  try {
    const r = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const answer = await r.json().catch(() => ({}));
    return r.ok ? answer : { problem: answer.problem || "The simulator refused." };
  } catch {
    return { problem: "The simulator cannot be reached. What you typed is kept." };
  }
}

async function readPicture() {
  const file = $("file").files[0];
  if (!file) return "";
  const url = await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => done("");
    reader.readAsDataURL(file);
  });
  return url.slice(url.indexOf(",") + 1);
}

async function send() {
  const text = $("composer").value.trim();
  const picture = await readPicture();
  $("file").value = "";
  if (!text && !picture) return;
  complain("");
  if (state.composing) {
    const to = asNumber($("to").value);
    if (to.length < 9) {
      complain("Write the number that you text to: + and the country code, or ten digits.");
      $("to").focus();
      return;
    }
    drafts.delete(draftKey());
    Object.assign(state, { composing: false, peer: to });
  }
  const typed = $("composer").value, handset = state.handset, to = state.peer;
  $("composer").value = "";
  drafts.delete(draftKey());
  grow();
  draw();
  const { problem } = await post("/phone/send", { handset, to, text, ...(picture && { picture }) });
  // A text that reached the simulator shows its own fate; one that did not goes back.
  const shown = state.handsets.find((h) => h.number === handset)?.conversations.find((c) => c.peer === to)?.bubbles.some((b) => !b.in && b.text === text && b.status !== "sent");
  if (problem && !shown) {
    complain(problem);
    if (!$("composer").value) $("composer").value = typed;
    grow();
  }
}

function onBubble({ handset, peer, bubble }) {
  const h = state.handsets.find((x) => x.number === handset);
  if (!h) return;
  let c = h.conversations.find((x) => x.peer === peer);
  if (!c) h.conversations.push(c = { peer, bubbles: [] });
  const i = c.bubbles.findIndex((b) => b.id === bubble.id);
  if (i >= 0) c.bubbles[i] = bubble; else c.bubbles.push(bubble);
  draw();
}

function onState(s) {
  const started = state.handsets.length > 0;
  state.handsets = s.handsets;
  state.contacts = s.contacts;
  $("offline").hidden = true;
  if (started && current()) return draw();
  state.handset = (state.handsets.find((h) => h.number === asNumber(link.get("handset"))) || state.handsets[0])?.number || "";
  const to = asNumber(link.get("to"));
  if (to) {
    state.peer = to;
    drafts.set(key(state.handset, to), link.get("body") || "");
    app.dataset.view = "thread";
    settle();
    $("composer").focus();
    return;
  }
  if (state.handset) choose(state.handset);
}

// The answer to our own request and the stream both tell of a new phone.
function addHandset(h) {
  if (!state.handsets.some((x) => x.number === h.number)) state.handsets.push(h);
}

function listen() {
  const es = new EventSource("/phone/events");
  es.addEventListener("state", (e) => onState(JSON.parse(e.data)));
  es.addEventListener("bubble", (e) => onBubble(JSON.parse(e.data)));
  es.addEventListener("contacts", (e) => { state.contacts = JSON.parse(e.data); draw(); });
  es.addEventListener("handset", (e) => { addHandset(JSON.parse(e.data)); draw(); });
  es.addEventListener("error", () => {
    $("offline").hidden = false;
    if (es.readyState === EventSource.CLOSED) setTimeout(listen, 1000);
  });
}

$("form").addEventListener("submit", (e) => { e.preventDefault(); send(); });
$("picture").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", () => { if ($("file").files.length) send(); });
$("composer").addEventListener("input", grow);
$("composer").addEventListener("keydown", (e) => {
  if (e.key === "Enter" && !e.shiftKey && !e.isComposing) { e.preventDefault(); send(); }
});
$("back").addEventListener("click", () => { keepDraft(); app.dataset.view = "list"; state.peer = ""; state.composing = false; draw(); });
$("new-message").addEventListener("click", () => { $("to").value = ""; openThread("", true); });
$("add-handset").addEventListener("click", async () => {
  const h = await post("/phone/handsets", {});
  if (h.number) { addHandset({ ...h, conversations: [] }); choose(h.number); }
});
// Arrow keys move within the radio group, as in any other.
$("handsets").addEventListener("keydown", (e) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
  if (!step) return;
  e.preventDefault();
  const i = state.handsets.findIndex((h) => h.number === state.handset), n = state.handsets.length;
  choose(state.handsets[(i + step + n) % n].number);
  $("handsets").querySelector('[aria-checked="true"]').focus();
});
document.addEventListener("visibilitychange", draw);
listen();
