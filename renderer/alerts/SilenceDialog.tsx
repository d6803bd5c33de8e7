import { useRef, useState } from 'react';
import type { Alert, Matcher, SilenceInput } from '#contract/alert.ts';
import { Dialog, Form, spanText, TextField } from '../kit/index.ts';
import { matcherText, SPANS, silenceCommand } from './words.ts';

type Props = {
  /** What it is asked for from: its rule and subject are offered first. */
  alert: Alert | null;
  busy: boolean;
  refusal: string | null;
  onSilence(input: SilenceInput): void;
  onClose(): void;
};

const NONE: Matcher = {};

/** How wide: this alert alone, all of its agent, its rule everywhere. */
function widths(alert: Alert): Matcher[] {
  const { agent } = alert.labels;
  return [
    { rule: alert.rule, subject: alert.subject },
    ...(agent === undefined || agent === 'no agent' ? [] : [{ agent }]),
    { rule: alert.rule },
  ];
}

/** Asks what is silenced, for how long and why. Nobody is told of what matches until it ends. */
export function SilenceDialog({ alert, busy, refusal, onSilence, onClose }: Props) {
  const offered = alert === null ? [] : widths(alert);
  const [chosen, setChosen] = useState(0);
  const [rule, setRule] = useState('');
  const [agent, setAgent] = useState('');
  const [forMs, setForMs] = useState(SPANS[1] ?? 0);
  const [reason, setReason] = useState('');
  const first = useRef<HTMLInputElement>(null);
  const typed: Matcher = {
    ...(rule.trim() === '' ? {} : { rule: rule.trim() }),
    ...(agent.trim() === '' ? {} : { agent: agent.trim() }),
  };
  const matcher = offered.length === 0 ? typed : (offered[chosen] ?? NONE);
  const missing =
    Object.keys(matcher).length === 0
      ? 'Say what is silenced.'
      : reason.trim().length < 3
        ? 'Say why, in at least three letters.'
        : null;
  return (
    <Dialog title="Silence" onClose={onClose} first={first}>
      <Form
        verb="Silence"
        busy={busy}
        refusal={refusal}
        missing={missing}
        command={silenceCommand(matcher, forMs, reason.trim())}
        onSend={() => onSilence({ matcher, forMs, reason: reason.trim() })}
        onClose={onClose}
      >
        <p>Nobody is told of what matches until it ends. What still fires then is told.</p>
        <TextField label="Why" value={reason} longest={500} inputRef={first} onValue={setReason} />
        {offered.length === 0 ? (
          <>
            <TextField label="Rule (* stands for anything)" value={rule} longest={80} onValue={setRule} />
            <TextField label="Agent (* stands for anything)" value={agent} longest={80} onValue={setAgent} />
          </>
        ) : (
          <fieldset>
            <legend>What</legend>
            {offered.map((one, index) => (
              <label key={matcherText(one)}>
                <input type="radio" name="matcher" checked={index === chosen} onChange={() => setChosen(index)} />
                {matcherText(one)}
              </label>
            ))}
          </fieldset>
        )}
        <SpanChoice value={forMs} onValue={setForMs} />
      </Form>
    </Dialog>
  );
}

/** Asks for how long one alert is snoozed. */
export function SnoozeDialog({
  alert,
  busy,
  refusal,
  onSnooze,
  onClose,
}: {
  alert: Alert;
  busy: boolean;
  refusal: string | null;
  onSnooze(forMs: number): void;
  onClose(): void;
}) {
  const [forMs, setForMs] = useState(SPANS[0] ?? 0);
  const first = useRef<HTMLInputElement>(null);
  return (
    <Dialog title="Snooze" onClose={onClose} first={first}>
      <Form
        verb="Snooze"
        busy={busy}
        refusal={refusal}
        missing={null}
        command={`nightdesk alert snooze ${alert.key} --for ${Math.round(forMs / 60_000)}m`}
        onSend={() => onSnooze(forMs)}
        onClose={onClose}
      >
        <p>{alert.summary}. Nobody is told of it for a while, unless it gets worse.</p>
        <SpanChoice value={forMs} first={first} onValue={setForMs} />
      </Form>
    </Dialog>
  );
}

/** Asks before the next of the ladder is told. */
export function EscalateDialog({
  alert,
  busy,
  refusal,
  onEscalate,
  onClose,
}: {
  alert: Alert;
  busy: boolean;
  refusal: string | null;
  onEscalate(): void;
  onClose(): void;
}) {
  const send = useRef<HTMLButtonElement>(null);
  return (
    <Dialog title="Escalate" onClose={onClose} first={send}>
      <Form
        verb="Tell them now"
        sendRef={send}
        busy={busy}
        refusal={refusal}
        missing={null}
        command={`nightdesk alert escalate ${alert.key}`}
        onSend={onEscalate}
        onClose={onClose}
      >
        <p>
          {alert.summary}. The next step of alerts.escalate is told now, whatever its time; {alert.escalated} taken so
          far.
        </p>
      </Form>
    </Dialog>
  );
}

function SpanChoice({
  value,
  first,
  onValue,
}: {
  value: number;
  first?: React.RefObject<HTMLInputElement | null>;
  onValue(ms: number): void;
}) {
  return (
    <fieldset>
      <legend>For how long</legend>
      {SPANS.map((span) => (
        <label key={span}>
          <input
            ref={span === value ? first : undefined}
            type="radio"
            name="span"
            checked={span === value}
            onChange={() => onValue(span)}
          />
          {spanText(span)}
        </label>
      ))}
    </fieldset>
  );
}
