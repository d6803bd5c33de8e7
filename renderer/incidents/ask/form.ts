import type { Incident, IncidentDetail } from '#contract/incident.ts';
import { commandText, type IncidentCommand } from '../asked.ts';

/** What every dialog over an incident is given. */
export type AskProps = {
  incident: IncidentDetail;
  /** Whoever is at this console. */
  user: string;
  /** Those that it may be merged into. */
  others: readonly Incident[];
  busy: boolean;
  refusal: string | null;
  onDo(command: IncidentCommand): void;
  onClose(): void;
};

/** What is said where a reason is needed. */
export const NO_REASON = 'Say why, in at least three letters.';

/** The form around a command: how it is sent, and the command line that does the same. */
export function formOf({ incident, busy, refusal, onDo, onClose }: AskProps, command: IncidentCommand) {
  return {
    busy,
    refusal,
    onClose,
    command: commandText(incident.id, command),
    onSend: () => onDo(command),
  };
}
