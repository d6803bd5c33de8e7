import { useState } from 'react';
import type { Report, ReportAgent, ReportFormat } from '#contract/report.ts';
import { reportFormatSchema } from '#contract/report.ts';
import { VERDICT_WORDS } from '../agents/objective.ts';
import {
  Button,
  CommandLine,
  Interval,
  Page,
  Panel,
  percentText,
  Refusal,
  RehearsalMark,
  StateWord,
  useKeys,
} from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import { DaysChart } from './DaysChart.tsx';
import { AlertsPanel, ChangesPanel, ExclusionsPanel, IncidentsPanel } from './panels.tsx';
import styles from './reports.module.css';
import { budgetWords, FIGURES, failureWords, spanOfDays, summaryWords, worstFirst } from './words.ts';

const FORMAT_WORDS: Record<ReportFormat, { word: string; key: string }> = {
  html: { word: 'HTML', key: 'h' },
  pdf: { word: 'PDF', key: 'f' },
  md: { word: 'Markdown', key: 'm' },
  json: { word: 'JSON', key: 'x' },
};

type Props = {
  report: Report;
  /** Routes that it can be sent to. */
  routes: readonly string[];
  busy: boolean;
  refusal: string | null;
  /** What became of the last sending. */
  sent: string | null;
  incidentAddress(id: number): string;
  agentAddress(name: string): string;
  onSave(format: ReportFormat): void;
  onSend(to: string[]): void;
};

/** One report, from the data set that it was made from. */
export function ReportView(props: Props) {
  const { report, routes, busy, refusal, sent, onSave, onSend } = props;
  const { data } = report;
  const agents = worstFirst(data.agents);
  const [open, setOpen] = useState(agents[0]?.name ?? null);
  const agent = agents.find(({ name }) => name === open);

  function move(by: number): void {
    const index = agents.findIndex(({ name }) => name === open);
    setOpen(agents[Math.min(agents.length - 1, Math.max(0, index + by))]?.name ?? null);
  }
  const saves = Object.fromEntries(
    reportFormatSchema.options.map((format) => [FORMAT_WORDS[format].key, () => onSave(format)]),
  );
  useKeys({ j: () => move(1), k: () => move(-1), ...saves });

  return (
    <Page
      title={`Week ${data.week}`}
      beside={
        <>
          <p className={ink.weak}>
            {spanOfDays(data)}, {data.zone}, {data.environment}
          </p>
          {data.rehearsal ? <RehearsalMark /> : null}
        </>
      }
      end={reportFormatSchema.options.map((format) => (
        <Button key={format} keys={FORMAT_WORDS[format].key} onClick={() => onSave(format)}>
          {FORMAT_WORDS[format].word}
        </Button>
      ))}
    >
      <p className={styles.summary}>{summaryWords(data)}</p>
      <Refusal why={refusal} />
      <Send routes={routes} busy={busy} sent={sent} onSend={onSend} />
      <div className={styles.columns}>
        <Objectives agents={agents} open={open} onOpen={setOpen} />
        {agent === undefined ? null : <Agent agent={agent} zone={data.zone} address={props.agentAddress(agent.name)} />}
      </div>
      <IncidentsPanel data={data} addressOf={props.incidentAddress} />
      <div className={styles.pair}>
        <AlertsPanel data={data} />
        <ChangesPanel data={data} />
      </div>
      <ExclusionsPanel data={data} />
      <CommandLine command={`nightdesk report show ${report.id} --format pdf --out report.pdf`} />
      <p className={styles.provenance}>
        {data.tool} · made {new Date(report.madeAt).toISOString()} by {report.by} · ends told after{' '}
        {new Date(data.cutOffAt).toISOString()} are not in it · SHA-256 <code>{report.hash}</code>
      </p>
    </Page>
  );
}

function Send({ routes, busy, sent, onSend }: Pick<Props, 'routes' | 'busy' | 'sent' | 'onSend'>) {
  const [to, setTo] = useState('');
  if (routes.length === 0) return null;
  return (
    <form
      className={styles.send}
      onSubmit={(event) => {
        event.preventDefault();
        if (to !== '') onSend([to]);
      }}
    >
      <label>
        Send to{' '}
        <select value={to} onChange={(event) => setTo(event.target.value)}>
          <option value="">choose a route</option>
          {routes.map((route) => (
            <option key={route}>{route}</option>
          ))}
        </select>
      </label>
      <Button type="submit" disabled={busy || to === ''}>
        Send
      </Button>
      <span role="status" className={ink.weak}>
        {sent}
      </span>
    </form>
  );
}

type ObjectivesProps = { agents: readonly ReportAgent[]; open: string | null; onOpen(name: string): void };

function Objectives({ agents, open, onOpen }: ObjectivesProps) {
  return (
    <Panel title="Objectives" under="7 days, and 28">
      <ul className={styles.agents}>
        {agents.map((agent) => (
          <li key={agent.name} data-selected={agent.name === open || undefined}>
            <button type="button" aria-pressed={agent.name === open} onClick={() => onOpen(agent.name)}>
              <span className={styles.agentHead}>
                <strong>{agent.name}</strong>
                <StateWord {...VERDICT_WORDS[agent.week.verdict]} />
              </span>
              <Interval
                rate={agent.week.success}
                objective={agent.objective.success}
                tone={VERDICT_WORDS[agent.week.verdict].tone}
              />
              <span className={ink.under}>
                {budgetWords(agent.week)} · 28 days{' '}
                {agent.weeks4.success.estimate === null
                  ? 'no data'
                  : `${percentText(agent.weeks4.success.estimate)}, ${VERDICT_WORDS[agent.weeks4.verdict].word.toLowerCase()}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Agent({ agent, zone, address }: { agent: ReportAgent; zone: string; address: string }) {
  const marks = Object.entries(agent.week.marks).filter(([, count]) => count > 0);
  const spans = [
    { name: 'This week', span: agent.week },
    { name: 'Week before', span: agent.before },
    { name: '28 days', span: agent.weeks4 },
  ];
  return (
    <Panel
      title={agent.name}
      under={failureWords(agent)}
      end={
        <a className={ink.link} href={address}>
          Open the agent
        </a>
      }
      strong
    >
      <div className={styles.agent}>
        <DaysChart agent={agent} zone={zone} />
        <div className={styles.wide}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Figure</th>
                {spans.map(({ name }) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              <tr>
                <th scope="row">Verdict</th>
                {spans.map(({ name, span }) => (
                  <td key={name}>
                    <StateWord {...VERDICT_WORDS[span.verdict]} />
                  </td>
                ))}
              </tr>
              {FIGURES.map((figure) => (
                <tr key={figure.name}>
                  <th scope="row">{figure.name}</th>
                  {spans.map(({ name, span }) => (
                    <td key={name}>{figure.of(span)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p className={ink.weak}>
          Degraded successes:{' '}
          {marks.length === 0 ? 'none' : marks.map(([mark, count]) => `${count} ${mark}`).join(', ')}
        </p>
      </div>
    </Panel>
  );
}
