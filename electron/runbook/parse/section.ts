import type { z } from 'zod';
import type { sectionKindSchema } from '#contract/runbook.ts';

export type SectionKind = z.infer<typeof sectionKindSchema>;

/** The five questions of an incident, and the other names they go by. */
const ALIASES: Record<Exclude<SectionKind, 'other'>, string[]> = {
  confirm: ['confirm', 'symptoms', 'possible checks', 'confirmation'],
  mitigate: ['mitigate', 'mitigation', 'contain', 'containment', 'communicate', 'communication', 'workaround'],
  diagnose: ['diagnose', 'diagnosis', 'troubleshooting', 'troubleshoot', 'investigate', 'investigation'],
  recover: [
    ...['recover', 'recovery', 'resolution', 'resolve', 'remediate', 'remediation', 'eradicate', 'eradication'],
    ...['recommended actions', 'procedure'],
  ],
  verify: ['verify', 'verification'],
};

/** Which of the five questions a heading asks; `other` for reading matter. */
export function sectionKindOf(heading: string): SectionKind {
  const text = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} ]+/gu, ' ')
    .replace(/^[\d ]+/, '')
    .trim()
    .replace(/ +/g, ' ');
  for (const kind of ['confirm', 'mitigate', 'diagnose', 'recover', 'verify'] as const) {
    if (ALIASES[kind].includes(text)) return kind;
  }
  return 'other';
}

/** The anchor GitHub gives a heading: lower case, punctuation dropped, spaces to dashes. */
export function slugOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\- ]+/gu, '')
    .replace(/ /g, '-');
}

/** Hands out names once: the second `a` becomes `a-1`, as GitHub counts anchors. */
export function uniqueNames(): (name: string) => string {
  const used = new Set<string>();
  const counts = new Map<string, number>();
  return (name) => {
    let unique = name;
    while (used.has(unique)) {
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      unique = `${name}-${count}`;
    }
    used.add(unique);
    return unique;
  };
}
