// The counter of the compose page: what a text costs on the air, which
// characters make it dear, and their plain replacements.
//
// It is the twin of the Go package core/sms and must agree with it on every
// vector of core/sms/testdata/vectors.json. Tables: 3GPP TS 23.038 §6.2.1.

const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION = "\f^{}\\[~]|€";

/** The most parts a text may have. */
export const MAX_SEGMENTS = 10;

const COST = new Map();
for (const c of BASIC) COST.set(c, 1);
for (const c of EXTENSION) COST.set(c, 2);

const septets = (c) => COST.get(c) ?? 0;

/**
 * The size of a text: its encoding ("GSM-7" or "UCS-2"), its length in units of
 * that encoding, and the number of parts that are sent and paid for.
 * @param {string} text
 * @returns {{encoding: string, units: number, segments: number}}
 */
export function measure(text) {
  let gsm = true;
  for (const c of text) {
    if (septets(c) === 0) {
      gsm = false;
      break;
    }
  }
  const [single, part] = gsm ? [160, 153] : [70, 67];
  let units = 0;
  let fill = 0;
  let parts = 1;
  for (const c of text) {
    // A string yields whole surrogate pairs, so c.length is 1 or 2.
    const n = gsm ? septets(c) : c.length;
    units += n;
    // A pair never straddles two parts: half of it would show as rubbish.
    if (fill + n > part) {
      parts++;
      fill = 0;
    }
    fill += n;
  }
  const segments = units === 0 ? 0 : units <= single ? 1 : parts;
  return { encoding: gsm ? "GSM-7" : "UCS-2", units, segments };
}

/**
 * Every character that forces UCS-2. `at` counts characters (code points) from
 * 0; `plain` is the replacement, or null where there is none.
 * @param {string} text
 * @returns {{char: string, at: number, plain: string|null}[]}
 */
export function costly(text) {
  const found = [];
  let at = 0;
  let prev = "";
  for (const c of text) {
    if (septets(c) === 0) found.push({ char: c, at, plain: plainOf(prev, c) });
    prev = c;
    at++;
  }
  return found;
}

/**
 * The text with every character replaced that has a plain equivalent. Emoji and
 * other scripts are left.
 * @param {string} text
 * @returns {string}
 */
export function plain(text) {
  if (measure(text).encoding === "GSM-7") return text;
  let out = "";
  let prev = "";
  for (const c of text.normalize("NFC")) {
    out += septets(c) > 0 ? c : (plainOf(prev, c) ?? c);
    prev = c;
  }
  return out;
}

const PLAIN = new Map(
  Object.entries({
    "…": "...", "•": "-", "·": "-", "‣": "-", "◦": "-", "∙": "-", "●": "-", "▪": "-", "⁃": "-",
    "×": "x", "÷": "/", "™": "(TM)", "®": "(R)", "©": "(C)", "¢": "c", "№": "No.",
    "½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3",
    "→": "->", "←": "<-", "⇒": "=>", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "★": "*", "☆": "*",
    "\t": " ", "\u2028": "\n", "\u2029": "\n", "\u0085": "\n",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th",
    "œ": "oe", "Œ": "OE", "ı": "i", "ẞ": "ß", "ª": "a", "º": "o", "⁄": "/", "¦": "|", "µ": "u",
  }),
);
const each = (from, to) => {
  for (const c of from) PLAIN.set(c, to);
};
each("‘’‚‛′´`ʼʻ‹›", "'");
each("“”„‟″«»", '"');
each("‐‑‒–—―−", "-");
each("\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000", " ");
// The joiner U+200D and the variation selectors are not here: they hold emoji
// together, and go when the emoji go.
each("\u00AD\u200B\u200C\u200E\u200F\u2060\uFEFF", "");

const MARKS = /^[\u0300-\u036F]+$/;

function plainOf(prev, c) {
  const known = PLAIN.get(c);
  if (known !== undefined) {
    // "1½ lb" must not become "11/2 lb".
    return known.length === 3 && known[1] === "/" && /[0-9]/.test(prev) ? " " + known : known;
  }
  const code = c.codePointAt(0);
  if (code >= 0xff01 && code <= 0xff5e) {
    const ascii = String.fromCharCode(code - 0xff01 + 0x21);
    return septets(ascii) > 0 ? ascii : "'";
  }
  if (MARKS.test(c)) return "";
  const base = c.normalize("NFD");
  return base.length > 1 && /[A-Za-z]/.test(base[0]) && MARKS.test(base.slice(1)) ? base[0] : null;
}
