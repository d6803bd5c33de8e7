/** How something that ran outside the desk came to its end. */
export type End = {
  ok: boolean;
  /** One line. */
  seen: string;
  /** What came back, for reading. */
  output: string | null;
  /** What later steps get. */
  value: string | null;
};

/** So much of what comes back is kept for reading, in characters. */
export const OUTPUT_MAX = 16_000;
/** So much of it later steps get. */
const VALUE_MAX = 2_000;

/** The end with its texts masked and cut. */
export function tame({ ok, seen, output, value }: End, mask: (text: string) => string): End {
  return {
    ok,
    seen: cut(mask(seen), 500),
    output: output === null ? null : cut(mask(output), OUTPUT_MAX),
    value: value === null ? null : cut(mask(value), VALUE_MAX),
  };
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}… ${text.length - max} characters more`;
}
