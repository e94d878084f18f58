// <keepwell-passkey>: a form whose answer is signed by a passkey (WebAuthn level 3, 5.1). Shown only where the browser
// knows passkeys; password, code and recovery codes work without any of it.
const bytesOf = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
};

const textOf = (buffer) => {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const asked = (options) => {
  const described = (one) => ({ ...one, id: bytesOf(one.id) });
  return {
    ...options,
    challenge: bytesOf(options.challenge),
    ...(options.user && { user: described(options.user) }),
    ...(options.excludeCredentials && { excludeCredentials: options.excludeCredentials.map(described) }),
  };
};

const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

const said = (credential) => {
  const parts = PARTS.filter((name) => credential.response[name]);
  const response = Object.fromEntries(parts.map((name) => [name, textOf(credential.response[name])]));
  return JSON.stringify({ id: credential.id, rawId: credential.id, type: credential.type, response });
};

class KeepwellPasskey extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    if (!form || !window.PublicKeyCredential) return;
    this.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.answer(form);
    });
  }

  async answer(form) {
    const status = form.querySelector("[role=status]");
    const button = form.querySelector("button");
    status.textContent = "";
    button.disabled = true;
    try {
      form.elements.passkey.value = said(await this.credential(form));
      form.submit();
    } catch {
      status.textContent = status.dataset.stopped;
      button.disabled = false;
    }
  }

  async credential(form) {
    const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    const answer = await fetch(this.dataset.ask, { method: "POST", headers });
    if (!answer.ok) throw new Error(String(answer.status));
    const publicKey = asked((await answer.json()).publicKey);
    const keys = navigator.credentials;
    return this.hasAttribute("data-adds") ? keys.create({ publicKey }) : keys.get({ publicKey });
  }
}

customElements.define("keepwell-passkey", KeepwellPasskey);
