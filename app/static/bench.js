// Keys of the workbench's list: J and K move, Enter places, S splits, U takes back, / searches, ?
// tells them. Every key only follows a link that stands on the page.
(() => {
  "use strict";
  const table = document.querySelector("[data-bench]");
  if (!table) return;
  const rows = [...table.querySelectorAll("tr[data-line]")];
  const help = document.getElementById("keys");
  let here = rows.findIndex((one) => `#${one.id}` === location.hash);
  const go = (number) => {
    if (!rows.length) return;
    if (here >= 0) rows[here].classList.remove("here");
    here = Math.max(0, Math.min(rows.length - 1, number));
    rows[here].classList.add("here");
    const link = rows[here].querySelector("a");
    if (link) link.focus();
  };
  const follow = (selector) => {
    const link = here >= 0 && rows[here].querySelector(selector);
    if (link) location.assign(link.href);
  };
  const split = () => {
    const line = here >= 0 && rows[here].querySelector("a.open");
    const place = here >= 0 && rows[here].querySelector("a.place");
    if (line && place) location.assign(`${line.pathname}/place${location.search.includes("lang=en") ? "?lang=en" : ""}`);
  };
  const keys = {
    j: () => go(here + 1),
    k: () => go(here - 1),
    s: split,
    u: () => follow("a.unplace"),
    "/": () => follow("a.open"),
    "?": () => { help.hidden = !help.hidden; },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, button, summary")) return;
    if (event.key === "Enter" && here >= 0 && !event.target.closest("main a:not(.open)")) {
      event.preventDefault();
      follow("a.place");
      return;
    }
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
  help.hidden = false;
  if (here >= 0) go(here);
})();
