// <keepwell-print>: shows its button where there is a script to print with; the browser's own menu works without.
class KeepwellPrint extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

customElements.define("keepwell-print", KeepwellPrint);
