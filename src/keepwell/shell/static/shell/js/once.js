// A form that is on its way is not sent again: the second press of a double click does nothing. The server answers twice the
// same where it can; this spares everybody the answer "that is gone already" to what has just been done.
const AGAIN_MILLISECONDS = 2000; // slower is no double click: what hung, or was answered by a file, can be sent again

const sent = new WeakMap(); // by form: with which button, and when

document.addEventListener("submit", (event) => {
  const { target: form, submitter: button } = event;
  if (event.defaultPrevented || form.method !== "post") return;
  const last = sent.get(form);
  const isAgain = last?.button === button && performance.now() - last.moment < AGAIN_MILLISECONDS;
  if (isAgain) event.preventDefault();
  else sent.set(form, { button, moment: performance.now() });
});
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form").forEach((form) => sent.delete(form));
});
