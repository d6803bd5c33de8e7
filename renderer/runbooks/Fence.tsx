import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { CopyButton } from '../kit/index.ts';
import styles from './markdown.module.css';

type Values = { values: Record<string, string>; set(name: string, value: string): void };
const PlaceholderValues = createContext<Values | null>(null);

/** What is put for a `<placeholder>` in one fence stands in every other fence under it, too. */
export function Placeholders({ children }: { children: ReactNode }) {
  const [values, setValues] = useState<Record<string, string>>({});
  const shared = useMemo<Values>(
    () => ({ values, set: (name, value) => setValues((before) => ({ ...before, [name]: value })) }),
    [values],
  );
  return <PlaceholderValues value={shared}>{children}</PlaceholderValues>;
}

/** A name in angle brackets that a person puts something for; `</b>`, `<br/>` and generics are none. */
const PLACEHOLDER = /<([a-z][a-z0-9 _.-]{0,60})>/gi;
const HTML_TAG =
  /^(?:a|b|body|br|code|div|em|h[1-6]|head|hr|html|i|img|li|ol|p|pre|script|span|strong|style|table|td|tr|ul)$/i;

/** The names of the placeholders of a text, each once, in order. */
export function placeholdersIn(text: string): string[] {
  const names = [...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
  return [...new Set(names.filter((name) => !HTML_TAG.test(name)))].slice(0, MOST_FIELDS);
}

const MOST_FIELDS = 20;

/** A text with its placeholders filled in; one that nothing was put for stays as it is. */
export function fillPlaceholders(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined || value === '' ? whole : value;
  });
}

/** What is copied of a fence: its lines without the prompt that leads them, `$ `. */
export function commandOf(text: string): string {
  return text.replace(/^[ \t]*\$ /gm, '').replace(/\n+$/, '');
}

/** A fence to copy, with a field for each of its placeholders. */
export function Fence({ text }: { text: string }) {
  const shared = useContext(PlaceholderValues);
  const [own, setOwn] = useState<Record<string, string>>({});
  const values = shared?.values ?? own;
  const filled = fillPlaceholders(text, values);
  const names = placeholdersIn(text);
  return (
    <div className={styles.fence}>
      <pre>
        <code>{filled}</code>
      </pre>
      <div className={styles.fenceTools}>
        {names.map((name) => (
          <label key={name}>
            <span>{name}</span>
            <input
              value={values[name] ?? ''}
              onChange={(event) => {
                const { value } = event.target;
                if (shared === null) setOwn((before) => ({ ...before, [name]: value }));
                else shared.set(name, value);
              }}
              autoComplete="off"
              spellCheck={false}
            />
          </label>
        ))}
        <CopyButton text={commandOf(filled)} label="Copy" />
      </div>
    </div>
  );
}
