// A report that is still moving: the server sends it anew whenever a number
// changes. Without this file there is a link that reloads the page.
const live = document.querySelector("[data-live]");
if (live && "EventSource" in window) {
  const source = new EventSource(live.dataset.live);
  source.addEventListener("report", (e) => {
    const open = document.activeElement && live.contains(document.activeElement) ? document.activeElement.id : "";
    live.innerHTML = e.data;
    if (open) document.getElementById(open)?.focus();
  });
  source.addEventListener("over", () => {
    source.close();
    location.reload();
  });
  addEventListener("pagehide", () => source.close());
}
