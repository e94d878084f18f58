// <keepwell-idle>: hides the page and asks before the session ends, lets it be extended by one press (WCAG 2.2.1), and
// leaves when it has ended. The server alone decides when that is: a page whose time is over hides itself and asks.
const ASK_BEFORE_SECONDS = 90;
const LAST_CALL_SECONDS = 300; // before the end that cannot be moved
const SAID_AT_SECONDS = [60, 30, 10]; // to screen readers; every second would be chatter
const ACT_SECONDS = 60; // typing and pressing are told to the server at most this often
const AGAIN_SECONDS = 5; // when it did not answer
const BACKGROUND = { "Keepwell-Background": "idle" };

const seconds = (milliseconds) => Math.ceil(milliseconds / 1000);
const clock = (left) => `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;

class KeepwellIdle extends HTMLElement {
  connectedCallback() {
    this.tabs = new BroadcastChannel("keepwell-session");
    this.session = this.getAttribute("session");
    if (!this.session) {
      this.tabs.postMessage({});
      return;
    }
    this.asks = this.querySelector("[data-asks]");
    this.last = this.querySelector("[data-last]");
    this.stay = this.querySelector("[data-stay]");
    this.listen();
    this.begin({ seconds: this.numberOf("seconds"), seconds_in_all: this.numberOf("seconds-in-all") });
    this.tell();
    this.clock = setInterval(() => this.look(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.clock);
    this.tabs.close();
  }

  numberOf(name) {
    return Number(this.getAttribute(name));
  }

  listen() {
    this.tabs.addEventListener("message", ({ data }) => this.hear(data));
    this.stay.addEventListener("submit", (event) => {
      event.preventDefault();
      this.act();
    });
    this.asks.addEventListener("cancel", (event) => event.preventDefault());
    for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => this.touched(), true);
    // A page put aside may be shown again to somebody else (Back, a tab kept in memory, a machine that slept).
    for (const kind of ["pagehide", "freeze"]) addEventListener(kind, () => this.mask(), true);
    addEventListener("pageshow", (event) => event.persisted && this.ask());
    addEventListener("resume", () => this.ask(), true);
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
  }

  // What another tab says: it asked the server for the same session, or somebody signed in or out there.
  hear(said) {
    if (said.session === this.session) this.begin(said);
    else this.ask();
  }

  tell() {
    this.tabs.postMessage({
      session: this.session,
      seconds: seconds(this.ends - Date.now()),
      seconds_in_all: seconds(this.endsInAll - Date.now()),
    });
  }

  begin(said) {
    this.acted = Date.now();
    this.ends = this.acted + said.seconds * 1000;
    this.endsInAll = this.acted + said.seconds_in_all * 1000;
    this.asksAgain = 0;
    this.asks.querySelector("[data-away]").hidden = true;
    if (said.seconds <= 0) return;
    document.documentElement.classList.remove("masked"); // first: what is hidden cannot get its focus back
    if (this.asks.open) this.asks.close();
  }

  get isFinal() {
    return this.endsInAll - this.ends < 1000;
  }

  look() {
    const left = seconds(this.ends - Date.now());
    if (left <= 0) this.over();
    else if (this.isFinal) this.callLast(left);
    else if (left <= ASK_BEFORE_SECONDS) this.warn(left);
  }

  over() {
    this.warn(0);
    if (Date.now() < this.asksAgain) return;
    this.asksAgain = Date.now() + AGAIN_SECONDS * 1000;
    this.ask();
  }

  warn(left) {
    if (!this.asks.open) this.asks.showModal();
    this.mask();
    this.asks.querySelector("[data-left]").textContent = clock(left);
    const said = this.asks.querySelector("[data-said]");
    if (SAID_AT_SECONDS.includes(left)) said.textContent = said.dataset.words.replace("%n", left);
  }

  callLast(left) {
    if (left > LAST_CALL_SECONDS) return;
    this.last.querySelector("[data-left]").textContent = clock(left);
    if (this.wasCalled) return;
    this.wasCalled = true;
    this.last.showModal();
  }

  mask() {
    document.documentElement.classList.add("masked");
  }

  touched() {
    const isDue = seconds(Date.now() - this.acted) > ACT_SECONDS;
    if (!isDue || this.asks.open || this.isFinal) return;
    this.acted = Date.now();
    this.act();
  }

  act() {
    return this.ask({ method: "POST", body: new FormData(this.stay) });
  }

  async ask(act) {
    const asked = act ? [this.stay.action, act] : [this.getAttribute("ask"), { headers: BACKGROUND }];
    try {
      const answer = await fetch(...asked);
      if (answer.status === 401) this.leave(answer.headers.get("HX-Redirect"));
      else if (answer.ok) this.learn(await answer.json());
      else if (act && answer.status === 403) await this.ask(); // the token of a session before this one
      else this.away();
    } catch {
      this.away();
    }
  }

  learn(said) {
    if (said.id !== this.session) {
      const isSamePerson = said.person === this.getAttribute("person");
      this.leave(isSamePerson ? location.pathname + location.search : ""); // a colleague is led home, not to this record
      return;
    }
    this.begin(said);
    this.tell();
  }

  away() {
    if (this.asks.open) this.asks.querySelector("[data-away]").hidden = false;
    else if (document.documentElement.classList.contains("masked")) this.ends = 0; // shown again unasked: never
  }

  leave(address) {
    this.mask();
    const to = new URL(address || this.getAttribute("sign-in"), location.href);
    const isSignIn = to.pathname === this.getAttribute("sign-in");
    const mark = to.searchParams.get("next"); // whose page this was; none when somebody signed out or switched elsewhere
    if (isSignIn && mark) to.searchParams.set("next", mark + location.pathname + location.search);
    location.replace(to);
  }
}

customElements.define("keepwell-idle", KeepwellIdle);
