// What every signed-in page does beyond HTML: say when the network is gone, and
// stop when it is back; and show what guests write while the page is looked at.
const bar = document.getElementById("offline");
if (bar) {
  const show = () => { bar.hidden = navigator.onLine; };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

// One stream for the page, and only while it is in sight: browsers have few
// connections for a site, and people have many tabs.
const address = document.body.dataset.stream;
let source;
let mark = "";
let over = false;

function listen() {
  if (document.hidden || over) {
    source?.close();
    source = undefined;
    return;
  }
  if (source) return;
  const url = new URL(address, location.href);
  if (mark) url.searchParams.set("mark", mark);
  source = new EventSource(url);
  source.addEventListener("part", (e) => {
    mark = e.lastEventId;
    const { part, html } = JSON.parse(e.data);
    for (const place of document.querySelectorAll(`[data-part="${part}"]`)) put(place, html);
    document.dispatchEvent(new CustomEvent("part", { detail: part }));
  });
  source.addEventListener("over", () => {
    over = true;
    source.close();
    bar.textContent = bar.dataset.over;
    bar.hidden = false;
  });
}

// Who is in a part with the keyboard stays there.
function put(place, html) {
  const at = place.contains(document.activeElement) ? document.activeElement.id : "";
  place.innerHTML = html;
  if (at) document.getElementById(at)?.focus();
}

if (address && "EventSource" in window) {
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (e) => { if (e.persisted) { source = undefined; listen(); } });
  listen();
}
