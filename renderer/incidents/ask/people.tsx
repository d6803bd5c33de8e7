import { useRef, useState } from 'react';
import { type HandoverNote, type IncidentDetail, type IncidentRole, incidentRoleSchema } from '#contract/incident.ts';
import { Dialog, Form, LinesField, TextField } from '../../kit/index.ts';
import { type AskProps, formOf } from './form.ts';
import { Radio } from './Radio.tsx';

/** Who does what. */
export function RoleDialog(props: AskProps) {
  const { incident, user, onClose } = props;
  const [role, setRole] = useState<IncidentRole>('commander');
  const [holder, setHolder] = useState(user);
  const first = useRef<HTMLInputElement>(null);
  const held = incident.roles.some((one) => one.role === role && one.holder.name === holder.trim());
  const leaves = held && holder.trim() === user;
  const form = formOf(props, {
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

/** Who takes over, and what they need to know. */
export function HandoverDialog(props: AskProps & { note: HandoverNote }) {
  const { incident, user, note, onClose } = props;
  const held = incident.roles.find(({ holder }) => holder.name === user)?.role ?? 'commander';
  const [role, setRole] = useState<IncidentRole>(held);
  const [to, setTo] = useState('');
  const [text, setText] = useState(note);
  const first = useRef<HTMLInputElement>(null);
  const form = formOf(props, { do: 'hand-over', role, to: to.trim(), ...text });
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
