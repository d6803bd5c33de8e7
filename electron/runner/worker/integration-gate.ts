import type { DeskMessage, WorkerMessage } from '../engine/protocol.ts';
import { integrationOf } from '../guard/integration.ts';
import { ToolFailure } from './tool-failure.ts';
import { messageOf, Unwind } from './unwind.ts';

export type IntegrationGate = {
  /** Ends the attempt as deferred when the integration of a tool refuses calls. */
  enter(tool: string): void;
  /** Runs a tool, and tells the desk how it went. */
  /** It could not even be reached. */
  failed(tool: string, error: string): void;
  counted<T>(tool: string, effect: boolean, work: () => Promise<T>): Promise<T>;
};

/** @param refused integrations that do not answer, as the desk said last */
export function createIntegrationGate(options: {
  start: Pick<Extract<DeskMessage, { t: 'start' }>, 'task' | 'epoch' | 'probes'>;
  refused(): ReadonlySet<string>;
  signal: AbortSignal;
  send(message: WorkerMessage): void;
}): IntegrationGate {
  const { start, signal } = options;

  function tell(integration: string, effect: boolean, error: string | null): void {
    const { task, epoch } = start;
    options.send({
      t: 'called',
      task,
      epoch,
      integration,
      effect,
      error: error === null ? null : error.slice(0, 2_000),
    });
  }

  return {
    enter(tool) {
      const integration = integrationOf(tool);
      if (!options.refused().has(integration) || start.probes.includes(integration)) return;
      const reason = `${integration} does not answer: ${tool} waits until it does`;
      throw new Unwind({ kind: 'deferred', reason, model: null, waitKind: 'deferred', until: null, integration });
    },
    failed: (tool, error) => tell(integrationOf(tool), false, error),
    async counted(tool, effect, work) {
      const integration = integrationOf(tool);
      try {
        const result = await work();
        tell(integration, effect, null);
        return result;
      } catch (error) {
        // What was stopped, or was asked wrongly, says nothing of the other system.
        const itsFault = !(error instanceof ToolFailure) || error.error.class !== 'bad-request';
        if (!signal.aborted && !(error instanceof Unwind) && itsFault) tell(integration, effect, messageOf(error));
        throw error;
      }
    },
  };
}
