// What a page is, measured in it: how many nodes, how wide, what stands in it that must not, what a
// finger or the keyboard cannot use. Gives {nodes, overflow, language, inline, outside, small, blind,
// assets}.
() => {
  for (const one of document.querySelectorAll("main details")) one.open = true;
  const shown = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length > 0;
  const named = (one) => {
    const name = one.getAttribute("name") || one.getAttribute("href") || one.className || "";
    return `${one.tagName.toLowerCase()} ${name} "${(one.textContent || "").trim().slice(0, 40)}"`;
  };
  const all = [...document.querySelectorAll("*")];
  const inline = all.filter((one) =>
    [...one.attributes].some(({ name }) => name === "style" || name.startsWith("on")));
  const blocks = all.filter((one) =>
    (one.tagName === "SCRIPT" && !one.src) || one.tagName === "STYLE");
  const outside = all.filter((one) => ["src", "href", "action", "data"].some((name) => {
    const value = one.getAttribute(name) || "";
    return /^(https?:)?\/\//.test(value) && !value.startsWith(location.origin);
  }));
  // A finger needs 44 px, a mouse 24. A checkbox is pressed by its label too; a link in a sentence is as high as its line.
  const height = (one) => Math.max(one.getBoundingClientRect().height,
    ...[...(one.labels || [])].map((label) => label.getBoundingClientRect().height));
  const inSentence = (one) => one.tagName === "A" && getComputedStyle(one).display === "inline" &&
    one.parentElement.innerText.trim().length > one.innerText.trim().length + 10;
  const targets = [...document.querySelectorAll(
    "main form a[href], button, input:not([type=hidden]), select, textarea, summary")];
  const finger = innerWidth <= 640 ? 43.9 : 23.9;
  const small = targets.filter((one) => shown(one) && !inSentence(one) && height(one) < finger);
  const look = (one) => {
    const style = getComputedStyle(one);
    const ring = style.outlineStyle !== "none" && !/, 0\)$/.test(style.outlineColor);
    return `${style.boxShadow} ${style.backgroundColor} ${style.borderColor} ${ring && style.outlineWidth}`;
  };
  const kinds = new Map();
  for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary"))
    if (shown(one) && !one.disabled) kinds.set(`${one.tagName} ${one.type || ""} ${one.className} ${one.parentElement.tagName}`, one);
  const before = document.activeElement;
  const blind = [...kinds.values()].filter((one) => {
    one.blur();
    const away = look(one);
    one.focus();
    const here = look(one);
    one.blur();
    return here === away;
  });
  if (before && before.focus) before.focus();
  window.scrollTo(0, 0);
  return {
    nodes: all.length,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    language: document.documentElement.lang,
    inline: [...inline, ...blocks].map(named),
    outside: outside.map(named),
    small: small.map((one) => `${Math.round(height(one))} px ${named(one)}`),
    blind: blind.map(named),
    assets: performance.getEntriesByType("resource").map(({ name, transferSize }) => ({ name, transferSize })),
  };
}
