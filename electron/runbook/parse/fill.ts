const VARIABLE = /\$\{([^{}\s]{0,200})\}/g;

/** The names of the `${name}` in a text, in order. */
export function variablesOf(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map((match) => match[1] ?? '');
}

/**
 * Fills the `${name}` of one parsed value. A value that has been filled in is not looked at again.
 * @returns the text, and the names nothing stood for; those are left as they are
 */
export function fill(text: string, lookup: (name: string) => string | undefined): { text: string; missing: string[] } {
  const missing: string[] = [];
  const filled = text.replace(VARIABLE, (whole, name: string) => {
    const value = lookup(name);
    if (value === undefined) missing.push(name);
    return value ?? whole;
  });
  return { text: filled, missing };
}
