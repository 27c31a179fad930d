// Has the browser ask for a passkey, or make one, and sends its answer by the form.
"use strict";

(() => {
  const form = document.querySelector("form[data-options]");
  const button = form.querySelector("button");
  const said = document.querySelector("#said");
  const options = JSON.parse(form.dataset.options).publicKey;
  const makes = form.dataset.makes === "yes";

  const toBytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  options.challenge = toBytes(options.challenge);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    for (const one of list ?? []) one.id = toBytes(one.id);
  }
  if (options.user) options.user.id = toBytes(options.user.id);

  const say = (words) => {
    said.textContent = words;
    button.disabled = false;
  };

  // written returns the answer as the server reads it.
  const written = (key) => {
    const response = { clientDataJSON: toText(key.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (key.response[part]) response[part] = toText(key.response[part]);
    }
    if (key.response.getTransports) response.transports = key.response.getTransports();
    return JSON.stringify({
      id: key.id, rawId: toText(key.rawId), type: key.type, response,
      authenticatorAttachment: key.authenticatorAttachment ?? undefined,
      clientExtensionResults: key.getClientExtensionResults(),
    });
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    said.textContent = "";
    try {
      const asked = { publicKey: options };
      const key = await (makes ? navigator.credentials.create(asked) : navigator.credentials.get(asked));
      form.elements.answer.value = written(key);
      form.submit();
    } catch (error) {
      say(error.name === "InvalidStateError" ? form.dataset.known : form.dataset.nothing);
    }
  });

  button.hidden = false;
  if (!window.PublicKeyCredential) {
    button.disabled = true;
    said.textContent = "This browser knows no passkeys.";
  }
})();
