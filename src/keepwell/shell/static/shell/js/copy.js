// <keepwell-copy>: shows its button where the browser can copy; without script the text can be selected.
class KeepwellCopy extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const text = this.querySelector("input");
    if (!button || !text || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text.value);
      button.querySelector("span").textContent = button.dataset.copied;
    });
  }
}

customElements.define("keepwell-copy", KeepwellCopy);
