import type { AuditWrite } from '#contract/audit.ts';
import { type Actor, canonicalJson, type Json } from '#contract/basic.ts';
import type { SettingsFile } from './settings.ts';

const BY_DESK: Actor = { name: 'Nightdesk', via: 'desk' };

/** Settings by their parts, as the console shows them: without what may be a secret. */
export function shownSettings(settings: SettingsFile): Record<string, Json> {
  const shown = settings.view().settings;
  return typeof shown === 'object' && shown !== null && !Array.isArray(shown) ? shown : {};
}

/** Tells the audit log of each part that came into force otherwise than before. @returns what is to be called after a change */
export function createSettingsTelling(settings: SettingsFile, note: AuditWrite): () => void {
  let told = shownSettings(settings);
  return () => {
    const before = told;
    told = shownSettings(settings);
    const parts = [...new Set([...Object.keys(before), ...Object.keys(told)])];
    const differ = parts.filter((part) => canonicalJson(before[part] ?? null) !== canonicalJson(told[part] ?? null));
    if (differ.length === 0) return;
    const details = Object.fromEntries(
      differ.map((part) => [part, { before: before[part] ?? null, after: told[part] ?? null }]),
    );
    note({ by: BY_DESK, what: 'settings.changed', subject: settings.view().file, details });
  };
}
