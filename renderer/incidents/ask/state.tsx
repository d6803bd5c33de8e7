import { useRef, useState } from 'react';
import { type IncidentSeverity, incidentSeveritySchema } from '#contract/incident.ts';
import { Dialog, Form, TextField } from '../../kit/index.ts';
import { firingOf } from '../asked.ts';
import { SEVERITY_WORDS } from '../state.ts';
import { type AskProps, formOf, NO_REASON } from './form.ts';
import { Radio } from './Radio.tsx';

/** How bad it is. */
export function SeverityDialog(props: AskProps) {
  const { incident, onClose } = props;
  const [severity, setSeverity] = useState<IncidentSeverity>(incident.severity);
  const [reason, setReason] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const form = formOf(props, { do: 'severity', severity, reason });
  const short = reason.trim() !== '' && reason.trim().length < 3;
  const missing = severity === incident.severity ? 'Choose another one.' : short ? NO_REASON : null;
  return (
    <Dialog title={`Severity of incident ${incident.id}`} onClose={onClose} first={first}>
      <Form {...form} verb="Change" missing={missing}>
        <fieldset>
          <legend>It is {incident.severity} now</legend>
          {incidentSeveritySchema.options.map((one) => (
            <Radio
              key={one}
              name="severity"
              text={`${one}: ${SEVERITY_WORDS[one].means}`}
              checked={severity === one}
              inputRef={severity === one ? first : undefined}
              onChoose={() => setSeverity(one)}
            />
          ))}
        </fieldset>
        <TextField label="Why (may be left out)" value={reason} onValue={setReason} />
      </Form>
    </Dialog>
  );
}

/** That it is over. */
export function ResolveDialog(props: AskProps) {
  const { incident, onClose } = props;
  const [reason, setReason] = useState('');
  const [anyway, setAnyway] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const firing = firingOf(incident).length;
  const form = formOf(props, { do: 'resolve', reason: reason.trim(), anyway });
  const missing = reason.trim().length < 3 ? NO_REASON : firing > 0 && !anyway ? 'Alerts of it still fire.' : null;
  return (
    <Dialog title={`Resolve incident ${incident.id}`} onClose={onClose} first={first}>
      <Form {...form} verb="Resolve" missing={missing}>
        <TextField label="Why it is over" value={reason} inputRef={first} onValue={setReason} />
        {firing === 0 ? null : (
          <fieldset>
            <legend>
              {firing === 1
                ? 'One alert still fires. The incident ends by itself when it stops.'
                : `${firing} alerts still fire. The incident ends by itself when they stop.`}
            </legend>
            <label>
              <input type="checkbox" checked={anyway} onChange={(event) => setAnyway(event.target.checked)} />
              Resolve it anyway, and close its alerts
            </label>
          </fieldset>
        )}
      </Form>
    </Dialog>
  );
}

/** That it is not over. */
export function ReopenDialog(props: AskProps) {
  const { incident, onClose } = props;
  const [reason, setReason] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const form = formOf(props, { do: 'reopen', reason: reason.trim() });
  return (
    <Dialog title={`Reopen incident ${incident.id}`} onClose={onClose} first={first}>
      <Form {...form} verb="Reopen" missing={reason.trim().length < 3 ? NO_REASON : null}>
        <TextField label="Why it is not over" value={reason} inputRef={first} onValue={setReason} />
      </Form>
    </Dialog>
  );
}
