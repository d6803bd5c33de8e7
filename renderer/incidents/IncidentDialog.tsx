import { type RefObject, useRef, useState } from 'react';
import {
  type HandoverNote,
  type Incident,
  type IncidentDetail,
  type IncidentRole,
  type IncidentSeverity,
  incidentRoleSchema,
  incidentSeveritySchema,
} from '#contract/incident.ts';
import { Dialog, Form, LinesField, TextField } from '../kit/index.ts';
import { commandText, firingOf, type IncidentAsk, type IncidentCommand } from './asked.ts';
import { SEVERITY_WORDS } from './state.ts';

type Props = {
  ask: Exclude<IncidentAsk, 'review'>;
  incident: IncidentDetail;
  /** Whoever is at this console. */
  user: string;
  /** Those that it may be merged into. */
  others: readonly Incident[];
  /** A hand-over note as the record would have it; null before it was read. */
  note: HandoverNote | null;
  busy: boolean;
  refusal: string | null;
  onDo(command: IncidentCommand): void;
  onClose(): void;
};

/** What a person asks of an incident, with what is needed for it and the command line that does the same. */
export function IncidentDialog(props: Props) {
  switch (props.ask) {
    case 'severity':
      return <SeverityDialog {...props} />;
    case 'role':
      return <RoleDialog {...props} />;
    case 'hand-over':
      return props.note === null ? null : <HandoverDialog {...props} note={props.note} />;
    case 'merge':
      return <MergeDialog {...props} />;
    case 'split':
      return <SplitDialog {...props} />;
    case 'undo':
      return <UndoDialog {...props} />;
    case 'resolve':
      return <ResolveDialog {...props} />;
    case 'reopen':
      return <ReopenDialog {...props} />;
  }
}

type AskProps = Omit<Props, 'ask'>;

function useFormOf({ incident, busy, refusal, onDo, onClose }: AskProps, command: IncidentCommand) {
  return {
    busy,
    refusal,
    onClose,
    command: commandText(incident.id, command),
    onSend: () => onDo(command),
  };
}

const NO_REASON = 'Say why, in at least three letters.';

