// <keepwell-idle>: asks a minute and a half before the session ends, and lets it be extended by one
// press (WCAG 2.2.1). The server decides when a session ends; this only warns. An act in another tab counts.
const ASK_BEFORE_SECONDS = 90;

class KeepwellIdle extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.form = this.querySelector("form");
    this.seconds = Number(this.getAttribute("seconds"));
    this.tabs = new BroadcastChannel("keepwell-idle");
    this.tabs.addEventListener("message", () => this.begin());
    this.form.addEventListener("submit", (event) => this.stay(event));
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    this.tabs.postMessage("act");
    this.begin();
  }

  begin() {
    clearInterval(this.clock);
    this.ends = Date.now() + this.seconds * 1000;
    if (this.dialog.open) this.dialog.close();
    document.documentElement.classList.remove("masked");
    this.clock = setInterval(() => this.look(), 1000);
  }

  look() {
    const left = Math.ceil((this.ends - Date.now()) / 1000);
    if (left <= 0) {
      location.replace(this.getAttribute("ended"));
      return;
    }
    if (left > ASK_BEFORE_SECONDS || this.dialog.open) return;
    document.documentElement.classList.add("masked");
    this.dialog.showModal();
  }

  async stay(event) {
    event.preventDefault();
    const answer = await fetch(this.form.action, { method: "POST", body: new FormData(this.form) });
    if (!answer.ok || answer.redirected) {
      location.replace(this.getAttribute("ended"));
      return;
    }
    this.tabs.postMessage("act");
    this.begin();
  }
}

customElements.define("keepwell-idle", KeepwellIdle);
