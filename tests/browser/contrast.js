// Every text on the screen whose contrast with what is behind it is below a number, as WCAG 2 counts
// it: ["4.5 Xem tiền", …]. Colours are those that the browser computed; nothing here is half seen.
(least) => {
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const linear = (one) => (one /= 255) <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4;
  const light = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const found = parts(getComputedStyle(one).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const told = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const ratio = (one) => {
    const two = [light(parts(getComputedStyle(one).color)), light(behind(one))].sort((a, b) => b - a);
    return (two[0] + 0.05) / (two[1] + 0.05);
  };
  return [...document.body.querySelectorAll("*")]
    .filter((one) => (told(one) || one.tagName === "INPUT") && one.checkVisibility() && ratio(one) < least)
    .map((one) => `${ratio(one).toFixed(1)} ${one.textContent.trim().slice(0, 40)}`);
}
