// What every signed-in page does beyond HTML: say when the network is gone, and
// stop when it is back.
const bar = document.getElementById("offline");
if (bar) {
  const show = () => { bar.hidden = navigator.onLine; };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