function SeverityDialog(props: AskProps) {
  const { incident, onClose } = props;
  const [severity, setSeverity] = useState<IncidentSeverity>(incident.severity);
  const [reason, setReason] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const form = useFormOf(props, { do: 'severity', severity, reason });
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

function RoleDialog(props: AskProps) {
  const { incident, user, onClose } = props;
  const [role, setRole] = useState<IncidentRole>('commander');
  const [holder, setHolder] = useState(user);
  const first = useRef<HTMLInputElement>(null);
  const held = incident.roles.some((one) => one.role === role && one.holder.name === holder.trim());
  const leaves = held && holder.trim() === user;
  const form = useFormOf(props, {
    do: leaves ? 'release' : 'take',
    role,
    holder: holder.trim() === user ? '' : holder.trim(),
  });
  const missing = holder.trim() === '' ? 'Say who.' : held && !leaves ? `${holder.trim()} holds it already.` : null;
  return (
    <Dialog title={`Roles of incident ${incident.id}`} onClose={onClose} first={first}>
      <Form {...form} verb={leaves ? 'Leave it' : holder.trim() === user ? 'Take it' : 'Give it'} missing={missing}>
        <fieldset>
          <legend>Role</legend>
          {incidentRoleSchema.options.map((one) => (
            <Radio
              key={one}
              name="role"
              text={`${one}${holdersText(incident, one)}`}
              checked={role === one}
              inputRef={role === one ? first : undefined}
              onChoose={() => setRole(one)}
            />
          ))}
        </fieldset>
        <TextField label="Who" value={holder} longest={80} onValue={setHolder} />
      </Form>
    </Dialog>
  );
}

function holdersText({ roles }: IncidentDetail, role: IncidentRole): string {
  const names = roles.filter((one) => one.role === role).map(({ holder }) => holder.name);
  return names.length === 0 ? ' (nobody)' : ` (${names.join(', ')})`;
}

function HandoverDialog(props: AskProps & { note: HandoverNote }) {
  const { incident, user, note, onClose } = props;
  const held = incident.roles.find(({ holder }) => holder.name === user)?.role ?? 'commander';
  const [role, setRole] = useState<IncidentRole>(held);
  const [to, setTo] = useState('');
  const [text, setText] = useState(note);
  const first = useRef<HTMLInputElement>(null);
  const form = useFormOf(props, { do: 'hand-over', role, to: to.trim(), ...text });
  const missing = to.trim() === '' ? 'Say who takes over.' : text.next.trim() === '' ? 'Say the next step.' : null;
  return (
    <Dialog title={`Hand incident ${incident.id} over`} onClose={onClose} first={first} wide>
      <Form {...form} verb="Hand over" missing={missing} lines>
        <TextField label="Who takes over" value={to} longest={80} inputRef={first} onValue={setTo} />
        <fieldset>
          <legend>Role</legend>
          {incidentRoleSchema.options.map((one) => (
            <Radio key={one} name="role" text={one} checked={role === one} onChoose={() => setRole(one)} />
          ))}
        </fieldset>
        <LinesField label="Done" text={text.done} fault={null} onText={(done) => setText({ ...text, done })} />
        <LinesField label="Open" text={text.open} fault={null} onText={(open) => setText({ ...text, open })} />
        <TextField label="Next step" value={text.next} longest={2_000} onValue={(next) => setText({ ...text, next })} />
      </Form>
    </Dialog>
  );
}

function MergeDialog(props: AskProps) {
  const { incident, others, onClose } = props;
  const [into, setInto] = useState<number | null>(null);
  const first = useRef<HTMLInputElement>(null);
  const chosen = into ?? others[0]?.id ?? null;
  const form = useFormOf(props, { do: 'merge', into: chosen ?? 0 });
  return (
    <Dialog title={`Merge incident ${incident.id} into another`} onClose={onClose} first={first}>
      <Form {...form} verb="Merge" missing={chosen === null ? 'There is no other incident to merge it into.' : null}>
        <p>
          Its alerts and its timeline move there, its runs count there, and this one points to it. It can be undone
          there.
        </p>
        <fieldset>
          <legend>Into</legend>
          {others.map((one) => (
            <Radio
              key={one.id}
              name="into"
              text={`${one.id}: ${one.title} (${one.state})`}
              checked={one.id === chosen}
              inputRef={one.id === chosen ? first : undefined}
              onChoose={() => setInto(one.id)}
            />
          ))}
        </fieldset>
      </Form>
    </Dialog>
  );
}

function SplitDialog(props: AskProps) {
  const { incident, onClose } = props;
  const [alerts, setAlerts] = useState<readonly string[]>([]);
  const [title, setTitle] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const form = useFormOf(props, { do: 'split', alerts: [...alerts], title });
  const short = title.trim() !== '' && title.trim().length < 3;
  const missing =
    alerts.length === 0
      ? 'Choose the alerts that leave.'
      : alerts.length === incident.alerts.length
        ? 'One has to stay.'
        : short
          ? 'A title has at least three letters.'
          : null;
  return (
    <Dialog title={`Split incident ${incident.id}`} onClose={onClose} first={first}>
      <Form {...form} verb="Split off" missing={missing}>
        <p>The chosen alerts make a new incident. The timeline and the runs stay here. It can be undone.</p>
        <fieldset>
          <legend>Alerts that leave</legend>
          {incident.alerts.map((alert, index) => (
            <label key={alert.id}>
              <input
                ref={index === 0 ? first : undefined}
                type="checkbox"
                checked={alerts.includes(alert.id)}
                onChange={(event) =>
                  setAlerts(event.target.checked ? [...alerts, alert.id] : alerts.filter((id) => id !== alert.id))
                }
              />
              {alert.summary} ({alert.state})
            </label>
          ))}
        </fieldset>
        <TextField
          label="Title of the new one"
          value={title}
          placeholder="that of its first alert"
          longest={200}
          onValue={setTitle}
        />
      </Form>
    </Dialog>
  );
}

function UndoDialog(props: AskProps) {
  const { incident, onClose } = props;
  const { lastMove } = incident;
  const form = useFormOf(props, { do: 'undo', move: lastMove?.id ?? 0 });
  const first = useRef<HTMLButtonElement>(null);
  return (
    <Dialog title="Take it back" onClose={onClose} first={first}>
      <Form
        {...form}
        verb="Take it back"
        sendRef={first}
        missing={lastMove === null ? 'There is nothing to take back.' : null}
      >
        <p>{lastMove === null ? '' : `${lastMove.text}: alerts and entries go back to where they were.`}</p>
      </Form>
    </Dialog>
  );
}

function ResolveDialog(props: AskProps) {
  const { incident, onClose } = props;
  const [reason, setReason] = useState('');
  const [anyway, setAnyway] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const firing = firingOf(incident).length;
  const form = useFormOf(props, { do: 'resolve', reason: reason.trim(), anyway });
  const missing = reason.trim().length < 3 ? NO_REASON : firing > 0 && !anyway ? 'Alerts of it still fire.' : null;
  return (
    <Dialog title={`Resolve incident ${incident.id}`} onClose={onClose} first={first}>
      <Form {...form} verb="Resolve" missing={missing}>
        <TextField label="Why it is over" value={reason} inputRef={first} onValue={setReason} />
        {firing === 0 ? null : (
          <fieldset>
            <legend>
              {firing === 1 ? 'One alert still fires' : `${firing} alerts still fire`}: by itself the incident ends with
              them
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

function ReopenDialog(props: AskProps) {
  const { incident, onClose } = props;
  const [reason, setReason] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const form = useFormOf(props, { do: 'reopen', reason: reason.trim() });
  return (
    <Dialog title={`Reopen incident ${incident.id}`} onClose={onClose} first={first}>
      <Form {...form} verb="Reopen" missing={reason.trim().length < 3 ? NO_REASON : null}>
        <TextField label="Why it is not over" value={reason} inputRef={first} onValue={setReason} />
      </Form>
    </Dialog>
  );
}

type RadioProps = {
  name: string;
  text: string;
  checked: boolean;
  inputRef?: RefObject<HTMLInputElement | null> | undefined;
  onChoose(): void;
};

function Radio({ name, text, checked, inputRef, onChoose }: RadioProps) {
  return (
    <label>
      <input ref={inputRef} type="radio" name={name} checked={checked} onChange={onChoose} />
      {text}
    </label>
  );
}
