// The site's own colour, and what goes with it so that every word stays readable (WCAG 2.2, 1.4.3: 4.5 to 1).

const READABLE = 4.5;
const GROUNDS = { light: "#ffffff", dark: "#1d232c" };
const WASHES = { light: 0.08, dark: 0.16 };
const HEX = /^#(?:[\da-f]{3}|[\da-f]{6})$/i;

/** Paint `frame` in `colour` ("#0a7d5a"); anything else leaves the product's own colours. */
export function paint(frame, colour) {
  if (!HEX.test(colour ?? "")) return;
  const brand = channels(colour);
  const [white, black] = [channels("#ffffff"), channels("#000000")];
  const on = contrast(brand, white) >= READABLE ? white : black;
  const values = { brand, on, deep: mixed(brand, on === white ? black : white, 0.18) };
  for (const [theme, ground] of Object.entries(GROUNDS)) {
    const wash = mixed(channels(ground), brand, WASHES[theme]);
    values[`wash-${theme}`] = wash;
    values[`link-${theme}`] = readable(brand, wash, theme === "light" ? black : white);
  }
  for (const [name, value] of Object.entries(values)) frame.style.setProperty(`--site-${name}`, css(value));
  frame.classList.add("is-painted");
}

/** The colour, brought as far towards `end` as it takes to be read on `ground`. */
function readable(colour, ground, end) {
  for (let part = 0; part < 1; part += 0.1) {
    const tried = mixed(colour, end, part);
    if (contrast(tried, ground) >= READABLE) return tried;
  }
  return end;
}

function channels(hex) {
  const digits = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join("") : hex.slice(1);
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
}

const mixed = (one, other, part) => one.map((value, index) => Math.round(value + (other[index] - value) * part));
const css = (colour) => `rgb(${colour.join(" ")})`;

function contrast(one, other) {
  const [bright, dim] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dim + 0.05);
}

function luminance(colour) {
  const [red, green, blue] = colour.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
