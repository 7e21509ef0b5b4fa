// The compose page, as it is typed: the phone, the count of parts and what is
// found in the text. Without this file the server says all of it after a click.
import { measure, plain } from "./sms.js";

const form = document.getElementById("compose");
const body = document.getElementById("body");
const preview = document.getElementById("preview");
const findings = document.getElementById("findings");
const figure = (name) => document.querySelector(`[data-meter="${name}"]`);
const special = figure("encoding").dataset.name;

// What guests get: an address in braces is a short link of one length.
const base = form.dataset.links;
function shown(text) {
  return text.replace(/\{(https?:\/\/[^\s{}|]+)\}/g, (_, url) => (base ? `${base}/c/xxxxxxxxxx` : url));
}

function count() {
  const text = shown(body.value);
  const size = measure(text);
  if (form.elements.pictured || form.elements.picture?.files.length) size.segments = 1; // a picture message
  const texts = figure("texts");
  preview.textContent = text;
  figure("parts").textContent = size.segments;
  figure("parts").classList.toggle("over", size.segments > 10);
  figure("units").textContent = size.units;
  figure("encoding").textContent = size.encoding === "UCS-2" ? special : "";
  texts.textContent = (size.segments * Number(texts.dataset.reach)).toLocaleString("en-US");
}

let timer;
let asked = 0;
function check() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const mine = ++asked;
    const data = new URLSearchParams({ body: body.value, csrf_token: form.elements.csrf_token.value });
    try {
      const answer = await fetch(form.dataset.check, { method: "POST", body: data, redirect: "error" });
      if (answer.ok && mine === asked) findings.innerHTML = await answer.text();
    } catch {
      // The network or the session is gone: the review page checks again.
    }
  }, 350);
}

// Who it is for, counted while it is chosen.
const whom = document.getElementById("audience");
const reach = document.getElementById("reach");
let counting;
let counted = 0;
function recount() {
  clearTimeout(counting);
  counting = setTimeout(async () => {
    const mine = ++counted;
    try {
      const answer = await fetch(whom.dataset.reachUrl, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error" });
      if (!answer.ok || mine !== counted) return;
      reach.innerHTML = await answer.text();
      const said = reach.querySelector("[data-reach]");
      if (said) figure("texts").dataset.reach = said.dataset.reach;
      count();
    } catch {
      // The review page counts again.
    }
  }, 350);
}
whom.addEventListener("input", recount);

body.addEventListener("input", () => { count(); check(); });
form.elements.picture?.addEventListener("change", count);
// A mend that needs no server is done in place, and can be undone with the keyboard.
findings.addEventListener("click", (e) => {
  const button = e.target.closest("button[value=plain]");
  if (!button) return;
  e.preventDefault();
  body.focus();
  body.select();
  if (!document.execCommand("insertText", false, plain(body.value))) body.value = plain(body.value);
  count();
  check();
});
// Who chooses a day or a time means it.
const now = form.querySelector("[data-testid=when-now]");
for (const [id, choice] of [["date", "when-later"], ["time", "when-later"], ["end_date", "ends-at"], ["end_time", "ends-at"]]) {
  document.getElementById(id).addEventListener("input", () => {
    if (choice !== "when-later" || now.checked) form.querySelector(`[data-testid=${choice}]`).checked = true;
  });
}
count();
