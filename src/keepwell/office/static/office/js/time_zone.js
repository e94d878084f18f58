// <keepwell-time-zone>: chooses the browser's own time zone in a list that nobody has touched yet.
class KeepwellTimeZone extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector("select");
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!list || list.value !== "UTC") return;
    if ([...list.options].some((option) => option.value === here)) list.value = here;
  }
}

customElements.define("keepwell-time-zone", KeepwellTimeZone);
