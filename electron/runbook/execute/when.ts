import { parseCheck } from '../parse/check.ts';
import { fill } from '../parse/fill.ts';
import type { RunbooksOptions } from '../types.ts';
import { compileCheck } from './compile.ts';
import { readCheck } from './measure.ts';

type Sources = Pick<RunbooksOptions, 'runtime' | 'measure'>;
type Lookup = (name: string) => string | undefined;

const OPERATOR = /==|!=|>=|<=|>|</;
const MEASURE = /^\s*[a-z_]+\(/;

/**
 * Whether a `when=` holds: a check without its span (`breaker(provider=x) == open`), or two values (`${cause} == deploy`).
 * It is taken apart before anything is filled in, so a value never becomes part of the condition.
 * @returns null when it cannot be said: nothing was measured, or nothing stands for a name
 */
export function holdsNow(when: string, lookup: Lookup, sources: Sources): boolean | null {
  if (MEASURE.test(when)) {
    const { check } = parseCheck(`${when} within 1s`);
    const compiled = check === null ? null : compileCheck(check, lookup);
    const reading = compiled?.ok ? readCheck(compiled.value, sources) : null;
    return reading?.kind === 'data' ? reading.holds : null;
  }
  const operator = OPERATOR.exec(when);
  if (operator === null) return null;
  const left = fill(when.slice(0, operator.index), lookup);
  const right = fill(when.slice(operator.index + operator[0].length), lookup);
  if (left.missing.length > 0 || right.missing.length > 0) return null;
  return compare(left.text.trim(), operator[0], right.text.trim());
}

function compare(left: string, operator: string, right: string): boolean | null {
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  const [a, b] = [Number(left), Number(right)];
  if (left === '' || right === '' || Number.isNaN(a) || Number.isNaN(b)) return null;
  switch (operator) {
    case '>=':
      return a >= b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    default:
      return a < b;
  }
}
