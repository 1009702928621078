// Phone numbers and texts as people read them.

const JAPANESE = [
  [/^\+81((?:[789]0|50)\d{8})$/, (n) => `0${n.slice(0, 2)}-${n.slice(2, 6)}-${n.slice(6)}`],
  [/^\+81([36]\d{8})$/, (n) => `0${n[0]}-${n.slice(1, 5)}-${n.slice(5)}`],
  [/^\+81(\d{9})$/, (n) => `0${n.slice(0, 2)}-${n.slice(2, 5)}-${n.slice(5)}`],
];

/** E.164 as it is written in Japan; other numbers stay as they are. */
export function spoken(number) {
  for (const [pattern, write] of JAPANESE) {
    const match = pattern.exec(number);
    if (match) return write(match[1]);
  }
  return number;
}

/** What a person typed, in E.164; null if it is no phone number. */
export function e164(typed) {
  const plain = typed.normalize("NFKC").replace(/[\s()\-‐‑–ー−.]/g, "");
  if (/^\+[1-9]\d{6,14}$/.test(plain)) return plain;
  return /^0[1-9]\d{8,9}$/.test(plain) ? `+81${plain.slice(1)}` : null;
}

/** The text as nodes; http addresses become links that give nothing away. */
export function linked(text) {
  const nodes = [];
  let rest = 0;
  for (const match of text.matchAll(/https?:\/\/[!-~]+/g)) {
    const address = match[0].replace(/[.,;:!?)\]'"]+$/, "");
    nodes.push(text.slice(rest, match.index));
    const link = document.createElement("a");
    link.href = address;
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
    link.textContent = address;
    nodes.push(link);
    rest = match.index + address.length;
  }
  nodes.push(text.slice(rest));
  return nodes;
}
