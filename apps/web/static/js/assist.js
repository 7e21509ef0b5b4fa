// Drafts on the compose page, as they are written. Without this file the same
// buttons send the form, and the page comes back with the drafts.
const panel = document.getElementById("assist");
const form = panel?.closest("form");
const body = document.getElementById("body");
const place = document.getElementById("assist-drafts");
const say = document.getElementById("assist-say");
const problem = document.getElementById("assist-problem");
let asking;

function fault(text) {
  const p = document.createElement("p");
  p.className = "notice warn";
  p.textContent = text;
  problem.replaceChildren(p);
  say.textContent = "";
}

function take(name, text) {
  if (name === "draft") place.insertAdjacentHTML("beforeend", text);
  if (name === "done") say.textContent = text;
  if (name === "problem") fault(text);
  return name !== "draft";
}

async function ask(what) {
  asking?.abort();
  const mine = asking = new AbortController();
  place.replaceChildren();
  problem.replaceChildren();
  say.textContent = panel.dataset.waiting;
  const data = new URLSearchParams({ do: what, csrf_token: form.elements.csrf_token.value, body: body.value });
  for (const name of ["idea", "tone", "language"]) data.set(name, form.elements[name].value);
  let over = false;
  try {
    const answer = await fetch(panel.dataset.url, { method: "POST", body: data, redirect: "error", signal: mine.signal });
    if (!answer.ok) throw new Error(answer.status);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ;) {
      const { value, done } = await reader.read();
      if (done) break;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const e of events) {
        const name = /^event: (.*)$/m.exec(e)?.[1];
        if (name) over = take(name, JSON.parse(/^data: (.*)$/m.exec(e)[1])) || over;
      }
    }
    if (!over) throw new Error("cut off");
  } catch {
    if (mine === asking && !mine.signal.aborted) fault(panel.dataset.failed);
  }
}

// A draft is put in as if it were typed, so the keyboard can undo it.
function use(n) {
  const text = form.elements[`draft-${n}`].value;
  body.focus();
  body.select();
  if (!document.execCommand("insertText", false, text)) {
    body.value = text;
    body.dispatchEvent(new Event("input", { bubbles: true }));
  }
  say.textContent = panel.dataset.used;
}

panel?.addEventListener("click", (e) => {
  const button = e.target.closest("button[value^=assist-]");
  if (!button) return;
  e.preventDefault();
  const n = /^assist-use-(\d)$/.exec(button.value)?.[1];
  if (n) use(n); else ask(button.value);
});
