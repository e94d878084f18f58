// <keepwell-keys>: single keys on pages of staff. It is on a page only while its person wants them (WCAG 2.1.4), never acts
// while somebody types, and knows no address: "g" follows a line of the menu, which holds what this person may open.
const SECOND_KEY_MILLISECONDS = 1500;
const TYPED_INTO = "input, textarea, select, [contenteditable]:not([contenteditable='false']), [role='textbox']";
const ROWS = "main table tbody tr, main .timeline > li";

const isShown = (element) => element.getClientRects().length > 0;

class KeepwellKeys extends HTMLElement {
  connectedCallback() {
    this.goes = 0;
    this.press = (event) => this.pressed(event);
    document.addEventListener("keydown", this.press);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.press);
  }

  pressed(event) {
    const isSecond = event.timeStamp < this.goes;
    if (!this.isOurs(event)) return;
    this.goes = 0;
    const done = isSecond ? this.go(event.key) : this.act(event);
    if (done) event.preventDefault();
  }

  isOurs(event) {
    if (event.defaultPrevented || event.isComposing || event.repeat) return false;
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Shift") return false;
    if (event.composedPath()[0].closest?.(TYPED_INTO)) return false;
    return !document.querySelector("dialog[open]") && !document.documentElement.classList.contains("masked");
  }

  go(key) {
    const line = [...document.querySelectorAll(".rail a[data-key]")].find((one) => one.dataset.key === key);
    if (line) location.assign(line.href);
    return Boolean(line);
  }

  act(event) {
    if (event.key === "g") this.goes = event.timeStamp + SECOND_KEY_MILLISECONDS;
    else if (event.key === "?") location.assign(this.getAttribute("help"));
    else if (event.key === "/") return this.search();
    else if (event.key === "j") return this.move(1);
    else if (event.key === "k") return this.move(-1);
    else return false;
    return true;
  }

  search() {
    const fields = [...document.querySelectorAll("main [role='search'] input:not([type='hidden'])")].filter(isShown);
    fields[0]?.focus();
    return fields.length > 0;
  }

  move(by) {
    const links = [...document.querySelectorAll(ROWS)].map((row) => row.querySelector("a[href]")).filter((one) => one && isShown(one));
    if (!links.length) return false;
    const row = document.activeElement?.closest(ROWS);
    const here = row ? links.findIndex((one) => row.contains(one)) : -1;
    const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : here + by;
    links[Math.min(Math.max(next, 0), links.length - 1)].focus();
    return true;
  }
}

customElements.define("keepwell-keys", KeepwellKeys);
