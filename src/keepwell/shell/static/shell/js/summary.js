// The error summary has autofocus, which browsers pass over where the address has a fragment (#main, after the skip link): then
// the page goes there. This brings the focus to the summary, again after the page is loaded, when the fragment has had its turn.
const focus = () => document.querySelector(".error-summary[autofocus]")?.focus();

if (location.hash) {
  focus();
  addEventListener("load", () => requestAnimationFrame(focus), { once: true });
}
