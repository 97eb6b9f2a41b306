/* At a kiosk: keys that type without a request, and a question before the screen is wiped.
   Without this script the keys are sent as a form, and the page goes back to the start by itself. */
"use strict";
(() => {
  const body = document.body, seconds = (name) => Number(body.dataset[name]) * 1000;
  const box = document.getElementById("still"), stay = document.getElementById("stay");
  const input = document.querySelector("main input[inputmode=numeric]");
  const out = document.getElementById("leave");
  let asked = 0, wiped = 0, told = Date.now();

  const wipe = () => {
    if (input) input.value = "";
    if (out) out.submit(); else location.replace(body.dataset.start);
  };
  /* Who touches the screen is still there: the server is told too, or it would end the session. */
  const tell = () => {
    if (!out || Date.now() - told < seconds("tells")) return;
    told = Date.now();
    fetch(location.href, { method: "HEAD" }).then((answer) => { if (answer.redirected) wipe(); }, () => {});
  };
  const again = () => {
    tell();
    clearTimeout(asked); clearTimeout(wiped);
    box.hidden = true;
    asked = setTimeout(() => {
      box.hidden = false; stay.focus();
      wiped = setTimeout(wipe, seconds("asks"));
    }, seconds("idle"));
  };

  document.querySelector("meta[http-equiv=refresh]")?.remove();
  for (const kind of ["pointerdown", "keydown", "scroll"]) addEventListener(kind, () => { if (box.hidden) again(); });
  stay.addEventListener("click", again);
  addEventListener("pageshow", (shown) => { if (shown.persisted) location.replace(body.dataset.start); });
  for (const key of document.querySelectorAll("button[name=key]")) {
    key.addEventListener("click", (pressed) => {
      pressed.preventDefault();
      const value = key.value;
      input.value = value === "clear" ? "" : value === "back" ? input.value.slice(0, -1)
        : (input.value + value).slice(0, input.maxLength);
    });
  }
  again();
})();
