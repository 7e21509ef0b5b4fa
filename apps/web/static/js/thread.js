// A conversation: the newest text is in view, what is written is checked as it is
// typed, and texts that come in while the page is looked at are read. Without
// this file all of it happens when a form is sent.
import { measure } from "./sms.js";

const lines = document.getElementById("lines");
const form = document.getElementById("reply");

// Where there is room it is the conversation that scrolls; on phones, the page.
const toEnd = () => {
  if (lines.scrollHeight > lines.clientHeight + 1) lines.scrollTop = lines.scrollHeight;
  else document.getElementById("end").scrollIntoView({ block: "end" });
};
let atEnd = true;
lines.addEventListener("scroll", () => { atEnd = lines.scrollTop + lines.clientHeight > lines.scrollHeight - 48; });
addEventListener("scroll", () => { if (lines.scrollHeight <= lines.clientHeight + 1) atEnd = innerHeight + scrollY > document.body.scrollHeight - 240; });
addEventListener("resize", () => { if (atEnd) toEnd(); });
lines.addEventListener("load", () => { if (atEnd) toEnd(); }, true); // a picture, which takes room once it is there
toEnd();

const heard = () => Number(lines.querySelector("[data-heard]")?.dataset.heard ?? 0);
let read = heard();
async function markRead() {
  const now = heard();
  if (document.hidden || now <= read || !form) return; // who may not act has read nothing for the others
  read = now;
  const data = new URLSearchParams({ heard: now, csrf_token: form.elements.csrf_token.value });
  await fetch(lines.dataset.read, { method: "POST", body: data, redirect: "error" }).catch(() => { read = 0; });
}
document.addEventListener("visibilitychange", markRead);
document.addEventListener("part", (e) => {
  if (e.detail === "lock") lock();
  if (e.detail === "lines" || e.detail === "lock") {
    if (atEnd) toEnd();
    markRead();
  }
});

// What has been typed stays, also where the guest opts out meanwhile: it can be
// copied, and not sent.
function lock() {
  if (!form) return;
  const locked = document.querySelector("[data-locked]") !== null;
  form.querySelector("[data-testid=reply-send]").disabled = locked;
  form.elements.body.disabled = locked && form.elements.body.value === "";
}

if (form) {
  const body = form.elements.body;
  const findings = document.getElementById("findings");
  const figure = (name) => form.querySelector(`[data-meter="${name}"]`);
  let timer;
  let asked = 0;
  body.addEventListener("input", () => {
    const size = measure(body.value);
    figure("parts").textContent = size.segments;
    figure("parts").classList.toggle("over", size.segments > 10);
    figure("units").textContent = size.units;
    figure("encoding").textContent = size.encoding === "UCS-2" ? figure("encoding").dataset.name : "";
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++asked;
      const data = new URLSearchParams({ body: body.value, csrf_token: form.elements.csrf_token.value });
      try {
        const answer = await fetch(form.dataset.check, { method: "POST", body: data, redirect: "error" });
        if (answer.ok && mine === asked) findings.innerHTML = await answer.text();
      } catch {
        // The network or the session is gone: the server checks when it is sent.
      }
    }, 350);
  });
  // Ctrl and Enter sends, as in other conversations.
  body.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) form.requestSubmit(form.querySelector("[data-testid=reply-send]"));
  });
}

for (const select of document.querySelectorAll("select[data-submit]")) {
  select.form.querySelector("[data-without-script]").hidden = true;
  select.addEventListener("change", () => select.form.requestSubmit());
}
