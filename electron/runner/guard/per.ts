import { canonicalJson, type Json } from '#contract/basic.ts';

const FIELD = /\{\{\s*input\.([\w.]+)\s*\}\}/g;

/**
 * What `intake.per` gives for an input: tasks with the same text run one at a time.
 *
 * @param template as `{{ input.vendor }}`
 * @returns null when the input has none of the fields it names: such a task waits for no other
 */
export function perText(template: string, input: Json): string | null {
  let found = false;
  const text = template.replace(FIELD, (_, path: string) => {
    const value = fieldOf(input, path.split('.'));
    if (value === undefined || value === null) return '';
    found = true;
    return typeof value === 'string' ? value : canonicalJson(value);
  });
  return found ? text : null;
}

function fieldOf(input: Json, path: string[]): Json | undefined {
  let value: Json | undefined = input;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Array.isArray(value) ? value[Number(name)] : value[name];
  }
  return value;
}
