// A report that is still moving: the server sends it anew whenever a number
// changes. Without this file there is a link that reloads the page.
const live = document.querySelector("[data-live]");
const people = document.getElementById("people");

// The list of people is long, so it is fetched at most every two seconds, and
// not while somebody is in it with the keyboard.
let last = 0;
let timer;
function renew() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    last = Date.now();
    const answer = await fetch(location.href, { redirect: "error" }).catch(() => null);
    if (!answer?.ok || people.contains(document.activeElement)) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("people");
    if (fresh) people.innerHTML = fresh.innerHTML;
  }, Math.max(0, last + 2000 - Date.now()));
}

if (live && "EventSource" in window) {
  const source = new EventSource(live.dataset.live);
  source.addEventListener("report", (e) => {
    const open = document.activeElement && live.contains(document.activeElement) ? document.activeElement.id : "";
    live.innerHTML = e.data;
    if (open) document.getElementById(open)?.focus();
    renew();
  });
  source.addEventListener("over", () => {
    source.close();
    location.reload();
  });
  addEventListener("pagehide", () => source.close());
}
