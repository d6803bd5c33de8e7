import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataFolder, startDesk, type TestDesk } from '../desk.ts';
import { until } from '../until.ts';
import { isAlive, limitFiles, signal, workersOf } from './processes.ts';
import { endedCount, ledgerIsFree } from './records.ts';
import type { Fault, Planned } from './schedule.ts';
import { setWeather, type Weather } from './weather.ts';

const AGENTS = fileURLToPath(new URL('./agents', import.meta.url));

/** So much of what a desk printed is shown when it ends by itself, characters. */
const LAST_WORDS = 3_000;

/** A folder for a desk in a storm: only the storm's agent, and the weather beside it. */
export function stormFolder(): { folder: string; weatherFile: string } {
  const folder = dataFolder();
  cpSync(AGENTS, join(folder, 'agents'), { recursive: true });
  const weatherFile = join(folder, 'weather.json');
  setWeather(weatherFile, { clockMs: 0, commitMs: 0 });
  return { folder, weatherFile };
}

/** What the storm did to processes, for whoever judges afterwards what was in doubt. */
export type Deaths = {
  /** Workers that were killed, or stood still until their desk killed them. */
  workers: Set<number>;
  /** Desks that were killed: their workers die with them. */
  desks: Set<number>;
};

/** A desk that may die under a call to it. */
export type StormDesk = TestDesk & { gone: Promise<void> };

export type Storm = {
  /** The desk that runs now; waits while there is none. */
  desk(): Promise<StormDesk>;
  deaths: Deaths;
  /** Rejects when a desk ends that nobody killed, with what it said last. */
  died: Promise<never>;
  /** Brings down every fault in its turn, and lifts what is still in force. */
  rage(faults: Planned[], say: (line: string) => void): Promise<void>;
  close(): Promise<void>;
};

/** Starts a desk that faults can be brought down on. */
export async function startStorm(folder: string, weatherFile: string): Promise<Storm> {
  const deaths: Deaths = { workers: new Set(), desks: new Set() };
  const weather: Weather = { clockMs: 0, commitMs: 0 };
  let closing = false;
  let fail: (error: Error) => void = () => {};
  const died = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Whoever waits for it hears of it; nobody may be waiting yet.
  died.catch(() => {});
  async function start(): Promise<StormDesk> {
    const started = await startDesk(folder, '--rehearsal', '0');
    const gone = once(started.process, 'exit').then(() => {
      if (!closing && !deaths.desks.has(started.process.pid ?? 0)) {
        fail(new Error(`the desk ended by itself: ${started.printed().slice(-LAST_WORDS)}`));
      }
    });
    return { ...started, gone };
  }
  let current = start();
  const lifting = new Set<Promise<void>>();
  let desk = await current;

  const pid = (): number => desk.process.pid ?? 0;

  /** Ends a fault after its time, while others go on. */
  function lift(afterMs: number, end: () => void | Promise<void>): void {
    const lifted = new Promise((resolve) => setTimeout(resolve, afterMs)).then(end).then(() => {
      lifting.delete(lifted);
    });
    lifting.add(lifted);
  }

  function victim(pick: number): number {
    const workers = workersOf(pid());
    return workers[Math.floor(pick * workers.length)] ?? 0;
  }

  /** Stops a worker that does not hold the ledger's lock: the others would stand still with it. */
  async function stopAside(worker: number): Promise<void> {
    await until(() => {
      signal(worker, 'SIGSTOP');
      if (ledgerIsFree(folder)) return true;
      signal(worker, 'SIGCONT');
      return false;
    });
  }

  function change(part: Partial<Weather>): void {
    Object.assign(weather, part);
    setWeather(weatherFile, weather);
  }

  /** kill -9 of the desk, and another in its place. */
  async function replaceDesk(meanwhile: () => void): Promise<void> {
    deaths.desks.add(pid());
    const killed = desk.kill();
    current = killed.then(() => {
      meanwhile();
      return start();
    });
    desk = await current;
  }

  async function bringDown(fault: Fault): Promise<void> {
    switch (fault.kind) {
      case 'kill worker': {
        const worker = victim(fault.pick);
        if (worker === 0) return;
        deaths.workers.add(worker);
        signal(worker, 'SIGKILL');
        return;
      }
      case 'kill desk':
        return replaceDesk(() => {});
      case 'kill desk, set clock':
        return replaceDesk(() => change({ clockMs: weather.clockMs + fault.byMs }));
      case 'kill desk on a full disk':
        limitFiles(pid(), true);
        return replaceDesk(() => {});
      case 'kill desk beside a stopped worker': {
        const worker = victim(fault.pick);
        if (worker > 0) await stopAside(worker);
        const before = endedCount(folder);
        await replaceDesk(() => {});
        // The new desk is at work on what the old one left when the worker wakes.
        await until(() => endedCount(folder) > before + 50);
        if (worker > 0) signal(worker, 'SIGCONT');
        return;
      }
      case 'stop worker': {
        const worker = victim(fault.pick);
        if (worker === 0) return;
        signal(worker, 'SIGSTOP');
        lift(fault.ms, () => signal(worker, 'SIGCONT'));
        return;
      }
      case 'stop worker for good': {
        const worker = victim(fault.pick);
        if (worker === 0) return;
        deaths.workers.add(worker);
        await stopAside(worker);
        lift(0, () => until(() => !isAlive(worker)).then(() => {}));
        return;
      }
      case 'stop desk': {
        const stopped = pid();
        signal(stopped, 'SIGSTOP');
        lift(fault.ms, () => signal(stopped, 'SIGCONT'));
        return;
      }
      case 'slow disk':
        change({ commitMs: fault.commitMs });
        lift(fault.ms, () => change({ commitMs: 0 }));
        return;
      case 'full disk': {
        const full = pid();
        limitFiles(full, true);
        lift(fault.ms, () => limitFiles(full, false));
        return;
      }
      case 'provider': {
        const { provider, down, errorRate, latencyMs } = fault;
        await dial(provider, { down, errorRate, latencyMs });
        lift(fault.ms, () => dial(provider, null));
        return;
      }
      case 'set clock':
        change({ clockMs: weather.clockMs + fault.byMs });
    }
  }

  /** Faults of providers do not outlive a desk; where it dies meanwhile, that is the end of this one. */
  async function dial(
    provider: string,
    fault: { down: boolean; errorRate: number; latencyMs: number } | null,
  ): Promise<void> {
    const asked = desk;
    await Promise.race([asked.client.providers.fault({ provider, fault }), asked.gone]).catch((error: unknown) => {
      if (asked === desk && isAlive(asked.process.pid ?? 0)) throw error;
    });
  }

  return {
    desk: () => current,
    deaths,
    died,
    async rage(faults, say) {
      for (const { afterEnded, fault } of faults) {
        await until(() => endedCount(folder) >= afterEnded);
        say(`after ${endedCount(folder)} ended: ${JSON.stringify(fault)}`);
        await bringDown(fault);
      }
      await Promise.all(lifting);
    },
    async close() {
      closing = true;
      signal(pid(), 'SIGCONT');
      await desk.close();
    },
  };
}
