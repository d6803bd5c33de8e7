import { useRef, useState } from 'react';
import { type IncidentSeverity, incidentSeveritySchema } from '#contract/incident.ts';
import { Dialog, Form, TextField } from '../kit/index.ts';
import { SEVERITY_WORDS } from './state.ts';

/** What an incident is opened with. */
export type Opening = { title: string; severity: IncidentSeverity; agents: string[]; note: string };

type Props = {
  agents: readonly string[];
  busy: boolean;
  refusal: string | null;
  onOpen(opening: Opening): void;
  onClose(): void;
};

/** Opens an incident by hand: what is wrong, how bad it is, whom it concerns. */
export function OpenDialog({ agents, busy, refusal, onOpen, onClose }: Props) {
  const [opening, setOpening] = useState<Opening>({ title: '', severity: 'sev2', agents: [], note: '' });
  const first = useRef<HTMLInputElement>(null);
  const { title, severity, note } = opening;
  return (
    <Dialog title="Open an incident" onClose={onClose} first={first}>
      <Form
        verb="Open it"
        busy={busy}
        refusal={refusal}
        missing={title.trim().length < 3 ? 'Say what is wrong.' : null}
        onSend={() => onOpen(opening)}
        onClose={onClose}
      >
        <TextField
          label="What is wrong, in one line"
          value={title}
          longest={200}
          inputRef={first}
          onValue={(text) => setOpening({ ...opening, title: text })}
        />
        <fieldset>
          <legend>Severity</legend>
          {incidentSeveritySchema.options.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="severity"
                checked={severity === one}
                onChange={() => setOpening({ ...opening, severity: one })}
              />
              {one}: {SEVERITY_WORDS[one].means}
            </label>
          ))}
        </fieldset>
        <fieldset>
          <legend>Whom it concerns; none: the whole desk</legend>
          {agents.map((agent) => (
            <label key={agent}>
              <input
                type="checkbox"
                checked={opening.agents.includes(agent)}
                onChange={(event) =>
                  setOpening({
                    ...opening,
                    agents: event.target.checked
                      ? [...opening.agents, agent]
                      : opening.agents.filter((one) => one !== agent),
                  })
                }
              />
              {agent}
            </label>
          ))}
        </fieldset>
        <TextField
          label="First note (may be left out)"
          value={note}
          longest={4_000}
          onValue={(text) => setOpening({ ...opening, note: text })}
        />
      </Form>
    </Dialog>
  );
}
