import DOMPurify from 'dompurify';
import { Marked } from 'marked';

/** HTML of a file keeps these tags, without attributes: what it had never reaches the browser's parser. */
const PLAIN_TAGS =
  /^(?:b|i|strong|em|code|del|s|sub|sup|kbd|br|hr|p|ul|ol|li|pre|blockquote|h[1-6]|details|summary|table|thead|tbody|tr|th|td)$/i;
const COMMENT = /<!--[\s\S]*?(?:-->|$)/g;
const WITH_CONTENT = /<(script|style|template|noscript|textarea|title|xmp|iframe|svg|math)\b[\s\S]*?(?:<\/\1\s*>|$)/gi;
const TAG = /<(\/?)([a-z][a-z0-9-]*)[^<>]*>/gi;

function plainTags(html: string): string {
  const kept = html.replace(COMMENT, '').replace(WITH_CONTENT, '');
  let out = '';
  let at = 0;
  for (const match of kept.matchAll(TAG)) {
    const [whole, slash = '', name = ''] = match;
    out += escaped(kept.slice(at, match.index)) + (PLAIN_TAGS.test(name) ? `<${slash}${name}>` : '');
    at = match.index + whole.length;
  }
  return out + escaped(kept.slice(at));
}

const marked = new Marked({
  gfm: true,
  async: false,
  renderer: { html: ({ text }) => plainTags(text), image: ({ text }) => escaped(text) },
});

/** Reading matter has no forms, no styles of its own and loads nothing from elsewhere. */
const ALLOWED = {
  block: {
    ALLOWED_TAGS: [
      ...['p', 'ul', 'ol', 'li', 'strong', 'em', 'code', 'pre', 'a', 'blockquote', 'br', 'del', 'hr'],
      ...['table', 'thead', 'tbody', 'tr', 'th', 'td', 'h3', 'h4', 'h5', 'h6', 'details', 'summary'],
      ...['b', 'i', 's', 'sub', 'sup', 'kbd'],
    ],
    ALLOWED_ATTR: ['href', 'start', 'align'],
  },
  inline: { ALLOWED_TAGS: ['strong', 'em', 'code', 'del', 'b', 'i', 's', 'sub', 'sup', 'kbd'], ALLOWED_ATTR: [] },
};

/** Only addresses of the web and anchors: `javascript:` and the like never become links. */
const SAFE_ADDRESS = /^(?:https?:|mailto:|#)/i;

/** Text as it stands is shown of what is longer than this in one piece, in characters: the lexer is quick only for less. */
const LONGEST_PIECE = 10_000;
/** Of one block no more than this is shown; the file has the rest. */
const LONGEST_SHOWN = 200_000;
/** Markers in front of a line: what nests. Longer runs are cut, so that nesting stays shallow. */
const NESTING = /^(?:[ \t>*+-]|\d{1,9}[.)])+/;
const DEEPEST = 80;

/**
 * Markdown as HTML that is safe to show, in time that grows with its length. Needs a document: it is cleaned by the
 * browser's own parser. Links of the web open a window of their own, which knows nothing of this one.
 */
export function safeHtml(text: string, kind: keyof typeof ALLOWED): string {
  const html = piecesOf(text.slice(0, LONGEST_SHOWN))
    .map((piece) => htmlOf(piece, kind))
    .join('');
  const clean = DOMPurify.sanitize(html, {
    ...ALLOWED[kind],
    ALLOWED_URI_REGEXP: SAFE_ADDRESS,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  const holder = document.createElement('div');
  holder.append(clean);
  for (const link of holder.querySelectorAll('a[href]')) {
    const address = link.getAttribute('href') ?? '';
    if (address.startsWith('#')) continue;
    if (address === '') {
      link.removeAttribute('href');
      continue;
    }
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noopener noreferrer');
  }
  return holder.innerHTML;
}

function htmlOf(piece: string, kind: keyof typeof ALLOWED): string {
  if (piece.length > LONGEST_PIECE) return asIs(piece, kind);
  const tame = piece
    .split('\n')
    .map((line) => line.replace(NESTING, (nesting) => nesting.slice(0, DEEPEST)))
    .join('\n');
  try {
    return kind === 'block' ? marked.parse(tame, { async: false }) : marked.parseInline(tame, { async: false });
  } catch (error) {
    // The lexer recurses: what nests without end exhausts the stack. It is shown as it stands.
    if (error instanceof RangeError) return asIs(piece, kind);
    throw error;
  }
}

/** A long text is cut at blank lines, so that no piece is long. */
function piecesOf(text: string): string[] {
  if (text.length <= LONGEST_PIECE) return [text];
  const pieces: string[] = [];
  for (const paragraph of text.split(/\n{2,}/)) {
    const last = pieces.at(-1);
    if (last !== undefined && last.length + paragraph.length < LONGEST_PIECE)
      pieces[pieces.length - 1] = `${last}\n\n${paragraph}`;
    else pieces.push(paragraph);
  }
  return pieces;
}

function asIs(text: string, kind: keyof typeof ALLOWED): string {
  const whole = text.replace(/&/g, '&amp;');
  return kind === 'block' ? `<pre><code>${escaped(whole)}</code></pre>` : escaped(whole);
}

/** Keeps entities: what they stand for is text. */
function escaped(text: string): string {
  return text
    .replace(/&(?!#?\w{1,32};)/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}
