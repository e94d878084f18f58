// A form that is on its way is not sent again: the second press of a double click does nothing. The server answers twice the
// same where it can; this spares everybody the answer "that is gone already" to what has just been done.
const AGAIN_MILLISECONDS = 5000; // a form whose answer is a file leaves the page, and is sent again when somebody wants to

const sent = new WeakMap();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (Date.now() - (sent.get(form) ?? 0) < AGAIN_MILLISECONDS) event.preventDefault();
  else sent.set(form, Date.now());
});
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form").forEach((form) => sent.delete(form));
});
