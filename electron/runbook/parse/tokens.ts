/*
 * Cuts directives into tokens. The grammar is written down in runbooks/README.md, its words in contract/runbook-grammar.ts.
 *
 * `${name}` stands for a value that is filled in when the step opens. It is filled into parsed values only: what is
 * filled in can never become a verb, an argument or a second directive.
 */

/** One piece of a directive. `at` is its offset in the directive's text. */
export type Token = {
  kind: 'word' | 'value' | 'operator' | 'equals' | 'open' | 'close' | 'comma' | 'unfinished';
  text: string;
  at: number;
  /** A value that stands in quotes: its text is without them. */
  quoted: boolean;
};

const OPERATORS = ['==', '!=', '>=', '<=', '>', '<'];
const PUNCTUATION: Record<string, Token['kind']> = { '(': 'open', ')': 'close', ',': 'comma' };

/**
 * Cuts a directive into tokens, in one pass.
 * @returns the tokens; a quote that is never closed gives a last token of kind `unfinished`
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (isSpace(char)) {
      at += 1;
      continue;
    }
    const last = tokens.at(-1);
    const afterEquals = last?.kind === 'equals' && last.at + 1 === at;
    const token = nextToken(text, at, afterEquals, depth > 0);
    if (token.kind === 'open') depth += 1;
    if (token.kind === 'close' && depth > 0) depth -= 1;
    tokens.push({ kind: token.kind, text: token.text, at, quoted: char === '"' });
    at = token.end;
  }
  return tokens;
}

type Scanned = { kind: Token['kind']; text: string; end: number };

function nextToken(text: string, at: number, afterEquals: boolean, inside: boolean): Scanned {
  const char = text[at] ?? '';
  if (char === '"') return scanQuoted(text, at);
  const punctuation = PUNCTUATION[char];
  if (punctuation !== undefined && (!afterEquals || inside)) return { kind: punctuation, text: char, end: at + 1 };
  if (afterEquals) {
    const end = scanBare(text, at, (one) => inside && (one === ',' || one === ')'));
    return { kind: 'value', text: text.slice(at, end), end };
  }
  const operator = OPERATORS.find((one) => text.startsWith(one, at));
  if (operator !== undefined) return { kind: 'operator', text: operator, end: at + operator.length };
  if (char === '=') return { kind: 'equals', text: char, end: at + 1 };
  const end = scanBare(text, at, (one) => '()=<>"'.includes(one) || (inside && one === ','));
  return { kind: 'word', text: text.slice(at, Math.max(end, at + 1)), end: Math.max(end, at + 1) };
}

function scanQuoted(text: string, at: number): Scanned {
  let value = '';
  let end = at + 1;
  while (end < text.length && text[end] !== '"') {
    if (text[end] === '\\' && end + 1 < text.length) end += 1;
    value += text[end] ?? '';
    end += 1;
  }
  if (end >= text.length) return { kind: 'unfinished', text: value, end };
  return { kind: 'value', text: value, end: end + 1 };
}

/** Runs to the end of a bare word; `${…}` belongs to it whole. */
function scanBare(text: string, at: number, isEnd: (char: string) => boolean): number {
  let end = at;
  while (end < text.length) {
    const char = text[end] ?? '';
    if (isSpace(char) || isEnd(char)) break;
    if (char === '!' && text[end + 1] === '=') break;
    end = char === '$' && text[end + 1] === '{' ? endOfVariable(text, end) : end + 1;
  }
  return end;
}

/** One past the `}` of the variable that begins at `at`; just past its `$` when it is not one. */
function endOfVariable(text: string, at: number): number {
  const match = VARIABLE_AT.exec(text.slice(at, at + MAX_VARIABLE));
  return match ? at + match[0].length : at + 1;
}

/** The longest `${name}` there is; also what keeps the scan linear. */
const MAX_VARIABLE = 200;
const VARIABLE_AT = /^\$\{[^{}\s]*\}/;

function isSpace(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\n';
}
